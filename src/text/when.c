#include "text/when.h"

#include "base/clock.h"
#include "text/lists.h"

/* What an entry of lists/when.LANG.txt means. */
enum {
    W_WEEKDAY = 100,  /* + 0 Monday .. 6 */
    W_MONTH = 200,    /* + 1 .. 12 */
    W_ORDINAL = 300,  /* + 1 .. 31 */
    W_CARDINAL = 400, /* + 1 .. 99 */
    W_DAY_UNIT = 501,
    W_WEEK_UNIT,
    W_MONTH_UNIT,
    W_YEAR_UNIT,
    W_HOUR_UNIT,
    W_QUARTER_UNIT,
    W_WORKDAY_UNIT,
    W_FORTNIGHT,
    W_RELATIVE = 600, /* + days from today, to 619 */
    W_THIS = 620,
    W_NEXT,
    W_LAST,
    W_END,
    W_IN,
    W_FROM_NOW,
    W_WEEKEND,
    W_VAGUE,
    W_PART,
    W_SKIP,
    W_EOD = 630,
    W_EOW,
    W_EOM,
    W_EOQ,
    W_EOY,
    W_QUARTER = 640, /* + 1 .. 4 */
    W_DUE = 650,
    W_CONTENT,
    W_DAYTIME,
    W_AFTER_NEXT,
    W_TODAY_AFTER, /* "after lunch", "later" */
    W_PAST,        /* yesterday */
    W_COMING = 657, /* behind a weekday: vendredi prochain */
};

enum { DAY_MS = 86400000 };

struct reader {
    const struct word_list *l;
    const str *t;
    const uint32_t *atom;
    const struct list_start *starts; /* may be NULL */
    size_t n;
    int32_t today;
    bool dotted; /* 15.3. is a day */
};

static int value_at(const struct reader *r, size_t i, size_t *out_n)
{
    int v = 0;
    size_t n = 0;

    if (i < r->n)
        n = r->starts ? list_match_start(r->l, &r->starts[i], r->atom + i, r->n - i, &v)
                      : list_match_atoms(r->l, r->atom + i, r->n - i, &v);
    *out_n = n ? n : 1;
    return n ? v : 0;
}

static int code_at(const struct reader *r, size_t i)
{
    size_t n;

    return value_at(r, i, &n);
}

static bool within(int v, int base, int from, int to)
{
    return v >= base + from && v <= base + to;
}

static bool digits(str s, int64_t *out)
{
    return s.n && s.n <= 4 && str_to_i64(s, out);
}

/* A cardinal in words or digits, 1..99; 0: none. "a" and "one" are 1. */
static int64_t cardinal_at(const struct reader *r, size_t i, size_t *out_n)
{
    int64_t x;
    int v = value_at(r, i, out_n);

    if (within(v, W_CARDINAL, 1, 99))
        return v - W_CARDINAL;
    *out_n = 1;
    return i < r->n && digits(r->t[i], &x) && x >= 1 && x <= 99 ? x : 0;
}

/* "21st", "21.", "1er" */
static int64_t numeral_ordinal(str s)
{
    static const char *const tails[] = {"st", "nd", "rd", "th", "er", "."};
    int64_t x;

    if (!s.n || s.p[0] < '0' || s.p[0] > '9')
        return 0;
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        str tail = str_of(tails[i]);
        if (str_ends(s, tail) && digits(str_sub(s, 0, s.n - tail.n), &x) && x >= 1 && x <= 31)
            return x;
    }
    return 0;
}

static int64_t ordinal_at(const struct reader *r, size_t i, size_t *out_n)
{
    int64_t x = i < r->n ? numeral_ordinal(r->t[i]) : 0;
    int v;

    *out_n = 1;
    if (x)
        return x;
    v = value_at(r, i, out_n);
    return within(v, W_ORDINAL, 1, 31) ? v - W_ORDINAL : 0;
}

static int32_t day_of(int year, int month, int day)
{
    return (int32_t)(clock_from_civil(year, month, day, 0, 0, 0, 0) / DAY_MS);
}

static void civil(int32_t day, int *y, int *m, int *d)
{
    int h, mi, s, ms;

    clock_to_civil((int64_t)day * DAY_MS, y, m, d, &h, &mi, &s, &ms);
}

static int weekday_of(int32_t day)
{
    return clock_weekday((int64_t)day * DAY_MS);
}

static int month_days(int y, int m)
{
    return m == 12 ? 31 : (int)(day_of(y, m + 1, 1) - day_of(y, m, 1));
}

