#include <libstemmer.h>
#include <pthread.h>

#include "text/lists.h"
#include "text/tokens.h"

enum { CACHE_BITS = 14, KEY_MAX = 30 };

/* One line of the stem cache: 64 bytes, so that a look-up touches one cache line. Unused bytes are zero. */
struct cached {
    uint8_t lang, stem_n, stop, key_n;
    char key[KEY_MAX];
    char stem[KEY_MAX];
};

struct tokens {
    struct arena *keep;    /* this struct and its tables */
    struct arena *scratch; /* folding of one token */
    struct cached *cache;
    struct sb_stemmer *stemmer[32];
    char out[TOKEN_BYTES_MAX * 2 + 8]; /* the text of the last token */
};

static const struct {
    const char *tag, *snowball;
} langs[] = {
    {"und", NULL},       {"en", "english"},    {"de", "german"},    {"fr", "french"},     {"es", "spanish"},
    {"it", "italian"},   {"pt", "portuguese"}, {"nl", "dutch"},     {"ru", "russian"},    {"sv", "swedish"},
    {"da", "danish"},    {"no", "norwegian"},  {"nb", "norwegian"}, {"nn", "norwegian"},  {"fi", "finnish"},
    {"hu", "hungarian"}, {"ro", "romanian"},   {"tr", "turkish"},   {"ar", "arabic"},     {"el", "greek"},
    {"hi", "hindi"},     {"id", "indonesian"}, {"ga", "irish"},     {"lt", "lithuanian"}, {"ne", "nepali"},
    {"ca", "catalan"},   {"eu", "basque"},     {"hy", "armenian"},  {"sr", "serbian"},    {"ta", "tamil"},
    {"yi", "yiddish"},
};
enum { LANGS = sizeof langs / sizeof langs[0] };

/* The stop lists by language; read once for the process. */
static const struct word_list *stops[LANGS];
static pthread_once_t stops_once = PTHREAD_ONCE_INIT;

static void stops_read(void)
{
    for (size_t i = 0; i < LANGS; i++)
        stops[i] = list_for("stop", str_of(langs[i].tag));
}

/* Lower-case form of an ASCII letter or digit, else 0. */
static const unsigned char low[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8',
    ['9'] = '9', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h',
    ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q',
    ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
    ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i',
    ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
};

struct tokens *tokens_new(void)
{
    struct arena *keep = arena_new_wiped("text.tokens"); /* the cache holds words of opened text */
    struct tokens *t = ARENA_NEW(keep, struct tokens);

    t->keep = keep;
    t->scratch = arena_new_wiped("text.tokens.scratch");
    t->cache = ARENA_ARRAY(keep, struct cached, (size_t)1 << CACHE_BITS);
    return t;
}

void tokens_free(struct tokens *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < LANGS; i++)
        if (t->stemmer[i])
            sb_stemmer_delete(t->stemmer[i]);
    arena_free(t->scratch);
    arena_free(t->keep);
}

static int lang_row(str lang)
{
    for (size_t i = 1; i < LANGS; i++)
        if (str_eq(lang, str_of(langs[i].tag)))
            return (int)i;
    return 0;
}

bool tokens_lang_known(str lang)
{
    return lang_row(lang) != 0;
}

void token_it_init(struct token_it *it, struct tokens *t, str text, str lang)
{
    pthread_once(&stops_once, stops_read);
    *it = (struct token_it){.t = t, .text = text, .lang = lang_row(lang)};
}

static uint64_t key_hash(const char key[KEY_MAX], size_t n, int lang)
{
    uint64_t h = (uint64_t)lang * 0x9E3779B97F4A7C15ull + n, w[3], tail = 0;

    memcpy(w, key, sizeof w);
    memcpy(&tail, key + 24, KEY_MAX - 24);
    h = (h ^ w[0]) * 0xff51afd7ed558ccdull;
    h = (h ^ (h >> 29) ^ w[1]) * 0xc4ceb9fe1a85ec53ull;
    h = (h ^ (h >> 31) ^ w[2] ^ (tail << 1)) * 0x9E3779B97F4A7C15ull;
    return h >> (64 - CACHE_BITS);
}

