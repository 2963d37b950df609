/* api/actions.c - what to do next, and what people say to it. */
#include <math.h>

#include "api/deals_priv.h"
#include "deals/drafts.h"
#include "records/crm.h"
#include "search/index.h"
#include "store/reader.h"

static const char *const form_names[] = {"none", "mail", "call", "agenda", "crm", NULL};
enum { ACTIONS_MAX = 1000 };
static const char *const state_names[RESPONSES + 1] = {"open",    "accepted",  "edited",    "dismissed",
                                                       "snoozed", "withdrawn", "completed", NULL};

enum { OPENED_MAX = 60 }; /* conversations opened for the quotes of one list */

/* Conversations behind the drafts that the caller may see, and what is known of the deals. */
struct opened {
    struct record_ia *recs;
    size_t n;
    const struct deal_views *vs;
    struct action_context *ctx; /* by deal of vs */
    struct id *named;           /* people and deals that are named, and their names */
    str *names;
    size_t named_n, named_cap, names_cap;
};

static const struct action_context *context_of(const struct opened *o, const struct deal_view *d)
{
    return &o->ctx[d - o->vs->list];
}

static str name_of(const struct opened *o, struct id id)
{
    for (size_t i = 0; i < o->named_n; i++)
        if (id_eq(o->named[i], id))
            return o->names[i];
    return STR("");
}

static const struct record_ia *opened_find(const struct opened *o, struct id ia)
{
    for (size_t i = 0; i < o->n; i++)
        if (id_eq(o->recs[i].ia.id, ia))
            return &o->recs[i];
    return NULL;
}

/* Said by somebody who must not be contacted? */
static bool said_by_barred(const struct record_ia *rec, str speaker, const struct action_context *x)
{
    for (size_t i = 0; i < rec->cast_n; i++)
        if (str_eq(rec->cast[i].name, speaker) && action_barred(x, rec->cast[i].person))
            return true;
    return false;
}

/* Words and place of one source; false: not to be seen, or no longer what it was. */
static bool quote_of(const struct opened *o, const struct deal_evidence *ev, const struct action_context *x,
                     struct draft_quote *out)
{
    const struct record_ia *rec = opened_find(o, ev->id);
    const struct ia_turn *t;

    if (!rec || (size_t)ev->span[0] >= rec->ia.turns_n)
        return false;
    t = &rec->ia.turns[ev->span[0]];
    if ((size_t)ev->span[2] > t->text.n || said_by_barred(rec, t->speaker, x))
        return false;
    *out = (struct draft_quote){t->speaker, str_sub(t->text, (size_t)ev->span[1], (size_t)ev->span[2]), ev->at_ms};
    return true;
}

static void citation_write(struct call *k, const struct deal_evidence *ev, const struct draft_quote *q, size_t number,
                           struct jw *w)
{
    jw_obj(w);
    jw_ki64(w, "number", (int64_t)number);
    jw_kstr(w, "interaction_id", id_str(k->a, ev->id));
    jw_kobj(w, "span");
    jw_ki64(w, "turn", ev->span[0]);
    jw_ki64(w, "start", ev->span[1]);
    jw_ki64(w, "end", ev->span[2]);
    jw_end(w);
    jw_kstr(w, "quote", q->words);
    jw_end(w);
}

struct draft {
    struct deal_evidence evidence[DRAFT_QUOTES_MAX];
    struct draft_quote quotes[DRAFT_QUOTES_MAX];
    size_t n;
    str text;
};

static void draft_make(struct call *k, const struct action *a, const struct deal_view *d, const struct opened *o,
                       struct draft *out)
{
    struct deal_evidence ev[DRAFT_QUOTES_MAX];
    const char *questions[DRAFT_QUESTIONS_MAX];
    size_t ev_n = draft_evidence(d->f, &d->s, d->hits, a->kind, a->warning, ev),
           questions_n = draft_questions(d->f, &d->s, a->kind, questions);