static bool date_make(int y, int64_t m, int64_t d, int32_t *out)
{
    if (m < 1 || m > 12 || d < 1 || d > month_days(y, (int)m))
        return false;
    *out = day_of(y, (int)m, (int)d);
    return true;
}

static void set(struct when *w, size_t from, size_t to, bool resolved, int32_t day)
{
    *w = (struct when){.from = from, .to = to, .resolved = resolved, .day = resolved ? day : 0};
}

/* The day is read after `resolved` was worked out, which may have written it. */
static void set_at(struct when *w, size_t from, size_t to, bool resolved, const int32_t *day)
{
    set(w, from, to, resolved, resolved ? *day : 0);
}

/* Next such day from today on; without a year the year is open. */
static bool date_next(const struct reader *r, int64_t m, int64_t d, int64_t year, int32_t *out)
{
    int y, mo, da;

    civil(r->today, &y, &mo, &da);
    if (year)
        return date_make((int)year, m, d, out);
    if (!date_make(y, m, d, out) && m == 2 && d == 29)
        return date_make(y + 1, m, d, out);
    if (!date_make(y, m, d, out))
        return false;
    return *out >= r->today || date_make(y + 1, m, d, out);
}

static int64_t year_at(const struct reader *r, size_t i)
{
    int64_t y;

    return i < r->n && r->t[i].n == 4 && digits(r->t[i], &y) && y >= 1990 && y <= 2100 ? y : 0;
}

static size_t skip(const struct reader *r, size_t i)
{
    size_t n;

    while (i < r->n && value_at(r, i, &n) == W_SKIP)
        i += n;
    return i;
}

/* "2026-03-15", "15.03.2026", "15.3", "3/15/2026" where only one reading makes sense */
static bool numeric_date(const struct reader *r, size_t i, struct when *w)
{
    int64_t part[3] = {0};
    str rest = r->t[i];
    char sep = 0;
    size_t n = 0;
    int32_t day;

    for (size_t k = 0; k < rest.n && !sep; k++)
        if (rest.p[k] == '-' || rest.p[k] == '/' || rest.p[k] == '.')
            sep = rest.p[k];
    if (!sep)
        return false;
    while (rest.n) {
        str one = str_cut(rest, sep, &rest);
        if (n == 3 || !digits(one, &part[n++]))
            return false;
    }
    if (n == 3 && part[0] > 1900)
        set_at(w, i, i + 1, date_make((int)part[0], part[1], part[2], &day), &day);
    else if (n == 3 && part[2] > 1900 && (sep == '.' || part[0] > 12))
        set_at(w, i, i + 1, date_make((int)part[2], part[1], part[0], &day), &day);
    else if (n == 3 && part[2] > 1900 && part[1] > 12)
        set_at(w, i, i + 1, date_make((int)part[2], part[0], part[1], &day), &day);
    else if (n == 3 && part[2] > 1900)
        set_at(w, i, i + 1, part[0] == part[1] && date_make((int)part[2], part[0], part[1], &day), &day);
    else if (n == 2 && sep == '.' && r->dotted && i && (code_at(r, i - 1) == W_DUE || code_at(r, i - 1) == W_SKIP))
        set_at(w, i, i + 1, date_next(r, part[1], part[0], 0, &day), &day);
    else if (n == 2 && sep == '/' && !str_eq(r->t[i], STR("24/7")) && part[0] <= 31 && part[1] <= 31 &&
             (part[0] > 12) != (part[1] > 12))
        set_at(w, i, i + 1, date_next(r, part[0] > 12 ? part[1] : part[0], part[0] > 12 ? part[0] : part[1], 0, &day),
               &day);
    else
        return false;
    return true;
}

/* "20 March", "the twentieth of March 2026", "March 20th" */
static bool month_date(const struct reader *r, size_t i, struct when *w)
{
    size_t n, k, m_n;
    int64_t d = ordinal_at(r, i, &n), year;
    int v;
    int32_t day = 0;
    bool ok;

    if (!d && (d = cardinal_at(r, i, &n)) > 31)
        d = 0;
    k = skip(r, i + n);
    if (d && within(v = value_at(r, k, &m_n), W_MONTH, 1, 12)) {
        k += m_n;
        year = year_at(r, k);
        ok = date_next(r, v - W_MONTH, d, year, &day);
        set(w, i, k + (year != 0), ok, day);
        return true;
    }
    v = value_at(r, i, &m_n);
    if (!within(v, W_MONTH, 1, 12))
        return false;
    k = skip(r, i + m_n);
    if (!(d = ordinal_at(r, k, &n)) && ((d = cardinal_at(r, k, &n)) > 31 || year_at(r, k)))
        d = 0;
    if (!d)
        return false;
    k += n;
    year = year_at(r, k);
    ok = date_next(r, v - W_MONTH, d, year, &day);
    set(w, i, k + (year != 0), ok, day);
    return true;
}

