/* formats/ical.h - calendar events (RFC 5545) as far as a conversation needs them: what, when, where, who.
 *
 * Forgiving: unknown lines are skipped, a missing END closes at the end of the text. Recurrence is not unfolded. Time
 * zones come from ICU by name (also Microsoft's names), else from the file's own VTIMEZONE. */
#pragma once
#include "formats/format.h"

enum { ICAL_EVENTS_MAX = 10000, ICAL_PEOPLE_MAX = 1000 };

struct ical_event {
    str uid, summary, location, description, status;
    int64_t start_ms, end_ms; /* CLOCK_NONE when unknown */
    int offset_min;           /* of the zone the start is written in */
    bool all_day;
    bool has_organiser; /* then people[0] */
    struct ia_participant *people;
    size_t people_n, people_cap;
};

struct ical {
    str method; /* "REQUEST", "REPLY", "CANCEL" ...; may be empty */
    struct ical_event *events;
    size_t events_n, events_cap;
    bool cut_off; /* the text ends in the middle of the last event */
};

/* `text` is UTF-8. True when it holds at least one event. Memory in `a`. */
bool ical_parse(str text, struct arena *a, struct ical *out);

/* "Meeting: ...", "When: ...", "Where: ...", "Organiser: ...", "Attendees: ...", one a line; then the description when
 * asked for. */
str ical_event_text(const struct ical *cal, const struct ical_event *ev, bool with_description, struct arena *a);
