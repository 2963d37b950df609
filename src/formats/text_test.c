/* formats/text_test.c - conversations and notes as plain text, in the styles programs and people write. */
#include "formats/row_test.h"

static void google_meet_with_notes_in_front(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "001.md",
                 "# Weekly sync (2026-03-14 16:04 GMT+1) - Transcript\n\n## Attendees\n"
                 "Dana Reyes, Pat Kim\n- Silent Sam\n\n## Action items\n1. Dana: send the offer\n\n\n"
                 "# **Transcript**\n\n_This editable transcript was computer generated and might contain "
                 "errors._\n\nDana Reyes: Hello: all.\nAnd more.\n\n00:05:00\n\nPat Kim:  Right.\n\n"
                 "Meeting ended after 00:10:02 \xf0\x9f\x91\x8b\n");

    assert_non_null(ia);
    assert_int_equal(ia->kind, IA_CALL);
    row_str(t, ia->title, "Weekly sync");
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 14, 15, 4, 0, 0));
    assert_int_equal(ia->started_offset_min, 60);
    assert_int_equal(ia->duration_ms, 602000);
    assert_int_equal(ia->turns_n, 4);
    row_turn(t, ia, 0, "", IA_TIME_NONE, IA_TIME_NONE,
             "# Weekly sync (2026-03-14 16:04 GMT+1) - Transcript\n## Attendees\nDana Reyes, Pat Kim\n- Silent Sam");
    row_turn(t, ia, 1, "", IA_TIME_NONE, IA_TIME_NONE, "## Action items\n1. Dana: send the offer");
    row_turn(t, ia, 2, "Dana Reyes", IA_TIME_NONE, IA_TIME_NONE, "Hello: all.\nAnd more.");
    row_turn(t, ia, 3, "Pat Kim", 300000, IA_TIME_NONE, "Right.");
    assert_int_equal(ia->participants_n, 3);
    row_str(t, ia->participants[2].name, "Silent Sam");
}

static void bold_names(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.md", "**Dana Reyes:** One.\n Two.\n\n**Pat Kim**: Three.\n\n**Dana Reyes:** Four.\n");

    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Dana Reyes", IA_TIME_NONE, IA_TIME_NONE, "One.\nTwo.");
    row_turn(t, ia, 1, "Pat Kim", IA_TIME_NONE, IA_TIME_NONE, "Three.");
}

static void otter(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.md",
                 "**Dana** 0:00  \nHello there.\n\nMore of it.\n\n**Unknown Speaker**  0:16  \nYes.\n\n"
                 "Pat Kim  1:02:03\nOk: fine.\n\nTranscribed by https://otter.ai\n");

    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Dana", 0, IA_TIME_NONE, "Hello there.\nMore of it.");
    row_turn(t, ia, 1, "Unknown Speaker", 16000, IA_TIME_NONE, "Yes.");
    row_turn(t, ia, 2, "Pat Kim", 3723000, IA_TIME_NONE, "Ok: fine.");
}

static void times_before_names(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.txt",
                 "[00:01:02] Dana Reyes: One.\n(01:05) Pat: Two.\n00:01:10 - Dana Reyes: Three.\n"
                 "[00:01:12 - 00:01:15] Pat: Four.\nDana Reyes (00:02:00): Five.\nPat [00:02:05]: Six.\n");

    assert_int_equal(ia->turns_n, 6);
    row_turn(t, ia, 0, "Dana Reyes", 62000, IA_TIME_NONE, "One.");
    row_turn(t, ia, 1, "Pat", 65000, IA_TIME_NONE, "Two.");
    row_turn(t, ia, 2, "Dana Reyes", 70000, IA_TIME_NONE, "Three.");
    row_turn(t, ia, 3, "Pat", 72000, 75000, "Four.");
    row_turn(t, ia, 4, "Dana Reyes", 120000, IA_TIME_NONE, "Five.");
    row_turn(t, ia, 5, "Pat", 125000, IA_TIME_NONE, "Six.");
}

static void zoom_chat(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "chat.txt",
                                      "00:21:14\tDana Reyes:\tHello all\r\n00:21:35\t From  Pat Kim : Hi\r\n"
                                      "note: a second line\r\n01:02:03 From Dana Reyes To Everyone:\r\n\tlast\r\n");

    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Dana Reyes", 1274000, IA_TIME_NONE, "Hello all");
    row_turn(t, ia, 1, "Pat Kim", 1295000, IA_TIME_NONE, "Hi\nnote: a second line");
    row_turn(t, ia, 2, "Dana Reyes", 3723000, IA_TIME_NONE, "last");
}