static int32_t weekday_next(const struct reader *r, int wd)
{
    return r->today + 1 + (wd - weekday_of(r->today) + 6) % 7;
}

static int32_t monday(const struct reader *r)
{
    return r->today - weekday_of(r->today);
}

/* "the 24th" after a weekday must be that weekday. */
static bool weekday_dated(const struct reader *r, size_t i, int wd, struct when *w)
{
    size_t k = skip(r, i), n;
    struct when d;
    int64_t o;

    if (k < r->n && month_date(r, k, &d)) {
        set(w, w->from, d.to, d.resolved && weekday_of(d.day) == wd, d.day);
        return true;
    }
    o = ordinal_at(r, k, &n);
    if (!o || k == i)
        return false;
    for (int months = 0, y, m, dd; months < 12; months++) {
        int32_t day;
        civil(r->today, &y, &m, &dd);
        y += (m - 1 + months) / 12;
        m = (m - 1 + months) % 12 + 1;
        if (!date_make(y, m, o, &day) || day < r->today)
            continue;
        set(w, w->from, k + n, weekday_of(day) == wd, day);
        return true;
    }
    return false;
}

/* [this|next|last] Friday [the 24th | week | in two weeks | after next] */
static bool weekday_at(const struct reader *r, size_t i, struct when *w)
{
    size_t head_n, n, k = i, c_n;
    int head = value_at(r, i, &head_n), v, unit;
    int32_t day;
    int64_t c;

    if (head == W_THIS || head == W_NEXT || head == W_LAST)
        k += head_n;
    else
        head = 0;
    v = value_at(r, k, &n);
    if (!within(v, W_WEEKDAY, 0, 6))
        return false;
    v -= W_WEEKDAY;
    k += n;
    day = weekday_next(r, v);
    if (head == W_THIS)
        day = monday(r) + v >= r->today ? monday(r) + v : day;
    if (head == W_NEXT)
        day = monday(r) + 7 + v;
    set(w, i, k, head != W_LAST, day);
    if (head == W_LAST) {
        w->role = WHEN_PAST;
        return true;
    }
    if (weekday_dated(r, k, v, w))
        return true;
    unit = value_at(r, k, &n);
    if (unit == W_WEEK_UNIT && !head) { /* Friday week */
        set(w, i, k + n, true, day + 7);
    } else if (unit == W_COMING) {
        set(w, i, k + n, true, day);
    } else if (unit == W_LAST) {
        set(w, i, k + n, false, 0);
        w->role = WHEN_PAST;
    } else if (unit == W_AFTER_NEXT) {
        set(w, i, k + n, true, monday(r) + 14 + v);
    } else if (unit == W_NEXT && value_at(r, k + n, &c_n) == W_WEEK_UNIT) { /* Friday next week */
        set(w, i, k + n + c_n, true, monday(r) + 7 + v);
    } else if (unit == W_THIS && value_at(r, k + n, &c_n) == W_WEEK_UNIT) {
        set(w, i, k + n + c_n, monday(r) + v >= r->today, monday(r) + v);
    } else if (unit == W_IN && (c = cardinal_at(r, k + n, &c_n)) && c < 27 &&
               code_at(r, k + n + c_n) == W_WEEK_UNIT) { /* Thursday in two weeks */
        set(w, i, k + n + c_n + 1, true, day + 7 * (int32_t)c);
    }
    return true;
}

static int32_t month_end(int32_t in, int plus)
{
    int y, m, d;

    civil(in, &y, &m, &d);
    y += (m - 1 + plus) / 12;
    m = (m - 1 + plus) % 12 + 1;
    return day_of(y, m, month_days(y, m));
}

static int32_t quarter_end(int32_t in, int plus)
{
    int y, m, d;

    civil(in, &y, &m, &d);
    return month_end(in, 2 - (m - 1) % 3 + 3 * plus);
}

static int32_t year_end(int32_t in, int plus)
{
    int y, m, d;

    civil(in, &y, &m, &d);
    return day_of(y + plus, 12, 31);
}

