#include "formats/ical.h"
#include "formats/test_fixture.h"

static struct ical cal;

static struct ical_event *one(const char *lines)
{
    str text = str_fmt(a, "BEGIN:VCALENDAR\r\n%sEND:VCALENDAR\r\n", lines);

    assert_true(ical_parse(text, a, &cal));
    assert_int_equal(cal.events_n, 1);
    return &cal.events[0];
}

static void an_event_has_what_when_where_and_who(void **state)
{
    struct ical_event *ev = one(
        "METHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:abc\r\nSUMMARY:Price\\, and\r\n  more\r\nDTSTART:20260610T130000Z\r\n"
        "DURATION:PT1H30M\r\nLOCATION:Room 1\\; left\r\nATTENDEE;CN=\"Kim, "
        "Pat\";PARTSTAT=ACCEPTED:MAILTO:pat@X.Test\r\n"
        "ORGANIZER;CN=Dana:mailto:dana@x.test\r\nBEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT\r\n");

    (void)state;
    assert_str(cal.method, "REQUEST");
    assert_str(ev->uid, "abc");
    assert_str(ev->summary, "Price, and more");
    assert_str(ev->location, "Room 1; left");
    assert_int_equal(ev->start_ms, INT64_C(1781096400000)); /* 2026-06-10T13:00:00Z */
    assert_int_equal(ev->end_ms - ev->start_ms, 5400000);
    assert_int_equal(ev->people_n, 2);
    assert_str(ev->people[0].name, "Dana");
    assert_str(ev->people[1].name, "Kim, Pat");
    assert_str(ev->people[1].email, "pat@x.test");
}

static void zones_are_found_by_any_usual_name(void **state)
{
    static const struct {
        const char *zone;
        int offset_min;
    } cases[] = {{"Europe/Berlin", 120},
                 {"W. Europe Standard Time", 120},
                 {"/mozilla.org/20070129_1/America/New_York", -240},
                 {"Nowhere/Land", 330},
                 {"India Standard Time", 330}};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        str lines = str_fmt(a,
                            "BEGIN:VTIMEZONE\r\nTZID:Nowhere/"
                            "Land\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
                            "BEGIN:VEVENT\r\nDTSTART;TZID=%s:20260610T150000\r\nEND:VEVENT\r\n",
                            cases[i].zone);
        struct ical_event *ev = one(str_cz(a, lines));
        if (ev->offset_min != cases[i].offset_min)
            fail_msg("%s: %d", cases[i].zone, ev->offset_min);
        assert_int_equal(ev->start_ms,
                         clock_from_civil(2026, 6, 10, 15, 0, 0, 0) - (int64_t)cases[i].offset_min * 60000);
    }
}

static void broken_calendars_are_recovered_or_empty(void **state)
{
    (void)state;
    assert_true(ical_parse(STR("BEGIN:VEVENT\nSUMMARY:no end"), a, &cal));
    assert_str(cal.events[0].summary, "no end");
    assert_int_equal(cal.events[0].start_ms, CLOCK_NONE);
    assert_true(ical_parse(STR("BEGIN:VEVENT\nnonsense\n:\n;;;\nDTSTART:2026\nDTSTART;TZID\nEND:VEVENT\nEND:VEVENT\n"),
                           a, &cal));
    assert_false(ical_parse(STR(""), a, &cal));
    assert_false(ical_parse(STR("BEGIN:VCALENDAR\nEND:VCALENDAR\n"), a, &cal));
}

static void a_calendar_file_becomes_notes(void **state)
{
    struct interaction *ia =
        test_parse(a,
                   STR("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nSUMMARY:Kick-off\r\nDTSTART:20260610T130000Z\r\n"
                       "DTEND:20260610T140000Z\r\nDESCRIPTION:bring\\nfriends\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
                   &r);

    (void)state;
    assert_int_equal(ia->kind, IA_NOTE);
    assert_str(ia->title, "Kick-off");
    assert_int_equal(ia->duration_ms, 3600000);
    assert_str(ia->turns[0].text, "Meeting: Kick-off\nWhen: 2026-06-10 13:00 to 14:00 (UTC+00:00)\n\nbring\nfriends");
}

static void a_file_that_ends_within_an_event_says_so(void **state)
{
    struct interaction *ia =
        test_parse(a, STR("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260310T090000Z\r\nSUMMARY:Site vis"), &r);

    (void)state;
    assert_int_equal(ia->kind, IA_NOTE);
    assert_int_equal(r.problems_n, 1);
    assert_str(r.problems[0].place, "event 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(an_event_has_what_when_where_and_who),     FIXTURE_TEST(zones_are_found_by_any_usual_name),
        FIXTURE_TEST(broken_calendars_are_recovered_or_empty),  FIXTURE_TEST(a_calendar_file_becomes_notes),
        FIXTURE_TEST(a_file_that_ends_within_an_event_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
