/* insight/findings_objections.c - objections of the customer, how they were answered, and what became of them: definitions.md
 * section 3. */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/word_set.h"

enum { R_ACK = 1, R_YES = 2, R_PARTLY = 4, R_NO = 8, R_OPPOSE = 16 };
enum {
    LATER_FLOORS = 8,
    RESPONSE_SENTENCES = 24,
    PLAIN = 4 /* words of an entry that needs no other to oppose */,
    SEVERITY_USUAL = 2
};

static const char *const codes[] = {
    "",           "PRICE",      "BUDGET", "TIMING",           "AUTHORITY",        "NEED", "FIT", "TRUST",
    "COMPETITOR", "STATUS_QUO", "EFFORT", "SECURITY_PRIVACY", "LEGAL_PROCUREMENT"};

struct objection {
    int code, severity;
    size_t sentence;
    bool turned; /* listed words are there and are denied */
};

static bool turned_round(const struct sentence *s, size_t at)
{
    WORD_SET(nots, "not", "isn't", "wasn't", "aren't", "no", "never", "hardly", "nicht", "pas");

    for (size_t back = 1; back <= 2 && back <= at; back++)
        if (word_set_has(&nots, s->atom[at - back]))
            return true;
    return false;
}

static bool negative(str w)
{
    return str_eq(w, STR("not")) || str_eq(w, STR("no")) || str_eq(w, STR("too")) || str_ends(w, STR("n't")) ||
           str_eq(w, STR("cannot")) || str_eq(w, STR("never"));
}

/* The heaviest objection that a sentence has listed words of; code 0: none. */
static struct objection objection_listed(const struct discourse *d, size_t at)
{
    const struct word_list *l = LIST("objection.en"), *around = LIST("answer.en");
    const struct sentence *s = &d->s[at];
    struct objection best = {.sentence = at};
    bool opposes = (cues_of(around, s) & R_OPPOSE) != 0;

    for (size_t i = 0; i < s->words_n; i++) {
        int v, severity;
        size_t n = cue_at(l, s, i, &v);
        bool own = false;
        if (!n)
            continue;
        severity = v % 10;
        for (size_t k = i; k < i + n; k++)
            own |= negative(s->token[k]);
        if ((!own || str_eq(s->token[i], STR("too"))) && turned_round(s, i)) { /* "not too expensive" */
            best.turned = true;
            continue;
        }
        if (s->asks && severity < 3 && !own) /* asks about it, does not judge */
            continue;
        if (!opposes && !own && severity < 3 && n < PLAIN && v / 10 != 1)
            continue;
        if (severity > best.severity)
            best = (struct objection){v / 10, severity, at, best.turned};
    }
    return best;
}

/* By its listed words, else by what its words weigh together. */
static struct objection objection_in(const struct discourse *d, size_t at, const struct said *said)
{
    struct objection listed = objection_listed(d, at);

    if (listed.code || listed.turned || !said->objection)
        return listed;
    return (struct objection){.code = said->objection, .severity = SEVERITY_USUAL, .sentence = at};
}

bool objection_said(const struct discourse *d, size_t at, int code, int *out_severity)
{
    const struct word_list *l = LIST("objection.en"), *around = LIST("answer.en");
    const struct sentence *s = &d->s[at];
    bool opposes = (cues_of(around, s) & R_OPPOSE) != 0;

    *out_severity = 0;
    for (size_t i = 0; i < s->words_n; i++) {
        int v;
        size_t n = cue_at(l, s, i, &v);
        bool own = false;
        if (!n || v / 10 != code)
            continue;
        for (size_t k = i; k < i + n; k++)
            own |= negative(s->token[k]);
        if ((own || !turned_round(s, i)) && (own || opposes || v % 10 >= 2) && v % 10 > *out_severity)
            *out_severity = v % 10;
    }
    if (!*out_severity && said_read(s).objection == code)
        *out_severity = SEVERITY_USUAL;
    return *out_severity > 0;
}

struct response {
    struct ia_span spans[RESPONSE_SENTENCES];
    size_t spans_n;
    int64_t paused_ms, ms; /* IA_TIME_NONE: unknown */
    bool asked, acknowledged, there;
    const char *resolved;
};

