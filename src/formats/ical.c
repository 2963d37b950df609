#include "formats/ical.h"

#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { ZONE_NAME_MAX = 100, ZONES_MAX = 200, PARAM_MAX = 20, NEST_MAX = 16 };

struct zone {
    str id;
    int offset_min; /* standard time */
};

struct state {
    struct arena *a;
    struct ical *cal;
    struct ical_event *ev; /* the open one */
    struct zone zones[ZONES_MAX];
    size_t zones_n;
    int nested; /* components inside the event (alarms) */
    bool in_zone, in_standard;
    str ev_start, ev_end, ev_start_zone, ev_end_zone, ev_duration;
};

struct line {
    str name, value;
    str params[PARAM_MAX]; /* "TZID=Europe/Berlin" */
    size_t params_n;
};

/* Joins folded lines: a line break and one space or tab vanish. */
static str unfold(struct arena *a, str s)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t i = 0, n = 0;

    while (i < s.n) {
        size_t eol = s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : s.p[i] == '\n' || s.p[i] == '\r' ? 1 : 0;
        if (eol && i + eol < s.n && (s.p[i + eol] == ' ' || s.p[i + eol] == '\t')) {
            i += eol + 1;
        } else if (eol) {
            to[n++] = '\n';
            i += eol;
        } else {
            to[n++] = s.p[i++];
        }
    }
    return str_n(to, n);
}

static bool line_split(str s, struct line *out)
{
    size_t i, from = 0;
    bool quoted = false;

    *out = (struct line){0};
    for (i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '"')
            quoted = !quoted;
        if (quoted || (c != ';' && c != ':'))
            continue;
        if (out->name.n == 0)
            out->name = str_trim(str_sub(s, from, i));
        else if (out->params_n < PARAM_MAX)
            out->params[out->params_n++] = str_sub(s, from, i);
        from = i + 1;
        if (c == ':') {
            out->value = str_from(s, from);
            return out->name.n > 0;
        }
    }
    return false;
}

/* RFC 6868 carets and the quotes around a parameter. */
static str param_text(struct arena *a, str s)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t i, n = 0;

    for (i = 0; i < s.n; i++) {
        char next = i + 1 < s.n ? s.p[i + 1] : '\0';
        if (s.p[i] == '"')
            continue;
        if (s.p[i] == '^' && (next == 'n' || next == '\'' || next == '^')) {
            to[n++] = next == 'n' ? ' ' : next == '\'' ? '"' : '^';
            i++;
        } else {
            to[n++] = s.p[i];
        }
    }
    return str_trim(str_n(to, n));
}

static str param(struct state *s, const struct line *l, const char *name)
{
    str want = str_of(name);
    size_t i;

    for (i = 0; i < l->params_n; i++)
        if (str_starts_nocase(l->params[i], want) && l->params[i].n > want.n && l->params[i].p[want.n] == '=')
            return param_text(s->a, str_from(l->params[i], want.n + 1));
    return STR("");
}

static str value_text(struct arena *a, str s)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t i, n = 0;

    for (i = 0; i < s.n; i++) {
        char next = i + 1 < s.n ? s.p[i + 1] : '\0';
        if (s.p[i] == '\\' && next) {
            to[n++] = next == 'n' || next == 'N' ? '\n' : next;
            i++;
        } else {
            to[n++] = s.p[i];
        }
    }
    return str_trim(str_n(to, n));
}

