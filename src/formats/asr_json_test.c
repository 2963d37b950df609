/* formats/asr_json_test.c - a small example of every shape in the table. */
#include "formats/row_test.h"

static void deepgram(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(
        t, "x.json",
        "{\"metadata\":{\"request_id\":\"r1\",\"duration\":25.9},\"results\":{\"channels\":[{\"alternatives\":[{"
        "\"transcript\":\"hi there yo\",\"words\":["
        "{\"word\":\"hi\",\"start\":0.1,\"end\":0.4,\"speaker\":0,\"punctuated_word\":\"Hi\"},"
        "{\"word\":\"there\",\"start\":0.5,\"end\":0.9,\"speaker\":0,\"punctuated_word\":\"there.\"},"
        "{\"word\":\"so\",\"start\":1.0,\"end\":1.2,\"speaker\":0,\"punctuated_word\":\"So\"},"
        "{\"word\":\"yo\",\"start\":1.3,\"end\":1.5,\"speaker\":1}]}]}]}}");

    assert_non_null(ia);
    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Speaker 0", 100, 900, "Hi there.");
    row_turn(t, ia, 1, "Speaker 0", 1000, 1200, "So");
    row_turn(t, ia, 2, "Speaker 1", 1300, 1500, "yo");
    assert_int_equal(ia->duration_ms, 25900);
    row_str(t, ia->external_id, "r1");
}

static void deepgram_channels_are_merged_by_time(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.json",
                 "{\"results\":{\"channels\":["
                 "{\"alternatives\":[{\"words\":[{\"word\":\"one.\",\"start\":0,\"end\":1},"
                 "{\"word\":\"three.\",\"start\":4,\"end\":5}]}]},"
                 "{\"alternatives\":[{\"words\":[{\"word\":\"two.\",\"start\":2,\"end\":3}]}]}]}}");

    assert_non_null(ia);
    row_turn(t, ia, 0, "Channel 0", 0, 1000, "one.");
    row_turn(t, ia, 1, "Channel 1", 2000, 3000, "two.");
    row_turn(t, ia, 2, "Channel 0", 4000, 5000, "three.");
}

static void assemblyai(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.json",
                 "{\"id\":\"i1\",\"acoustic_model\":\"m\",\"language_code\":\"en_us\",\"audio_duration\":25,"
                 "\"utterances\":null,\"words\":[{\"text\":\"Yeah.\",\"start\":10,\"end\":20,\"speaker\":\"A\"},"
                 "{\"text\":\"As\",\"start\":30,\"end\":40,\"speaker\":\"A\"}]}");

    assert_non_null(ia);
    row_turn(t, ia, 0, "A", 10, 20, "Yeah.");
    row_turn(t, ia, 1, "A", 30, 40, "As");
    assert_int_equal(ia->duration_ms, 25000);
    row_str(t, ia->language, "en");
    ia = row_read(t, "x.json",
                  "{\"audio_duration\":25,\"utterances\":[{\"speaker\":\"B\",\"start\":5,\"end\":90,\"text\":\"Hm.\"}],"
                  "\"words\":[]}");
    row_turn(t, ia, 0, "B", 5, 90, "Hm.");
}

static void contact_lens(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(
        t, "x.json",
        "{\"CustomerMetadata\":{\"ContactId\":\"c1\"},\"LanguageCode\":\"de-DE\",\"Participants\":["
        "{\"ParticipantId\":\"AGENT\",\"ParticipantRole\":\"AGENT\"},"
        "{\"ParticipantId\":\"CUSTOMER\",\"ParticipantRole\":\"CUSTOMER\"}],\"Transcript\":["
        "{\"ParticipantId\":\"AGENT\",\"Content\":\"Okay.\",\"BeginOffsetMillis\":0,\"EndOffsetMillis\":9570}]}");

    assert_non_null(ia);
    row_turn(t, ia, 0, "AGENT", 0, 9570, "Okay.");
    assert_int_equal(ia->participants_n, 2);
    assert_int_equal(ia->participants[0].side, IA_SIDE_INTERNAL);
    assert_int_equal(ia->participants[1].side, IA_SIDE_EXTERNAL);
    row_str(t, ia->language, "de");
    row_str(t, ia->external_id, "c1");
}

