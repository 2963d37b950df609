/* formats/format_test.c - one contract over every row, and refusals by name of what a file is. */
#include "formats/row_test.h"

static void rows_are_named_once_and_complete(void **state)
{
    (void)state;
    for (size_t i = 0; format_rows[i]; i++) {
        assert_non_null(format_rows[i]->name);
        assert_non_null(format_rows[i]->sniff);
        assert_non_null(format_rows[i]->parse);
        for (size_t k = 0; k < i; k++)
            assert_true(strcmp(format_rows[k]->name, format_rows[i]->name) < 0); /* alphabetical */
    }
}

static void no_row_wants_nothing(void **state)
{
    struct format_input in = {.bytes = STR(""), .name = STR("")};

    (void)state;
    for (size_t i = 0; format_rows[i]; i++) {
        int sure = format_rows[i]->sniff(&in);

        assert_in_range(sure, 0, 100);
        if (strcmp(format_rows[i]->name, "text") != 0)
            assert_int_equal(sure, 0);
    }
}

static void other_files_are_refused_by_name(void **state)
{
    static const struct {
        str bytes;
        const char *want;
    } rows[] = {
        {{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16}, "byte 0: not a transcript, mail or document: PNG image"},
        {{"\x1f\x8b\x08\0\0\0\0\0", 8}, "byte 0: not a transcript, mail or document: gzip archive: unpack it first"},
        {{"RIFF\x24\0\0\0WAVEfmt ", 16}, "byte 0: not a transcript, mail or document: WAV audio"},
        {{"\0\0\0\x20"
          "ftypisom\0\0\2\0",
          16},
         "byte 0: not a transcript, mail or document: MP4 video or audio"},
        {{"ID3\4\0\0\0\0\0\0", 10}, "byte 0: not a transcript, mail or document: MP3 audio"},
        {{"{\\rtf1\\ansi hello}", 18},
         "byte 0: not a transcript, mail or document: RTF document: save it as DOCX or PDF"},
        {{"SPEAKER 1 1 0.2 3.4 <NA> <NA> 0 <NA> <NA>\n", 42},
         "byte 0: not a transcript, mail or document: speaker times without words (RTTM)"},
        {{"\1\2\3\4\5\6\7\x0e\x0f", 9}, "byte 0: not a transcript, mail or document: binary data"},
        {{"", 0}, "byte 0: the file is empty"},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_refused(t, "a.txt", rows[i].bytes, rows[i].want);
}

static void content_decides_not_the_extension(void **state)
{
    static const struct {
        const char *name, *text, *format;
    } rows[] = {
        {"a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n", "vtt"},
        {"a.vtt", "1\n00:00:01,000 --> 00:00:02,000\na\n", "srt"},
        {"a.vtt", "{\"format\":\"harken.interaction/1\",\"kind\":\"note\",\"turns\":[{\"text\":\"a\"}]}", "json"},
        {"a.json", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n", "vtt"},
        {"a", "[00:01:02] Dana: one\n[00:01:03] Pat: two\n", "text"},
        {"a", "  {\"segments\":[{\"startTime\":1,\"endTime\":2,\"body\":\"a\"}]}", "asr_json"},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction *ia = row_read(t, rows[i].name, rows[i].text);

        assert_non_null(ia);
        row_str(t, ia->format, rows[i].format);
        row_str(t, ia->source, rows[i].name);
        row_str(t, ia->language, "und");
    }
}

static void problems_stop_at_a_hundred(void **state)
{
    struct row_run *t = *state;
    struct format_result r = {0};

    for (int i = 0; i < 500; i++)
        format_problem_add(&r, t->a, STR("line 1"), STR("wrong"));
    assert_int_equal(r.problems_n, 100);
    row_str(t, r.problems[99].reason, "and more problems after this one, not listed");
}

static void names_without_end_are_cut_and_still_match(void **state)
{
    struct row_run *t = *state;
    char *name = arena_alloc(t->a, 5001);
    struct interaction *ia;

    for (size_t i = 0; i < 5000; i += 2)
        memcpy(name + i, "\xc3\xa9", 2); /* 2500 times one letter of two bytes */
    ia = row_read(
        t, "a.json",
        str_cz(t->a,
               str_fmt(t->a,
                       "{\"format\":\"harken.interaction/1\",\"kind\":\"note\",\"participants\":[{\"name\":\"%s\"}],"
                       "\"turns\":[{\"speaker\":\"%s\",\"text\":\"a\"}]}",
                       name, name)));
    assert_non_null(ia);
    assert_int_equal(ia->participants[0].name.n, FORMAT_NAME_MAX);
    assert_true(str_eq(ia->participants[0].name, ia->turns[0].speaker));
    assert_true(str_utf8_valid(ia->turns[0].speaker));
    assert_int_equal(t->r.notices_n, 1);
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(rows_are_named_once_and_complete), ROW_TEST(no_row_wants_nothing),
        ROW_TEST(other_files_are_refused_by_name),  ROW_TEST(content_decides_not_the_extension),
        ROW_TEST(problems_stop_at_a_hundred),       ROW_TEST(names_without_end_are_cut_and_still_match),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
