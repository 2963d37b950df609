/* formats/srt_test.c - SubRip and SBV as they are found, well formed and not. */
#include "formats/row_test.h"

static void numbers_times_and_lines(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "a.srt",
                                      "\xef\xbb\xbf"
                                      "1\r\n00:00:01,250 --> 00:00:02,000\r\nOne\r\n<i>two</i>\r\n\r\n2\r\n"
                                      "00:00:03,000 --> 00:00:04,000 X1:40 X2:600\r\n{\\an8}A &amp; B\r\n");

    assert_non_null(ia);
    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "", 1250, 2000, "One two");
    row_turn(t, ia, 1, "", 3000, 4000, "A & B");
    row_str(t, ia->format, "srt");
}

static void lenient_times(void **state)
{
    static const struct {
        const char *line;
        int64_t start, end;
    } rows[] = {
        {"00:01:39 --> 00:01:41,04", 99000, 101040}, {"00:02:12.16 --> 00:02:15.20", 132160, 135200},
        {"1:02:03,5 --> 1:02:04", 3723500, 3724000}, {"00:05.000 --> 00:06.000", 5000, 6000},
        {"0:00:01.5,0:00:02.75", 1500, 2750},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction *ia = row_read(t, "a.srt", str_fmt(t->a, "%s\nx\n", rows[i].line).p);

        assert_non_null(ia);
        row_turn(t, ia, 0, "", rows[i].start, rows[i].end, "x");
    }
}

static void an_empty_line_inside_a_cue_is_no_end(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.srt", "1\n00:00:01,000 --> 00:00:02,000\na\n\nb\n\n2\n00:00:03,000 --> 00:00:04,000\nc\n");

    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "", 1000, 2000, "a b");
}

static void a_block_without_time_is_reported(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.srt", "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\nlost\n\n3\n00:00:05,000 --> 00:00:06,000\nc\n");

    assert_int_equal(ia->turns_n, 2);
    assert_int_equal(t->r.problems_n, 1);
    row_str(t, t->r.problems[0].place, "line 5");
}

static void cues_without_words_stay(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(
        t, "a.sbv", "0:00:00.378,0:00:11.378\nOne\n\n0:00:11.378,0:00:12.305\n\n0:00:13.489,0:00:15.489\nThree\n");

    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 1, "", 11378, 12305, "");
    row_turn(t, ia, 2, "", 13489, 15489, "Three");
}

static void labels_hold(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.srt",
                 "1\n00:00:01,000 --> 00:00:02,000\nDana: one\n\n2\n00:00:02,000 --> 00:00:03,000\n"
                 "two\n\n3\n00:00:03,000 --> 00:00:04,000\nPat: three\n\n4\n"
                 "00:00:04,000 --> 00:00:05,000\nPat: four\n\n5\n00:00:05,000 --> 00:00:06,000\n"
                 "five\n\n6\n00:00:06,000 --> 00:00:07,000\nDana: six\n");

    row_turn(t, ia, 1, "Dana", 2000, 3000, "two");
    row_turn(t, ia, 4, "Pat", 5000, 6000, "five");
    assert_int_equal(ia->participants_n, 2);
}

static void old_charsets(void **state)
{
    /* "Das ist eine Begruessung mit Umlauten" in Windows-1252 */
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "a.srt",
                                      "1\n00:00:01,000 --> 00:00:02,000\nSch\xf6ne Gr\xfc\xdf"
                                      "e aus M\xfcnchen, wir h\xf6ren uns n\xe4"
                                      "chste Woche \x80\n");

    row_turn(t, ia, 0, "", 1000, 2000,
             "Sch\xc3\xb6ne Gr\xc3\xbc\xc3\x9f"
             "e aus M\xc3\xbcnchen, wir h\xc3\xb6ren uns n\xc3\xa4"
             "chste Woche \xe2\x82\xac");
}

static void refusals(void **state)
{
    struct row_run *t = *state;

    row_refused(t, "a.srt", STR("1"), "line 1: words without a time line that can be read were left out");
    row_refused(t, "a.srt", STR("1\nsome text\n"), "line 1: words without a time line that can be read were left out");
    row_refused(t, "a.srt", STR(""), "byte 0: the file is empty");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(numbers_times_and_lines),
        ROW_TEST(lenient_times),
        ROW_TEST(an_empty_line_inside_a_cue_is_no_end),
        ROW_TEST(a_block_without_time_is_reported),
        ROW_TEST(cues_without_words_stay),
        ROW_TEST(labels_hold),
        ROW_TEST(old_charsets),
        ROW_TEST(refusals),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
