/* insight/findings_competitors.c - names of competitors, also as a recogniser hears them: definitions.md section 4. */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/uni.h"
#include "text/word_set.h"

enum { NAME_WORDS_MAX = 4, WINDOW = 10, NAME_BYTES_MAX = 64, NAMES_MAX = 64 };
enum { HEARD_BYTES_MIN = 5 }; /* shorter names are found letter by letter only */
enum { USUAL_BYTES_MIN = 8 }; /* "still" is no misheard "Stelo", "velocity" may be "Velocitas" */

/* At most one letter is another, more or missing: what they share at both ends leaves no more than that. */
static bool one_apart(str x, str y)
{
    size_t most = x.n > y.n ? x.n : y.n, least = x.n < y.n ? x.n : y.n, begin = 0, end = 0;

    while (begin < least && x.p[begin] == y.p[begin])
        begin++;
    while (begin + end < least && x.p[x.n - 1 - end] == y.p[y.n - 1 - end])
        end++;
    return begin + end + 1 >= most;
}

/* At most so many letters apart, both of them names. */
static bool near(str x, str y, size_t most)
{
    return x.n <= NAME_BYTES_MAX && y.n <= NAME_BYTES_MAX && (x.n > y.n ? x.n - y.n : y.n - x.n) <= most &&
           (most == 1 ? one_apart(x, y) : str_distance(x, y) <= most);
}

/* Letters that sound alike are one; 'a' stands for the vowels; 0: no letter. */
static const char sounds[256] = {
    ['a'] = 'a', ['b'] = 'p', ['c'] = 'k', ['d'] = 't', ['e'] = 'a', ['f'] = 'f', ['g'] = 'k', ['h'] = 'a', ['i'] = 'a',
    ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'a', ['p'] = 'p', ['q'] = 'k', ['r'] = 'r',
    ['s'] = 's', ['t'] = 't', ['u'] = 'a', ['v'] = 'f', ['w'] = 'a', ['x'] = 's', ['y'] = 'a', ['z'] = 's',
};

static char sound_at(str s, size_t i)
{
    return s.p[i] == 'p' && i + 1 < s.n && s.p[i + 1] == 'h' ? 'f' : sounds[(unsigned char)s.p[i]];
}

/* How a name sounds, roughly: vowels but the first are left out, repeats are one. `out` has room for s.n bytes. */
static size_t sound_put(str s, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = sound_at(s, i);
        if (c && !(c == 'a' && n) && (!n || out[n - 1] != c))
            out[n++] = c;
    }
    return n;
}

/* The first letter of that, 0 for none. */
static char sound_begin(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (sounds[(unsigned char)s.p[i]])
            return sound_at(s, i);
    return 0;
}

str competitor_class(str name, struct arena *a)
{
    str folded = uni_fold(a, str_trim(name));
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < folded.n; i++)
        if (folded.p[i] != ' ')
            h = (h ^ (unsigned char)folded.p[i]) * 0x100000001b3u;
    return str_fmt(a, "c%016llx", (unsigned long long)h);
}

struct name {
    str whole; /* as configured */
    str word[NAME_WORDS_MAX];
    size_t n;
    str flat, sound; /* words joined */
};

static bool name_split(str text, struct arena *a, struct name *out)
{
    str rest = str_trim(uni_fold(a, text)), flat = STR("");
    char *sound;

    *out = (struct name){.whole = str_trim(text)};
    while (rest.n && out->n < NAME_WORDS_MAX) {
        str w = str_trim(str_cut(rest, ' ', &rest));
        if (w.n) {
            out->word[out->n++] = w;
            flat = str_fmt(a, "%.*s%.*s", STR_ARG(flat), STR_ARG(w));
        }
    }
    out->flat = flat;
    sound = arena_alloc(a, flat.n + 1);
    out->sound = str_n(sound, sound_put(flat, sound));
    return out->n > 0 && flat.n >= 3;
}

/* Talk of vendors and offers nearby makes a name that only sounds right believable. */
static bool confirmed(const struct sentence *s, size_t from, size_t to)
{
    WORD_SET(near, "competitor", "competitors", "alternative", "alternatives", "vendor", "vendors", "supplier", "quote",
             "offer", "offers", "compared", "comparing", "versus", "vs", "against", "switch", "switched", "using",
             "use", "uses", "pitch", "demo", "cheaper", "price", "prices", "product", "tool", "software", "robots",
             "platform", "system", "contract", "went", "chose", "instead", "they", "their", "like", "also", "from",
             "with", "called");

    for (size_t i = from > WINDOW ? from - WINDOW : 0; i < s->words_n && i < to + WINDOW; i++)
        if ((i < from || i >= to) && word_set_has(&near, s->atom[i]))
            return true;
    return false;
}