static void amazon_transcribe(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "x.json",
                 "{\"jobName\":\"j\",\"results\":{\"items\":["
                 "{\"start_time\":\"0.1\",\"end_time\":\"0.4\",\"type\":\"pronunciation\",\"speaker_label\":\"spk_0\","
                 "\"alternatives\":[{\"content\":\"Hi\"}]},"
                 "{\"type\":\"punctuation\",\"speaker_label\":\"spk_0\",\"alternatives\":[{\"content\":\".\"}]},"
                 "{\"start_time\":\"0.5\",\"end_time\":\"0.8\",\"speaker_label\":\"spk_1\",\"alternatives\":[{"
                 "\"content\":\"Yo\"}]}]}}");

    assert_non_null(ia);
    row_turn(t, ia, 0, "spk_0", 100, 400, "Hi.");
    row_turn(t, ia, 1, "spk_1", 500, 800, "Yo");
    row_str(t, ia->external_id, "j");
}

static void the_rest_of_the_table(void **state)
{
    static const struct {
        const char *json, *speaker, *text;
        int64_t start, end;
    } rows[] = {
        {"{\"results\":{\"utterances\":[{\"start\":1.5,\"end\":2,\"transcript\":\"a\",\"speaker\":3}],\"channels\":[]}"
         "}",
         "Speaker 3", "a", 1500, 2000},
        {"{\"results\":{\"audio_segments\":[{\"transcript\":\"a\",\"start_time\":\"1.5\",\"end_time\":\"2\","
         "\"speaker_label\":\"spk_1\"}]}}",
         "spk_1", "a", 1500, 2000},
        {"{\"recognizedPhrases\":[{\"speaker\":1,\"offsetInTicks\":15000000,\"durationInTicks\":5000000,"
         "\"nBest\":[{\"display\":\"a\"}]}]}",
         "Speaker 1", "a", 1500, 2000},
        {"{\"version\":\"1.0.0\",\"segments\":[{\"speaker\":\"D\",\"startTime\":1.5,\"endTime\":2.0,\"body\":\"a\"}]}",
         "D", "a", 1500, 2000},
        {"{\"text\":\"a\",\"segments\":[{\"id\":0,\"start\":1.5,\"end\":2.0,\"text\":\" a\"}],\"language\":\"en\"}", "",
         "a", 1500, 2000},
        {"{\"transcription\":[{\"offsets\":{\"from\":1500,\"to\":2000},\"text\":\" a\"}]}", "", "a", 1500, 2000},
        {"{\"sentences\":[{\"speaker_name\":\"D\",\"text\":\"a\",\"start_time\":1.5,\"end_time\":2}]}", "D", "a", 1500,
         2000},
        {"{\"meeting_transcripts\":[{\"speaker\":\"D\",\"content\":\"a\"}]}", "D", "a", IA_TIME_NONE, IA_TIME_NONE},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction *ia = row_read(t, "x.json", rows[i].json);

        assert_non_null(ia);
        row_str(t, ia->format, "asr_json");
        row_turn(t, ia, 0, rows[i].speaker, rows[i].start, rows[i].end, rows[i].text);
    }
}

static void entries_without_words_are_reported(void **state)
{
    struct row_run *t = *state;

    assert_non_null(row_read(t, "x.json", "{\"segments\":[{\"start\":0,\"end\":1,\"text\":\"a\"},{\"start\":1},3]}"));
    assert_int_equal(t->r.problems_n, 2);
    row_str(t, t->r.problems[0].place, "segments[1]");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(deepgram),
        ROW_TEST(deepgram_channels_are_merged_by_time),
        ROW_TEST(assemblyai),
        ROW_TEST(contact_lens),
        ROW_TEST(amazon_transcribe),
        ROW_TEST(the_rest_of_the_table),
        ROW_TEST(entries_without_words_are_reported),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
