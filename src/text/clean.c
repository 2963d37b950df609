#include "text/clean.h"
#include "text/lists.h"
#include "text/words.h"

enum { ARTEFACT_BYTES_MAX = 60, REPEAT_WORDS_MAX = 4, LOOK_ITEMS_MAX = 64 };
/* What the number of a filler entry means (lists/fillers.*.txt). */
enum { FILLER_SOUND = 1, FILLER_SET_OFF = 2, FILLER_COUNTED = 3, FILLER_AFTER_PAUSE = 4, FILLER_LISTENING = 5 };

/* One run of non-space bytes. */
struct item {
    uint32_t start, end;
    str token;              /* "" for runs without letter or digit */
    uint32_t atom;          /* text/lists.h */
    bool comma, final, cut; /* ends with , or ; - ends with . ? ! - broken off with a dash */
    bool gone;
};

struct cleaner {
    str text;   /* artefacts blanked, same offsets */
    str orig;
    struct item *it;
    size_t n;
    bool *blank; /* per byte: part of an artefact */
    struct arena *a;
};

static const char *const artefact_words[] = {
    "inaudible",
    "unintelligible",
    "indiscernible",
    "crosstalk",
    "cross talk",
    "cross-talk",
    "laughter",
    "laugh",
    "laughs",
    "laughing",
    "chuckle",
    "chuckles",
    "chuckling",
    "giggles",
    "music",
    "applause",
    "noise",
    "background noise",
    "silence",
    "pause",
    "cough",
    "coughs",
    "coughing",
    "sigh",
    "sighs",
    "sneeze",
    "breath",
    "breathing",
    "clears throat",
    "foreign language",
    "foreign",
    "speaking foreign language",
    "speaks",
    "unk",
    "unknown",
    "blank_audio",
    "blank audio",
    "no audio",
    "no speech",
    "beep",
    "bleep",
    "phonetic",
    "ph",
    "sic",
    "overlapping",
    "overlapping speech",
    "talking simultaneously",
    "audio cuts out",
    "audio skips",
    "technical difficulty",
    "operator instructions",
    "affirmative",
    "negative",
    "spoken noise",
    "ring",
    "ringing",
    "phone ringing",
    "static",
    "noises",
    "off mic",
    "off microphone",
    "redacted",
    "unverständlich",
    "lachen",
    "lacht",
    "gelächter",
    "musik",
    "rires",
    "rire",
    "musique",
    "inintelligible",
    "applaudissements",
    "risas",
    "música",
    "ininteligible",
    "aplausos",
    "risos",
    "ininteligível",
    "risate",
    "incomprensibile",
    "musica",
    "onverstaanbaar",
    "gelach",
    "смех",
    "неразборчиво",
    "музыка",
    "śmiech",
    "niezrozumiałe",
};

/* Doubled for emphasis or by grammar, not by stutter; such repeats stay unless a comma parts them. */
static const char *const doubled_emphasis[] = {
    "very",  "really", "so",    "many", "much",  "no",   "yes",  "yeah",  "bye",   "ha",    "far",   "long",  "more",
    "never", "please", "super", "way",  "again", "wait", "okay", "right", "hey",   "knock", "blah",  "haha",  "yep",
    "yup",   "well",   "now",   "over", "on",    "big",  "too",  "nice",  "good",  "hi",    "hello", "thank", "sehr",
    "ja",    "nein",   "très",  "oui",  "non",   "muy",  "sí",   "molto", "muito", "да",    "нет",   "очень"};
static const char *const doubled_grammar[] = {"that", "had", "is",  "do",  "her",  "you",  "it",
                                              "sie",  "die", "der", "das", "nous", "vous", "che"};

static bool one_of(str s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, str_of(list[i])))
            return true;
    return false;
}
#define ONE_OF(s, list) one_of((s), (list), sizeof(list) / sizeof((list)[0]))