static int32_t week_end(const struct reader *r, int plus)
{
    return monday(r) + (weekday_of(r->today) > 4 ? 11 : 4) + 7 * plus;
}

static bool unit_end(const struct reader *r, int unit, int plus, int32_t *out)
{
    switch (unit) {
    case W_DAY_UNIT:
        return *out = r->today + plus, true;
    case W_WEEK_UNIT:
        return *out = plus ? monday(r) + 4 + 7 * plus : week_end(r, 0), true;
    case W_MONTH_UNIT:
        return *out = month_end(r->today, plus), true;
    case W_QUARTER_UNIT:
        return *out = quarter_end(r->today, plus), true;
    case W_YEAR_UNIT:
        return *out = year_end(r->today, plus), true;
    default:
        return false;
    }
}

/* The last day of quarter q, 1..4, next from today on. */
static int32_t quarter_named(const struct reader *r, int q, int64_t year)
{
    int y, m, d;
    int32_t day;

    civil(r->today, &y, &m, &d);
    day = month_end(day_of(year ? (int)year : y, 3 * q, 1), 0);
    return year || day >= r->today ? day : month_end(day_of(y + 1, 3 * q, 1), 0);
}

/* end of [the|this|next] week, month, quarter, year, October, Q3, day */
static bool end_at(const struct reader *r, size_t i, struct when *w)
{
    size_t n, k;
    int plus = 0, v = value_at(r, i, &n), y, m, d;
    int64_t year;
    int32_t day = 0;
    struct when inner;

    if (v >= W_EOW && v <= W_EOY) {
        static const int units[] = {W_WEEK_UNIT, W_MONTH_UNIT, W_QUARTER_UNIT, W_YEAR_UNIT};
        unit_end(r, units[v - W_EOW], 0, &day);
        set(w, i, i + n, true, day);
        return true;
    }
    if (v == W_EOD) {
        k = skip(r, i + n);
        if (weekday_at(r, k, &inner) || month_date(r, k, &inner)) {
            set(w, i, inner.to, inner.resolved, inner.day);
        } else if (within(v = value_at(r, k, &n), W_RELATIVE, 0, 9)) {
            set(w, i, k + n, true, r->today + v - W_RELATIVE);
        } else {
            value_at(r, i, &n);
            set(w, i, i + n, true, r->today);
        }
        return true;
    }
    if (v != W_END)
        return false;
    k = skip(r, i + n);
    v = value_at(r, k, &n);
    if (v == W_NEXT || v == W_THIS || v == W_LAST) {
        plus = v == W_NEXT;
        if (v == W_LAST)
            return false;
        k = skip(r, k + n);
        v = value_at(r, k, &n);
    }
    if (unit_end(r, v, plus, &day)) {
        set(w, i, k + n, true, day);
        return true;
    }
    year = year_at(r, k + n);
    if (within(v, W_QUARTER, 1, 4)) {
        set(w, i, k + n + (year != 0), true, quarter_named(r, v - W_QUARTER, year));
        return true;
    }
    if (!within(v, W_MONTH, 1, 12))
        return false;
    civil(r->today, &y, &m, &d);
    day = month_end(day_of(year ? (int)year : y, v - W_MONTH, 1), 0);
    if (!year && day < r->today)
        day = month_end(day_of(y + 1, v - W_MONTH, 1), 0);
    set(w, i, k + n + (year != 0), true, day);
    return true;
}

static int32_t workdays_on(int32_t day, int64_t n)
{
    while (n > 0)
        n -= weekday_of(++day) < 5;
    return day;
}

static bool units_on(const struct reader *r, int32_t from, int64_t c, int unit, int32_t *out)
{
    int y, m, d;

    switch (unit) {
    case W_DAY_UNIT:
        return *out = from + (int32_t)c, true;
    case W_WEEK_UNIT:
        return *out = from + 7 * (int32_t)c, true;
    case W_FORTNIGHT:
        return *out = from + 14 * (int32_t)c, true;
    case W_WORKDAY_UNIT:
        return *out = workdays_on(from, c), true;
    case W_HOUR_UNIT:
        return *out = from + (int32_t)(c / 24), c < 9 || c % 24 == 0;
    case W_MONTH_UNIT:
        civil(from, &y, &m, &d);
        y += (m - 1 + (int)c) / 12;
        m = (m - 1 + (int)c) % 12 + 1;
        return *out = day_of(y, m, d < month_days(y, m) ? d : month_days(y, m)), true;
    case W_YEAR_UNIT:
        civil(from, &y, &m, &d);
        return *out = day_of(y + (int)c, m, d < month_days(y + (int)c, m) ? d : month_days(y + (int)c, m)), true;
    default:
        return false;
    }
}