static void zoom_saved_captions(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "a.txt", "[Dana Reyes] 15:03:12\nOne.\n\n[Pat Kim] 15:03:20\nTwo.\n");

    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 1, "Pat Kim", 54200000, IA_TIME_NONE, "Two.");
}

static void short_talk_of_two_lines(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "a.txt", "Dana: Hello there.\nPat: Hi.\n");

    assert_int_equal(ia->kind, IA_CALL);
    row_turn(t, ia, 1, "Pat", IA_TIME_NONE, IA_TIME_NONE, "Hi.");
}

static void notes_are_paragraphs(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "x/2026-03-14_visit.md",
                                      "# Visit at Acme\n\nDate: March 12, 2026\nAttendees: Dana Reyes, Pat Kim\n\n"
                                      "We agreed: no discount.\nThey meet at 10:30.\n\n## Next\n\n- send offer\n");

    assert_int_equal(ia->kind, IA_NOTE);
    row_str(t, ia->title, "Visit at Acme");
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 12, 0, 0, 0, 0));
    assert_int_equal(ia->participants_n, 2);
    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "", IA_TIME_NONE, IA_TIME_NONE,
             "# Visit at Acme\nDate: March 12, 2026\nAttendees: Dana Reyes, Pat Kim");
    row_turn(t, ia, 1, "", IA_TIME_NONE, IA_TIME_NONE, "We agreed: no discount.\nThey meet at 10:30.");
    row_turn(t, ia, 2, "", IA_TIME_NONE, IA_TIME_NONE, "## Next\n- send offer");
}

static void fields_of_a_note_are_no_speakers(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "a.txt", "Summary: they like it\nNext steps: send offer\nOwner: Dana\n");

    assert_int_equal(ia->kind, IA_NOTE);
    assert_int_equal(ia->turns_n, 1);
}

static void nothing_of_the_text_is_lost(void **state)
{
    static const char *const rows[] = {
        "Intro line.\n\nDana: One\nPat: Two\nDana: Three\nPat: Four\ntail\n",
        "[00:01] Dana: One\n[00:02] without a name\nmore\n[00:03] Pat: Two\n",
        "10:00\nDana: One\n\nPat: Two\n\nDana: Three\n",
    };
    static const char *const words[] = {"Intro", "One", "Two", "Three", "Four", "tail", "without", "more"};
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction *ia = row_read(t, "a.txt", rows[i]);

        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            bool in_file = strstr(rows[i], words[w]), in_turns = false;

            for (size_t k = 0; k < ia->turns_n; k++)
                in_turns = in_turns || str_contains(ia->turns[k].text, str_of(words[w]));
            assert_int_equal(in_turns, in_file);
        }
    }
}

static void lone_carriage_returns_and_nuls(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read_n(t, "a.txt", STR("Dana: a\0b\rPat: c\rDana: d\r"));

    assert_non_null(ia);
    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Dana", IA_TIME_NONE, IA_TIME_NONE,
             "a\xef\xbf\xbd"
             "b");
}

static void a_line_that_is_too_long_is_refused(void **state)
{
    struct row_run *t = *state;
    size_t n = (size_t)FORMAT_LINE_MAX + 10;
    char *p = malloc(n);

    memset(p, 'a', n);
    p[1] = '\n';
    row_refused(t, "a.txt", str_n(p, n), "line 2: longer than 16 MiB");
    assert_int_equal(t->e.code, ERR_LIMIT);
    free(p);
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(google_meet_with_notes_in_front),
        ROW_TEST(bold_names),
        ROW_TEST(otter),
        ROW_TEST(times_before_names),
        ROW_TEST(zoom_chat),
        ROW_TEST(zoom_saved_captions),
        ROW_TEST(short_talk_of_two_lines),
        ROW_TEST(notes_are_paragraphs),
        ROW_TEST(fields_of_a_note_are_no_speakers),
        ROW_TEST(nothing_of_the_text_is_lost),
        ROW_TEST(lone_carriage_returns_and_nuls),
        ROW_TEST(a_line_that_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