/* Our words from the next stretch on until the customer has the floor again with more than a nod. */
static size_t response_read(const struct discourse *d, size_t sentence, struct response *r)
{
    const struct word_list *around = LIST("answer.en");
    const struct ia_turn *turns = d->ia->turns;
    const struct ia_turn *said = &turns[d->s[sentence].turn];
    size_t i = sentence + 1, floors = 0, last_floor = d->s[sentence].floor;
    int64_t end = IA_TIME_NONE, begin = IA_TIME_NONE;

    while (i < d->n && d->s[i].floor == d->s[sentence].floor) {
        said = &turns[d->s[i].turn];
        i++;
    }
    for (; i < d->n; i++) {
        const struct sentence *s = &d->s[i];
        bool ours = discourse_side(d, s->voice) == IA_SIDE_INTERNAL;
        if (!ours && r->there && s->words_n > 2)
            break;
        if (!ours)
            continue;
        if (!r->there) {
            r->there = true;
            r->acknowledged = (cues_of(around, s) & R_ACK) != 0;
            begin = turns[s->turn].start_ms;
        }
        if (r->spans_n < RESPONSE_SENTENCES)
            r->spans[r->spans_n++] = sentence_span(s);
        end = turns[s->turn].end_ms;
    }
    for (size_t k = sentence + 1; k < d->n && floors <= 2; k++) {
        if (discourse_side(d, d->s[k].voice) != IA_SIDE_INTERNAL)
            continue;
        floors += d->s[k].floor != last_floor;
        last_floor = d->s[k].floor;
        r->asked |= floors <= 2 && (d->s[k].kind == UTTERANCE_OPEN || d->s[k].kind == UTTERANCE_QUESTION);
    }
    r->paused_ms = begin != IA_TIME_NONE && said->end_ms != IA_TIME_NONE ? begin - said->end_ms : IA_TIME_NONE;
    r->ms = begin != IA_TIME_NONE && end != IA_TIME_NONE && end >= begin ? end - begin : IA_TIME_NONE;
    return i;
}

/* By the buyer's own later words only. */
static void resolved_read(const struct discourse *d, const struct said *said, size_t from, int voice,
                          struct response *r)
{
    const struct word_list *around = LIST("answer.en");
    size_t floor = from < d->n ? d->s[from].floor : 0;

    r->resolved = "unknown";
    for (size_t i = from; i < d->n && d->s[i].floor - floor <= LATER_FLOORS; i++) {
        int cues;
        if (discourse_side(d, d->s[i].voice) != IA_SIDE_EXTERNAL || d->s[i].asks)
            continue;
        if (i > from && objection_in(d, i, &said[i]).code)
            break;
        cues = cues_of(around, &d->s[i]);
        if (cues & R_NO)
            r->resolved = "no";
        else if (cues & R_YES)
            r->resolved = "yes";
        else if (cues & R_PARTLY)
            r->resolved = "partly";
        else
            continue;
        if (d->s[i].voice == voice || strcmp(r->resolved, "yes") == 0)
            return;
    }
}

static void attributes_write(struct analysis *an, const struct objection *o, const struct response *r, str *out)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "severity", o->severity);
    jw_kstr(&w, "resolved", str_of(r->resolved));
    if (r->paused_ms == IA_TIME_NONE)
        jw_knull(&w, "paused_ms");
    else
        jw_ki64(&w, "paused_ms", r->paused_ms);
    if (r->ms == IA_TIME_NONE)
        jw_knull(&w, "response_s");
    else
        jw_kreal(&w, "response_s", (double)r->ms / 1000);
    jw_kbool(&w, "asked_question_within_2_turns", r->asked);
    jw_kbool(&w, "acknowledged", r->acknowledged);
    jw_karr(&w, "response_span");
    for (size_t i = 0; i < r->spans_n; i++) {
        jw_obj(&w);
        jw_ki64(&w, "turn", r->spans[i].turn);
        jw_ki64(&w, "start", r->spans[i].start);
        jw_ki64(&w, "end", r->spans[i].end);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    *out = str_dup(an->a, buf_view(&b));
    buf_done(&b);
}

void analysis_objections(struct analysis *an)
{
    struct discourse *d = &an->d;
    struct objection last = {0};

    an->said = said_all(d, an->a);
    if (d->ia->kind == IA_DOCUMENT)
        return;
    for (size_t i = 0; i < d->n; i++) {
        struct objection o = {0};
        struct response r = {.paused_ms = IA_TIME_NONE, .ms = IA_TIME_NONE};
        struct ia_span span = sentence_span(&d->s[i]);
        struct record_finding *f;
        size_t after;
        if (discourse_side(d, d->s[i].voice) == IA_SIDE_EXTERNAL)
            o = objection_in(d, i, &an->said[i]);
        if (!o.code)
            continue;
        if (last.code == o.code && d->s[i].floor - d->s[last.sentence].floor <= 1) { /* the same one goes on */
            last = o;
            continue;
        }
        after = response_read(d, i, &r);
        resolved_read(d, an->said, after, d->s[i].voice, &r);
        f = analysis_add(an, "objection", str_of(codes[o.code]), &span, 1);
        f->has_value = true;
        f->value = o.severity;
        f->confidence = o.severity == 3 ? 0.8 : 0.6;
        attributes_write(an, &o, &r, &f->attributes);
        last = o;
    }
}

size_t objection_turns(const struct discourse *d, struct arena *a, size_t **out)
{
    size_t n = 0, cap = 0;

    *out = NULL;
    for (size_t i = 0; i < d->n; i++) {
        struct said said;
        if (discourse_side(d, d->s[i].voice) != IA_SIDE_EXTERNAL || (n && (*out)[n - 1] == d->s[i].turn))
            continue;
        said = said_read(&d->s[i]);
        if (objection_in(d, i, &said).code)
            ARENA_PUSH(a, *out, n, cap) = d->s[i].turn;
    }
    return n;
}
