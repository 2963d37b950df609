#include <pthread.h>
#include <stdlib.h>

#include "text/pii_priv.h"

static const char *const type_names[PII_TYPES] = {
    [PII_MAIL] = "mail",
    [PII_PHONE] = "phone",
    [PII_IBAN] = "iban",
    [PII_CARD] = "card",
    [PII_NATIONAL_ID] = "national_id",
    [PII_ACCOUNT] = "account",
    [PII_SECRET] = "secret",
    [PII_ADDRESS] = "address",
    [PII_ZIP] = "zip",
    [PII_NAME] = "name",
    [PII_IP] = "ip",
    [PII_URL] = "url",
    [PII_BIRTH] = "birth",
    [PII_PLACE] = "place",
};

/* Where two finds overlap, the one with the stricter form wins. */
static const float type_weight[PII_TYPES] = {
    [PII_MAIL] = 0.5f,         [PII_URL] = 0.4f,      [PII_IBAN] = 0.4f,   [PII_IP] = 0.3f,   [PII_CARD] = 0.2f,
    [PII_NATIONAL_ID] = 0.15f, [PII_ADDRESS] = 0.12f, [PII_SECRET] = 0.1f, [PII_ZIP] = 0.02f, [PII_PLACE] = -0.3f,
};

const char *pii_type_name(enum pii_type t)
{
    return t >= 0 && t < PII_TYPES ? type_names[t] : "";
}

void pii_add(struct pii_run *r, enum pii_type type, size_t start, size_t end, double confidence)
{
    if (end > start)
        ARENA_PUSH(r->a, r->span, r->span_n, r->span_cap) =
            (struct pii_span){type, (uint32_t)start, (uint32_t)end, (float)confidence};
}

bool pii_taken(const struct pii_run *r, size_t start, size_t end)
{
    /* the newest finds are the near ones; texts with many finds must not cost the square of them */
    size_t from = r->span_n > 64 ? r->span_n - 64 : 0;

    for (size_t i = from; i < r->span_n; i++)
        if (r->span[i].start < end && r->span[i].end > start && r->span[i].type != PII_PLACE)
            return true;
    return false;
}

size_t pii_word_at(const struct pii_run *r, size_t at)
{
    size_t lo = 0, hi = r->n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->w[mid].start >= at)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

/* Word lists in the code are plain strings, asked for millions of times, mostly in vain. So each thread keeps, for each list
 * it has met, 512 bits of "some word of it has this length, first, middle and last letter", and for the words that pass
 * them a table of where the list's words stand. */
enum { SIEVES = 512, SIEVE_SLOTS = 512, SIEVE_LETTERS_MAX = 4000 };
struct sieve {
    const char *words; /* the list; lists are string literals, so the address is enough */
    uint64_t bits[8];
    uint16_t slot[SIEVE_SLOTS]; /* place of a word in the list, plus 1; 0 is free */
};
static __thread struct sieve *sieves[SIEVES];
static pthread_key_t sieves_key;
static pthread_once_t sieves_once = PTHREAD_ONCE_INIT;

static void sieves_drop(void *mine)
{
    struct sieve **s = mine;

    for (size_t i = 0; i < SIEVES; i++) {
        free(s[i]);
        s[i] = NULL;
    }
}

static void sieves_init(void)
{
    pthread_key_create(&sieves_key, sieves_drop);
}

static unsigned sieve_bit(const char *p, size_t n)
{
    return ((unsigned)n * 131u + (unsigned char)p[0] * 17u + (unsigned char)p[n - 1] * 5u + (unsigned char)p[n / 2]) &
           (SIEVE_SLOTS - 1);
}

/* The table has room: the longest list has 150 words. */
static void sieve_fill(struct sieve *s, const char *words)
{
    *s = (struct sieve){.words = words};
    for (const char *p = words; *p && p - words < SIEVE_LETTERS_MAX;) {
        const char *end = strchrnul(p, ' ');
        if (end > p) {
            unsigned b = sieve_bit(p, (size_t)(end - p)), at = b;
            s->bits[b >> 6] |= 1ull << (b & 63);
            while (s->slot[at])
                at = (at + 1) & (SIEVE_SLOTS - 1);
            s->slot[at] = (uint16_t)(p - words + 1);
        }
        p = *end ? end + 1 : end;
    }
}

static struct sieve *sieve_make(const char *words)
{
    struct sieve *s = malloc(sizeof *s);

    if (!s)
        abort();
    pthread_once(&sieves_once, sieves_init);
    pthread_setspecific(sieves_key, sieves); /* drops them when the thread ends */
    sieve_fill(s, words);
    return s;
}

/* There are far fewer lists in the code than places for them. */
static const struct sieve *sieve_of(const char *words)
{
    size_t i = ((uintptr_t)words * 0x9E3779B97F4A7C15ull) >> 55;

    while (sieves[i] && sieves[i]->words != words)
        i = (i + 1) % SIEVES;
    if (!sieves[i])
        sieves[i] = sieve_make(words);
    return sieves[i];
}