/* Tokens are lower case already. */
static str folded(const struct discourse *d, const struct sentence *s, size_t i)
{
    return s->ascii ? s->token[i] : uni_fold(d->a, s->token[i]);
}

/* The same by letters or, of what was spoken, by sound, however it is cut into words; 0: no. */
static size_t name_heard(const struct discourse *d, const struct sentence *s, size_t i, const struct name *n)
{
    const struct word_list *usual = LIST("common.en");
    char mem[NAME_BYTES_MAX + 8], sound[NAME_BYTES_MAX + 8];
    size_t best = 0, most = n->flat.n / 6, at = 0;
    bool spoken = d->ia->kind == IA_CALL;

    for (size_t words = 0; words < n->n + 1 && i + words < s->words_n; words++) {
        str w = folded(d, s, i + words), flat;
        if (at + w.n > n->flat.n + 3 || at + w.n > sizeof mem)
            break;
        memcpy(mem + at, w.p, w.n);
        at += w.n;
        flat = str_n(mem, at);
        if (flat.n + 2 < n->flat.n)
            continue;
        if ((flat.p[0] == n->flat.p[0] && most && near(flat, n->flat, most)) ||
            (spoken && flat.n >= HEARD_BYTES_MIN && n->sound.n >= 3 &&
             str_eq(str_n(sound, sound_put(flat, sound)), n->sound)))
            if (words || n->flat.n >= USUAL_BYTES_MIN || !list_value_atom(usual, s->atom[i]))
                best = words + 1;
    }
    return best;
}

/* Words at i that are the name; 0: none. *out_exact: letter by letter. */
static size_t name_at(const struct discourse *d, const struct sentence *s, size_t i, const struct name *n,
                      bool *out_exact)
{
    size_t words = 0;

    for (; words < n->n && i + words < s->words_n; words++) {
        str w = folded(d, s, i + words);
        if (str_ends(w, STR("'s")))
            w.n -= 2;
        if (!str_eq(w, n->word[words]))
            break;
    }
    *out_exact = words == n->n;
    if (*out_exact)
        return words;
    return n->flat.n < HEARD_BYTES_MIN ? 0 : name_heard(d, s, i, n);
}

/* The words where a name may begin, by their first letter or its sound; in order. */
struct place {
    size_t sentence, word;
};
struct places {
    struct place *v;
    size_t n, cap;
};

/* Can the name begin with the word, by what costs little to look at? Of ASCII words: folding others may change lengths. */
static bool may_begin(str w, const struct name *n)
{
    char sound[NAME_BYTES_MAX + 8];

    if (w.n > n->flat.n + 3)
        return false;
    if (n->flat.n < HEARD_BYTES_MIN)
        return w.n == n->word[0].n || w.n == n->word[0].n + 2; /* 's */
    if (w.p[0] == n->flat.p[0] || w.n > sizeof sound ||
        w.p[w.n - 1] == 'p') /* "p" may sound otherwise before what follows */
        return true;
    return str_starts(n->sound, str_n(sound, sound_put(w, sound)));
}

/* Are there bytes enough from word i on? */
static bool may_end(const struct sentence *s, size_t i, const struct name *n)
{
    size_t bytes = 0;

    for (size_t k = i; k < s->words_n && k <= i + n->n; k++)
        bytes += s->token[k].n;
    return bytes + 2 >= n->flat.n;
}

/* Up to NAMES_MAX names, a bit for each: which may begin with a word. Words are repeated: the answer for the last ones is kept. */
enum { ASKED_MAX = 1024 };
struct asked {
    const struct name *names;
    size_t n;
    const struct word_list *stop;
    uint64_t usual; /* names that begin with a usual word: "The Trade Desk" */
    uint64_t letter[256], sound[256]; /* by their first one */
    struct {
        uint32_t atom;
        uint64_t may;
    } last[ASKED_MAX];
};

