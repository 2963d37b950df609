/* formats/talk_test.c - labels, times, dates and names of files. */
#include "formats/talk.h"

#include "formats/row_test.h"

static void labels_before_a_colon(void **state)
{
    static const struct {
        const char *line, *label, *rest;
    } rows[] = {
        {"Dana Reyes: Hello", "Dana Reyes", "Hello"},
        {"Dr. Pat Kim (Acme): at 10:30", "Dr. Pat Kim (Acme)", "at 10:30"},
        {"**Dana:** words", "Dana", "words"},
        {"**Dana**: words", "Dana", "words"},
        {"Karim T. (matkt): x", "Karim T. (matkt)", "x"},
        {"MAN:\nwords", "MAN", "words"},
        {"Dana:", "Dana", ""},
        {"+49 30 1234: hi", "+49 30 1234", "hi"},
        {"10:30 is fine", NULL, NULL},
        {"see https://x.example/a", NULL, NULL},
        {"https: x", NULL, NULL},
        {"no colon at all", NULL, NULL},
        {"I thought. And then: no", NULL, NULL},
        {"What did she say? This: no", NULL, NULL},
        {"one two three four five six seven eight nine: no", NULL, NULL},
        {"\"Dana: quoted", NULL, NULL},
        {": empty", NULL, NULL},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str label, rest;
        bool got = talk_label_split(str_of(rows[i].line), &label, &rest);

        if (got != (rows[i].label != NULL))
            fail_msg("row %zu: %s", i, rows[i].line);
        if (got) {
            row_str(t, label, rows[i].label);
            row_str(t, rest, rows[i].rest);
        }
    }
}

static void names_and_fields(void **state)
{
    (void)state;
    assert_true(talk_label_is_name(STR("Dana Reyes")));
    assert_true(talk_label_is_name(STR("\xe5\xbc\xa0\xe4\xbc\x9f")));
    assert_true(talk_label_is_name(STR("Speaker 1")));
    assert_false(talk_label_is_name(STR("Next steps")));
    assert_false(talk_label_is_name(STR("Agenda")));
    assert_false(talk_label_is_name(STR("the rule")));
    assert_false(talk_label_is_name(STR("One Two Three Four Five")));
}

static void times(void **state)
{
    static const struct {
        const char *s;
        int64_t ms;
    } rows[] = {
        {"0:15", 15000},
        {"1:02:03", 3723000},
        {"00:01:02,345", 62345},
        {"90:00", 5400000},
        {"0:0:5.3", 5300},
        {"1:02:03.5", 3723500},
        {"0:00.1234567", 123},
        {"12", -1},
        {"1:60", -1},
        {"1:2", -1},
        {"1:02:60", -1},
        {"1:02x", -1},
        {"", -1},
        {":30", -1},
        {"1:02:", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = -1;

        if (!talk_time_parse(str_of(rows[i].s), &ms))
            ms = -1;
        if (ms != rows[i].ms)
            fail_msg("%s: %lld", rows[i].s, (long long)ms);
    }
}

static void dates_in_text(void **state)
{
    static const struct {
        const char *s;
        int month, day, hour, minute, second; /* UTC */
        int offset;
        size_t at;
    } rows[] = {
        {"call 2026-03-14 at Acme", 3, 14, 0, 0, 0, 0, 5},
        {"(2026-03-14 16:04 GMT+1)", 3, 14, 15, 4, 0, 60, 1},
        {"2026-03-14T16:04:05Z", 3, 14, 16, 4, 5, 0, 0},
        {"2026-03-14T16:04:05-03:30", 3, 14, 19, 34, 5, -210, 0},
        {"GMT20260314-160405_Recording", 3, 14, 16, 4, 5, 0, 3},
        {"Tuesday, March 14, 2026", 3, 14, 0, 0, 0, 0, 9},
        {"14th March 2026", 3, 14, 0, 0, 0, 0, 0},
        {"Mar 14 2026", 3, 14, 0, 0, 0, 0, 0},
        {"001-2026-03-14", 3, 14, 0, 0, 0, 0, 4},
    };
    static const char *const none[] = {
        "", "2026", "12026-03-14", "2026-13-14", "2026-03-145", "March madness 2026", "5 apples 2026"};
    int64_t ms;
    int offset;
    size_t at, n;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!talk_date_find(str_of(rows[i].s), &ms, &offset, &at, &n))
            fail_msg("row %zu: none", i);
        if (ms != clock_from_civil(2026, rows[i].month, rows[i].day, rows[i].hour, rows[i].minute, rows[i].second, 0) ||
            offset != rows[i].offset || at != rows[i].at)
            fail_msg("row %zu: %lld offset %d at %zu", i, (long long)ms, offset, at);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(talk_date_find(str_of(none[i]), &ms, &offset, &at, &n));
}