/* a week from, on, after Friday */
static bool counts_from(const struct reader *r, size_t i)
{
    return i < r->n && (str_eq(r->t[i], STR("from")) || str_eq(r->t[i], STR("on")) || str_eq(r->t[i], STR("after")));
}

/* in two weeks; within 48 hours; two weeks from now; a week from Friday; in a few days (not resolved) */
static bool count_at(const struct reader *r, size_t i, struct when *w)
{
    size_t n = 0, c_n, k = i;
    bool in = value_at(r, i, &n) == W_IN, resolved;
    int unit;
    int32_t day = 0;
    int64_t c;
    struct when base;

    if (in)
        k = skip(r, i + n);
    if (code_at(r, k) == W_NEXT && in) /* within the next two weeks */
        k++;
    if (in && value_at(r, k, &n) == W_VAGUE) {
        size_t u = skip(r, k + n);
        unit = value_at(r, u, &c_n);
        if (unit < W_DAY_UNIT || unit > W_FORTNIGHT)
            return false;
        set(w, i, u + c_n, false, 0);
        return true;
    }
    c = cardinal_at(r, k, &c_n);
    if (!c)
        return false;
    k = skip(r, k + c_n);
    unit = value_at(r, k, &n);
    if (unit < W_DAY_UNIT || unit > W_FORTNIGHT)
        return false;
    k += n;
    if (value_at(r, k, &n) == W_FROM_NOW) {
        resolved = units_on(r, r->today, c, unit, &day);
        set(w, i, k + n, resolved, day);
        return true;
    }
    if (!in && counts_from(r, k)) {
        size_t rel_n;
        int v = value_at(r, k + 1, &rel_n);
        if (within(v, W_RELATIVE, 0, 9)) {
            base.to = k + 1 + rel_n;
            base.day = r->today + v - W_RELATIVE;
        } else if (!weekday_at(r, k + 1, &base) || !base.resolved) {
            return false;
        }
        resolved = units_on(r, base.day, c, unit, &day);
        set(w, i, base.to, resolved, day);
        return true;
    }
    if (!in)
        return false;
    resolved = units_on(r, r->today, c, unit, &day);
    set(w, i, k, resolved, day);
    return true;
}

/* this afternoon, this week, next week, next month, the weekend, after lunch, Q3 */
static bool period_at(const struct reader *r, size_t i, struct when *w)
{
    size_t n, k_n;
    int v = value_at(r, i, &n), u = value_at(r, i + n, &k_n);
    int64_t year;

    if (v == W_PART) { /* early next week: no single day */
        struct when inner;
        size_t k = skip(r, i + n);
        if (period_at(r, k, &inner)) {
            set(w, i, inner.to, false, 0);
            return true;
        }
        if (within(value_at(r, k, &k_n), W_MONTH, 1, 12) ||
            (code_at(r, k) >= W_WEEK_UNIT && code_at(r, k) <= W_YEAR_UNIT)) {
            set(w, i, k + k_n, false, 0);
            return true;
        }
        return false;
    }
    if (v == W_THIS && (u == W_DAYTIME || u == W_DAY_UNIT)) {
        set(w, i, i + n + k_n, true, r->today);
    } else if ((v == W_NEXT || v == W_THIS) && (u == W_WEEKEND || (u >= W_WEEK_UNIT && u <= W_QUARTER_UNIT))) {
        set(w, i, i + n + k_n, false, 0);
    } else if (v == W_LAST && u >= W_DAY_UNIT && u <= W_WEEKEND) {
        set(w, i, i + n + k_n, false, 0);
        w->role = WHEN_PAST;
    } else if (v == W_PAST) {
        set(w, i, i + n, false, 0);
        w->role = WHEN_PAST;
    } else if (v == W_WEEKEND || v == W_VAGUE) {
        set(w, i, i + n, false, 0);
    } else if (v == W_TODAY_AFTER) {
        set(w, i, i + n, true, r->today);
    } else if (within(v, W_QUARTER, 1, 4)) {
        year = year_at(r, i + n);
        set(w, i, i + n + (year != 0), true, quarter_named(r, v - W_QUARTER, year));
    } else if (within(v, W_RELATIVE, 0, 9)) {
        set(w, i, i + n, true, r->today + v - W_RELATIVE);
    } else {
        return false;
    }
    return true;
}

