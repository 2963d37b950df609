#include "base/clock.h"

#include "base/arena.h"

int64_t clock_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_ms(void)
{
    return clock_mono_us() / 1000;
}

struct timespec clock_deadline(int64_t in_ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += in_ms / 1000;
    t.tv_nsec += (long)(in_ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* Days since 1970-01-01 of a civil date: H. Hinnant, "chrono-compatible low-level date algorithms". */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    int64_t era, yoe, doy, doe;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second, int ms)
{
    return ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60000 + (int64_t)second * 1000 + ms;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

void clock_to_civil(int64_t at_ms, int *year, int *month, int *day, int *hour, int *minute, int *second, int *ms)
{
    int64_t days = floor_div(at_ms, 86400000), in_day = at_ms - days * 86400000;
    int64_t z = days + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
    *hour = (int)(in_day / 3600000);
    *minute = (int)(in_day / 60000 % 60);
    *second = (int)(in_day / 1000 % 60);
    *ms = (int)(in_day % 1000);
}

int clock_weekday(int64_t at_ms)
{
    int64_t days = floor_div(at_ms, 86400000) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7);
}

void clock_format(int64_t at_ms, char out[CLOCK_TEXT_LEN])
{
    int y, mo, d, h, mi, s, ms;

    out[0] = 0;
    if (at_ms == CLOCK_NONE || at_ms < -62167219200000 || at_ms > 253402300799999)
        return;
    clock_to_civil(at_ms, &y, &mo, &d, &h, &mi, &s, &ms);
    snprintf(out, CLOCK_TEXT_LEN, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", y, mo, d, h, mi, s, ms);
}

str clock_str(struct arena *a, int64_t at_ms)
{
    char t[CLOCK_TEXT_LEN];
    clock_format(at_ms, t);
    return str_dup(a, str_of(t));
}

/* Takes exactly n digits from the front. */
static bool digits(str *s, size_t n, int *out)
{
    int v = 0;

    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *out = v;
    *s = str_from(*s, n);
    return true;
}

static bool take(str *s, char c)
{
    if (!s->n || *s->p != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static int month_days(int y, int m)
{
    static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 29 : n[m - 1];
}

static bool zone_parse(str *s, int *out_min)
{
    int h, m = 0, sign;

    *out_min = 0;
    if (!s->n || take(s, 'Z') || take(s, 'z'))
        return true;
    sign = take(s, '-') ? -1 : take(s, '+') ? 1 : 0;
    if (!sign || !digits(s, 2, &h))
        return false;
    take(s, ':');
    if (s->n && !digits(s, 2, &m))
        return false;
    *out_min = sign * (h * 60 + m);
    return h <= 23 && m <= 59;
}

bool clock_parse(str s, int64_t *out_ms, int *out_offset_min)
{
    int y, mo, d, h = 0, mi = 0, sec = 0, ms = 0, zone = 0, leap;

    if (!digits(&s, 4, &y) || !take(&s, '-') || !digits(&s, 2, &mo) || !take(&s, '-') || !digits(&s, 2, &d))
        return false;
    if (mo < 1 || mo > 12 || d < 1 || d > month_days(y, mo))
        return false;
    if (s.n) {
        if (!take(&s, 'T') && !take(&s, 't') && !take(&s, ' '))
            return false;
        if (!digits(&s, 2, &h) || !take(&s, ':') || !digits(&s, 2, &mi))
            return false;
        if (take(&s, ':') && !digits(&s, 2, &sec))
            return false;
        if (take(&s, '.') || take(&s, ',')) {
            int scale = 100, digit, any = 0;
            for (; digits(&s, 1, &digit); scale /= 10, any = 1)
                ms += digit * scale;
            if (!any)
                return false;
        }
        take(&s, ' ');
        if (!zone_parse(&s, &zone) || s.n)
            return false;
    }
    leap = sec == 60;
    if (h > 23 || mi > 59 || sec > 59 + leap)
        return false;
    *out_ms = clock_from_civil(y, mo, d, h, mi, sec, ms) - (int64_t)zone * 60000;
    if (out_offset_min)
        *out_offset_min = zone;
    return true;
}