static bool all_letters(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return false;
    return true;
}

/* Stem, then fold; the result is in t->out or in the scratch arena. */
static str stem_fold(struct tokens *t, int lang, str raw)
{
    str s = raw;

    if (langs[lang].snowball && all_letters(raw)) {
        if (!t->stemmer[lang])
            t->stemmer[lang] = sb_stemmer_new(langs[lang].snowball, "UTF_8");
        if (t->stemmer[lang]) {
            const sb_symbol *r = sb_stemmer_stem(t->stemmer[lang], (const sb_symbol *)raw.p, (int)raw.n);
            int n = r ? sb_stemmer_length(t->stemmer[lang]) : 0;
            if (r && n > 0)
                s = str_n((const char *)r, (size_t)n);
        }
    }
    if (!uni_ascii(s)) {
        arena_reset(t->scratch);
        s = uni_fold(t->scratch, s);
    }
    if (s.n == 0)
        s = raw;
    if (s.n > TOKEN_BYTES_MAX) {
        s.n = TOKEN_BYTES_MAX;
        while (s.n > 1 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
            s.n--;
    }
    return s;
}

/* `raw`: lower-cased, at least KEY_MAX readable bytes, zero behind raw.n. */
static str finish(struct tokens *t, int lang, str raw, bool *stop)
{
    struct cached *c;
    str s;

    if (raw.n > KEY_MAX) {
        s = stem_fold(t, lang, raw);
        *stop = false;
        memcpy(t->out, s.p, s.n);
        return str_n(t->out, s.n);
    }
    c = &t->cache[key_hash(raw.p, raw.n, lang)];
    if (c->key_n != raw.n || c->lang != lang || memcmp(c->key, raw.p, KEY_MAX) != 0) {
        s = stem_fold(t, lang, raw);
        *stop = stops[lang] && list_value(stops[lang], raw);
        if (s.n > KEY_MAX) {
            memcpy(t->out, s.p, s.n);
            return str_n(t->out, s.n);
        }
        *c = (struct cached){.lang = (uint8_t)lang, .stem_n = (uint8_t)s.n, .stop = *stop, .key_n = (uint8_t)raw.n};
        memcpy(c->key, raw.p, raw.n);
        memcpy(c->stem, s.p, s.n);
    }
    *stop = c->stop;
    return str_n(c->stem, c->stem_n);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter_at(str s, size_t i)
{
    if (i >= s.n)
        return false;
    if (!(s.p[i] & 0x80))
        return low[(unsigned char)s.p[i]] && !digit(s.p[i]);
    return uni_is_alpha(uni_next(s, &i));
}

/* What stands at `i` inside a token that has begun: bytes it takes, and what it adds to the token (0: nothing). */
static size_t joiner(str s, size_t start, size_t i, char *adds)
{
    char c = s.p[i], before = s.p[i - 1];
    char after = i + 1 < s.n ? s.p[i + 1] : ' ';

    *adds = 0;
    if (c == '\'' || (c == '\xE2' && s.n - i > 3 && memcmp(s.p + i, "\xE2\x80\x99", 3) == 0)) {
        size_t n = c == '\'' ? 1 : 3;
        *adds = '\'';
        return !digit(before) && letter_at(s, i + n) ? n : 0;
    }
    if (c == '.' && digit(before) && digit(after)) {
        *adds = '.';
        return 1;
    }
    if (c == '.' && !digit(before) && letter_at(s, i + 1) && !(after & 0x80) && (i - start == 1 || s.p[i - 2] == '.'))
        return i + 2 >= s.n || !low[(unsigned char)s.p[i + 2]] ? 1 : 0; /* "u.s.a": every part is one letter */
    if (c == ',' && digit(before) && i + 4 <= s.n && digit(after) && digit(s.p[i + 2]) && digit(s.p[i + 3]))
        return i + 4 == s.n || !digit(s.p[i + 4]) ? 1 : 0;
    return 0;
}

/* The general step inside or at the start of a token: how many bytes belong to it, appended in lower case. */
static size_t wide_step(struct token_it *it, size_t i, char *raw, size_t *n, size_t room)
{
    size_t next = i;
    uint32_t c = uni_next(it->text, &next);
    bool ignorable = c == 0xAD || c == 0x200C || c == 0x200D || c == 0x2060;

    if (ignorable && *n > 0)
        return next - i;
    if (uni_is_unspaced(c) || !(uni_is_alnum(c) || (*n > 0 && uni_is_mark(c))))
        return 0;
    arena_reset(it->t->scratch);
    str l = uni_lower(it->t->scratch, str_sub(it->text, i, next));
    if (*n + l.n <= room) {
        memcpy(raw + *n, l.p, l.n);
        *n += l.n;
    }
    return next - i;
}

/* A run of unspaced script: pairs of neighbours; a run of one character is a token of its own. */
static bool bigram_next(struct token_it *it, struct token *out)
{
    str s = it->text;
    size_t prev = it->run_prev ? it->run_prev - 1 : it->at, mid = prev, end;

    uni_next(s, &mid);
    end = mid;
    if (mid < s.n && ((unsigned char)s.p[mid] & 0x80) && uni_is_unspaced(uni_next(s, &end))) {
        it->run_prev = (uint32_t)mid + 1;
        it->run_single = false;
    } else {
        bool alone = !it->run_prev;
        it->run_prev = 0;
        it->at = mid;
        if (!alone)
            return false; /* the last character was already part of a pair */
        end = mid;
    }
    arena_reset(it->t->scratch);
    str f = uni_fold(it->t->scratch, str_sub(s, prev, end));
    if (f.n > TOKEN_BYTES_MAX)
        f.n = TOKEN_BYTES_MAX;
    memcpy(it->t->out, f.p, f.n);
    *out = (struct token){.start = (uint32_t)prev, .end = (uint32_t)end, .text = str_n(it->t->out, f.n)};
    return true;
}

bool token_it_next(struct token_it *it, struct token *out)
{
    str s = it->text;
    char raw[TOKEN_BYTES_MAX * 2 + 8];
    size_t i, n = 0, start, room = TOKEN_BYTES_MAX * 2;

again:
    if (it->run_prev) {
        if (bigram_next(it, out))
            return true;
        goto again;
    }
    i = it->at;
    while (i < s.n && !low[(unsigned char)s.p[i]] && !(s.p[i] & 0x80))
        i++;
    if (i >= s.n) {
        it->at = s.n;
        return false;
    }
    start = i;
    memset(raw, 0, KEY_MAX + 2);
    n = 0;
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        size_t took;
        char adds;
        if (low[c]) {
            if (n < room)
                raw[n++] = (char)low[c];
            i++;
            continue;
        }
        took = n ? joiner(s, start, i, &adds) : 0;
        if (took) {
            if (adds && n < room)
                raw[n++] = adds;
        } else if (c & 0x80) {
            took = wide_step(it, i, raw, &n, room);
        }
        if (!took)
            break;
        i += took;
    }
    it->at = i;
    if (n == 0) { /* not the start of a word: unspaced script, or a symbol to step over */
        size_t next = i;
        if (uni_is_unspaced(uni_next(s, &next))) {
            if (bigram_next(it, out))
                return true;
            goto again;
        }
        it->at = next;
        goto again;
    }
    *out = (struct token){.start = (uint32_t)start, .end = (uint32_t)i};
    out->text = finish(it->t, it->lang, str_n(raw, n), &out->stop);
    return true;
}

struct token *tokens_split(struct tokens *t, str text, str lang, struct arena *a, size_t *out_n)
{
    struct token_it it;
    struct token tok, *list = NULL;
    size_t n = 0, cap = 0;

    for (token_it_init(&it, t, text, lang); token_it_next(&it, &tok);) {
        tok.text = str_dup(a, tok.text);
        ARENA_PUSH(a, list, n, cap) = tok;
    }
    *out_n = n;
    return list;
}
