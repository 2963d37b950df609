/* insight/statistics_hash.c - the inputs of the statistics, byte for byte, as doc/definitions.md writes them down. */
#include <stdio.h>

#include "insight/statistics_priv.h"
#include "vault/seal.h"

/* A netstring: length, colon, bytes, comma (cr.yp.to/proto/netstrings.txt). */
static void hash_str(struct sha256_state *h, str v)
{
    char head[32];
    int n = snprintf(head, sizeof head, "%zu:", v.n);

    sha256_add(h, head, (size_t)n);
    sha256_add(h, v.p ? v.p : "", v.n);
    sha256_add(h, ",", 1);
}

static void hash_i64(struct sha256_state *h, int64_t v, int64_t none)
{
    char text[32];
    int n = v == none ? 0 : snprintf(text, sizeof text, "%lld", (long long)v);

    hash_str(h, str_n(text, (size_t)n));
}

void stats_hash(struct stats *s)
{
    const struct interaction *ia = s->ia;
    struct sha256_state h;

    sha256_init(&h);
    hash_str(&h, STR("harken.statistics"));
    hash_i64(&h, STATISTICS_VERSION, -1);
    hash_str(&h, ia->language);
    hash_i64(&h, ia->duration_ms, IA_TIME_NONE);
    hash_str(&h, ia->no_overlap ? STR("cues") : STR(""));
    hash_i64(&h, (int64_t)ia->participants_n, -1);
    for (size_t i = 0; i < ia->participants_n; i++) {
        hash_str(&h, ia->participants[i].name);
        hash_str(&h, str_of(ia_side_name(ia->participants[i].side)));
    }
    hash_i64(&h, (int64_t)ia->turns_n, -1);
    for (size_t i = 0; i < ia->turns_n; i++) {
        hash_str(&h, ia->turns[i].speaker);
        hash_i64(&h, ia->turns[i].start_ms, IA_TIME_NONE);
        hash_i64(&h, ia->turns[i].end_ms, IA_TIME_NONE);
        hash_str(&h, ia->turns[i].text);
    }
    hash_str(&h, s->c->lsm ? STR("lsm") : STR(""));
    hash_i64(&h, (int64_t)s->c->spm_before_n, -1);
    for (size_t i = 0; i < s->c->spm_before_n; i++)
        hash_str(&h, str_fmt(s->a, "%.17g", s->c->spm_before[i]));
    hash_i64(&h, (int64_t)s->c->objections_n, -1);
    for (size_t i = 0; i < s->c->objections_n; i++)
        hash_i64(&h, (int64_t)s->c->objections[i], -1);
    sha256_done(&h, s->hash);
}