static bool clock_time(str s) /* 1:02, 00:01:02.500 */
{
    size_t colons = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ':')
            colons++;
        else if (!((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.' || s.p[i] == ','))
            return false;
    }
    return s.n >= 4 && s.n <= 13 && colons >= 1 && colons <= 2;
}

/* What stands between brackets is the transcriber's, not the speaker's. */
static bool artefact_inside(struct cleaner *c, str in, char open)
{
    str low, last, rest;

    in = str_trim(in);
    while (in.n && (in.p[0] == '_' || in.p[0] == '*'))
        in = str_from(in, 1);
    while (in.n && strchr("_*.?!", in.p[in.n - 1]))
        in.n--;
    if (in.n == 0)
        return open != '<' && open != '(';
    if (clock_time(in))
        return open != '<' || str_contains(in, STR(":"));
    low = uni_lower(c->a, in);
    if (ONE_OF(low, artefact_words))
        return true;
    rest = low;
    while (rest.n) { /* "inaudible 00:01:02", "speaking in foreign language", "multiple speakers laughing" */
        last = str_cut(rest, ' ', &rest);
        if (ONE_OF(last, artefact_words) && !str_eq(last, STR("foreign")) && !str_eq(last, STR("negative")) &&
            (open != '(' || low.n <= 40))
            return true;
    }
    return open == '[' && str_starts(low, STR("speak"));
}

static void blank_out(struct cleaner *c, char *copy, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        copy[i] = ' ';
        c->blank[i] = true;
    }
}

static void artefacts_blank(struct cleaner *c)
{
    str t = c->orig;
    char *copy = NULL;

    for (size_t i = 0; i < t.n; i++) {
        char ch = t.p[i], close = ch == '['   ? ']'
                                  : ch == '(' ? ')'
                                  : ch == '<' ? '>'
                                  : ch == '{' ? '}'
                                  : ch == '*' ? '*'
                                              : 0;
        size_t end = 0;
        if (ch == '>' && i + 1 < t.n && t.p[i + 1] == '>') {
            for (end = i; end < t.n && t.p[end] == '>';)
                end++;
        } else if (ch == '\xE2' && t.n - i >= 3 &&
                   (memcmp(t.p + i, "\u266A", 3) == 0 || memcmp(t.p + i, "\u266B", 3) == 0)) {
            end = i + 3;
        } else if (close) {
            size_t k = i + 1;
            while (k < t.n && k - i < ARTEFACT_BYTES_MAX && t.p[k] != close && t.p[k] != '\n')
                k++;
            if (k < t.n && t.p[k] == close && k > i + 1 && artefact_inside(c, str_sub(t, i + 1, k), ch))
                end = k + 1;
        }
        if (!end)
            continue;
        if (!copy) {
            copy = arena_alloc(c->a, t.n);
            memcpy(copy, t.p, t.n);
            c->blank = ARENA_ARRAY(c->a, bool, t.n);
            c->text = str_n(copy, t.n);
        }
        blank_out(c, copy, i, end);
        i = end - 1;
    }
}

static void item_end(str t, struct item *it)
{
    str run = str_sub(t, it->start, it->end);
    char last;

    while (run.n && (last = run.p[run.n - 1], last == '"' || last == '\'' || last == ')' || last == ']' || last == 0))
        run.n--;
    if (run.n == 0)
        return;
    it->comma = last == ',' || last == ';' || last == ':';
    it->final = last == '.' || last == '?' || last == '!';
    it->cut = last == '-';
    if (last & 0x80) {
        it->final = str_ends(run, STR("。")) || str_ends(run, STR("？"));
        it->cut = str_ends(run, STR("\u2013")) || str_ends(run, STR("\u2014")) || str_ends(run, STR("\u2026"));
    }
}

static void items_cut(struct cleaner *c)
{
    bool ascii = uni_ascii(c->text), solid;
    str t = c->text, low = ascii ? str_lower_ascii(c->a, t) : STR_NULL;
    size_t at = 0, cap = t.n / 4 + 1;
    struct word w;

    c->it = ARENA_ARRAY(c->a, struct item, cap);
    while (word_run_next(t, &at, &w, &solid)) {
        struct item *it = &ARENA_PUSH(c->a, c->it, c->n, cap);
        *it = (struct item){.start = w.start, .end = w.end};
        if (solid) {
            it->token = ascii ? str_sub(low, w.inner_start, w.inner_end) : word_token(t, &w, c->a);
            it->atom = list_atom(it->token);
        }
        item_end(t, it);
    }
}

static size_t prev_kept(const struct cleaner *c, size_t i)
{
    for (size_t k = 0; i-- > 0 && k < LOOK_ITEMS_MAX; k++)
        if (!c->it[i].gone && c->it[i].token.n)
            return i;
    return SIZE_MAX;
}