bool pii_in(str word, const char *words)
{
    const struct sieve *s;
    unsigned b;

    if (word.n == 0)
        return false;
    s = sieve_of(words);
    b = sieve_bit(word.p, word.n);
    if (!(s->bits[b >> 6] >> (b & 63) & 1))
        return false;
    for (; s->slot[b]; b = (b + 1) & (SIEVE_SLOTS - 1)) {
        const char *p = words + s->slot[b] - 1;
        if (strncmp(p, word.p, word.n) == 0 && (p[word.n] == ' ' || p[word.n] == 0))
            return true;
    }
    return false;
}

bool pii_cue_before(const struct pii_run *r, size_t w, size_t reach, const char *cues)
{
    size_t stops = 0;

    for (size_t i = w; i-- > 0 && w - i <= reach;) {
        if (pii_in(r->w[i].low, cues))
            return true;
        stops += r->w[i + 1 < r->n ? i + 1 : i].first;
        if (stops > 1)
            return false;
    }
    return false;
}

static bool word_char(uint32_t c)
{
    return uni_is_alnum(c) || uni_is_mark(c);
}

/* Behind a word: 's, whose bytes these are; 0 when it is not there. */
static size_t possessive(str t, size_t i)
{
    size_t n = 0, next;

    if (i < t.n && t.p[i] == '\'')
        n = 1;
    else if (t.n - i >= 3 && memcmp(t.p + i, "\u2019", 3) == 0)
        n = 3;
    if (n == 0 || i + n >= t.n || (t.p[i + n] | 32) != 's')
        return 0;
    next = i + n + 1;
    return next == t.n || !word_char(uni_next(t, &next)) ? n + 1 : 0;
}

/* Inside a word: ' or a hyphen between letters. */
static bool inner_char(str t, size_t i, size_t next, uint32_t c, bool letters)
{
    size_t after = next;

    if (next >= t.n || !(c == '\'' || c == 0x2019 || (c == '-' && letters)) || possessive(t, i))
        return false;
    return uni_is_alpha(uni_next(t, &after));
}

/* Words come back: each thread keeps what the lists said about the last ones. They are words of personal data, too, and
 * live in this memory no longer than the thread. */
enum { FACTS_MEMO = 8192, MEMO_WORD_MAX = 15 };
struct facts_memo {
    union {
        char word[MEMO_WORD_MAX + 1]; /* zero behind the word, its length in the last byte; all zero: empty */
        uint64_t half[2];
    } key;
    struct pii_facts is;
};
static __thread _Alignas(64) struct facts_memo facts_memo[FACTS_MEMO]; /* two in a cache line */
_Static_assert(sizeof(struct facts_memo) == 32, "two in a cache line");

static struct pii_facts facts_of(const struct pii_run *r, str low)
{
    struct facts_memo m = {0}, *at;

    if (low.n == 0 || low.n > MEMO_WORD_MAX)
        return pii_facts_make(r, low);
    memcpy(m.key.word, low.p, low.n);
    m.key.word[MEMO_WORD_MAX] = (char)low.n;
    at = &facts_memo[(m.key.half[0] * 0x9E3779B97F4A7C15u ^ m.key.half[1] * 0xD6E8FEB86659FD93u) >> 51];
    if (at->key.half[0] != m.key.half[0] || at->key.half[1] != m.key.half[1]) {
        m.is = pii_facts_make(r, low);
        *at = m;
    }
    return at->is;
}

/* What a byte below 0x80 is in a word; a word is known by what it has seen. */
enum { SEEN_DIGIT = 1, SEEN_LOWER = 2, SEEN_UPPER = 4, SEEN_WIDE = 8 };
static const uint8_t byte_kind[128] = {
    ['0' ... '9'] = SEEN_DIGIT, ['a' ... 'z'] = SEEN_LOWER, ['A' ... 'Z'] = SEEN_UPPER};

/* Reads on from i to the end of the word; *seen gathers what it is made of. */
static size_t word_end(str t, size_t i, unsigned *seen)
{
    unsigned kinds = 0;

    while (i < t.n) {
        unsigned char b = (unsigned char)t.p[i];
        size_t next = i;
        uint32_t c;
        if (b < 0x80 && byte_kind[b]) {
            kinds |= byte_kind[b];
            i++;
            continue;
        }
        if (b < 0x80 && b != '\'' && b != '-')
            break;
        c = uni_next(t, &next);
        if (word_char(c))
            kinds |= SEEN_WIDE | (uni_is_upper(c) ? SEEN_UPPER : SEEN_LOWER);
        else if (inner_char(t, i, next, c, (kinds & (SEEN_LOWER | SEEN_UPPER)) && !(kinds & SEEN_DIGIT)))
            kinds |= b < 0x80 ? 0 : SEEN_WIDE;
        else
            break;
        i = next;
    }
    *seen = kinds;
    return i;
}

