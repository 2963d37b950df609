#include "insight/said.h"

#include <math.h>
#include <pthread.h>

#include "insight/said_weights.h"
#include "text/lists.h"

/* Of those before it; a sentence's words behind the first many add nothing. */
enum { WINDOW = 3, WORDS_MOST = 120, SHORT = 8, OBJECTION_WORDS = 4 };
enum { OBJECTION_AT = 0, FIELD_AT = SAID_OBJECTIONS, ATTITUDE_AT = FIELD_AT + SAID_FIELDS, CLASSES = ATTITUDE_AT + 2 };
enum { GATE_OBJECTION = 1, GATE_FIELD = 2, GATE_ATTITUDE = 4 };
static const float SAID_HARDLY = 0.15F, OBJECTION_FROM = 0.45F, FIELD_FROM = 0.35F, ATTITUDE_FROM = 0.5F,
                   FIELD_TOO = 0.2F;

/* The number in the tables of each word by its atom: a list that many words ask is slower. */
static struct {
    struct arena *a;
    uint16_t *number;
    uint32_t atoms;
    const struct word_list *common;
} known;
static pthread_once_t known_once = PTHREAD_ONCE_INIT;

static void known_make(void)
{
    const struct word_list *l = list_get("said.en");

    known.a = arena_new("insight.said");
    known.atoms = l->first_n;
    known.number = ARENA_ARRAY(known.a, uint16_t, known.atoms + 1);
    for (uint32_t atom = 0; atom < known.atoms; atom++)
        known.number[atom] = (uint16_t)list_value_atom(l, atom);
    known.common = list_get("common.en");
}

static uint16_t number_of(const struct sentence *s, size_t i)
{
    uint32_t atom = s->atom[i];

    if (atom < known.atoms && known.number[atom])
        return known.number[atom];
    if (s->token[i].p[0] >= '0' && s->token[i].p[0] <= '9')
        return (uint16_t)(said_words_n - 1);
    return s->word[i].upper && i && !list_begins(known.common, atom) ? (uint16_t)said_words_n : 0;
}

/* Eight bytes at once. */
typedef int16_t gates_row __attribute__((vector_size(2 * SAID_GATES_WIDTH)));
typedef int8_t narrow __attribute__((vector_size(SAID_WIDTH)));
typedef int16_t wide __attribute__((vector_size(2 * SAID_WIDTH)));

static void row_add(const int8_t *row, wide *sum)
{
    narrow n;

    memcpy(&n, row, sizeof n);
    *sum += __builtin_convertvector(n, wide);
}

static uint32_t pair_row(uint16_t first, uint16_t second)
{
    uint32_t at = ((uint32_t)first << 16 | second) * 0x9e3779b1u >> 18;

    for (; said_slots[at]; at = (at + 1) % SAID_SLOTS) {
        const struct said_pair *p = &said_pairs[said_slots[at]];
        if (p->first == first && p->second == second)
            return said_slots[at];
    }
    return 0;
}

/* Numbers of the words that count, and whether they might be something of a kind: bits of gates. */
static unsigned gates_pass(const struct sentence *s, uint16_t *number, size_t *out_n)
{
    gates_row sum = {0}, row;
    size_t n = 0, words_n = s->words_n < WORDS_MOST ? s->words_n : WORDS_MOST;
    unsigned pass = 0;
    float root;

    for (size_t i = 0; i < words_n; i++) {
        uint16_t w = number_of(s, i);
        memcpy(&row, said_gate_words[w], sizeof row);
        sum += row;
        number[n] = w;
        n += !w || said_symbols[w] != SAID_DROPPED;
    }
    root = sqrtf((float)(n > SHORT ? n : SHORT));
    for (int k = 0; k < SAID_GATES; k++)
        pass |= (unsigned)(sum[k] >= (float)said_gates[k] * root) << k;
    *out_n = n;
    return pass;
}

/* Adds up the weights of a sentence. */
static void weights_add(const struct sentence *s, const uint16_t *number, size_t n, int16_t *out)
{
    uint16_t before[WINDOW] = {SAID_BEGIN, SAID_ALONE, SAID_ALONE};
    wide sum = {0};

    for (size_t i = 0; i < n; i++) {
        uint16_t symbol = number[i] ? said_symbols[number[i]] : SAID_ALONE;
        if (number[i])
            row_add(said_words[number[i]], &sum);
        for (int k = 0; k < WINDOW && symbol >= SAID_SYMBOLS; k++) {
            uint32_t pair = before[k] == SAID_ALONE ? 0 : pair_row(before[k], symbol);
            if (pair)
                row_add(said_pair_rows[pair], &sum);
        }
        before[2] = before[1];
        before[1] = before[0];
        before[0] = symbol;
    }
    if (s->asks)
        row_add(said_asks, &sum);
    memcpy(out, &sum, sizeof sum);
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
    int16_t sum[SAID_WIDTH];
    uint16_t number[WORDS_MOST] __attribute__((uninitialized));
    float by_words[SAID_WIDTH], chance[SAID_WIDTH], scale;
    unsigned gates;
    size_t n;

    pthread_once(&known_once, known_make);
    if (!str_eq(s->lang, STR("en")) || s->words_n < 2 || !(gates = gates_pass(s, number, &n)))
        return out;
    weights_add(s, number, n, sum);
    scale = 1 / (SAID_SCALE * sqrtf((float)(n > SHORT ? n : SHORT)));
    for (int c = 0; c < CLASSES; c++)
        by_words[c] = (float)sum[c] * scale;
    if ((gates & GATE_OBJECTION) && s->words_n >= OBJECTION_WORDS)
        out.objection_chance = chances(by_words, OBJECTION_AT, SAID_OBJECTIONS, OBJECTION_FROM, chance);
    if (out.objection_chance > 0)
        out.objection = (uint8_t)(1 + likeliest(chance, SAID_OBJECTIONS));
    if (gates & GATE_FIELD)
        out.fields_chance = chances(by_words, FIELD_AT, SAID_FIELDS, SAID_HARDLY, chance);
    if (out.fields_chance >= FIELD_FROM) {
        out.fields = 1u << likeliest(chance, SAID_FIELDS);
        for (int c = 0; c < SAID_FIELDS; c++)
            out.fields |= (uint32_t)(chance[c] >= FIELD_TOO) << c;
    }
    if (gates & GATE_ATTITUDE)
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
