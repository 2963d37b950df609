/* insight/acts_marks.c - which listed words and phrases begin at each word of a sentence. */
#include "insight/acts_priv.h"
#include "insight/cues.h"

static const struct marks *marks_find(const struct discourse *d, const struct sentence *s)
{
    const struct word_list *l = s->lang.p == d->lang.p ? d->commit : list_for("commit", s->lang);
    struct marks *out = arena_alloc(d->a, sizeof *out + s->words_n * sizeof *out->at);
    size_t hits_n = 0, hits_cap = 0;

    if (!l)
        l = list_get("commit.en");
    for (size_t i = 0; cues_may(l, s) && i < s->words_n; i++) {
        struct mark *m = &out->at[i];
        struct list_hit hit[LIST_ENTRY_WORDS] __attribute__((uninitialized));
        size_t n;
        if (!(s->starts[i].any & l->bit))
            continue;
        if (!(s->starts[i].longer & l->bit)) {
            m->bits = list_value_atom(l, s->atom[i]);
            m->words = 1;
            out->bits |= m->bits;
            continue;
        }
        n = list_hits_from(l, s->atom + i, s->words_n - i, hit);
        m->words = n == 1 ? hit[0].words : 0;
        m->several = (uint32_t)hits_n;
        for (size_t k = 0; k < n; k++)
            m->bits |= hit[k].value;
        for (size_t k = 0; n > 1 && k < n; k++)
            ARENA_PUSH(d->a, out->hit, hits_n, hits_cap) = hit[k];
        if (n > 1)
            ARENA_PUSH(d->a, out->hit, hits_n, hits_cap) = (struct list_hit){0};
        out->bits |= m->bits;
    }
    return out;
}

static void marked_set(const struct discourse *d, const struct sentence *s, const struct marks *found, int32_t today,
                       struct marked *out)
{
    *out = (struct marked){.d = d, .s = s, .m = found->at, .hit = found->hit, .bits = found->bits, .today = today};
}

void marks_make(const struct discourse *d, size_t sentence, int32_t today, struct marked *out)
{
    if (!d->marks[sentence])
        d->marks[sentence] = marks_find(d, &d->s[sentence]);
    marked_set(d, &d->s[sentence], d->marks[sentence], today, out);
}

void marks_of(const struct discourse *d, const struct sentence *s, struct marked *out)
{
    marked_set(d, s, marks_find(d, s), ACT_NO_DAY, out);
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

size_t mark_length(const struct marked *k, size_t i, int bits)
{
    size_t longest = 0;

    for (const struct list_hit *h = k->hit + k->m[i].several; h->words; h++)
        longest = h->value & bits ? h->words : longest;
    return longest;
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
