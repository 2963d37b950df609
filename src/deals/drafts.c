#include "deals/drafts.h"

/* First words to the customer; NULL: it is for ourselves, and begins with what to do. */
static const char *const openings[ACTION_KINDS] = {
    [ACTION_FOLLOW_UP] = "I would like to take up our conversation again.",
    [ACTION_MULTITHREAD] =
        "Who else on your side should see this before you decide? I would be glad to answer their questions too.",
    [ACTION_REACH_POWER] = "Could we find half an hour with whoever decides about the budget?",
    [ACTION_NEW_CHAMPION] = "Who takes this on from here on your side?",
    [ACTION_START_LEGAL] = ("So that your date can be kept: may I send the draft of the contract to your legal and "
                            "purchasing colleagues now?"),
    [ACTION_RESEND] = "Here is the document once more; its first page is the summary.",
    [ACTION_KEEP_PROMISE] = "This is about what I promised you.",
    [ACTION_REMIND] = "May I ask where this stands?",
};

static const struct {
    const char *class, *question;
} fields[] = {
    {"meddpicc.metrics", "What should change, in numbers, and from what to what?"},
    {"meddpicc.economic_buyer", "Who can release the money?"},
    {"meddpicc.decision_criteria", "What will you compare the offers by?"},
    {"meddpicc.decision_process", "Which steps lead to a decision, with whom, and by when?"},
    {"meddpicc.paper_process", "Who reads the contract, and how long does that take?"},
    {"meddpicc.identify_pain", "What does it cost you to leave things as they are?"},
    {"meddpicc.champion", "Who on your side wants this most?"},
    {"meddpicc.competition", "What else could you do instead?"},
    {"bant.timeline", "By when do you need it, and why then?"},
    {"spiced.critical_event", "What happens if it is not there by that day?"},
};

static void put(struct deal_evidence out[DRAFT_QUOTES_MAX], size_t *n, const struct deal_evidence *ev)
{
    if (ev->kind != EVIDENCE_INTERACTION || ev->span[0] < 0 || ev->span[2] <= ev->span[1] || *n == DRAFT_QUOTES_MAX)
        return;
    for (size_t i = 0; i < *n; i++)
        if (id_eq(out[i].id, ev->id) && out[i].span[0] == ev->span[0] && out[i].span[1] == ev->span[1])
            return;
    out[(*n)++] = *ev;
}

static bool firm(const struct deal_find *d)
{
    return d->kind == FIND_COMMITMENT &&
           (strcmp(d->modality, "COMMITTED") == 0 || strcmp(d->modality, "ACCEPTED") == 0);
}

/* The promise that is due, and for other mails what the customer last asked for or spoke against. */
static bool speaks_for(const struct deal_find *d, enum action_kind kind)
{
    if (kind == ACTION_KEEP_PROMISE)
        return firm(d) && d->side == IA_SIDE_INTERNAL && d->due_day != INT32_MIN;
    if (kind == ACTION_REMIND)
        return firm(d) && d->side == IA_SIDE_EXTERNAL && d->due_day != INT32_MIN;
    if (kind == ACTION_FOLLOW_UP || kind == ACTION_CALL || kind == ACTION_BOOK_NEXT)
        return d->side == IA_SIDE_EXTERNAL && (d->kind == FIND_OBJECTION || (d->kind == FIND_COMMITMENT && !firm(d)));
    if (kind == ACTION_TALK_PRICE)
        return d->kind == FIND_PRICING || (d->kind == FIND_OBJECTION && strcmp(d->class_, "PRICE") == 0);
    if (kind == ACTION_AGAINST_COMPETITOR)
        return d->kind == FIND_COMPETITOR;
    return false;
}

size_t draft_evidence(const struct deal_facts *f, const struct deal_state *s, const struct warning_hit hits[WARNINGS_N],
                      enum action_kind kind, int warning, struct deal_evidence out[DRAFT_QUOTES_MAX])
{
    const struct warning_hit *h = warning > 0 && warning <= WARNINGS_N ? &hits[warning - 1] : NULL;
    size_t n = 0;

