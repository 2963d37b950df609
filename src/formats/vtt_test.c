/* formats/vtt_test.c - the W3C parser on small files of our own, the dialects, and refusals. */
#include "formats/vtt.h"

#include "formats/row_test.h"

static struct vtt_file cues_read(struct row_run *t, const char *text, unsigned flags)
{
    struct vtt_file f;

    assert_int_equal(vtt_read(str_of(text), flags, t->a, &f, &t->e), ERR_OK);
    return f;
}

static void ids_times_and_text_as_they_stand(void **state)
{
    struct row_run *t = *state;
    struct vtt_file f = cues_read(t,
                                  "WEBVTT some words\n\nfirst\n00:01.000 --> 00:02.500 align:start\nOne\n<b>two</b>\n\n"
                                  "100:00:00.000\t-->\t100:00:01.000\nThree\n",
                                  0);

    assert_int_equal(f.cues_n, 2);
    row_str(t, f.header, "some words");
    row_str(t, f.cues[0].id, "first");
    assert_int_equal(f.cues[0].start_ms, 1000);
    assert_int_equal(f.cues[0].end_ms, 2500);
    row_str(t, f.cues[0].text, "One\n<b>two</b>");
    assert_int_equal(f.cues[0].line, 4);
    row_str(t, f.cues[1].id, "");
    assert_int_equal(f.cues[1].start_ms, 360000000);
}

static void all_line_ends_are_the_same(void **state)
{
    static const char *const rows[] = {
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\na\nb\n\n2\n00:03.000 --> 00:04.000\nc",
        "WEBVTT\r\n\r\n1\r\n00:01.000 --> 00:02.000\r\na\r\nb\r\n\r\n2\r\n00:03.000 --> 00:04.000\r\nc\r\n",
        "WEBVTT\r\r1\r00:01.000 --> 00:02.000\ra\rb\r\r2\r00:03.000 --> 00:04.000\rc\r",
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < 3; i++) {
        struct vtt_file f = cues_read(t, rows[i], 0);

        assert_int_equal(f.cues_n, 2);
        row_str(t, f.cues[0].text, "a\nb");
        row_str(t, f.cues[1].id, "2");
        row_str(t, f.cues[1].text, "c");
    }
}

static void times_the_standard_rejects(void **state)
{
    static const char *const rows[] = {
        "0:01.000 --> 00:02.000",     /* one digit of minutes is taken for hours, and then seconds are missing */
        "00:01.00 --> 00:02.000",     /* two digits of fraction */
        "00:01,000 --> 00:02,000",    /* comma */
        "00:60.000 --> 00:61.000",    /* sixty seconds */
        "00:60:00.000 --> 01:01.000", /* sixty minutes */
        "00:01.000 -> 00:02.000",     /* no arrow: a line of words */
        "-00:01.000 --> 00:02.000",   /* sign */
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str text = str_fmt(t->a, "WEBVTT\n\n%s\nwords\n\n00:05.000 --> 00:06.000\nkept\n", rows[i]);
        struct vtt_file f;

        assert_int_equal(vtt_read(text, 0, t->a, &f, &t->e), ERR_OK);
        assert_int_equal(f.cues_n, 1);
        row_str(t, f.cues[0].text, "kept");
    }
}

static void a_time_line_inside_a_cue_begins_the_next(void **state)
{
    struct row_run *t = *state;
    struct vtt_file f = cues_read(t, "WEBVTT\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb\n", 0);

    assert_int_equal(f.cues_n, 2);
    row_str(t, f.cues[0].text, "a");
    row_str(t, f.cues[1].text, "b");
}