static bool digits(str s, size_t from, size_t n, int *out)
{
    size_t i;

    *out = 0;
    for (i = from; i < from + n; i++) {
        if (i >= s.n || !isdigit((unsigned char)s.p[i]))
            return false;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return true;
}

/* Opens ICU's zone for `id`; NULL when it knows none of that name. */
static UCalendar *zone_open(str id)
{
    UChar wide[ZONE_NAME_MAX], canonical[ZONE_NAME_MAX];
    UErrorCode status = U_ZERO_ERROR;
    UBool is_system = 0;
    int32_t n = 0, m;
    UCalendar *c;

    if (id.n == 0 || id.n >= ZONE_NAME_MAX)
        return NULL;
    u_strFromUTF8(wide, ZONE_NAME_MAX, &n, id.p, (int32_t)id.n, &status);
    m = U_SUCCESS(status) ? ucal_getTimeZoneIDForWindowsID(wide, n, NULL, canonical, ZONE_NAME_MAX, &status) : 0;
    if (U_SUCCESS(status) && m > 0) {
        u_memcpy(wide, canonical, m);
        n = m;
    } else {
        status = U_ZERO_ERROR;
        ucal_getCanonicalTimeZoneID(wide, n, canonical, ZONE_NAME_MAX, &is_system, &status);
        if (U_FAILURE(status) || !is_system)
            return NULL;
    }
    status = U_ZERO_ERROR;
    c = ucal_open(wide, n, "en_US", UCAL_GREGORIAN, &status);
    return U_SUCCESS(status) ? c : NULL;
}

/* "/mozilla.org/20070129_1/Europe/London" ends with a name we know. */
static UCalendar *zone_open_any(str id)
{
    UCalendar *c = zone_open(id);

    while (!c && id.n > 0 && str_find_char(id, '/', 0) != SIZE_MAX) {
        id = str_from(id, str_find_char(id, '/', 0) + 1);
        c = zone_open(id);
    }
    return c;
}

static int zone_offset_min(struct state *s, str id, const int f[6])
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *c = zone_open_any(id);
    size_t i;
    int ms;

    if (c) {
        ucal_setDateTime(c, f[0], f[1] - 1, f[2], f[3], f[4], f[5], &status);
        ms = ucal_get(c, UCAL_ZONE_OFFSET, &status) + ucal_get(c, UCAL_DST_OFFSET, &status);
        ucal_close(c);
        if (U_SUCCESS(status))
            return ms / 60000;
    }
    for (i = 0; i < s->zones_n; i++)
        if (str_eq(s->zones[i].id, id))
            return s->zones[i].offset_min;
    return 0;
}

/* "20260610", "20260610T150000", "20260610T150000Z" */
static bool time_parse(struct state *s, str v, str zone, int64_t *out_ms, int *out_offset, bool *out_all_day)
{
    int f[6] = {0};

    v = str_trim(v);
    if (!digits(v, 0, 4, &f[0]) || !digits(v, 4, 2, &f[1]) || !digits(v, 6, 2, &f[2]) || f[1] < 1 || f[1] > 12 ||
        f[2] < 1 || f[2] > 31)
        return false;
    *out_all_day = v.n < 9 || (v.p[8] != 'T' && v.p[8] != 't');
    if (!*out_all_day && (!digits(v, 9, 2, &f[3]) || !digits(v, 11, 2, &f[4]) || f[3] > 24 || f[4] > 59))
        return false;
    if (!*out_all_day && digits(v, 13, 2, &f[5]) && f[5] > 60)
        return false;
    *out_offset = *out_all_day || str_ends_nocase(v, STR("Z")) ? 0 : zone_offset_min(s, zone, f);
    *out_ms = clock_from_civil(f[0], f[1], f[2], f[3], f[4], f[5], 0) - (int64_t)*out_offset * 60000;
    return true;
}

/* "PT1H30M", "P1D", "P2W" */
static int64_t duration_ms(str v)
{
    int64_t ms = 0, n = 0;
    size_t i;

    for (i = 0; i < v.n && i < 40; i++) {
        char c = v.p[i];
        if (isdigit((unsigned char)c)) {
            n = n * 10 + (c - '0');
            if (n > 1000000)
                return 0;
            continue;
        }
        ms += c == 'W'   ? n * 604800000
              : c == 'D' ? n * 86400000
              : c == 'H' ? n * 3600000
              : c == 'M' ? n * 60000
              : c == 'S' ? n * 1000
                         : 0;
        n = 0;
    }
    return v.n > 0 && v.p[0] == '-' ? 0 : ms;
}

static void person_add(struct state *s, const struct line *l, bool organiser)
{
    struct ical_event *ev = s->ev;
    struct ia_participant p = {.name = param(s, l, "CN")};
    str v = str_trim(l->value), mail = param(s, l, "EMAIL");
    size_t i, at;

    if (str_starts_nocase(v, STR("mailto:")))
        mail = str_trim(str_from(v, 7));
    else if (mail.n == 0 && str_contains(v, STR("@")))
        mail = v;
    at = str_rfind_char(mail, '@');
    if (at != SIZE_MAX)
        p.email = str_fmt(s->a, "%.*s%.*s", (int)at, mail.p, STR_ARG(str_lower_ascii(s->a, str_from(mail, at))));
    if (str_eq_nocase(p.name, p.email))
        p.name = STR("");
    if ((p.name.n == 0 && p.email.n == 0) || ev->people_n >= ICAL_PEOPLE_MAX)
        return;
    for (i = 0; i < ev->people_n; i++)
        if (p.email.n > 0 && str_eq_nocase(ev->people[i].email, p.email))
            return;
    ARENA_PUSH(s->a, ev->people, ev->people_n, ev->people_cap) = p;
    if (organiser) {
        struct ia_participant first = ev->people[0];
        ev->people[0] = p;
        ev->people[ev->people_n - 1] = ev->people_n > 1 ? first : p;
        ev->has_organiser = true;
    }
}