static bool ends_sentence(const struct pii_run *r, char c)
{
    const struct pii_word *last = r->n ? &r->w[r->n - 1] : NULL;

    if (c == '.')
        return !(last && (last->low.n == 1 || pii_in(last->low, "mr mrs ms dr prof st jr sr vs no")));
    return c == '?' || c == '!' || c == '\n' || c == 0;
}

// NOLINTNEXTLINE(readability-non-const-parameter): ARENA_PUSH writes *cap
static void word_read(struct pii_run *r, size_t *at, size_t prev_end, size_t *cap)
{
    str t = r->text;
    size_t i = *at, probe = *at;
    struct pii_word w = {.start = (uint32_t)i, .first = r->n == 0};
    unsigned seen;

    w.cap = uni_is_upper(uni_next(t, &probe));
    i = word_end(t, i, &seen);
    w.end = (uint32_t)i;
    w.digits = seen & SEEN_DIGIT;
    w.letters = seen & (SEEN_LOWER | SEEN_UPPER);
    w.all_caps = (seen & (SEEN_LOWER | SEEN_UPPER)) == SEEN_UPPER && i - w.start > 1;
    w.low = str_sub(t, w.start, i);
    if (seen & (SEEN_WIDE | SEEN_UPPER))
        w.low = uni_fold(r->a, w.low);
    w.is = facts_of(r, w.low);
    r->numbers |= w.digits;
    for (size_t k = prev_end; k < w.start; k++)
        if (t.p[k] != ' ') {
            w.newline = w.newline || t.p[k] == '\n' || t.p[k] == '\r';
            w.first = w.first || ends_sentence(r, t.p[k]);
        }
    ARENA_PUSH(r->a, r->w, r->n, *cap) = w;
    *at = i;
}

/* Lists of the gazetteer, looked up once. */
static const struct word_list *gazetteer[4];
static pthread_once_t gazetteer_once = PTHREAD_ONCE_INIT;

static void gazetteer_read(void)
{
    gazetteer[0] = list_get("names.given");
    gazetteer[1] = list_get("names.family");
    gazetteer[2] = list_get("places");
    gazetteer[3] = list_get("common.en");
}

static void words_read(struct pii_run *r)
{
    size_t i = 0, prev_end = 0, cap = 0;

    while (i < r->text.n) {
        unsigned char b = (unsigned char)r->text.p[i];
        size_t next = i + 1;
        if (b < 0x80 ? !byte_kind[b] : (next = i, !word_char(uni_next(r->text, &next)))) {
            i = next;
            continue;
        }
        word_read(r, &i, prev_end, &cap);
        i += possessive(r->text, i);
        prev_end = i;
    }
}

static bool has_capital(str t)
{
    for (size_t i = 0; i < t.n;)
        if (uni_is_upper(uni_next(t, &i)))
            return true;
    return false;
}

static int by_worth(const void *x, const void *y)
{
    const struct pii_span *a = x, *b = y;
    float wa = a->confidence + type_weight[a->type], wb = b->confidence + type_weight[b->type];
    uint32_t la = a->end - a->start, lb = b->end - b->start;

    if (wa != wb)
        return wa > wb ? -1 : 1;
    if (la != lb)
        return la > lb ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static int by_start(const void *x, const void *y)
{
    const struct pii_span *a = x, *b = y;

    return a->start < b->start ? -1 : a->start > b->start;
}

/* Keeps the worthiest of overlapping finds; `owner` holds one byte per byte of the text. */
static size_t overlaps_drop(struct pii_run *r)
{
    uint8_t *owner;
    size_t n = 0;

    if (r->span_n < 2)
        return r->span_n;
    owner = arena_alloc(r->a, r->text.n + 1);
    qsort(r->span, r->span_n, sizeof r->span[0], by_worth);
    for (size_t i = 0; i < r->span_n; i++) {
        struct pii_span s = r->span[i];
        if (memchr(owner + s.start, 1, s.end - s.start))
            continue;
        memset(owner + s.start, 1, s.end - s.start);
        r->span[n++] = s;
    }
    qsort(r->span, n, sizeof r->span[0], by_start);
    return n;
}

void pii_find(str text, const struct pii_ask *ask, struct arena *a, struct pii_span **out, size_t *out_n)
{
    struct pii_run r = {.text = text, .ask = ask, .a = a};
    size_t capitals = 0;

    r.chat = ask->chat || !has_capital(text);
    pthread_once(&gazetteer_once, gazetteer_read);
    r.given = gazetteer[0];
    r.family = gazetteer[1];
    r.places = gazetteer[2];
    r.common = gazetteer[3]; /* for all languages: names are told from words best where the texts are English */
    words_read(&r);
    for (size_t i = 0; i < r.n; i++)
        capitals += r.w[i].all_caps;
    r.shouted = capitals * 2 > r.n;
    pii_find_web(&r);
    pii_find_places(&r);
    pii_find_digits(&r);
    pii_find_names(&r);
    *out_n = overlaps_drop(&r);
    *out = r.span;
}
