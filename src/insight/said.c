#include "insight/said.h"

#include <math.h>

#include "insight/said_weights.h"
#include "text/lists.h"

/* Of those before it; a sentence's words behind the first many add nothing. */
enum { WINDOW = 3, WORDS_MOST = 120, SHORT = 6 };
enum { OBJECTION_AT = 0, FIELD_AT = SAID_OBJECTIONS, ATTITUDE_AT = FIELD_AT + SAID_FIELDS, CLASSES = ATTITUDE_AT + 2 };
static const float SAID_HARDLY = 0.15F, OBJECTION_FROM = 0.35F, FIELD_FROM = 0.35F, ATTITUDE_FROM = 0.3F,
                   FIELD_TOO = 0.2F;

static void row_add(const int8_t *row, int *sum)
{
    for (int c = 0; c < SAID_WIDTH; c++)
        sum[c] += row[c];
}

static const int8_t *pair_row(uint16_t first, uint16_t second)
{
    uint32_t at = ((uint32_t)first << 16 | second) * 0x9e3779b1u >> 18;

    for (; said_slots[at]; at = (at + 1) % SAID_SLOTS) {
        const struct said_pair *p = &said_pairs[said_slots[at]];
        if (p->first == first && p->second == second)
            return said_pair_rows[said_slots[at]];
    }
    return NULL;
}

/* Adds up the weights of a sentence; returns how many words count. */
static size_t weights_add(const struct sentence *s, int *sum)
{
    const struct word_list *l = list_get("said.en"), *common = list_get("common.en");
    uint16_t before[WINDOW] = {SAID_BEGIN};
    size_t n = 0;

    for (size_t i = 0; i < s->words_n && n < WORDS_MOST; i++) {
        uint32_t number = (uint32_t)list_value_atom(l, s->atom[i]);
        uint16_t symbol;
        if (!number && s->token[i].p[0] >= '0' && s->token[i].p[0] <= '9')
            number = said_words_n - 1;
        else if (s->word[i].upper && i && !list_begins(common, s->atom[i]))
            number = said_words_n;
        symbol = number ? said_symbols[number] : SAID_ALONE;
        if (symbol == SAID_DROPPED)
            continue;
        n++;
        if (number)
            row_add(said_words[number], sum);
        for (int k = 0; k < WINDOW && symbol >= SAID_SYMBOLS; k++) {
            const int8_t *row = before[k] == SAID_ALONE ? NULL : pair_row(before[k], symbol);
            if (row)
                row_add(row, sum);
        }
        before[2] = before[1];
        before[1] = before[0];
        before[0] = symbol;
    }
    if (s->asks)
        row_add(said_asks, sum);
    return n;
}

/* Chances of `n` classes, "none" having the logit 0; returns that it is any of them, 0 when that is less than `from` or no class
 * has more speaking for it than against it. */
static float chances(const float *said, int first, int n, float from, float *out)
{
    float sum = 1, most = 0, speaks = 0, logit[SAID_WIDTH];

    for (int c = 0; c < n; c++) {
        logit[c] = (float)said_offsets[first + c] / SAID_SCALE + said[first + c];
        most = logit[c] > most ? logit[c] : most;
        speaks = said[first + c] > speaks ? said[first + c] : speaks;
    }
    if (speaks <= 0 || (float)n * expf(most) * (1 - from) < from)
        return 0;
    sum = expf(-most);
    for (int c = 0; c < n; c++)
        sum += out[c] = expf(logit[c] - most);
    for (int c = 0; c < n; c++)
        out[c] /= sum;
    return 1 - expf(-most) / sum < from ? 0 : 1 - expf(-most) / sum;
}

static int likeliest(const float *chance, int n)
{
    int best = 0;

    for (int c = 1; c < n; c++)
        best = chance[c] > chance[best] ? c : best;
    return best;
}

struct said said_read(const struct sentence *s)
{
    struct said out = {0};
    int sum[SAID_WIDTH] = {0};
    float by_words[SAID_WIDTH], chance[SAID_WIDTH], scale;
    size_t n;

    if (!str_eq(s->lang, STR("en")) || s->words_n < 2)
        return out;
    n = weights_add(s, sum);
    scale = 1 / (SAID_SCALE * sqrtf((float)(n > SHORT ? n : SHORT)));
    for (int c = 0; c < CLASSES; c++)
        by_words[c] = (float)sum[c] * scale;
    out.objection_chance = chances(by_words, OBJECTION_AT, SAID_OBJECTIONS, OBJECTION_FROM, chance);
    if (out.objection_chance > 0)
        out.objection = (uint8_t)(1 + likeliest(chance, SAID_OBJECTIONS));
    out.fields_chance = chances(by_words, FIELD_AT, SAID_FIELDS, SAID_HARDLY, chance);
    if (out.fields_chance >= FIELD_FROM) {
        out.fields = 1u << likeliest(chance, SAID_FIELDS);
        for (int c = 0; c < SAID_FIELDS; c++)
            out.fields |= (uint32_t)(chance[c] >= FIELD_TOO) << c;
    }
    out.attitude_chance = chances(by_words, ATTITUDE_AT, 2, ATTITUDE_FROM, chance);
    if (out.attitude_chance > 0)
        out.attitude = likeliest(chance, 2) == 0 ? SAID_POSITIVE : SAID_NEGATIVE;
    return out;
}

const struct said *said_all(const struct discourse *d, struct arena *a)
{
    struct said *all = ARENA_ARRAY(a, struct said, d->n + 1);

    for (size_t i = 0; i < d->n; i++)
        if (discourse_side(d, d->s[i].voice) == IA_SIDE_EXTERNAL)
            all[i] = said_read(&d->s[i]);
    return all;
}