static void plain_text_drops_tags_and_decodes(void **state)
{
    static const char *const rows[][2] = {
        {"a<b>b</b>c", "abc"},
        {"<00:01.000>x", "x"},
        {"1 &lt; 2 &amp;&amp; 3", "1 < 2 && 3"},
        {"open <i no end", "open "},
        {"&nbsp;&#8217;", "\xc2\xa0\xe2\x80\x99"},
        {"&unknown; &", "&unknown; &"},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_str(t, vtt_plain(str_of(rows[i][0]), t->a), rows[i][1]);
}

static void voices_cut_a_cue_into_turns(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "x.vtt",
                                      "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Dana  Reyes>One &amp;\ntwo</v> "
                                      "<v Pat>three</v>\n\n00:03.000 --> 00:04.000\nnobody\n");

    assert_non_null(ia);
    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Dana Reyes", 1000, 2000, "One & two");
    row_turn(t, ia, 1, "Pat", 1000, 2000, "three");
    row_turn(t, ia, 2, "", 3000, 4000, "nobody");
    assert_int_equal(ia->participants_n, 2);
    row_str(t, ia->participants[1].name, "Pat");
    assert_false(ia->no_overlap);
}

static void zoom_labels(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "GMT20260314-160400_Recording.transcript.vtt",
                 "WEBVTT\r\n\r\n1\r\n00:00:16.239 --> 00:00:18.559\r\nDana Reyes: Thanks: at 10:30.\r\n"
                 "\r\n2\r\n00:00:19.120 --> 00:00:24.480\r\nPat Kim: Sure.\r\n\r\n3\r\n"
                 "00:00:25.000 --> 00:00:26.000\r\nPat Kim: Go.\r\n\r\n4\r\n"
                 "00:00:26.000 --> 00:00:27.000\r\nDana Reyes: Yes.\r\n\r\n5\r\n"
                 "00:00:28.000 --> 00:00:29.000\r\nsee https://x.example/a\r\n");

    assert_non_null(ia);
    row_turn(t, ia, 0, "Dana Reyes", 16239, 18559, "Thanks: at 10:30.");
    row_turn(t, ia, 4, "", 28000, 29000, "see https://x.example/a");
    assert_true(ia->no_overlap);
    row_str(t, ia->title, "GMT20260314-160400_Recording");
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 14, 16, 4, 0, 0));
}

static void captions_label_holds_until_the_next(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.vtt",
                 "WEBVTT\n\n00:01.000 --> 00:02.000\nDana: one\n\n00:02.000 --> 00:03.000\ntwo\n\n"
                 "00:03.000 --> 00:04.000\nthe rule: three\n\n00:04.000 --> 00:05.000\nPAT:\nfour\n\n"
                 "00:05.000 --> 00:06.000\nfive\n\n00:06.000 --> 00:07.000\nDana: six\n");

    assert_non_null(ia);
    row_turn(t, ia, 0, "Dana", 1000, 2000, "one");
    row_turn(t, ia, 1, "Dana", 2000, 3000, "two");
    row_turn(t, ia, 2, "Dana", 3000, 4000, "the rule: three");
    row_turn(t, ia, 3, "PAT", 4000, 5000, "four");
    row_turn(t, ia, 4, "PAT", 5000, 6000, "five");
    assert_false(ia->no_overlap);
}

static void teams_times_without_padding(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "x.vtt",
                                      "WEBVTT\n\n-0:0:0.120 --> 0:0:5.32\n<v Dana>Early.</v>\n\n"
                                      "0:0:6.1 --> 0:10:9.4834567\n<v Pat>Late.</v>\n");

    assert_non_null(ia);
    row_turn(t, ia, 0, "Dana", 0, 5320, "Early.");
    row_turn(t, ia, 1, "Pat", 6100, 609483, "Late.");
    assert_int_equal(t->r.problems_n, 0);
}

static void teams_metadata_in_cues(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.vtt",
                 "WEBVTT\n\n00:00:16.246 --> 00:00:17.726\n{\"startDateTime\":\"2026-03-14T08:00:16.2460000+00:00\","
                 "\"speakerName\":\"Dana\",\"spokenText\":\"A test.\",\"spokenLanguage\":\"en-us\"}\n");

    assert_non_null(ia);
    row_turn(t, ia, 0, "Dana", 16246, 17726, "A test.");
    row_str(t, ia->language, "en");
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 14, 8, 0, 0, 0));
}