    out->n = 0;
    for (size_t i = 0; i < ev_n; i++)
        if (quote_of(o, &ev[i], context_of(o, d), &out->quotes[out->n]))
            out->evidence[out->n++] = ev[i];
    out->text = draft_text(a->kind, out->quotes, out->n, questions, questions_n, d->owner, k->a);
}

/* A draft that quotes what was said, with where, to whom it would go, and what it would change. */
static void draft_write(struct call *k, const struct action *a, const struct deal_view *d, const struct opened *o,
                        struct jw *w)
{
    const struct action_row *row = &action_rows[a->kind];
    struct id to[DRAFT_TO_MAX];
    size_t to_n = draft_recipients(d->f, &d->s, a->kind, context_of(o, d), to);
    struct draft made;

    draft_make(k, a, d, o, &made);
    jw_kobj(w, "draft");
    jw_kstr(w, "form", str_of(form_names[row->form]));
    jw_kstr(w, "subject", str_fmt(k->a, "%.*s", STR_ARG(d->name)));
    jw_kstr(w, "text", made.text);
    jw_karr(w, "to");
    for (size_t i = 0; i < to_n; i++)
        if (name_of(o, to[i]).n)
            jw_str(w, name_of(o, to[i]));
    jw_end(w);
    jw_karr(w, "citations");
    for (size_t i = 0; i < made.n; i++)
        citation_write(k, &made.evidence[i], &made.quotes[i], i + 1, w);
    jw_end(w);
    if (row->form == FORM_CRM && a->kind == ACTION_FIX_CLOSE_DATE && d->s.has_close && d->s.stage) {
        const struct cohort_stage *usual = deal_cohort_stage(d->cohort, d->s.stage->id);
        double left = usual && usual->won_n ? usual->median_remaining : 30;
        jw_karr(w, "diff");
        jw_obj(w);
        jw_kstr(w, "field", STR("close_date"));
        jw_kstr(w, "old", crm_day_str(k->a, d->s.close_day));
        jw_kstr(w, "new", crm_day_str(k->a, deal_day(d->f->pipe, d->s.as_of) + (int64_t)ceil(left)));
        jw_kstr(w, "because", STR("median days that won deals needed from this stage"));
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
}

static const char *const cause_names[ACTION_CAUSES] = {[CAUSE_WARNING] = "warning",
                                                       [CAUSE_PROMISE] = "promise",
                                                       [CAUSE_QUALIFICATION] = "qualification",
                                                       [CAUSE_PLAYBOOK] = "playbook",
                                                       [CAUSE_SIMILAR] = "similar_deals"};

/* The words it rests on, where it is a promise. */
static void promise_write(struct call *k, const struct action *a, const struct deal_view *d, const struct opened *o,
                          struct jw *w)
{
    const struct draft_quote *q;
    struct draft made;

    draft_make(k, a, d, o, &made);
    q = made.quotes;
    if (made.n)
        jw_kstr(w, "reason",
                str_fmt(k->a, "%.*s said: \"%.*s\"", STR_ARG(q->speaker.n ? q->speaker : STR("Somebody")),
                        STR_ARG(q->words)));
}

/* What speaks for it when it is no warning: fields nobody knows, or deals that were won. */
static void cause_write(struct call *k, const struct action *a, const struct deal_view *d, const struct opened *o,
                        struct jw *w)
{
    const struct action_context *x = context_of(o, d);

