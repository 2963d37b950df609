#include "pipeline/prepare.h"

#include "insight/findings.h"
#include "insight/statistics.h"
#include "pipeline/analyse.h"
#include "search/chunk.h"
#include "text/lang.h"
#include "text/pii.h"
#include "text/words.h"

static const int64_t EARLIER_MS = (int64_t)180 * 24 * 3600 * 1000; /* definitions.md, interactivity */

static void language_set(struct interaction *ia, struct arena *a)
{
    str *parts;
    struct lang_guess g;

    if (ia->language.n && !str_eq(ia->language, STR("und")))
        return;
    parts = ARENA_ARRAY(a, str, ia->turns_n + 1);
    for (size_t i = 0; i < ia->turns_n; i++)
        parts[i] = ia->turns[i].text;
    g = lang_detect_parts(parts, ia->turns_n);
    ia->language = str_dup(a, str_of(g.tag));
}

static void pii_mark(const struct interaction *ia, struct arena *a, struct prepared *out)
{
    str *people = ARENA_ARRAY(a, str, 2 * ia->participants_n + 1);
    struct pii_ask ask = {.people = people, .lang = ia->language, .chat = ia->kind == IA_CALL};
    size_t cap = 0;

    for (size_t i = 0; i < ia->participants_n; i++) {
        if (ia->participants[i].name.n)
            people[ask.people_n++] = ia->participants[i].name;
        if (ia->participants[i].email.n)
            people[ask.people_n++] = ia->participants[i].email;
    }
    pii_ask_prepare(&ask, a);
    for (size_t t = 0; t < ia->turns_n; t++) {
        struct pii_span *s;
        size_t n;
        pii_find(ia->turns[t].text, &ask, a, &s, &n);
        for (size_t i = 0; i < n; i++)
            ARENA_PUSH(a, out->pii, out->pii_n, cap) =
                (struct record_pii){(uint32_t)t, s[i].start, s[i].end, (int)s[i].type, s[i].confidence};
    }
}

static void chunks_make(const struct interaction *ia, struct arena *a, struct prepared *out)
{
    struct chunk *c;

    chunk_split(ia, a, &c, &out->chunks_n);
    out->chunks = ARENA_ARRAY(a, struct record_chunk, out->chunks_n + 1);
    for (size_t i = 0; i < out->chunks_n; i++)
        out->chunks[i] = (struct record_chunk){c[i].spans, c[i].spans_n};
}

void prepare_interaction(struct core *c, struct interaction *ia, struct arena *a, struct prepared *out)
{
    *out = (struct prepared){0};
    record_sides_infer(ia, c->own_domains, c->own_domains_n);
    language_set(ia, a);
    pii_mark(ia, a, out);
    chunks_make(ia, a, out);
    for (size_t i = 0; i < ia->turns_n; i++)
        out->words += (int64_t)words_count(ia->turns[i].text);
}

static const struct discourse *discourse_of(const struct interaction *ia, struct arena *a)
{
    struct discourse *d = ARENA_NEW(a, struct discourse);

    discourse_make(ia, a, d);
    return d;
}

void prepare_findings(struct core *c, struct interaction *ia, struct arena *a, struct prepared *p)
{
    p->discourse = discourse_of(ia, a);
    analyse_run(c, p->discourse, a, &p->findings, &p->findings_n);
    p->analysed = true;
}

enum err_code prepare_statistics(struct core *c, struct db_tx *t, const struct interaction *ia,
                                 const struct discourse *d, struct arena *a, struct record_stat **out, size_t *out_n,
                                 struct err *e)
{
    struct statistics_context ctx = {0};
    double *spm = NULL;

    if (ia->kind == IA_CALL && ia->started_at_ms != CLOCK_NONE &&
        record_switches(t, &c->v, ia->started_at_ms - EARLIER_MS, ia->started_at_ms, a, &spm, &ctx.spm_before_n, e))
        return e->code;
    ctx.spm_before = spm;
    if (ia->kind == IA_CALL) {
        size_t *turns;
        ctx.objections_n = objection_turns(d ? d : discourse_of(ia, a), a, &turns);
        ctx.objections = turns;
    }
    statistics_compute(ia, &ctx, a, out, out_n);
    return ERR_OK;
}
