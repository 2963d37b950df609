/* insight/findings_competitors.c - names of competitors, also as a recogniser hears them: definitions.md section 4. */
#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/uni.h"

enum { NAME_WORDS_MAX = 4, WINDOW = 10, NAME_BYTES_MAX = 64 };

static size_t edit_distance(str x, str y, size_t most)
{
    size_t row[NAME_BYTES_MAX + 1];

    if (x.n > NAME_BYTES_MAX || y.n > NAME_BYTES_MAX || (x.n > y.n ? x.n - y.n : y.n - x.n) > most)
        return most + 1;
    for (size_t k = 0; k <= y.n; k++)
        row[k] = k;
    for (size_t i = 1; i <= x.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= y.n; k++) {
            size_t up = row[k], best = diagonal + (x.p[i - 1] != y.p[k - 1]);
            if (up + 1 < best)
                best = up + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            diagonal = up;
            row[k] = best;
        }
    }
    return row[y.n];
}

/* How a name sounds, roughly: letters that sound alike are one, vowels but the first are left out, repeats are one. */
static str sound_of(str s, struct arena *a)
{
    char *out = arena_alloc(a, s.n + 1), c;
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        c = s.p[i];
        if (c == 'p' && i + 1 < s.n && s.p[i + 1] == 'h')
            c = 'f';
        else if (c == 'c' || c == 'q' || c == 'g')
            c = 'k';
        else if (c == 'z' || c == 'x')
            c = 's';
        else if (c == 'v')
            c = 'f';
        else if (c == 'd')
            c = 't';
        else if (c == 'b')
            c = 'p';
        else if (strchr("aeiouyhw", c))
            c = n ? 0 : 'a';
        if (c && (!n || out[n - 1] != c) && c >= 'a' && c <= 'z')
            out[n++] = c;
    }
    return str_n(out, n);
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

    *out = (struct name){.whole = str_trim(text)};
    while (rest.n && out->n < NAME_WORDS_MAX) {
        str w = str_trim(str_cut(rest, ' ', &rest));
        if (w.n) {
            out->word[out->n++] = w;
            flat = str_fmt(a, "%.*s%.*s", STR_ARG(flat), STR_ARG(w));
        }
    }
    out->flat = flat;
    out->sound = sound_of(flat, a);
    return out->n > 0 && flat.n >= 3;
}

/* Talk of vendors and offers nearby makes a name that only sounds right believable. */
static bool confirmed(const struct sentence *s, size_t from, size_t to)
{
    static const char *const near[] = {
        "competitor", "competitors", "alternative", "alternatives", "vendor",    "vendors", "supplier",
        "quote",      "offer",       "offers",      "compared",     "comparing", "versus",  "vs",
        "against",    "switch",      "switched",    "using",        "use",       "uses",    "pitch",
        "demo",       "cheaper",     "price",       "prices",       "product",   "tool",    "software",
        "robots",     "platform",    "system",      "contract",     "went",      "chose",   "instead",
        "they",       "their",       "like",        "also",         "from",      "with",    "called"};

    for (size_t i = from > WINDOW ? from - WINDOW : 0; i < s->words_n && i < to + WINDOW; i++)
        for (size_t k = 0; (i < from || i >= to) && k < sizeof near / sizeof *near; k++)
            if (str_eq(s->word[i].token, str_of(near[k])))
                return true;
    return false;
}

/* Words at i that are the name; 0: none. *out_exact: letter by letter. */
static size_t name_at(const struct discourse *d, const struct sentence *s, size_t i, const struct name *n,
                      bool *out_exact)
{
    str flat = STR("");
    size_t words = 0, best = 0;

    for (; words < n->n && i + words < s->words_n; words++) {
        str w = uni_fold(d->a, s->word[i + words].token);
        if (str_ends(w, STR("'s")))
            w.n -= 2;
        if (!str_eq(w, n->word[words]))
            break;
    }
    *out_exact = words == n->n;
    if (*out_exact)
        return words;
    if (n->flat.n < 5)
        return 0;
    for (words = 0; words < n->n + 1 && i + words < s->words_n; words++) {
        size_t most = n->flat.n / 6;
        flat = str_fmt(d->a, "%.*s%.*s", STR_ARG(flat), STR_ARG(uni_fold(d->a, s->word[i + words].token)));
        if (flat.n > n->flat.n + 3)
            break;
        if (flat.n + 2 < n->flat.n)
            continue;
        if (flat.p[0] == n->flat.p[0] && most && edit_distance(flat, n->flat, most) <= most)
            best = words + 1;
        else if (flat.n >= 5 && n->sound.n >= 3 && str_eq(sound_of(flat, d->a), n->sound))
            best = words + 1;
    }
    return best;
}

static void mentions_find(struct analysis *an, const struct name *n)
{
    struct discourse *d = &an->d;

    for (size_t k = 0; k < d->n; k++) {
        const struct sentence *s = &d->s[k];
        for (size_t i = 0; i < s->words_n; i++) {
            struct ia_span spans[SENTENCE_SPANS_MAX];
            struct record_finding *f;
            bool exact;
            size_t len;
            str w = s->word[i].token;
            if (!w.n || ((w.p[0] | 32) != n->flat.p[0] && sound_of(w, d->a).p[0] != n->sound.p[0]))
                continue;
            len = name_at(d, s, i, n, &exact);
            if (!len || (!exact && !confirmed(s, i, i + len)))
                continue;
            f = analysis_add(an, "competitor", STR(""), spans, sentence_spans(d, s, 0, s->words_n, spans));
            f->confidence = exact ? 0.95 : 0.6;
            f->attributes =
                json_object_of(an->a, "name", n->whole, "heard",
                               str_sub(d->ia->turns[s->word[i].turn].text, s->word[i].start, s->word[i + len - 1].end));
            break;
        }
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
    for (size_t i = 0; i < an->c->competitors_n; i++) {
        struct name n;
        if (name_split(an->c->competitors[i], an->a, &n) && !of_the_parties(an, &n))
            mentions_find(an, &n);
    }
}