    if (a->kind == ACTION_ASK_FIELD) {
        jw_karr(w, "missing");
        for (size_t i = 0; i < x->missing.n; i++)
            jw_str(w, str_of(x->missing.field[i]));
        jw_end(w);
        if (a->cause == CAUSE_PLAYBOOK && a->sources_n)
            jw_kstr(w, "playbook", id_str(k->a, a->sources[0]));
    }
    for (size_t i = 0; a->cause == CAUSE_SIMILAR && i < x->gaps_n; i++)
        if (x->gaps[i].deals_n && a->sources_n && id_eq(x->gaps[i].deals[0], a->sources[0])) {
            jw_kstr(w, "reason",
                    str_fmt(k->a, "%zu of %zu similar won deals %s by this time; this one has not.", x->gaps[i].deals_n,
                            x->gaps[i].of, similar_words[x->gaps[i].deed]));
            break;
        }
    jw_karr(w, "similar");
    for (size_t i = 0; a->cause == CAUSE_SIMILAR && i < a->sources_n; i++) {
        if (!reader_sees_deal(k->who.reader, a->sources[i]))
            continue;
        jw_obj(w);
        jw_kstr(w, "deal", id_str(k->a, a->sources[i]));
        jw_kstr(w, "name", name_of(o, a->sources[i]));
        jw_end(w);
    }
    jw_end(w);
}

static void action_write(struct call *k, const struct action *a, const struct deal_view *d, const struct opened *o,
                         struct jw *w)
{
    const struct warning_hit *h = a->warning > 0 && a->warning <= WARNINGS_N ? &d->hits[a->warning - 1] : NULL;

