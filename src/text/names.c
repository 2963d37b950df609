#include "base/buf.h"
#include "text/lists.h"
#include "text/names.h"

enum { PARTS_MAX = 8 };

static const double match_least = 0.6, match_margin = 0.08;

struct name {
    str part[PARTS_MAX]; /* folded, given names first where the order is known */
    str shown[PARTS_MAX];
    size_t n;
    str mail; /* lower case; empty when none */
};

static const char *const dropped[] = {
    "mr",   "mrs",    "ms",    "miss",  "dr",       "prof",     "professor", "sir",       "herr",
    "frau", "phd",    "md",    "mba",   "cpa",      "esq",      "jr",        "sr",        "ii",
    "iii",  "iv",     "ing",   "dipl",  "mag",      "he",       "she",       "they",      "him",
    "her",  "them",   "guest", "host",  "external", "internal", "presenter", "organizer", "unverified",
    "via",  "iphone", "ipad",  "phone", "zoom",     "teams",    "the",
};

static bool is_dropped(str w)
{
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
        if (str_eq(w, str_of(dropped[i])))
            return true;
    return false;
}

static str cut_at(str s, const char *mark)
{
    size_t i = str_find(s, str_of(mark), 0);

    return i != SIZE_MAX && i > 0 ? str_trim(str_sub(s, 0, i)) : s;
}

static str brackets_out(str s, struct arena *a)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0, depth = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '(' || c == '[' || c == '{')
            depth++;
        else if ((c == ')' || c == ']' || c == '}') && depth)
            depth--;
        else if (!depth && c != '"')
            p[n++] = c;
    }
    return str_trim(str_n(p, n));
}

static void part_add(struct name *m, str shown, struct arena *a)
{
    str f = uni_fold(a, shown);

    while (f.n && strchr(".,'", f.p[f.n - 1]))
        f.n--;
    if (f.n && m->n < PARTS_MAX && !is_dropped(f)) {
        m->shown[m->n] = shown;
        m->part[m->n++] = f;
    }
}

static void parts_add(struct name *m, str s, const char *gaps, struct arena *a)
{
    size_t i = 0, from;

    while (i < s.n) {
        while (i < s.n && strchr(gaps, s.p[i]))
            i++;
        from = i;
        while (i < s.n && !strchr(gaps, s.p[i]))
            i++;
        if (i > from)
            part_add(m, str_sub(s, from, i), a);
    }
}

static struct name name_read(str label, struct arena *a)
{
    struct name m = {0};
    size_t lt, comma, at;
    str s = str_trim(label);

    lt = str_find_char(s, '<', 0);
    if (lt != SIZE_MAX) {
        size_t gt = str_find_char(s, '>', lt);
        m.mail = uni_lower(a, str_trim(str_sub(s, lt + 1, gt == SIZE_MAX ? s.n : gt)));
        s = str_trim(str_sub(s, 0, lt));
    }
    at = str_find_char(s, '@', 0);
    if (at != SIZE_MAX && str_find_char(s, ' ', 0) == SIZE_MAX) {
        m.mail = uni_lower(a, s);
        s = STR("");
    }
    s = cut_at(cut_at(cut_at(cut_at(brackets_out(s, a), " | "), " - "), " / "), " @ ");
    comma = str_find_char(s, ',', 0);
    if (comma != SIZE_MAX) { /* "Smith, John": but "Ann Bell, PhD" */
        str after = str_trim(str_from(s, comma + 1)), first = str_cut(after, ' ', &(str){0});
        str f = uni_fold(a, first);
        while (f.n && f.p[f.n - 1] == '.')
            f.n--;
        if (after.n && !is_dropped(f))
            parts_add(&m, after, " \t.", a);
        s = str_sub(s, 0, comma);
    }
    parts_add(&m, s, " \t.", a);
    if (m.n == 0 && m.mail.n) {
        str local =
            str_sub(m.mail, 0, str_find_char(m.mail, '@', 0) == SIZE_MAX ? m.mail.n : str_find_char(m.mail, '@', 0));
        parts_add(&m, cut_at(local, "+"), "._-0123456789", a);
    }
    return m;
}

static bool nickname(str x, str y, struct arena *a)
{
    const struct word_list *l = list_get("nicknames");

    return list_value(l, str_fmt(a, "%.*s %.*s", STR_ARG(x), STR_ARG(y))) ||
           list_value(l, str_fmt(a, "%.*s %.*s", STR_ARG(y), STR_ARG(x)));
}

static double part_score(str x, str y, struct arena *a)
{
    if (str_eq(x, y))
        return 1.0;
    if (x.n == 1 || y.n == 1)
        return x.p[0] == y.p[0] ? 0.8 : 0;
    if (nickname(x, y, a))
        return 0.9;
    return 0;
}

