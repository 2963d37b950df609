/* formats/json_test.c - our own JSON as files: one object, an array, lines; and lists of utterances of others. */
#include "formats/row_test.h"

#define OWN(kind, text)                                                                                                \
    "{\"format\":\"harken.interaction/1\",\"kind\":\"" kind "\",\"turns\":[{\"speaker\":\"A\",\"text\":\"" text "\"}]" \
    "}"

static void one_object(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "2026-03-14 x.json", OWN("note", "one"));

    assert_non_null(ia);
    assert_int_equal(ia->kind, IA_NOTE);
    row_turn(t, ia, 0, "A", IA_TIME_NONE, IA_TIME_NONE, "one");
    row_str(t, ia->title, ""); /* what our own format does not say is not guessed */
    assert_true(ia->started_at_ms == CLOCK_NONE);
    assert_int_equal(ia->participants_n, 1);
    row_str(t, ia->format, "json");
}

static void an_array_with_one_that_is_wrong(void **state)
{
    struct row_run *t = *state;

    assert_non_null(row_read(t, "x.json", "[" OWN("call", "one") "," OWN("fax", "two") "," OWN("mail", "three") "]"));
    assert_int_equal(t->r.items_n, 2);
    row_str(t, t->r.items[1].turns[0].text, "three");
    assert_int_equal(t->r.problems_n, 1);
    row_str(t, t->r.problems[0].place, "entry 1");
    row_str(t, t->r.problems[0].reason, "kind: not call, mail, note or document");
}

static void one_a_line(void **state)
{
    struct row_run *t = *state;

    assert_non_null(row_read(t, "x.jsonl", OWN("call", "one") "\n\n" OWN("call", "two") "\r\n{\"format\":\n"));
    assert_int_equal(t->r.items_n, 2);
    assert_int_equal(t->r.problems_n, 1);
    row_str(t, t->r.problems[0].place, "line 4");
    assert_true(str_starts(t->r.problems[0].reason, STR("column ")));
}

static void wide_text(void **state)
{
    struct row_run *t = *state;
    str narrow = STR(OWN("call", "one"));
    char wide[512] = "\xff\xfe";

    for (size_t i = 0; i < narrow.n; i++)
        wide[2 + 2 * i] = narrow.p[i];
    assert_non_null(row_read_n(t, "x", str_n(wide, 2 + 2 * narrow.n)));
    row_str(t, t->r.items[0].turns[0].text, "one");
}

static void lists_of_utterances(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "x.json",
                                      "{\"title\":\"Chat\",\"date\":\"2026-03-14T09:00:00Z\",\"log\":{\"entries\":["
                                      "{\"role\":\"user\",\"content\":\"hello\",\"start\":1.5},"
                                      "{\"role\":\"agent\",\"content\":\"hi\"}]}}");

    assert_non_null(ia);
    row_str(t, ia->format, "asr_json");
    row_str(t, ia->title, "Chat");
    row_turn(t, ia, 0, "user", 1500, IA_TIME_NONE, "hello");
    row_turn(t, ia, 1, "agent", IA_TIME_NONE, IA_TIME_NONE, "hi");
    /* an id names a speaker only when it comes back */
    assert_non_null(row_read(
        t, "x.json", "[{\"id\":\"a\",\"text\":\"1\"},{\"id\":\"b\",\"text\":\"2\"},{\"id\":\"a\",\"text\":\"3\"}]"));
    assert_null(row_read_n(t, "x.json", STR("[{\"id\":\"a\",\"text\":\"1\"},{\"id\":\"b\",\"text\":\"2\"}]")));
}

static void refusals(void **state)
{
    static const char *const rows[][2] = {
        {"{\"a\":[1,2]}",
         "line 1: valid JSON, but no conversation of a shape we know: no list of entries with words, and no "
         "\"format\":\"harken.interaction/1\""},
        {"[1,]", "line 1 column 3: not valid JSON: trailing comma is not allowed"},
        {"{\"format\":\"harken.interaction/1\",\"kind\":\"call\",\"turns\":[{\"text\":3}]}",
         "line 1: turns[0].text: not a string"},
        {"{\"format\":\"harken.interaction/2\",\"kind\":\"call\"}", "line 1: format: not harken.interaction/1"},
        {"42", "line 1: a JSON value that is neither object nor array"},
        {"{\"records\":[{\"attributes\":{\"type\":\"Case\"}}]}",
         "line 1: CRM records, not a conversation: they come in through a connector"},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        row_refused(t, "x.json", str_of(rows[i][0]), rows[i][1]);
}

static void a_lone_surrogate_is_refused_with_its_place(void **state)
{
    struct row_run *t = *state;

    assert_null(row_read_n(t, "x.json", STR("{\n\"format\":\"\\ud800\"}")));
    assert_true(str_starts(str_of(t->e.msg), STR("line 2 column ")));
}

static void deep_nesting_is_refused(void **state)
{
    struct row_run *t = *state;
    char deep[1000];

    memset(deep, '[', sizeof deep);
    assert_null(row_read_n(t, "x.json", str_n(deep, sizeof deep)));
    assert_int_equal(t->e.code, ERR_LIMIT);
    assert_string_equal(t->e.msg, "line 1 column 65: nested deeper than 64");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(one_object),
        ROW_TEST(an_array_with_one_that_is_wrong),
        ROW_TEST(one_a_line),
        ROW_TEST(wide_text),
        ROW_TEST(lists_of_utterances),
        ROW_TEST(refusals),
        ROW_TEST(deep_nesting_is_refused),
        ROW_TEST(a_lone_surrogate_is_refused_with_its_place),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
