/* insight/acts_marks.c - which listed words and phrases begin at each word of a sentence. */
#include "insight/acts_priv.h"

enum { ENTRY_WORDS = 8 };

static void mark_word(const struct word_list *l, const str *tokens, size_t n, struct mark *out)
{
    size_t longest = list_match(l, tokens, n, NULL);
    char key[128];
    size_t k = 0;

    for (size_t i = 0; i < longest && i < ENTRY_WORDS && out->n < MARKS_AT_ONE; i++) {
        int bits;
        if (k + tokens[i].n + 1 > sizeof key)
            break;
        if (i)
            key[k++] = ' ';
        memcpy(key + k, tokens[i].p, tokens[i].n);
        k += tokens[i].n;
        bits = list_value(l, str_n(key, k));
        if (!bits)
            continue;
        out->e[out->n].bits = bits;
        out->e[out->n].len = (uint8_t)(i + 1);
        out->n++;
    }
}

void marks_make(const struct discourse *d, const struct sentence *s, int32_t today, struct marked *out)
{
    const struct word_list *l = list_for("commit", s->lang);
    str *tokens = ARENA_ARRAY(d->a, str, s->words_n + 1);

    *out = (struct marked){.d = d, .s = s, .m = ARENA_ARRAY(d->a, struct mark, s->words_n + 1)};
    for (size_t i = 0; i < s->words_n; i++)
        tokens[i] = s->word[i].token;
    if (!l)
        l = list_get("commit.en");
    for (size_t i = 0; i < s->words_n; i++)
        mark_word(l, tokens + i, s->words_n - i, &out->m[i]);
    out->when_n = when_find(tokens, s->words_n, s->lang, today == ACT_NO_DAY ? 0 : today, out->when);
    if (today == ACT_NO_DAY)
        for (size_t i = 0; i < out->when_n; i++)
            out->when[i].resolved = false;
}

size_t mark_at(const struct marked *k, size_t i, int bits)
{
    size_t found = 0;

    for (size_t j = 0; i < k->s->words_n && j < k->m[i].n; j++)
        if (k->m[i].e[j].bits & bits)
            found = k->m[i].e[j].len;
    return found;
}

bool mark_in(const struct marked *k, size_t from, size_t to, int bits)
{
    for (size_t i = from; i < to; i++) {
        size_t n = mark_at(k, i, bits);
        if (n && i + n <= to)
            return true;
    }
    return false;
}

bool word_is(const struct marked *k, size_t i, const char *const *words)
{
    str w = word_at(k, i);

    for (; w.n && *words; words++)
        if (str_eq(w, str_of(*words)))
            return true;
    return false;
}