static void event_line(struct state *s, const struct line *l)
{
    struct ical_event *ev = s->ev;

    if (str_eq_nocase(l->name, STR("SUMMARY")))
        ev->summary = value_text(s->a, l->value);
    else if (str_eq_nocase(l->name, STR("UID")))
        ev->uid = str_dup(s->a, str_trim(l->value));
    else if (str_eq_nocase(l->name, STR("LOCATION")))
        ev->location = value_text(s->a, l->value);
    else if (str_eq_nocase(l->name, STR("DESCRIPTION")))
        ev->description = value_text(s->a, l->value);
    else if (str_eq_nocase(l->name, STR("STATUS")))
        ev->status = str_trim(l->value);
    else if (str_eq_nocase(l->name, STR("ORGANIZER")))
        person_add(s, l, true);
    else if (str_eq_nocase(l->name, STR("ATTENDEE")))
        person_add(s, l, false);
    else if (str_eq_nocase(l->name, STR("DURATION")))
        s->ev_duration = str_trim(l->value);
    else if (str_eq_nocase(l->name, STR("DTSTART"))) {
        s->ev_start = l->value;
        s->ev_start_zone = param(s, l, "TZID");
    } else if (str_eq_nocase(l->name, STR("DTEND"))) {
        s->ev_end = l->value;
        s->ev_end_zone = param(s, l, "TZID");
    }
}

/* Zones are looked up now: RFC 5545 files put VTIMEZONE before the events that name it. */
static void event_end(struct state *s)
{
    struct ical_event *ev = s->ev;
    int offset;
    bool day;

    if (time_parse(s, s->ev_start, s->ev_start_zone, &ev->start_ms, &ev->offset_min, &ev->all_day)) {
        if (!time_parse(s, s->ev_end, s->ev_end_zone, &ev->end_ms, &offset, &day) && s->ev_duration.n > 0)
            ev->end_ms = ev->start_ms + duration_ms(s->ev_duration);
    }
    s->ev = NULL;
    s->ev_start = s->ev_end = s->ev_start_zone = s->ev_end_zone = s->ev_duration = STR("");
}

static void zone_line(struct state *s, const struct line *l)
{
    int h, m;

    if (str_eq_nocase(l->name, STR("TZID")) && s->zones_n < ZONES_MAX) {
        s->zones[s->zones_n++] = (struct zone){param_text(s->a, l->value), 0};
    } else if (str_eq_nocase(l->name, STR("TZOFFSETTO")) && s->in_standard && s->zones_n > 0) {
        str v = str_trim(l->value);
        if (digits(v, 1, 2, &h) && digits(v, 3, 2, &m) && h < 24)
            s->zones[s->zones_n - 1].offset_min = (v.p[0] == '-' ? -1 : 1) * (h * 60 + m);
    }
}

static void component_open(struct state *s, str what)
{
    if (s->ev) {
        s->nested++;
    } else if (str_eq_nocase(what, STR("VEVENT")) && s->cal->events_n < ICAL_EVENTS_MAX) {
        ARENA_PUSH(s->a, s->cal->events, s->cal->events_n, s->cal->events_cap) =
            (struct ical_event){.start_ms = CLOCK_NONE, .end_ms = CLOCK_NONE};
        s->ev = &s->cal->events[s->cal->events_n - 1];
        s->nested = 0;
    } else if (str_eq_nocase(what, STR("VTIMEZONE"))) {
        s->in_zone = true;
    } else if (str_eq_nocase(what, STR("STANDARD"))) {
        s->in_standard = true;
    }
}

