/* formats/ics.c - calendar files: a note for each event, its people as participants. */
#include "formats/blocks.h"
#include "formats/ical.h"
#include "formats/labelled.h"

const struct format_ops format_ics;

#define EVENT_MAX_MS ((int64_t)31 * 86400000) /* longer ones are marks in a calendar, no conversation */

static int ics_sniff(const struct format_input *in)
{
    str head = str_sub(in->bytes, 0, 4096);

    if (str_starts(head, STR("\xef\xbb\xbf")))
        head = str_from(head, 3);
    head = str_trim(head);
    if (str_starts_nocase(head, STR("BEGIN:VCALENDAR")))
        return 97;
    if (str_starts_nocase(head, STR("BEGIN:VEVENT")))
        return 90;
    return str_find_nocase(head, STR("\nBEGIN:VEVENT"), 0) != SIZE_MAX ? 60 : 0;
}

static enum err_code ics_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct ical cal;
    size_t i;

    if (!ical_parse(labelled_to_utf8(a, in->bytes, STR("")), a, &cal))
        return err_set(e, ERR_INVALID, "calendar: it holds no event");
    if (cal.cut_off)
        format_problem_add(out, a, str_fmt(a, "event %zu", cal.events_n),
                           STR("the file ends in the middle of it: what follows is missing"));
    for (i = 0; i < cal.events_n; i++) {
        const struct ical_event *ev = &cal.events[i];
        struct interaction *ia = format_item_add(out, a, &format_ics, IA_NOTE);

        ia->title = text_squeeze(a, ev->summary, false);
        ia->external_id = ev->uid;
        ia->started_at_ms = ev->start_ms;
        ia->started_offset_min = ev->offset_min;
        if (ev->start_ms != CLOCK_NONE && ev->end_ms != CLOCK_NONE && ev->end_ms >= ev->start_ms &&
            ev->end_ms - ev->start_ms <= EVENT_MAX_MS && !ev->all_day)
            ia->duration_ms = ev->end_ms - ev->start_ms;
        ia->participants = ev->people;
        ia->participants_n = ev->people_n;
        ia->turns = ARENA_NEW(a, struct ia_turn);
        ia->turns_n = 1;
        ia->turns[0] = (struct ia_turn){
            .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE, .text = ical_event_text(&cal, ev, true, a)};
    }
    return ERR_OK;
}

const struct format_ops format_ics = {
    .name = "ics",
    .flags = FORMAT_SANDBOX,
    .sniff = ics_sniff,
    .parse = ics_parse,
};