/* by the tenth, on the 24th: an ordinal alone, behind "the" */
static bool ordinal_alone(const struct reader *r, size_t i, struct when *w)
{
    size_t n;
    int64_t o = ordinal_at(r, i, &n);
    bool numeral = i < r->n && numeral_ordinal(r->t[i]) > 0;
    int before = i ? code_at(r, i - 1) : 0, before2 = i > 1 ? code_at(r, i - 2) : 0;
    int next = i + n < r->n ? code_at(r, i + n) : W_SKIP;
    int y, m, d;

    if (!o || before != W_SKIP || (!numeral && before2 != W_DUE) || str_ends(r->t[i], STR(".")))
        return false;
    if (!numeral && (next == 0 || (next >= W_DAY_UNIT && next <= W_FORTNIGHT)) &&
        i + n < r->n) /* on the first step, day */
        return false;
    civil(r->today, &y, &m, &d);
    for (int months = 0; months < 3; months++) {
        int32_t day;
        int yy = y + (m - 1 + months) / 12, mm = (m - 1 + months) % 12 + 1;
        if (months == 0 && o < d)
            continue;
        set_at(w, i, i + n, date_make(yy, mm, o, &day), &day);
        return true;
    }
    return false;
}

static bool month_alone(const struct reader *r, size_t i, struct when *w)
{
    size_t n;

    if (!within(value_at(r, i, &n), W_MONTH, 1, 12) || !i || (code_at(r, i - 1) != W_DUE && code_at(r, i - 1) != W_IN))
        return false;
    set(w, i, i + n, false, 0);
    return true;
}

static void role_set(const struct reader *r, struct when *w)
{
    size_t k = w->from;
    str last = r->t[w->to - 1];

    if (str_ends(last, STR("'s")) && w->to < r->n)
        w->role = WHEN_CONTENT; /* "last Thursday's minutes" too */
    if (w->role == WHEN_PAST)
        return;
    while (k > 0 && (code_at(r, k - 1) == W_SKIP || code_at(r, k - 1) == W_DAYTIME || code_at(r, k - 1) == W_PART))
        k--;
    if (k > 0 && (code_at(r, k - 1) == W_CONTENT || code_at(r, k - 1) == W_FROM_NOW)) /* "the slides from today" */
        w->role = WHEN_CONTENT;
    if (k > 0 && code_at(r, k - 1) == W_DUE)
        w->from = k - 1;
}

/* Can a day begin here? What does so is listed, or begins with a digit; "the", "by", "week" and the like only go on. */
static bool may_begin(const struct reader *r, size_t i)
{
    int v;

    if (!uni_is_alpha((unsigned char)r->t[i].p[0]))
        return true;
    v = code_at(r, i);
    return v && v != W_SKIP && v != W_DUE && v != W_CONTENT && v != W_DAYTIME && v != W_AFTER_NEXT && v != W_COMING &&
           v != W_FROM_NOW && !(v >= W_DAY_UNIT && v <= W_FORTNIGHT);
}

static struct reader reader_of(const struct words *words, str lang, int32_t today)
{
    const struct word_list *l = list_for("when", lang);

    return (struct reader){.l = l ? l : list_get("when.en"),
                           .t = words->token,
                           .atom = words->atom,
                           .starts = words->starts,
                           .n = words->n,
                           .today = today,
                           .dotted = str_eq(lang, STR("de"))};
}

bool when_may(const struct words *words, str lang)
{
    struct reader r = reader_of(words, lang, 0);

    for (size_t i = 0; i < r.n; i++)
        if (may_begin(&r, i))
            return true;
    return false;
}

size_t when_find(const struct words *words, str lang, int32_t today, struct when out[WHEN_MAX])
{
    struct reader r = reader_of(words, lang, today);
    size_t found = 0;

    for (size_t i = 0; i < r.n && found < WHEN_MAX;) {
        struct when *w = &out[found];
        if (may_begin(&r, i) &&
            (numeric_date(&r, i, w) || end_at(&r, i, w) || count_at(&r, i, w) || weekday_at(&r, i, w) ||
             month_date(&r, i, w) || period_at(&r, i, w) || ordinal_alone(&r, i, w) || month_alone(&r, i, w))) {
            i = w->to > i ? w->to : i + 1;
            role_set(&r, w);
            found++;
        } else {
            i++;
        }
    }
    return found;
}

int when_version(str lang)
{
    const struct word_list *l = list_for("when", lang);

    return l ? list_version(l) : 0;
}
