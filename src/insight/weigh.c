#include "insight/weigh.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

#include "insight/cues.h"

const char *const weigh_names[WEIGH_FEATURES] = {
    "f.length", "f.from3",   "f.from5",    "f.from7",    "f.from9",    "f.from12",    "f.from15",   "f.from20",
    "f.from30", "f.common",  "f.repeated", "f.letters",  "f.asks",     "f.place",     "f.first20",  "f.first10",
    "f.last5",  "f.last10",  "f.last20",   "f.name",     "f.talk",     "f.committed", "f.accepted", "f.requested",
    "f.hedged", "f.refused", "f.nextstep", "f.decision", "f.question", "f.matters"};

/* Numbers of content words by their bytes: open addressing. */
struct word_slot {
    str word; /* n == 0: free */
    uint32_t number;
};
enum { ATOMS_SEEN = 1024 };
struct atom_slot {
    uint32_t atom, number;
};
struct word_table {
    struct word_slot *slot;
    size_t cap; /* a power of two */
    struct atom_slot *seen; /* ATOMS_SEEN: the last words by their atoms */
    uint32_t n;
    struct arena *a;
};

static struct word_slot *word_slot(const struct word_table *t, str w)
{
    size_t at = str_hash(w) & (t->cap - 1);

    while (t->slot[at].word.n && !str_eq(t->slot[at].word, w))
        at = (at + 1) & (t->cap - 1);
    return &t->slot[at];
}

static void table_grow(struct word_table *t)
{
    struct word_table old = *t;

    t->cap = old.cap ? old.cap * 4 : 1024;
    t->slot = ARENA_ARRAY(t->a, struct word_slot, t->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slot[i].word.n)
            *word_slot(t, old.slot[i].word) = old.slot[i];
}

/* Most words are of some list, and have a number there. */
static uint32_t word_number(struct word_table *t, str w, uint32_t atom)
{
    struct word_slot *s;
    struct atom_slot *k = &t->seen[atom % ATOMS_SEEN];

    if (atom && k->atom == atom)
        return k->number;
    if (atom) {
        *k = (struct atom_slot){atom, word_number(t, w, 0)};
        return k->number;
    }
    if (t->n * 2 >= t->cap)
        table_grow(t);
    s = word_slot(t, w);
    if (!s->word.n)
        *s = (struct word_slot){w, t->n++};
    return s->number;
}

/* Puts a number into an ascending list that has each once. */
static uint32_t number_put(uint32_t *list, uint32_t n, uint32_t number)
{
    uint32_t at = n;

    while (at && list[at - 1] > number)
        at--;
    if (at && list[at - 1] == number)
        return n;
    for (uint32_t i = n; i > at; i--)
        list[i] = list[i - 1];
    list[at] = number;
    return n + 1;
}

/* ---- words ---- */

struct count {
    uint32_t seen; /* sentences that have the word */
    float common; /* ln(1 + seen) */
    bool name;
};
struct counts {
    struct count *word;
    uint32_t *said; /* per voice: sentences */
};

static bool is_content(const struct sentence *s, size_t i, const struct word_list *stop)
{
    return s->token[i].n >= 3 && !list_has_start(stop, &s->starts[i], s->atom[i]);
}

/* The content words of all sentences, and *letters: the mean length of those of each. */
static void words_read(struct weighing *w, struct word_table *table, float *letters)
{
    const struct word_list *stop = list_for("stop", w->d->lang);
    uint32_t *room;
    size_t words_n = 0;

    stop = stop ? stop : list_get("stop.en");
    for (size_t i = 0; i < w->d->n; i++)
        words_n += w->d->s[i].words_n;
    room = ARENA_FILL(w->a, uint32_t, words_n + 1);
    for (size_t i = 0; i < w->d->n; i++) {
        const struct sentence *s = &w->d->s[i];
        size_t sum = 0, n = 0;
        w->word[i] = room;
        for (size_t k = 0; k < s->words_n; k++)
            if (is_content(s, k, stop)) {
                w->words_n[i] = number_put(w->word[i], w->words_n[i], word_number(table, s->token[k], s->atom[k]));
                sum += s->token[k].n;
                n++;
            }
        room += w->words_n[i];
        letters[i] = n ? (float)sum / (float)n : 0;
    }
}

static struct counts counts_of(const struct weighing *w, const struct word_table *table)
{
    struct counts c = {.word = ARENA_ARRAY(w->a, struct count, table->n + 1),
                       .said = ARENA_ARRAY(w->a, uint32_t, w->d->voices_n + 1)};

    for (size_t i = 0; i < w->d->n; i++) {
        for (uint32_t k = 0; k < w->words_n[i]; k++)
            c.word[w->word[i][k]].seen++;
        if (w->d->s[i].voice != VOICE_NONE)
            c.said[w->d->s[i].voice]++;
    }
    for (size_t i = 0; i < w->d->voices_n; i++) {
        const struct word_slot *slot = table->cap ? word_slot(table, w->d->voices[i].first) : NULL;
        if (slot && w->d->voices[i].first.n && slot->word.n)
            c.word[slot->number].name = true;
    }
    for (uint32_t i = 0; i < table->n; i++)
        c.word[i].common = logf(1 + (float)c.word[i].seen);
    return c;
}

