#include "text/asked.h"

#include <string.h>

enum { DAY_MS = 86400000 };

static bool letter_at(str s, size_t i)
{
    return i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (unsigned char)s.p[i] >= 0x80);
}

void asked_make(struct asked *w, str text, struct arena *a)
{
    str lower = str_lower_ascii(a, text);

    w->a = a;
    w->p = arena_alloc(a, lower.n + 3);
    w->p[w->n++] = ' ';
    for (size_t i = 0; i < lower.n; i++) {
        char c = lower.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 || c == '&' ||
                    c == '-' || c == '\'';
        if (c == '\'' && i + 1 < lower.n && lower.p[i + 1] == 's' && !letter_at(lower, i + 2))
            i++; /* "Halden's" is Halden */
        else if (word)
            w->p[w->n++] = c;
        else if (w->p[w->n - 1] != ' ')
            w->p[w->n++] = ' ';
    }
    if (w->p[w->n - 1] != ' ')
        w->p[w->n++] = ' ';
}

bool asked_take(struct asked *w, str phrase)
{
    struct asked want = {0};
    size_t at;

    asked_make(&want, phrase, w->a);
    if (want.n < 3)
        return false;
    at = str_find(str_n(w->p, w->n), str_n(want.p, want.n), 0);
    if (at == SIZE_MAX)
        return false;
    memmove(w->p + at + 1, w->p + at + want.n, w->n - at - want.n);
    w->n -= want.n - 1;
    return true;
}

bool asked_take_any(struct asked *w, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (asked_take(w, str_of(*phrases)))
            return true;
    return false;
}

/* A name in a row of a table. */
static str row_name(const str *names, size_t stride, size_t i)
{
    return *(const str *)(const void *)((const char *)names + i * stride);
}

str asked_first_part(str name)
{
    size_t n = 0;

    while (n < name.n && name.p[n] != ' ' && name.p[n] != '.' && name.p[n] != '-')
        n++;
    return str_sub(name, 0, n);
}

bool asked_name_take(struct asked *w, const str *names, size_t stride, size_t n, bool person, str *out)
{
    str best = STR("");

    for (size_t i = 0; i < n; i++) {
        str name = row_name(names, stride, i);
        struct asked trial = {.n = w->n, .a = w->a, .p = arena_alloc(w->a, w->n + 1)};
        memcpy(trial.p, w->p, w->n);
        if (name.n > best.n && asked_take(&trial, name))
            best = name;
    }
    if (best.n) {
        *out = best;
        return asked_take(w, best);
    }
    for (size_t i = 0; i < n; i++) {
        str name = row_name(names, stride, i), first = asked_first_part(name);
        if (first.n >= (person ? 3 : 4) && first.n < name.n && asked_take(w, first)) {
            *out = name;
            return true;
        }
    }
    return false;
}

static int64_t month_day(int year, int month)
{
    return clock_from_civil(year + (month - 1) / 12, (month - 1) % 12 + 1, 1, 0, 0, 0, 0) / DAY_MS;
}

static bool months_set(struct asked_period *q, int year, int month, int months)
{
    while (month < 1) {
        month += 12;
        year--;
    }
    q->from_day = month_day(year, month);
    q->to_day = month_day(year, month + months);
    return true;
}

static bool days_set(struct asked_period *q, int64_t day, int64_t days)
{
    *q = (struct asked_period){day, day + days};
    return true;
}

bool asked_period_take(struct asked *w, int64_t now, struct asked_period *q)
{
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
    int64_t today, monday;
    int y, mo, d, h, mi, s, ms;

    clock_to_civil(now, &y, &mo, &d, &h, &mi, &s, &ms);
    today = clock_from_civil(y, mo, d, 0, 0, 0, 0) / DAY_MS;
    monday = today - clock_weekday(today * DAY_MS);
    for (int year = y - 5; year <= y + 2; year++) {
        for (int m = 0; m < 12; m++)
            if (asked_take(w, str_fmt(w->a, "in %s %d", months[m], year)))
                return months_set(q, year, m + 1, 1);
        for (int k = 1; k <= 4; k++)
            if (asked_take(w, str_fmt(w->a, "in q%d %d", k, year)))
                return months_set(q, year, 3 * k - 2, 3);
        if (asked_take(w, str_fmt(w->a, "in %d", year)))
            return months_set(q, year, 1, 12);
    }
    if (asked_take(w, STR("today")))
        return days_set(q, today, 1);
    if (asked_take(w, STR("this week")))
        return days_set(q, monday, 7);
    if (asked_take(w, STR("last week")))
        return days_set(q, monday - 7, 7);
    if (asked_take(w, STR("next week")))
        return days_set(q, monday + 7, 7);
    if (asked_take(w, STR("this month")))
        return months_set(q, y, mo, 1);
    if (asked_take(w, STR("last month")))
        return months_set(q, y, mo - 1, 1);
    if (asked_take(w, STR("next month")))
        return months_set(q, y, mo + 1, 1);
    if (asked_take(w, STR("this quarter")))
        return months_set(q, y, (mo - 1) / 3 * 3 + 1, 3);
    if (asked_take(w, STR("last quarter")))
        return months_set(q, y, (mo - 1) / 3 * 3 - 2, 3);
    if (asked_take(w, STR("next quarter")))
        return months_set(q, y, (mo - 1) / 3 * 3 + 4, 3);
    if (asked_take(w, STR("this year")))
        return months_set(q, y, 1, 12);
    if (asked_take(w, STR("last year")))
        return months_set(q, y - 1, 1, 12);
    return false;
}
