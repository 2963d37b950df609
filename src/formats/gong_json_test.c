/* formats/gong_json_test.c - Gong replies: transcripts alone, with their calls, merged and in pages. */
#include "formats/row_test.h"

#define TRANSCRIPT                                                                                                     \
    "{\"callId\":\"77823422740259378950\",\"transcript\":["                                                            \
    "{\"speakerId\":\"6432345678555530067\",\"topic\":\"Pricing\",\"sentences\":["                                     \
    "{\"start\":460230,\"end\":462343,\"text\":\"No wait.\"},{\"start\":462343,\"end\":463000,\"text\":\"Ok.\"}]},"    \
    "{\"speakerId\":\"17\",\"topic\":null,\"sentences\":[{\"start\":463000,\"end\":464000,\"text\":\"Fine.\"}]}]}"

#define CALL                                                                                                           \
    "\"metaData\":{\"id\":\"77823422740259378950\",\"title\":\"Acme "                                                  \
    "pricing\",\"started\":\"2026-06-10T21:50:07+02:00\","                                                             \
    "\"duration\":1801,\"language\":\"eng\"},"                                                                         \
    "\"context\":[{\"system\":\"Salesforce\",\"objects\":[{\"objectType\":\"Account\",\"fields\":["                    \
    "{\"name\":\"Name\",\"value\":\"Acme Ltd\"}]},{\"objectType\":\"Opportunity\",\"fields\":["                        \
    "{\"name\":\"Name\",\"value\":\"Acme 2026\"}]}]}],"                                                                \
    "\"parties\":[{\"id\":\"1\",\"emailAddress\":\"dana@us.example\",\"name\":\"Dana Reyes\","                         \
    "\"speakerId\":\"6432345678555530067\",\"affiliation\":\"Internal\"},"                                             \
    "{\"id\":\"2\",\"emailAddress\":\"pat@acme.example\",\"name\":null,\"speakerId\":\"17\",\"affiliation\":"          \
    "\"External\"},"                                                                                                   \
    "{\"id\":\"3\",\"name\":\"Silent Sam\",\"speakerId\":null,\"affiliation\":\"Unknown\"}]"

static void calls_and_transcripts_are_joined(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "gong.json", "{\"calls\":[{" CALL "}],\"callTranscripts\":[" TRANSCRIPT "]}");

    assert_non_null(ia);
    row_str(t, ia->format, "gong_json");
    row_str(t, ia->external_id, "77823422740259378950");
    row_str(t, ia->title, "Acme pricing");
    row_str(t, ia->language, "en");
    row_str(t, ia->account, "Acme Ltd");
    row_str(t, ia->deal, "Acme 2026");
    assert_int_equal(ia->duration_ms, 1801000);
    assert_int_equal(ia->started_at_ms, clock_from_civil(2026, 6, 10, 19, 50, 7, 0));
    assert_int_equal(ia->started_offset_min, 120);
    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Dana Reyes", 460230, 462343, "No wait.");
    row_turn(t, ia, 2, "pat@acme.example", 463000, 464000, "Fine.");
    assert_int_equal(ia->participants_n, 3);
    assert_int_equal(ia->participants[0].side, IA_SIDE_INTERNAL);
    assert_true(ia->participants[0].side_explicit);
    assert_int_equal(ia->participants[1].side, IA_SIDE_EXTERNAL);
    assert_int_equal(ia->participants[2].side, IA_SIDE_UNKNOWN);
    assert_int_equal(t->r.problems_n, 0);
}

static void a_transcript_alone(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "2026-06-10 Acme.json", "{\"requestId\":\"x\",\"callTranscripts\":[" TRANSCRIPT "]}");

    assert_non_null(ia);
    row_turn(t, ia, 0, "Speaker 6432345678555530067", 460230, 462343, "No wait.");
    row_str(t, ia->title, "Acme");
    assert_int_equal(ia->participants_n, 2);
}

static void other_ways_to_put_them_together(void **state)
{
    static const char *const rows[] = {
        "[{\"callTranscripts\":[" TRANSCRIPT "]},{\"calls\":[{" CALL "}]}]",
        "{" CALL ",\"transcript\":[{\"speakerId\":\"6432345678555530067\",\"sentences\":["
        "{\"start\":460230,\"end\":462343,\"text\":\"No wait.\"}]}]}",
        "[" TRANSCRIPT ",{" CALL "}]",
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction *ia = row_read(t, "x.json", rows[i]);

        assert_non_null(ia);
        row_str(t, ia->external_id, "77823422740259378950");
        row_turn(t, ia, 0, "Dana Reyes", 460230, 462343, "No wait.");
    }
}

static void wrong_entries_are_reported_and_the_rest_kept(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(
        t, "x.json",
        "{\"callTranscripts\":[{\"callId\":\"5\",\"transcript\":[{\"speakerId\":\"1\",\"sentences\":["
        "{\"start\":1,\"end\":2,\"text\":7},{\"start\":3,\"end\":4,\"text\":\"ok\"}]},{\"speakerId\":\"1\"}]}]}");

    assert_non_null(ia);
    assert_int_equal(ia->turns_n, 1);
    assert_int_equal(t->r.problems_n, 2);
    row_str(t, t->r.problems[0].place, "call 5, transcript[0].sentences[0]");
    row_str(t, t->r.problems[0].reason, "text is not a string");
    row_str(t, t->r.problems[1].place, "call 5, transcript[1]");
}

static void calls_without_transcripts_are_refused(void **state)
{
    struct row_run *t = *state;

    row_refused(t, "x.json", STR("{\"calls\":[{" CALL "}]}"),
                "line 1: Gong calls without transcripts: add the reply of /v2/calls/transcript");
    row_refused(t, "x.json", STR("{\"callTranscripts\":[{\"callId\":\"5\",\"transcript\":["),
                "line 1 column 49: not valid JSON: unexpected end of data");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(calls_and_transcripts_are_joined),      ROW_TEST(a_transcript_alone),
        ROW_TEST(other_ways_to_put_them_together),       ROW_TEST(wrong_entries_are_reported_and_the_rest_kept),
        ROW_TEST(calls_without_transcripts_are_refused),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