    jw_obj(w);
    jw_kstr(w, "id", id_str(k->a, a->id));
    jw_kstr(w, "deal_id", id_str(k->a, a->deal));
    jw_kstr(w, "deal", d->name);
    jw_kstr(w, "kind", str_of(action_rows[a->kind].name));
    jw_kstr(w, "text", str_of(action_rows[a->kind].words));
    jw_kstr(w, "state", str_of(state_names[a->state]));
    jw_kreal(w, "score", a->score);
    jw_kreal(w, "propensity", a->propensity);
    jw_ki64(w, "position", a->position);
    jw_kstr(w, "made_at", clock_str(k->a, a->made_ms));
    if (!h && a->cause == CAUSE_WARNING) /* made before causes were kept */
        jw_kstr(w, "because", a->kind == ACTION_ASK_FIELD ? STR("qualification") : STR("promise"));
    else if (!h && a->cause < ACTION_CAUSES)
        jw_kstr(w, "because", str_of(cause_names[a->cause]));
    if (h) {
        jw_kstr(w, "because", str_of(warning_rows[a->warning - 1].id));
        if (h->on)
            jw_kstr(w, "reason", warning_text(a->warning, h->numbers, k->a));
    } else if (a->kind == ACTION_KEEP_PROMISE || a->kind == ACTION_REMIND)
        promise_write(k, a, d, o, w);
    cause_write(k, a, d, o, w);
    draft_write(k, a, d, o, w);
    jw_end(w);
}

/* ---- the list ---- */

static const struct res_field diff_fields[] = {
    {"field", RES_STR, 0, "Which field.", "\"close_date\""},
    {"old", RES_STR, 0, "What it is.", "\"2026-10-01\""},
    {"new", RES_STR, 0, "What it would be.", "\"2026-12-01\""},
    {"because", RES_STR, 0, "Why.", "\"median days that won deals needed from this stage\""},
};
static const struct res_shape diff_shape = {"ActionDiff", "What would change in the CRM.", RES_FIELDS(diff_fields)};
static const struct res_field span_fields[] = {
    {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    {"end", RES_INT, 0, "Byte behind the last.", "24"},
};
static const struct res_shape span_shape = {"ActionSpan", "A place in a conversation.", RES_FIELDS(span_fields)};
static const struct res_field citation_fields[] = {
    {"number", RES_INT, 0, "As the text refers to it.", "1"},
    {"interaction_id", RES_ID, 0, "Said where.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "interactions"},
    {"span", RES_OBJ, 0, "The place.", .of = &span_shape},
    {"quote", RES_STR, RES_SEALED, "Exactly the bytes of the span.", "\"The pilot starts\""},
};
static const struct res_shape citation_shape = {"ActionCitation", "What a draft quotes.", RES_FIELDS(citation_fields)};
static const struct res_field draft_fields[] = {
    {"form", RES_ENUM, 0, "What it is.", "\"mail\"", .words = form_names},
    {"subject", RES_STR, RES_SEALED, "About what.", "\"Hub rollout\""},
    {"text", RES_STR, RES_SEALED, "The draft.", "\"Ask who signs.\""},
    {"to", RES_STR, RES_LIST | RES_SEALED, "Whom it would go to; nobody who must not be contacted.", "\"Kim Berg\""},
    {"citations", RES_OBJ, RES_LIST, "Where the quotes of the text were said.", .of = &citation_shape},
    {"diff", RES_OBJ, RES_LIST | RES_MAYBE, "What would change in the CRM.", .of = &diff_shape},
};
static const struct res_shape draft_shape = {"ActionDraft", "A draft to go on from.", RES_FIELDS(draft_fields)};
static const struct res_field similar_fields[] = {
    {"deal", RES_ID, 0, "Which.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "deals"},
    {"name", RES_STR, RES_SEALED, "Its name.", "\"Hub rollout\""},
};
static const struct res_shape similar_shape = {"SimilarDeal", "A won deal like this one.", RES_FIELDS(similar_fields)};
static const struct res_field action_fields[] = {
    {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"deal_id", RES_ID, RES_READ_ONLY, "About which deal.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\""},
    {"deal", RES_STR, RES_READ_ONLY | RES_SEALED, "Name of the deal.", "\"Hub rollout\""},
    {"kind", RES_STR, RES_READ_ONLY, "What to do.", "\"follow_up\""},
    {"text", RES_STR, RES_READ_ONLY, "The same in words.", "\"Write again.\""},
    {"state", RES_ENUM, RES_READ_ONLY, "What people said to it.", "\"open\"", .words = state_names},
    {"score", RES_REAL, RES_READ_ONLY | RES_SORT, "What it is expected to bring.", "120.5"},
    {"propensity", RES_REAL, RES_READ_ONLY, "Probability of being put in its place.", "0.95"},
    {"position", RES_INT, RES_READ_ONLY, "Its place among those of the deal.", "1"},
    {"made_at", RES_TIME, RES_READ_ONLY, "When it was proposed.", "\"2026-06-10T09:30:00.000Z\""},
    {"because", RES_STR, RES_READ_ONLY, "The warning behind it; or promise, qualification, playbook, similar_deals.",
     "\"W02\""},
    {"reason", RES_STR, RES_READ_ONLY | RES_MAYBE, "The same in words.", "\"no answer for 12 days\""},
    {"missing", RES_STR, RES_READ_ONLY | RES_LIST | RES_MAYBE,
     "Fields of the qualification that are wanted at the stage and nobody has said anything of.",
     "\"meddpicc.champion\""},
    {"playbook", RES_ID, RES_READ_ONLY | RES_MAYBE, "The playbook that wants them.",
     "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "playbooks"},
    {"similar", RES_OBJ, RES_READ_ONLY | RES_LIST, "Won deals that had done it by this time.", .of = &similar_shape},
    {"draft", RES_OBJ, RES_READ_ONLY, "To go on from.", .of = &draft_shape},
};
static const struct res_shape action_shape = {"Action", "A proposal, with what speaks for it.",
                                              RES_FIELDS(action_fields)};

static enum err_code named_add(struct res_ctx *c, struct opened *o, enum name_kind kind, const struct id *ids, size_t n,
                               struct err *e)
{
    str *names = ARENA_ARRAY(c->a, str, n + 1);

    if (record_names_load(c->t, c->v, kind, ids, n, c->a, names, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        size_t k = o->named_n;
        ARENA_PUSH(c->a, o->named, o->named_n, o->named_cap) = ids[i];
        ARENA_PUSH(c->a, o->names, k, o->names_cap) = names[i];
    }
    return ERR_OK;
}

/* What is known of the deals, and the names that are shown. */
static enum err_code context_open(struct res_ctx *c, const struct action *acts, size_t n, const struct deal_views *vs,
                                  struct opened *out, struct err *e)
{
    struct deal_facts *facts = ARENA_ARRAY(c->a, struct deal_facts, vs->n + 1);
    struct deal_state *states = ARENA_ARRAY(c->a, struct deal_state, vs->n + 1);

    out->vs = vs;
    for (size_t i = 0; i < vs->n; i++) {
        facts[i] = *vs->list[i].f;
        states[i] = vs->list[i].s;
    }
    if (actions_context_load(c->t, c->v, facts, states, vs->n, vs->now, c->a, &out->ctx, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (acts[i].cause == CAUSE_SIMILAR && named_add(c, out, NAME_DEAL, acts[i].sources, acts[i].sources_n, e))
            return e->code;
    for (size_t i = 0; i < vs->n; i++) {
        struct id *people = ARENA_ARRAY(c->a, struct id, vs->list[i].f->person_n + 1);
        for (size_t p = 0; p < vs->list[i].f->person_n; p++)
            people[p] = vs->list[i].f->person[p].id;
        if (named_add(c, out, NAME_PERSON, people, vs->list[i].f->person_n, e))
            return e->code;
    }
    return ERR_OK;
}

/* Opens what the drafts of these actions quote: of conversations the caller may see. The list's audit record is written by its
 * resource (RES_CONTENT). */
static enum err_code quotes_open(struct res_ctx *c, const struct action *acts, size_t n, const struct deal_views *vs,
                                 struct opened *out, struct err *e)
{
    struct id ids[OPENED_MAX];
    size_t ids_n = 0;

    *out = (struct opened){0};
    if (context_open(c, acts, n, vs, out, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < vs->n; v++) {
            const struct deal_view *d = &vs->list[v];
            struct deal_evidence ev[DRAFT_QUOTES_MAX];
            size_t ev_n = id_eq(d->f->deal, acts[i].deal)
                              ? draft_evidence(d->f, &d->s, d->hits, acts[i].kind, acts[i].warning, ev)
                              : 0;
            for (size_t q = 0; q < ev_n; q++) {
                bool there = false;
                for (size_t x = 0; x < ids_n; x++)
                    there |= id_eq(ids[x], ev[q].id);
                if (!there && ids_n < OPENED_MAX && index_seen(c->api->core->ix, c->who.reader, ev[q].id))
                    ids[ids_n++] = ev[q].id;
            }
        }
    return ids_n ? record_ia_load(c->t, c->v, ids, ids_n, c->a, &out->recs, &out->n, e) : ERR_OK;
}

static enum err_code item_of(struct res_ctx *c, const struct action *a, const struct deal_view *d,
                             const struct opened *o, struct res_val **out, struct err *e)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 1 << 20);
    jw_init(&w, &b);
    action_write(c->k, a, d, o, &w);
    return deals_said(c, &action_shape, &b, out, ERR_OK, e);
}

/* Does the warning behind it still hold? Otherwise it is withdrawn when the deal is next worked out, and not shown till then. */
static bool holds(const struct action *a, const struct deal_view *d)
{
    return a->warning < 1 || a->warning > WARNINGS_N || d->hits[a->warning - 1].on;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct id deal = q->extra && q->extra[0].is == RES_SET ? q->extra[0].v.id : ID_NIL, *ids;
    int64_t now = clock_now_ms();
    struct deal_views vs;
    struct opened o;
    struct res_val **rows;
    struct action *acts;
    size_t n, kept = 0;

    /* what is listed counts as shown: no more than the page, and one to know whether there are more */
    if (actions_list(c->t, c->v, deal, q->has_after || !q->desc ? ACTIONS_MAX : q->limit + 1, now, c->a, &acts, &n, e))
        return e->code;
    ids = ARENA_ARRAY(c->a, struct id, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = acts[i].deal;
    if (deal_views_load(c->t, c->v, ids, deals_seen(c->k, ids, n), now, c->a, &vs, e))
        return e->code;
    if (quotes_open(c, acts, n, &vs, &o, e))
        return e->code;
    rows = ARENA_ARRAY(c->a, struct res_val *, n + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < vs.n; d++)
            if (id_eq(vs.list[d].f->deal, acts[i].deal) && holds(&acts[i], &vs.list[d]) &&
                item_of(c, &acts[i], &vs.list[d], &o, &rows[kept++], e))
                return e->code;
    res_rows_page(c, page, q, &action_shape, rows, kept, 0);
    page->total = -1; /* not all were looked at */
    return ERR_OK;
}

/* One row at a time: what is read so does not count as shown in a list. */
static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct deal_views vs;
    struct action act;
    struct opened o;

    (void)want;
    for (size_t i = 0; i < n; i++) {
        enum err_code rc = action_get(c->t, c->v, ids[i], c->a, &act, e);
        if (rc == ERR_NOT_FOUND || (!rc && !reader_sees_deal(c->who.reader, act.deal)))
            continue;
        if (rc || deal_views_load(c->t, c->v, &act.deal, 1, clock_now_ms(), c->a, &vs, e) ||
            quotes_open(c, &act, 1, &vs, &o, e) || (vs.n && item_of(c, &act, &vs.list[0], &o, &items[i], e)))
            return e->code;
    }
    return ERR_OK;
}

/* How far an edited text is from what was proposed, in bytes; -1: too long to tell. */
static int edited_by(str proposed, str text)
{
    return text.n > STR_DISTANCE_MAX || proposed.n > STR_DISTANCE_MAX ? -1 : (int)str_distance(proposed, text);
}

/* ---- answers ---- */

static const char *const responses[] = {"accepted", "edited", "dismissed", "snoozed", "completed", NULL};
static const enum action_response response_of[] = {RESPONSE_ACCEPTED, RESPONSE_EDITED, RESPONSE_DISMISSED,
                                                   RESPONSE_SNOOZED, RESPONSE_COMPLETED};
static const char *const reasons[] = {"none", "not_now", "already_done", "wrong", "not_useful", "do_not_contact", NULL};
enum { REASON_NONE, REASON_DO_NOT_CONTACT = 5 };

enum { R_RESPONSE, R_REASON, R_UNTIL, R_TEXT, R_PERSON };
static const struct res_field respond_fields[] = {
    [R_RESPONSE] = {"response", RES_ENUM, RES_NEEDED, "What the person says.", "\"accepted\"", .words = responses},
    [R_REASON] = {"reason", RES_ENUM, 0, "Why it is dismissed.", "\"not_now\"", .words = reasons},
    [R_UNTIL] = {"until", RES_TIME, 0, "When to come back to it; needed to snooze.", "\"2026-12-01T08:00:00.000Z\""},
    [R_TEXT] = {"text", RES_STR, RES_SEALED, "What the draft became; needed when edited.", "\"Hello Ann\"",
                .max = 16000},
    [R_PERSON] =
        {"person", RES_ID, 0,
         "With do_not_contact: the person of the deal who must not be contacted any more, in any deal; left out: "
         "nothing is proposed for the deal any more.",
         "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "people"},
};
static const struct res_shape respond_shape = {"ActionResponse", "What a person says of a proposal.",
                                               RES_FIELDS(respond_fields)};
static const struct res_field responded_fields[] = {
    {"id", RES_ID, 0, "The action.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"state", RES_STR, 0, "Its state now.", "\"accepted\""},
};
static const struct res_shape responded_shape = {"ActionAnswered", "An action after it was answered.",
                                                 RES_FIELDS(responded_fields)};

/* The draft as it stands now, to tell how far an edited one is from it. */
static enum err_code draft_now(struct res_ctx *c, const struct action *act, int64_t now, str *out, struct err *e)
{
    struct id deal = act->deal;
    struct deal_views vs;
    struct opened o;
    struct draft made;

    *out = str_of(action_rows[act->kind].words);
    if (deal_views_load(c->t, c->v, &deal, 1, now, c->a, &vs, e))
        return e->code;
    if (!vs.n)
        return ERR_OK;
    if (quotes_open(c, act, 1, &vs, &o, e))
        return e->code;
    draft_make(c->k, act, &vs.list[0], &o, &made);
    *out = made.text;
    return ERR_OK;
}

/* One of theirs, as the CRM or a conversation of the deal says? */
static bool of_the_deal(struct res_ctx *c, struct id deal, int64_t now, struct id person)
{
    struct deal_views vs;
    struct err e;

    if (deal_views_load(c->t, c->v, &deal, 1, now, c->a, &vs, &e) || !vs.n)
        return false;
    for (size_t i = 0; i < vs.list[0].f->act_n; i++)
        for (size_t k = 0; k < vs.list[0].f->act[i].people_n; k++)
            if (id_eq(vs.list[0].f->act[i].people[k], person))
                return true;
    return deal_person_find(vs.list[0].f, person) != NULL;
}

static enum err_code respond_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    enum action_response response = response_of[res_word(&respond_fields[R_RESPONSE], in[R_RESPONSE].v.s)];
    int reason = in[R_REASON].is == RES_SET ? res_word(&respond_fields[R_REASON], in[R_REASON].v.s) : REASON_NONE;
    int64_t until = in[R_UNTIL].is == RES_SET ? in[R_UNTIL].v.i : CLOCK_NONE, now = clock_now_ms();
    str text = in[R_TEXT].is == RES_SET ? in[R_TEXT].v.s : STR("");
    str proposed = STR("");
    struct action act;

    (void)query;
    if (action_get(c->t, c->v, id, c->a, &act, e))
        return e->code;
    if (!reader_sees_deal(c->who.reader, act.deal))
        return err_set(e, ERR_NOT_FOUND, "no such action");
    if ((response == RESPONSE_DISMISSED && reason == REASON_NONE) || (response == RESPONSE_SNOOZED && until <= now) ||
        (response == RESPONSE_EDITED && !text.n))
        return res_say(c, 422, "the answer is not complete",
                       STR("dismissed needs a reason, snoozed an \"until\" ahead, edited a text"), e);
    if (text.n && draft_now(c, &act, now, &proposed, e))
        return e->code;
    if (in[R_PERSON].is == RES_SET &&
        (reason != REASON_DO_NOT_CONTACT || !of_the_deal(c, act.deal, now, in[R_PERSON].v.id)))
        return res_say(c, 422, "no such person",
                       STR("\"person\" goes with do_not_contact and is one of the customer's people in the deal"), e);
    if (action_respond(c->t, c->v, &act, response, reason, until, text, text.n ? edited_by(proposed, text) : -1,
                       caller_actor(&c->who), now, c->a, e))
        return e->code;
    if (reason == REASON_DO_NOT_CONTACT && in[R_PERSON].is == RES_SET) {
        if (actions_suppress(c->t, c->v, ID_NIL, in[R_PERSON].v.id, CLOCK_NONE, 3, now, e))
            return e->code;
    } else if (reason == REASON_DO_NOT_CONTACT &&
               actions_suppress(c->t, c->v, act.deal, ID_NIL, CLOCK_NONE, 3, now, e)) {
        return e->code; /* nothing at all is proposed for the deal any more */
    }
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_id(id);
    (*out)[1] = res_str(in[R_RESPONSE].v.s);
    return ERR_OK;
}

static const struct res_field list_fields[] = {
    {"deal", RES_ID, 0, "Only of this deal.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape list_query = {"ActionListQuery", "Which actions.", RES_FIELDS(list_fields)};

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/actions", PERM_ACTIONS_READ, "List what to do next, and why",
     .query = &list_query},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/actions/{id}", PERM_ACTIONS_READ, "Read one action"},
    {RES_OP_ACT, "respond", HTTP_M_POST, "/v1/actions/{id}/response", PERM_ACTIONS_DECIDE,
     "Accept, edit, put off or dismiss an action", .body = &respond_shape, .answer = &responded_shape,
     .act = respond_act},
};

const struct resource res_actions = {
    .name = "actions",
    .key = "actions",
    .one = "action",
    .about = "Next best actions: proposals, with what speaks for them.",
    .flags = RES_CONTENT,
    .shape = &action_shape,
    .sort = "-score",
    .limit_max = 500,
    RES_OPS(ops),
    .list = list,
    .many = many,
};