static void component_close(struct state *s, str what)
{
    if (s->ev && s->nested > 0)
        s->nested--;
    else if (s->ev && str_eq_nocase(what, STR("VEVENT")))
        event_end(s);
    else if (str_eq_nocase(what, STR("VTIMEZONE")))
        s->in_zone = false;
    else if (str_eq_nocase(what, STR("STANDARD")))
        s->in_standard = false;
}

bool ical_parse(str text, struct arena *a, struct ical *out)
{
    struct state s = {.a = a, .cal = out};
    str rest = unfold(a, text), row;
    struct line l;

    *out = (struct ical){.method = STR("")};
    while (str_line_next(&rest, &row)) {
        if (!line_split(str_trim_end(row), &l))
            continue;
        if (str_eq_nocase(l.name, STR("BEGIN")))
            component_open(&s, str_trim(l.value));
        else if (str_eq_nocase(l.name, STR("END")))
            component_close(&s, str_trim(l.value));
        else if (s.ev && s.nested == 0)
            event_line(&s, &l);
        else if (s.in_zone)
            zone_line(&s, &l);
        else if (!s.ev && str_eq_nocase(l.name, STR("METHOD")))
            out->method = str_trim(l.value);
    }
    out->cut_off = s.ev != NULL;
    if (s.ev)
        event_end(&s);
    return out->events_n > 0;
}

static void when_put(struct buf *b, const struct ical_event *ev)
{
    int64_t local = ev->start_ms + (int64_t)ev->offset_min * 60000;
    int y, mo, d, h, mi, s, ms, off = abs(ev->offset_min);

    clock_to_civil(local, &y, &mo, &d, &h, &mi, &s, &ms);
    buf_fmt(b, "When: %04d-%02d-%02d", y, mo, d);
    if (!ev->all_day) {
        buf_fmt(b, " %02d:%02d", h, mi);
        if (ev->end_ms != CLOCK_NONE && ev->end_ms > ev->start_ms) {
            int y2, mo2, d2;
            clock_to_civil(ev->end_ms + (int64_t)ev->offset_min * 60000, &y2, &mo2, &d2, &h, &mi, &s, &ms);
            if (y2 != y || mo2 != mo || d2 != d)
                buf_fmt(b, " to %04d-%02d-%02d %02d:%02d", y2, mo2, d2, h, mi);
            else
                buf_fmt(b, " to %02d:%02d", h, mi);
        }
        buf_fmt(b, " (UTC%c%02d:%02d)", ev->offset_min < 0 ? '-' : '+', off / 60, off % 60);
    }
    buf_char(b, '\n');
}

static void person_put(struct buf *b, const struct ia_participant *p)
{
    if (p->name.n > 0 && p->email.n > 0)
        buf_fmt(b, "%.*s <%.*s>", STR_ARG(p->name), STR_ARG(p->email));
    else
        buf_str(b, p->name.n > 0 ? p->name : p->email);
}

str ical_event_text(const struct ical *cal, const struct ical_event *ev, bool with_description, struct arena *a)
{
    const char *what = str_eq_nocase(cal->method, STR("CANCEL")) || str_eq_nocase(ev->status, STR("CANCELLED"))
                           ? "Cancelled meeting"
                       : str_eq_nocase(cal->method, STR("REPLY")) ? "Answer to meeting"
                                                                  : "Meeting";
    size_t i = ev->has_organiser ? 1 : 0, first = i;
    struct buf b;
    str out;

    buf_init_wiped(&b, IA_TEXT_MAX);
    buf_fmt(&b, "%s: %.*s\n", what, STR_ARG(ev->summary));
    if (ev->start_ms != CLOCK_NONE)
        when_put(&b, ev);
    if (ev->location.n > 0)
        buf_fmt(&b, "Where: %.*s\n", STR_ARG(ev->location));
    if (ev->has_organiser) {
        buf_str(&b, STR("Organiser: "));
        person_put(&b, &ev->people[0]);
        buf_char(&b, '\n');
    }
    for (; i < ev->people_n; i++) {
        buf_str(&b, i == first ? STR("Attendees: ") : STR(", "));
        person_put(&b, &ev->people[i]);
    }
    if (ev->people_n > first)
        buf_char(&b, '\n');
    if (with_description && ev->description.n > 0)
        buf_fmt(&b, "\n%.*s\n", STR_ARG(ev->description));
    out = str_trim(str_dup(a, buf_view(&b)));
    buf_done(&b);
    return out;
}