static void head_and_notes_tell_about_the_file(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "in/2026-03-14 Acme discovery.vtt",
                                      "WEBVTT\nLanguage: de\n\nNOTE duration:\"00:24:10.123\"\n\nNOTE\njust words\n\n"
                                      "00:01.000 --> 00:02.000\nJa.\n");

    assert_non_null(ia);
    row_str(t, ia->title, "Acme discovery");
    row_str(t, ia->language, "de");
    assert_int_equal(ia->duration_ms, 1450123);
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 3, 14, 0, 0, 0, 0));
    row_str(t, ia->source, "in/2026-03-14 Acme discovery.vtt");
    row_str(t, ia->format, "vtt");
    ia = row_read(t, "2026-03-14 b.vtt", "WEBVTT - Acme, second call\n\n00:01.000 --> 00:02.000\nJa.\n");
    row_str(t, ia->title, "Acme, second call");
}

static void backward_cues_are_kept(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.vtt", "WEBVTT\n\n00:09.000 --> 00:02.000\nback\n\n00:01.000 --> 00:03.000\nearlier\n");

    assert_non_null(ia);
    row_turn(t, ia, 0, "", 9000, 2000, "back");
    row_turn(t, ia, 1, "", 1000, 3000, "earlier");
}

static void what_is_left_out_is_reported(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.vtt",
                 "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n00:0x.000 --> 00:04.000\nlost\n\nlost too\n\n"
                 "STYLE\n::cue {}\n");

    assert_non_null(ia);
    assert_int_equal(ia->turns_n, 1);
    assert_int_equal(t->r.problems_n, 2);
    row_str(t, t->r.problems[0].place, "line 6");
    row_str(t, t->r.problems[0].reason, "the time line of this cue cannot be read; the cue was left out");
    row_str(t, t->r.problems[1].place, "line 9");
}

static void refusals_name_the_place(void **state)
{
    struct row_run *t = *state;

    row_refused(t, "x.vtt", STR("WEBVTT"), "line 1: a WebVTT file without a single cue");
    row_refused(t, "x.vtt", STR("WEBVTTX\n\n00:01.000 --> 00:02.000\na\n"), "line 1: does not begin with WEBVTT");
    row_refused(t, "x.vtt", STR("WEBVTT\n\n00:1.000 --> x\na\n"),
                "line 3: the time line of this cue cannot be read; the cue was left out");
    row_refused(t, "x.vtt", STR(" \n "), "line 1: the file holds no text");
}

static void a_cue_without_words_is_an_empty_turn(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "x.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\nb\n");

    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "", 1000, 2000, "");
}

static void found_by_content_in_any_encoding(void **state)
{
    static const char wide[] = "\xff\xfeW\0E\0B\0V\0T\0T\0\n\0\n\0"
                               "0\0000\0:\0000\0001\0.\0000\0000\0000\0 \0-\0-\0>\0 \0"
                               "0\0000\0:\0000\0002\0.\0000\0000\0000\0\n\0\xe9\0!\0\n";
    struct row_run *t = *state;
    struct interaction *ia = row_read_n(t, "notes.txt", str_n(wide, sizeof wide));

    assert_non_null(ia);
    row_turn(t, ia, 0, "", 1000, 2000, "\xc3\xa9!");
    ia = row_read(t, "", "\xef\xbb\xbfWEBVTT\n\n00:01.000 --> 00:02.000\na\n");
    assert_non_null(ia);
    row_str(t, ia->format, "vtt");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(ids_times_and_text_as_they_stand),
        ROW_TEST(all_line_ends_are_the_same),
        ROW_TEST(times_the_standard_rejects),
        ROW_TEST(a_time_line_inside_a_cue_begins_the_next),
        ROW_TEST(plain_text_drops_tags_and_decodes),
        ROW_TEST(voices_cut_a_cue_into_turns),
        ROW_TEST(zoom_labels),
        ROW_TEST(captions_label_holds_until_the_next),
        ROW_TEST(teams_times_without_padding),
        ROW_TEST(teams_metadata_in_cues),
        ROW_TEST(head_and_notes_tell_about_the_file),
        ROW_TEST(backward_cues_are_kept),
        ROW_TEST(what_is_left_out_is_reported),
        ROW_TEST(refusals_name_the_place),
        ROW_TEST(a_cue_without_words_is_an_empty_turn),
        ROW_TEST(found_by_content_in_any_encoding),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