static void names_of_files(void **state)
{
    static const struct {
        const char *path, *title;
        int day; /* of March 2026; 0: no date */
    } rows[] = {
        {"in/2026-03-14 Acme discovery.vtt", "Acme discovery", 14},
        {"2026-03-14_Acme.vtt", "Acme", 14},
        {"2026-03-14.vtt", "2026-03-14", 14},
        {"Acme.vtt", "Acme", 0},
        {"acme/2026-03-14_068/transcript.vtt", "068 transcript", 14},
        {"transcript.vtt", "transcript", 0},
        {"a/.hidden", ".hidden", 0},
        {"Acme v1.2 demo", "Acme v1.2 demo", 0},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interaction ia = {.started_at_ms = CLOCK_NONE};

        talk_name_fill(&ia, str_of(rows[i].path), t->a);
        row_str(t, ia.title, rows[i].title);
        assert_true(ia.started_at_ms ==
                    (rows[i].day ? clock_from_civil(2026, 3, rows[i].day, 0, 0, 0, 0) : CLOCK_NONE));
    }
}

static void content_wins_over_the_name(void **state)
{
    struct row_run *t = *state;
    struct interaction ia = {.started_at_ms = 5, .title = STR("Given")};

    talk_name_fill(&ia, STR("2026-03-14 Acme.vtt"), t->a);
    row_str(t, ia.title, "Given");
    assert_true(ia.started_at_ms == 5);
}

static void languages(void **state)
{
    static const char *const rows[][2] = {{"en-US", "en"}, {"eng", "en"},   {"DE", "de"}, {"pt_BR", "pt"}, {"und", ""},
                                          {"", ""},        {"english", ""}, {"x", ""},    {"ger", "de"}};
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_str(t, talk_language(str_of(rows[i][0]), t->a), rows[i][1]);
}

static void participants_are_labels_in_order_once(void **state)
{
    struct row_run *t = *state;
    struct interaction ia = {0};
    struct talk k;

    talk_participant(&ia, t->a, STR("Pat"), STR("pat@b.example"))->side = IA_SIDE_EXTERNAL;
    talk_init(&k, t->a);
    talk_add(&k, STR(" Dana "), 0, 1, STR("a"));
    talk_add(&k, STR("pat"), 1, 2, STR("b"));
    talk_add(&k, STR("Dana"), 2, 3, STR("c"));
    talk_add(&k, STR(""), 2, 3, STR("d"));
    talk_add(&k, STR("Eve"), 2, 3, STR("e"));
    assert_int_equal(talk_finish(&k, &ia, &t->e), ERR_OK);
    assert_int_equal(ia.turns_n, 5);
    assert_int_equal(ia.participants_n, 3); /* "pat" is the Pat who is there */
    row_str(t, ia.participants[1].name, "Dana");
    row_str(t, ia.participants[2].name, "Eve");
}

static void too_many_turns_are_refused(void **state)
{
    struct row_run *t = *state;
    struct interaction ia = {0};
    struct talk k;

    talk_init(&k, t->a);
    for (size_t i = 0; i <= IA_TURNS_MAX; i++)
        talk_add(&k, STR_NULL, 0, 1, STR("a"));
    assert_int_equal(talk_finish(&k, &ia, &t->e), ERR_LIMIT);
}

static void votes_count_many_labels(void **state)
{
    struct row_run *t = *state;
    struct talk_votes *v = talk_votes_new(t->a);

    for (int i = 0; i < 1000; i++) {
        str label = str_fmt(t->a, "label %d", i % 500);

        talk_votes_add(v, label);
    }
    assert_int_equal(talk_votes_labels(v), 500);
    assert_int_equal(talk_votes_total(v), 1000);
    assert_int_equal(talk_votes_of(v, STR("label 77")), 2);
    assert_int_equal(talk_votes_order(v, STR("label 77")), 77);
    assert_int_equal(talk_votes_of(v, STR("label 500")), 0);
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(labels_before_a_colon),
        ROW_TEST(names_and_fields),
        ROW_TEST(times),
        ROW_TEST(dates_in_text),
        ROW_TEST(names_of_files),
        ROW_TEST(content_wins_over_the_name),
        ROW_TEST(languages),
        ROW_TEST(participants_are_labels_in_order_once),
        ROW_TEST(too_many_turns_are_refused),
        ROW_TEST(votes_count_many_labels),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