static void asked_init(struct asked *q, const struct name *names, size_t n)
{
    const struct word_list *stop = LIST("stop.en");

    *q = (struct asked){.names = names, .n = n, .stop = stop};
    for (size_t i = 0; i < n; i++) {
        q->usual |= (uint64_t)(list_value(q->stop, names[i].word[0]) != 0) << i;
        q->letter[(unsigned char)names[i].flat.p[0]] |= 1ull << i;
        q->sound[names[i].sound.n ? (unsigned char)names[i].sound.p[0] : 0] |= 1ull << i;
    }
}

/* `ascii`: the sentence is. */
static uint64_t may_find(const struct asked *q, str w, uint32_t atom, bool ascii)
{
    uint64_t may = !w.n ? 0 : q->letter[(unsigned char)(w.p[0] | 32)] | q->sound[(unsigned char)sound_begin(w)];

    if (list_value_atom(q->stop, atom)) /* "so" is no misheard name */
        may &= q->usual;
    for (uint64_t left = ascii ? may : 0; left; left &= left - 1)
        if (!may_begin(w, &q->names[__builtin_ctzll(left)]))
            may &= ~(left & -left);
    return may;
}

static uint64_t may_of(struct asked *q, const struct sentence *s, size_t i)
{
    uint32_t atom = s->atom[i];

    if (!s->ascii || !atom)
        return may_find(q, s->token[i], atom, s->ascii);
    if (q->last[atom % ASKED_MAX].atom != atom) {
        q->last[atom % ASKED_MAX].atom = atom;
        q->last[atom % ASKED_MAX].may = may_find(q, s->token[i], atom, true);
    }
    return q->last[atom % ASKED_MAX].may;
}

static void places_find(const struct discourse *d, const struct name *names, size_t n, struct places *out)
{
    struct asked q __attribute__((uninitialized));

    asked_init(&q, names, n);
    for (size_t k = 0; k < d->n; k++)
        for (size_t i = 0; i < d->s[k].words_n; i++)
            for (uint64_t may = may_of(&q, &d->s[k], i); may; may &= may - 1) {
                size_t at = (size_t)__builtin_ctzll(may);
                struct places *p = &out[at];
                if (!d->s[k].ascii || may_end(&d->s[k], i, &names[at]))
                    ARENA_PUSH(d->a, p->v, p->n, p->cap) = (struct place){k, i};
            }
}

static void mentions_find(struct analysis *an, const struct name *n, const struct places *at)
{
    struct discourse *d = &an->d;
    size_t done = SIZE_MAX; /* a sentence mentions a name once */

    for (size_t p = 0; p < at->n; p++) {
        const struct sentence *s = &d->s[at->v[p].sentence];
        size_t i = at->v[p].word, len;
        struct ia_span spans[SENTENCE_SPANS_MAX];
        struct record_finding *f;
        bool exact;
        if (at->v[p].sentence == done)
            continue;
        len = name_at(d, s, i, n, &exact);
        if (!len || (!exact && !confirmed(s, i, i + len)))
            continue;
        done = at->v[p].sentence;
        f = analysis_add(an, "competitor", competitor_class(n->whole, an->a), spans,
                         sentence_spans(d, s, 0, s->words_n, spans));
        f->confidence = exact ? 0.95 : 0.6;
        f->attributes =
            json_object_of(an->a, "name", n->whole, "heard",
                           str_sub(d->ia->turns[s->word[i].turn].text, s->word[i].start, s->word[i + len - 1].end));
    }
}

/* Is the name ours or the customer's? */
static bool of_the_parties(const struct analysis *an, const struct name *n)
{
    str account = an->d.ia->account.n ? uni_fold(an->a, an->d.ia->account) : STR("");

    if (account.n && str_contains(account, n->word[0]) && n->word[0].n > 3)
        return true;
    for (size_t i = 0; i < an->c->own_domains_n; i++)
        if (n->flat.n > 3 && str_starts(an->c->own_domains[i], n->flat))
            return true;
    return false;
}

void analysis_competitors(struct analysis *an)
{
    size_t at = 0;

    while (at < an->c->competitors_n) {
        struct name name[NAMES_MAX];
        struct places places[NAMES_MAX] = {0};
        size_t n = 0;
        for (; at < an->c->competitors_n && n < NAMES_MAX; at++)
            n += name_split(an->c->competitors[at], an->a, &name[n]) && !of_the_parties(an, &name[n]);
        places_find(&an->d, name, n, places);
        for (size_t i = 0; i < n; i++)
            mentions_find(an, &name[i], &places[i]);
    }
}