/* "jsmith", "johns", "johnsmith" against its two names */
static bool run_together(str one, const struct name *m)
{
    char both[96];

    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < m->n; j++) {
            str x = m->part[i], y = m->part[j];
            if (i == j || x.n + y.n >= sizeof both || x.n < 1 || y.n < 2)
                continue;
            if (one.n == y.n + 1 && one.p[0] == x.p[0] && str_ends(one, y))
                return true;
            if (one.n == y.n + 1 && str_starts(one, y) && one.p[one.n - 1] == x.p[0])
                return true;
            if (one.n == x.n + y.n && str_starts(one, x) && str_ends(one, y))
                return true;
        }
    return false;
}

/* Two full names that share a family name but not the given one are two people. */
static double parts_score(const struct name *x, const struct name *y, struct arena *a)
{
    const struct name *few = x->n <= y->n ? x : y, *many = few == x ? y : x;
    bool used[PARTS_MAX] = {0};
    double sum = 0;
    size_t hits = 0, full = 0;

    for (size_t i = 0; i < few->n; i++) {
        double best = 0;
        size_t at = 0;
        for (size_t j = 0; j < many->n; j++) {
            double s = used[j] ? 0 : part_score(few->part[i], many->part[j], a);
            if (s > best) {
                best = s;
                at = j;
            }
        }
        if (best > 0) {
            used[at] = true;
            sum += best;
            hits++;
            full += best >= 0.9;
        }
    }
    if (hits == 0 || full == 0)
        return few->n == 1 && many->n >= 2 && run_together(few->part[0], many) ? 0.85 : 0;
    if (hits < few->n) {
        size_t initials = 0; /* a middle initial that the other lacks does no harm */
        for (size_t i = 0; i < few->n; i++)
            initials += few->part[i].n == 1;
        if (hits + initials < few->n || hits < 2)
            return 0;
    }
    if (hits == 1)
        return many->n == 1 ? sum : 0.7 * sum;
    return sum / (double)hits * (hits == many->n ? 1.0 : 0.97);
}

double names_score(str x, str y, struct arena *a)
{
    struct name m = name_read(x, a), n = name_read(y, a);

    if (m.mail.n && str_eq(m.mail, n.mail))
        return 1.0;
    if (m.n == 0 || n.n == 0)
        return 0;
    return parts_score(&m, &n, a);
}

int names_match(str label, const str *people, size_t n, struct arena *a)
{
    double best = 0, second = 0;
    int at = NAMES_NONE;

    for (size_t i = 0; i < n; i++) {
        double s = names_score(label, people[i], a);
        size_t lt = str_find_char(people[i], '<', 0);
        if (lt != SIZE_MAX) { /* a label may be made of the address although a name is known */
            double by_mail = names_score(label, cut_at(str_from(people[i], lt + 1), ">"), a);
            s = by_mail > s ? by_mail : s;
        }
        if (s > best) {
            second = best;
            best = s;
            at = (int)i;
        } else if (s > second) {
            second = s;
        }
    }
    return best >= match_least && best - second >= match_margin ? at : NAMES_NONE;
}

static void word_show(struct buf *b, str w)
{
    bool lower = true, upper = true;
    size_t i = 0;

    while (i < w.n) {
        uint32_t c = uni_next(w, &i);
        lower = lower && !uni_is_upper(c);
        upper = upper && (uni_is_upper(c) || !uni_is_alpha(c));
    }
    i = 0;
    if (w.n > 2 && (lower || upper) && !(w.p[0] & 0x80)) { /* "john", "SMITH" */
        buf_char(b, (char)(w.p[0] >= 'a' && w.p[0] <= 'z' ? w.p[0] - 32 : w.p[0]));
        for (i = 1; i < w.n; i++) {
            bool start = w.p[i - 1] == '-' || w.p[i - 1] == '\'';
            char c = w.p[i];
            if (upper && !start && c >= 'A' && c <= 'Z')
                c = (char)(c + 32);
            else if (lower && start && c >= 'a' && c <= 'z')
                c = (char)(c - 32);
            buf_char(b, c);
        }
    } else {
        buf_str(b, w);
    }
}

str name_normalise(str label, struct arena *a)
{
    struct name m = name_read(label, a);
    struct buf b;
    str out;

    for (size_t i = 0; i < m.n; i++)
        for (size_t k = 0; k < m.part[i].n; k++)
            if (m.part[i].p[k] >= '0' && m.part[i].p[k] <= '9')
                return str_trim(label);
    if (m.n == 0)
        return str_trim(label);
    buf_init(&b, 4096);
    for (size_t i = 0; i < m.n; i++) {
        if (i)
            buf_char(&b, ' ');
        word_show(&b, m.shown[i]);
    }
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}
