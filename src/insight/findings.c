#include "insight/weigh.h"

#include <math.h>

/* Every analysis in the order they run: its name, the version that grows when it finds other things, its function. */
#define MAKERS(row)                                                                                                    \
    row("rules.utterances", 2, analysis_utterances) row("rules.commitments", 5, analysis_commitments)                  \
        row("rules.objections", 4, analysis_objections)                                                                \
            row("rules.qualification", 5, analysis_qualification) /* reads the objections */                           \
        row("rules.attitude", 4, analysis_attitude) row("rules.competitors", 3, analysis_competitors)                  \
            row("rules.flags", 1, analysis_flags) row("rules.decisions", 1, analysis_decisions)                        \
                row("rules.requests", 2, analysis_requests) /* reads questions and commitments */                      \
        row("rules.points", 2, analysis_points) row("rules.summary", 4, analysis_summary) /* read all others */

#define MAKER_NAME(name, version, make) {name, version},
const struct finding_maker finding_makers[] = {MAKERS(MAKER_NAME)};
#define MAKER_RUN(name, version, make) make,
static void (*const makes[])(struct analysis *an) = {MAKERS(MAKER_RUN)};
const size_t finding_makers_n = sizeof finding_makers / sizeof *finding_makers;

struct ia_span sentence_span(const struct sentence *s)
{
    return (struct ia_span){s->turn, s->start, s->end};
}

struct record_finding *analysis_add(struct analysis *an, const char *kind, str class, const struct ia_span *spans,
                                    size_t spans_n)
{
    const struct ia_turn *turn = &an->d.ia->turns[spans[0].turn];
    struct record_finding f = {.kind = str_of(kind),
                               .class = class,
                               .due_day = FINDING_NO_DAY,
                               .confidence = 1,
                               .side = discourse_side(&an->d, an->d.of_turn[spans[0].turn]),
                               .at_ms = turn->start_ms,
                               .maker = str_of(an->maker),
                               .version = an->version,
                               .spans_n = spans_n};

    f.spans = ARENA_ARRAY(an->a, struct ia_span, spans_n + 1);
    memcpy(f.spans, spans, spans_n * sizeof *spans);
    ARENA_PUSH(an->a, an->list, an->n, an->cap) = f;
    return &an->list[an->n - 1];
}

str json_object_of(struct arena *a, const char *k1, str v1, const char *k2, str v2)
{
    struct buf b;
    struct jw w;
    str out;

    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, k1, v1);
    jw_kstr(&w, k2, v2);
    jw_end(&w);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

static void makers_run(struct analysis *an)
{
    for (size_t i = 0; i < finding_makers_n; i++) {
        an->maker = finding_makers[i].name;
        an->version = finding_makers[i].version;
        makes[i](an);
    }
}

void findings_make_of(const struct discourse *d, const struct findings_context *c, struct arena *a,
                      struct record_finding **out, size_t *out_n)
{
    struct analysis an = {.d = *d, .c = c, .a = a};

    makers_run(&an);
    *out = an.list;
    *out_n = an.n;
}

void findings_make(const struct interaction *ia, const struct findings_context *c, struct arena *a,
                   struct record_finding **out, size_t *out_n)
{
    struct discourse d;

    discourse_make(ia, a, &d);
    findings_make_of(&d, c, a, out, out_n);
}

const struct weighing *findings_weigh(const struct interaction *ia, struct arena *a)
{
    static const struct findings_context c = {0};
    struct analysis *an = ARENA_NEW(a, struct analysis);

    *an = (struct analysis){.c = &c, .a = a};
    discourse_make(ia, a, &an->d);
    makers_run(an);
    return an->weighing;
}

str finding_code_say(str code, struct arena *a)
{
    static const char *const words[][2] = {{"COMMITTED", "promised"},
                                           {"ACCEPTED", "agreed to"},
                                           {"REQUESTED", "asked for"},
                                           {"HEDGED", "not firm"},
                                           {"NEGATED", "will not"}};
    size_t dot = str_find(code, STR("."), 0);
    struct buf b;
    str out;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(code, str_of(words[i][0])))
            return str_of(words[i][1]);
    code = str_lower_ascii(a, dot == SIZE_MAX ? code : str_from(code, dot + 1)); /* "meddpicc.champion" */
    buf_init(&b, code.n + 1);
    for (size_t i = 0; i < code.n; i++)
        buf_str(&b, code.p[i] == '_' ? STR(" ") : str_sub(code, i, i + 1));
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

str finding_say(str called, str owner, int32_t due_day, struct arena *a)
{
    str due = due_day == FINDING_NO_DAY ? STR("") : finding_day_str(a, due_day);

    return str_fmt(a, "%.*s%s%.*s%s%.*s", STR_ARG(called), owner.n ? " by " : "", STR_ARG(owner), due.n ? ", due " : "",
                   STR_ARG(due));
}

static void text_or_null(struct jw *w, const char *key, str text)
{
    if (text.n)
        jw_kstr(w, key, text);
    else
        jw_knull(w, key);
}

static void spans_write(const struct record_finding *f, const struct interaction *ia, struct jw *w)
{
    jw_karr(w, "spans");
    for (size_t i = 0; i < f->spans_n; i++) {
        const struct ia_span *s = &f->spans[i];
        jw_obj(w);
        jw_ki64(w, "turn", s->turn);
        jw_ki64(w, "start", s->start);
        jw_ki64(w, "end", s->end);
        jw_kstr(w, "quote", str_sub(ia->turns[s->turn].text, s->start, s->end));
        jw_end(w);
    }
    jw_end(w);
}

void finding_json(const struct record_finding *f, const struct interaction *ia, struct arena *a, struct jw *w)
{
    for (size_t i = 0; i < f->spans_n; i++)
        if (f->spans[i].turn >= ia->turns_n || f->spans[i].end > ia->turns[f->spans[i].turn].text.n)
            return;
    jw_obj(w);
    jw_kstr(w, "kind", f->kind);
    text_or_null(w, "class", f->class);
    text_or_null(w, "modality", f->modality);
    text_or_null(w, "owner", f->owner);
    text_or_null(w, "due", f->due_day == FINDING_NO_DAY ? STR("") : finding_day_str(a, f->due_day));
    jw_key(w, "value");
    if (f->attributes.n)
        jw_raw(w, f->attributes);
    else if (f->has_value)
        jw_real(w, f->value);
    else
        jw_null(w);
    jw_kreal(w, "confidence", round(f->confidence * 1e4) / 1e4); /* kept in four bytes */
    jw_kstr(w, "maker", f->maker);
    jw_ki64(w, "version", f->version);
    spans_write(f, ia, w);
    jw_end(w);
}
