/* insight/acts_marks.c - which listed words and phrases begin at each word of a sentence. */
#include "insight/acts_priv.h"

static const struct mark *marks_find(const struct discourse *d, const struct sentence *s)
{
    const struct word_list *l = s->lang.p == d->lang.p ? d->commit : list_for("commit", s->lang);
    struct mark *m = ARENA_ARRAY(d->a, struct mark, s->words_n + 1);
    struct list_hit hit[LIST_ENTRY_WORDS];

    if (!l)
        l = list_get("commit.en");
    for (size_t i = 0; i < s->words_n; i++) {
        size_t n;
        if (!(s->starts[i].any & l->bit))
            continue;
        n = list_hits_from(l, s->atom + i, s->starts[i].longer & l->bit ? s->words_n - i : 1, hit);
        m[i].n = (uint8_t)(n < MARKS_AT_ONE ? n : MARKS_AT_ONE);
        for (size_t k = 0; k < m[i].n; k++)
            m[i].bits |= hit[k].value;
        m[i].only = hit[0];
        m[i].e =
            m[i].n > 1 ? memcpy(ARENA_ARRAY(d->a, struct list_hit, m[i].n), hit, m[i].n * sizeof *hit) : &m[i].only;
        m[s->words_n].bits |= m[i].bits; /* behind the last word: what all have */
    }
    return m;
}

void marks_make(const struct discourse *d, size_t sentence, int32_t today, struct marked *out)
{
    if (!d->marks[sentence])
        d->marks[sentence] = marks_find(d, &d->s[sentence]);
    *out = (struct marked){.d = d, .s = &d->s[sentence], .m = d->marks[sentence], .today = today};
    out->bits = out->m[out->s->words_n].bits;
}

void marks_of(const struct discourse *d, const struct sentence *s, struct marked *out)
{
    *out = (struct marked){.d = d, .s = s, .m = marks_find(d, s), .today = ACT_NO_DAY};
}

const struct when *marks_when(struct marked *k, size_t *out_n)
{
    struct words w = sentence_words(k->s);

    if (!k->when) {
        struct when found[WHEN_MAX];
        k->when_n = when_find(&w, k->s->lang, k->today == ACT_NO_DAY ? 0 : k->today, found);
        k->when = ARENA_ARRAY(k->d->a, struct when, k->when_n);
        memcpy(k->when, found, k->when_n * sizeof *found);
        for (size_t i = 0; k->today == ACT_NO_DAY && i < k->when_n; i++)
            k->when[i].resolved = false;
    }
    *out_n = k->when_n;
    return k->when;
}

size_t mark_length(const struct mark *m, int bits)
{
    for (size_t j = m->n; j-- > 0;)
        if (m->e[j].value & bits)
            return m->e[j].words;
    return 0;
}

bool mark_in(const struct marked *k, size_t from, size_t to, int bits)
{
    for (size_t i = from; (k->bits & bits) && i < to; i++) {
        size_t n = mark_at(k, i, bits);
        if (n && i + n <= to)
            return true;
    }
    return false;
}