/* ---- features ---- */

static void feature_words(const struct weighing *w, const struct counts *c, size_t i, float *f)
{
    static const uint32_t from[] = {3, 5, 7, 9, 12, 15, 20, 30};
    uint32_t n = w->words_n[i], repeated = 0;
    float common = 0;

    f[WEIGH_LENGTH] = logf(1 + (float)n);
    for (size_t k = 0; k < sizeof from / sizeof *from; k++)
        f[WEIGH_FROM_3 + k] = n >= from[k];
    for (uint32_t k = 0; k < n; k++) {
        const struct count *word = &c->word[w->word[i][k]];
        common += word->common;
        repeated += word->seen >= 3;
        if (word->name)
            f[WEIGH_NAME] = 1;
    }
    f[WEIGH_COMMON] = n ? common / (float)n : 0;
    f[WEIGH_REPEATED] = n ? (float)repeated / (float)n : 0;
}

static void feature_place(const struct weighing *w, const struct counts *c, size_t i, float *f)
{
    float place = (float)i / (float)w->d->n;
    int voice = w->d->s[i].voice;

    f[WEIGH_ASKS] = w->d->s[i].asks;
    f[WEIGH_PLACE] = place;
    f[WEIGH_FIRST_20TH] = place < 0.05F;
    f[WEIGH_FIRST_10TH] = place < 0.1F;
    f[WEIGH_LAST_5TH] = place >= 0.8F;
    f[WEIGH_LAST_10TH] = place >= 0.9F;
    f[WEIGH_LAST_20TH] = place >= 0.95F;
    f[WEIGH_TALK] = voice == VOICE_NONE ? 0 : (float)c->said[voice] / (float)w->d->n;
}

/* The feature that a finding gives its sentences; WEIGH_FEATURES: none. */
static enum weigh_feature feature_of(const struct record_finding *f)
{
    static const struct {
        const char *kind, *modality;
        enum weigh_feature feature;
    } rows[] = {{"commitment", "COMMITTED", WEIGH_COMMITTED}, {"commitment", "ACCEPTED", WEIGH_ACCEPTED},
                {"commitment", "REQUESTED", WEIGH_REQUESTED}, {"commitment", "HEDGED", WEIGH_HEDGED},
                {"commitment", NULL, WEIGH_REFUSED},          {"next_step", NULL, WEIGH_NEXT_STEP},
                {"decision", NULL, WEIGH_DECISION},           {"question", NULL, WEIGH_QUESTION},
                {"objection", NULL, WEIGH_MATTERS},           {"qualification", NULL, WEIGH_MATTERS},
                {"competitor", NULL, WEIGH_MATTERS},          {"pricing", NULL, WEIGH_MATTERS}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eq(f->kind, str_of(rows[i].kind)) &&
            (!rows[i].modality || str_eq(f->modality, str_of(rows[i].modality))))
            return rows[i].feature;
    return WEIGH_FEATURES;
}

static void features_of_findings(const struct analysis *an, size_t found_n, struct weighing *w)
{
    for (size_t i = 0; i < found_n; i++) {
        enum weigh_feature at = feature_of(&an->list[i]);
        for (size_t k = 0; at != WEIGH_FEATURES && k < an->list[i].spans_n; k++) {
            const struct ia_span *span = &an->list[i].spans[k];
            for (size_t s = w->d->first_of_turn[span->turn]; s < w->d->n && w->d->s[s].turn == span->turn; s++)
                if (w->d->s[s].start < span->end && span->start < w->d->s[s].end)
                    w->feature[s][at] = 1;
        }
    }
}

/* ---- models ---- */

/* What the models say of features, side by side. What they say of words stands side by side in word_row.value. */
typedef double lanes __attribute__((vector_size(8 * WEIGH_MODELS / 2)));
static struct {
    lanes first[WEIGH_FEATURES], second[WEIGH_FEATURES]; /* half of the models each: what fits into a register */
    size_t value; /* of the first model */
} models;
static pthread_once_t models_once = PTHREAD_ONCE_INIT;

const struct word_list *weigh_list(enum weigh_model m)
{
    static const char *const names[WEIGH_MODELS] = {
        [WEIGH_ACTION] = "weigh_action.en",
        [WEIGH_DECISION_POINT] = "weigh_decision.en",
        [WEIGH_DISCOVERY] = "weigh_discovery.en",
        [WEIGH_SUMMARY] = "weigh_summary.en",
    };

    return list_get(names[m]);
}

static int32_t weight_of(int value)
{
    return value ? value - WEIGH_BASE : 0;
}