static size_t next_kept(const struct cleaner *c, size_t i)
{
    for (size_t k = 0; ++i < c->n && k < LOOK_ITEMS_MAX; k++)
        if (!c->it[i].gone && c->it[i].token.n)
            return i;
    return SIZE_MAX;
}

/* A set-off phrase: a comma (or broken-off end) behind it, and before it a pause or a word it cannot belong to. */
static bool set_off(const struct cleaner *c, size_t i, size_t k)
{
    static const char *const owners[] = {
        "as",    "do",     "did",   "does",  "if",      "let",   "don't",  "didn't", "what",   "who",    "how",
        "that",  "i",      "would", "to",    "a",       "this",  "some",   "the",    "is",     "was",    "look",
        "looks", "looked", "feel",  "feels", "felt",    "sound", "sounds", "it's",   "that's", "things", "something",
        "stuff", "just",   "be",    "not",   "because", "of",    "all",    "you",    "we",     "they"};
    const struct item *last = &c->it[i + k - 1];
    size_t p = prev_kept(c, i);

    if (last->final)
        return false;
    if (!(last->comma || last->cut))
        return false;
    if (p == SIZE_MAX || c->it[p].final || c->it[p].comma || c->it[p].cut)
        return true;
    return !ONE_OF(c->it[p].token, owners);
}

/* "Like we said": at the start of a sentence, or between two commas. */
static bool after_pause(const struct cleaner *c, size_t i)
{
    size_t p = prev_kept(c, i);

    if (c->it[i].final)
        return false;
    return p == SIZE_MAX || c->it[p].final || ((c->it[p].comma || c->it[p].cut) && (c->it[i].comma || c->it[i].cut));
}

static bool goes(const struct cleaner *c, size_t i, size_t k, int value, size_t words)
{
    switch (value) {
    case FILLER_SOUND:
        return true;
    case FILLER_SET_OFF:
        return set_off(c, i, k);
    case FILLER_AFTER_PAUSE:
        return after_pause(c, i);
    case FILLER_LISTENING:
        return words > k;
    default:
        return false;
    }
}

static void fillers_drop(struct cleaner *c, str lang)
{
    const struct word_list *l = list_for("fillers", lang);
    uint32_t next[6];
    size_t words = 0;

    for (size_t i = 0; i < c->n; i++)
        words += c->it[i].token.n > 0;
    for (size_t i = 0; l && i < c->n; i++) {
        size_t k, m = 0;
        int value = 0;
        if (!list_begins(l, c->it[i].atom))
            continue;
        for (m = 0; m < 6 && i + m < c->n && c->it[i + m].token.n; m++) {
            next[m] = c->it[i + m].atom;
            if (c->it[i + m].comma || c->it[i + m].final) {
                m++;
                break; /* a phrase does not go on over a pause */
            }
        }
        k = list_match_atoms(l, next, m, &value);
        if (!k)
            continue;
        if (goes(c, i, k, value, words))
            for (size_t j = i; j < i + k; j++)
                c->it[j].gone = true;
        i += k - 1;
    }
}

static bool has_digit(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    return false;
}

/* Do the k kept words from `at` repeat right behind themselves? `idx` lists the kept items. */
static bool repeats(const struct cleaner *c, const size_t *idx, size_t n, size_t at, size_t k)
{
    const struct item *last;

    if (at + 2 * k > n)
        return false;
    for (size_t j = 0; j < k; j++) {
        if (!str_eq(c->it[idx[at + j]].token, c->it[idx[at + k + j]].token))
            return false;
        if (c->it[idx[at + j]].final || has_digit(c->it[idx[at + j]].token))
            return false;
    }
    if (k > 1)
        return true;
    last = &c->it[idx[at]];
    if (ONE_OF(last->token, doubled_emphasis))
        return false;
    if (idx[at + 1] != idx[at] + 1 || last->comma || last->cut)
        return true; /* something was said in between, or a pause */
    return !ONE_OF(last->token, doubled_grammar);
}