    for (size_t i = 0; h && h->on && i < h->evidence_n; i++)
        put(out, &n, &h->evidence[i]);
    for (size_t i = f->find_n; i-- > 0;) {
        const struct deal_find *d = &f->find[i];
        if (d->at_ms <= s->as_of && speaks_for(d, kind))
            put(out, &n,
                &(struct deal_evidence){
                    EVIDENCE_INTERACTION, d->interaction, d->at_ms, {d->span[0], d->span[1], d->span[2]}});
    }
    return n;
}

static bool known(const struct deal_facts *f, int64_t as_of, const char *class)
{
    for (size_t i = 0; i < f->find_n; i++)
        if (f->find[i].kind == FIND_QUALIFICATION && f->find[i].at_ms <= as_of && f->find[i].value >= 1 &&
            strcmp(f->find[i].class_, class) == 0)
            return true;
    return false;
}

size_t draft_questions(const struct deal_facts *f, const struct deal_state *s, enum action_kind kind,
                       const char *out[DRAFT_QUESTIONS_MAX])
{
    size_t n = 0;

    if (kind != ACTION_ASK_FIELD && kind != ACTION_ASK_PROCESS && kind != ACTION_BOOK_NEXT)
        return 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && n < DRAFT_QUESTIONS_MAX; i++) {
        bool process = i == 1 || i == 3 || i == 4; /* who, in which steps, how long */
        if ((kind != ACTION_ASK_PROCESS || process) && !known(f, s->as_of, fields[i].class))
            out[n++] = fields[i].question;
    }
    return n;
}

static void to_add(const struct deal_facts *f, const struct action_context *x, struct id who, struct id *out, size_t *n)
{
    const struct deal_person *p = deal_person_find(f, who);

    if (*n < DRAFT_TO_MAX && !action_barred(x, who) && !(p && p->flags & (CRM_LEFT | CRM_BOUNCED)))
        out[(*n)++] = who;
}

size_t draft_recipients(const struct deal_facts *f, const struct deal_state *s, enum action_kind kind,
                        const struct action_context *x, struct id out[DRAFT_TO_MAX])
{
    struct id who[320];
    int talking;
    size_t n = 0;

    if (action_rows[kind].form != FORM_MAIL && action_rows[kind].form != FORM_CALL)
        return 0;
    talking = deal_two_way_contacts(f, s->as_of, 60, who);
    for (int i = 0; i < talking; i++)
        to_add(f, x, who[i], out, &n);
    for (size_t i = 0; !n && i < f->person_n; i++)
        to_add(f, x, f->person[i].id, out, &n);
    return n;
}

static void quote_put(struct buf *b, const struct draft_quote *q, size_t number, struct arena *a)
{
    str day = q->at_ms == CLOCK_NONE ? STR("") : str_sub(clock_str(a, q->at_ms), 0, 10);

    buf_str(b, str_fmt(a, "%.*s%s%.*s: \"", STR_ARG(q->speaker.n ? q->speaker : STR("You")), day.n ? ", " : "",
                       STR_ARG(day)));
    buf_str(b, q->words);
    buf_str(b, str_fmt(a, "\" [%zu]\n", number));
}

str draft_text(enum action_kind kind, const struct draft_quote *quotes, size_t quotes_n, const char *const *questions,
               size_t questions_n, str seller, struct arena *a)
{
    const struct action_row *row = &action_rows[kind];
    bool mail = row->form == FORM_MAIL;
    struct buf b;
    str out;

    buf_init_wiped(&b, 256 << 10);
    if (mail)
        buf_str(&b, STR("Hello,\n\n"));
    buf_str(&b, str_of(mail && openings[kind] ? openings[kind] : row->words));
    buf_str(&b, STR("\n"));
    if (quotes_n)
        buf_str(&b, mail ? STR("\nWhat was said:\n") : STR("\nWhat they said:\n"));
    for (size_t i = 0; i < quotes_n; i++)
        quote_put(&b, &quotes[i], i + 1, a);
    if (questions_n)
        buf_str(&b, STR("\nTo be asked:\n"));
    for (size_t i = 0; i < questions_n; i++)
        buf_str(&b, str_fmt(a, "- %s\n", questions[i]));
    if (mail)
        buf_str(&b, str_fmt(a, "\nKind regards\n%.*s\n", STR_ARG(seller)));
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}