static void models_make(void)
{
    models.value = weigh_list((enum weigh_model)0)->close - 1;
    for (size_t m = 0; m < WEIGH_MODELS; m++) {
        const struct word_list *l = weigh_list((enum weigh_model)m);
        assert(l->close == models.value + m + 1);
        for (size_t k = 0; k < WEIGH_FEATURES; k++)
            (m < WEIGH_MODELS / 2 ? models.first : models.second)[k][m % (WEIGH_MODELS / 2)] =
                weight_of(list_value(l, str_of(weigh_names[k])));
    }
}

static void scores_make(struct weighing *w)
{
    typedef int32_t values __attribute__((vector_size(4 * WEIGH_MODELS)));

    pthread_once(&models_once, models_make);
    for (size_t m = 0; m < WEIGH_MODELS; m++)
        w->score[m] = ARENA_FILL(w->a, double, w->d->n);
    for (size_t i = 0; i < w->d->n; i++) {
        const struct sentence *s = &w->d->s[i];
        lanes first = {0}, second = {0};
        values words = {0}, none = {0};
        for (size_t k = 0; k < WEIGH_FEATURES; k++) {
            double f = (double)w->feature[i][k];
            first += models.first[k] * f;
            second += models.second[k] * f;
        }
        for (size_t k = 0; k < s->words_n; k++) {
            values v;
            memcpy(&v, word_row_of(s->atom[k])->value + models.value, sizeof v);
            words += v;
            none += v == 0; /* minus one */
        }
        words -= WEIGH_BASE * ((int32_t)s->words_n + none);
        for (size_t m = 0; m < WEIGH_MODELS; m++)
            w->score[m][i] = ((m < WEIGH_MODELS / 2 ? first : second)[m % (WEIGH_MODELS / 2)] + words[m]) / WEIGH_SCALE;
    }
}

void weighing_make(const struct analysis *an, size_t found_n, struct weighing *out)
{
    struct weighing w = {.d = &an->d, .a = an->a};
    struct word_table table = {.a = an->a, .seen = ARENA_ARRAY(an->a, struct atom_slot, ATOMS_SEEN)};
    struct counts c;
    float *letters = ARENA_ARRAY(an->a, float, an->d.n + 1);

    w.word = ARENA_ARRAY(an->a, uint32_t *, an->d.n + 1);
    w.words_n = ARENA_ARRAY(an->a, uint32_t, an->d.n + 1);
    w.feature = arena_array(an->a, an->d.n + 1, sizeof *w.feature);
    words_read(&w, &table, letters);
    c = counts_of(&w, &table);
    for (size_t i = 0; i < an->d.n; i++) {
        feature_words(&w, &c, i, w.feature[i]);
        feature_place(&w, &c, i, w.feature[i]);
        w.feature[i][WEIGH_LETTERS] = letters[i];
    }
    features_of_findings(an, found_n, &w);
    scores_make(&w);
    *out = w;
}

/* ---- the best ---- */

struct place {
    double score;
    size_t sentence;
};

static bool before(const struct place *a, const struct place *b)
{
    return a->score != b->score ? a->score > b->score : a->sentence < b->sentence;
}

/* Of a heap, the best first: its best sinks to where it belongs. */
static void heap_sink(struct place *heap, size_t n, size_t at)
{
    struct place sunk = heap[at];

    for (size_t next; (next = 2 * at + 1) < n; at = next) {
        next += next + 1 < n && before(&heap[next + 1], &heap[next]);
        if (!before(&heap[next], &sunk))
            break;
        heap[at] = heap[next];
    }
    heap[at] = sunk;
}

static size_t shared(const struct weighing *w, size_t x, size_t y)
{
    size_t n = 0;

    for (uint32_t i = 0, k = 0; i < w->words_n[x] && k < w->words_n[y];) {
        uint32_t a = w->word[x][i], b = w->word[y][k];
        n += a == b;
        i += a <= b;
        k += b <= a;
    }
    return n;
}

size_t weighing_pick(const struct weighing *w, const double *score, size_t most, double alike, size_t words_least,
                     size_t *out)
{
    struct place *heap = ARENA_FILL(w->a, struct place, w->d->n + 1);
    size_t n = 0, picked = 0;

    for (size_t i = 0; i < w->d->n; i++)
        if (w->d->s[i].words_n >= words_least && w->words_n[i] && score[i] > -INFINITY)
            heap[n++] = (struct place){score[i], i};
    for (size_t i = n / 2; i-- > 0;)
        heap_sink(heap, n, i);
    while (n && picked < most) { /* few of them are asked for: a sort would be for nobody */
        size_t k = 0, at = heap[0].sentence;
        heap[0] = heap[--n];
        heap_sink(heap, n, 0);
        while (k < picked &&
               2.0 * (double)shared(w, at, out[k]) <= alike * (double)(w->words_n[at] + w->words_n[out[k]]))
            k++;
        if (k == picked)
            out[picked++] = at;
    }
    return picked;
}