static void repeats_drop(struct cleaner *c)
{
    size_t *idx = ARENA_ARRAY(c->a, size_t, c->n), n = 0;

    for (size_t i = 0; i < c->n; i++)
        if (!c->it[i].gone && c->it[i].token.n)
            idx[n++] = i;
    for (size_t at = 0; at < n; at++)
        for (size_t k = REPEAT_WORDS_MAX; k >= 1; k--)
            if (at + k < n && c->it[idx[at]].token.n == c->it[idx[at + k]].token.n && repeats(c, idx, n, at, k)) {
                for (size_t j = 0; j < k; j++)
                    c->it[idx[at + j]].gone = true;
                at += k - 1;
                break;
            }
}

/* "th- the", "she- oh": a short piece of a word broken off with a dash. */
static void stumps_drop(struct cleaner *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct item *it = &c->it[i];
        size_t next;
        bool hyphen = it->end > it->start && c->text.p[it->end - 1] == '-' && it->token.n && it->token.n <= 6;
        if (it->gone || !it->cut || it->token.n == 0 || has_digit(it->token))
            continue;
        next = next_kept(c, i);
        if (next == SIZE_MAX)
            continue;
        if (hyphen || (it->token.n <= 4 && str_starts(c->it[next].token, it->token)))
            it->gone = true;
    }
}

static bool final_mark(const struct cleaner *c, const struct item *it)
{
    return it->final && strchr(".?!", c->text.p[it->end - 1]);
}

/* Puts the kept pieces together. Of a deleted item that ended the sentence the mark stays with the word before. */
static void put_together(struct cleaner *c, struct cleaned *out)
{
    char *p = arena_alloc(c->a, c->orig.n + c->n + 1);
    size_t n = 0, prev_end = 0, cap = 0;
    bool any = false, mark_needed = false;

    for (size_t i = 0; i < c->n; i++) {
        struct item *it = &c->it[i];
        uint32_t from = it->start, to = it->end;
        if (it->gone) {
            if (!(any && mark_needed && final_mark(c, it)))
                continue;
            from = to - 1;
            mark_needed = false;
        } else if (any) { /* one kept white-space character between kept pieces, the original's own */
            size_t space = from, q;
            uint32_t u;
            q = space;
            u = q ? uni_prev(c->orig, &q) : 'x';
            if (q < space && uni_is_space(u) && space > prev_end) {
                offmap_keep(&out->map, (uint32_t)q, (uint32_t)(space - q));
                memcpy(p + n, c->orig.p + q, space - q);
                n += space - q;
            } else {
                p[n++] = ' ';
                offmap_replace(&out->map, from, 0, 1);
            }
        }
        offmap_keep(&out->map, from, to - from);
        memcpy(p + n, c->orig.p + from, to - from);
        n += to - from;
        prev_end = to;
        if (!it->gone) {
            any = true;
            mark_needed = !it->final;
        }
    }
    offmap_end(&out->map, (uint32_t)c->orig.n);
    out->text = str_n(p, n);
    for (size_t i = 0, at = 0; i <= out->map.n; i++) { /* the gaps of the map are what was left out */
        uint32_t next = i < out->map.n ? out->map.seg[i].original : (uint32_t)c->orig.n;
        if (next > at)
            ARENA_PUSH(c->a, out->deleted, out->deleted_n, cap) = (struct text_span){(uint32_t)at, next};
        if (i < out->map.n)
            at = next + out->map.seg[i].original_n;
    }
}

void clean_text(str text, str lang, struct arena *a, struct cleaned *out)
{
    struct cleaner c = {.text = text, .orig = text, .a = a};

    *out = (struct cleaned){0};
    offmap_init(&out->map, a);
    artefacts_blank(&c);
    items_cut(&c);
    fillers_drop(&c, lang);
    stumps_drop(&c);
    repeats_drop(&c);
    put_together(&c, out);
}

size_t fillers_count(const uint32_t *atoms, size_t n, str lang, bool *out_known)
{
    const struct word_list *l = list_for("fillers", lang);
    size_t count = 0;

    *out_known = l != NULL;
    for (size_t i = 0; l && i < n;) {
        int value = 0;
        size_t k = list_match_atoms(l, atoms + i, n - i, &value);
        count += k && value <= FILLER_COUNTED;
        i += k ? k : 1;
    }
    return count;
}

int fillers_version(str lang)
{
    const struct word_list *l = list_for("fillers", lang);

    return l ? list_version(l) : 0;
}
