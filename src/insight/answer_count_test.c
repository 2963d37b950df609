#include "insight/answer_count.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CALL = 1 << IA_CALL, MAIL = 1 << IA_MAIL, NOTE = 1 << IA_NOTE };

/* Friday, 20 November 2026, 09:30. */
static int64_t now(void)
{
    return clock_from_civil(2026, 11, 20, 9, 30, 0, 0);
}

static int64_t day(int year, int month, int d)
{
    return clock_from_civil(year, month, d, 0, 0, 0, 0);
}

static void times_are_read(void **state)
{
    static const struct {
        const char *text;
        int from[3], to[3]; /* year 0: open */
    } rows[] = {
        {"How many calls in October 2026?", {2026, 10, 1}, {2026, 11, 1}},
        {"How many calls were there last month?", {2026, 10, 1}, {2026, 11, 1}},
        {"How many calls this week?", {2026, 11, 16}, {2026, 11, 23}},
        {"How many calls last week?", {2026, 11, 9}, {2026, 11, 16}},
        {"Which calls since 1 September 2026", {2026, 9, 1}, {0}},
        {"Which calls since September?", {2026, 9, 1}, {0}},
        {"Which calls before 2026-03-01?", {0}, {2026, 3, 1}},
        {"calls", {0}, {0}},
        {"list the calls between March 3rd and April 5, 2026", {2026, 3, 3}, {2026, 4, 6}},
        {"show all calls from May to June 2026", {2026, 5, 1}, {2026, 7, 1}},
        {"how many calls in the last 10 days", {2026, 11, 10}, {2026, 11, 21}},
        {"how many calls last quarter", {2026, 7, 1}, {2026, 10, 1}},
        {"how many calls in 2025", {2025, 1, 1}, {2026, 1, 1}},
        {"how many calls in December", {2025, 12, 1}, {2026, 1, 1}},
        {"how many calls today", {2026, 11, 20}, {2026, 11, 21}},
        {"how many calls on monday", {2026, 11, 16}, {2026, 11, 17}},
        {"Wie viele Anrufe im Oktober 2026?", {2026, 10, 1}, {2026, 11, 1}},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int *f = rows[i].from, *t = rows[i].to;
        struct count_query q;
        bool read = count_parse(str_of(rows[i].text), now(), a, &q);
        if (strcmp(rows[i].text, "calls") == 0) {
            assert_false(read);
            continue;
        }
        if (!read || q.kinds != CALL || q.from_ms != (f[0] ? day(f[0], f[1], f[2]) : CLOCK_NONE) ||
            q.to_ms != (t[0] ? day(t[0], t[1], t[2]) : CLOCK_NONE))
            fail_msg("%s", rows[i].text);
    }
    arena_free(a);
}

static void names_and_words_are_read(void **state)
{
    static const struct {
        const char *text;
        unsigned kinds;
        enum count_role role;
        const char *name;
    } rows[] = {
        {"How many mails with Halden Logistics are there?", MAIL, COUNT_WITH, "halden logistics"},
        {"Which calls mention Quantor?", CALL, COUNT_WORDS, "quantor"},
        {"Which calls mention a discount?", CALL, COUNT_WORDS, "discount"},
        {"How many calls did Priya Raman take part in?", CALL, COUNT_PERSON, "priya raman"},
        {"How many mails did Lucy Fairweather send?", MAIL, COUNT_BY, "lucy fairweather"},
        {"list notes by Priya last month", NOTE, COUNT_BY, "priya"},
        {"Show me all conversations about the connector", 0, COUNT_WORDS, "connector"},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct count_query q;
        if (!count_parse(str_of(rows[i].text), now(), a, &q) || q.kinds != rows[i].kinds || q.names_n != 1 ||
            q.names[0].role != rows[i].role || !str_eq(q.names[0].name, str_of(rows[i].name)))
            fail_msg("%s", rows[i].text);
    }
    arena_free(a);
}

static void other_questions_are_left_alone(void **state)
{
    static const char *const rows[] = {
        "How many robots did they buy?",
        "What did Quantor quote?",
        "Which documents must we sign before the pilot begins tomorrow morning?",
        "How many calls per day do your agents take?",
        "",
        "?",
    };
    struct arena *a = arena_new("test");
    struct count_query q;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (count_parse(str_of(rows[i]), now(), a, &q))
            fail_msg("%s", rows[i]);
    arena_free(a);
}

static void counts_are_said_as_a_person_would(void **state)
{
    static const struct {
        const char *question;
        int64_t n;
        const char *said;
    } rows[] = {
        {"How many calls were there in October 2026?", 19, "19 calls took place in October 2026."},
        {"How many calls were there in October 2026?", 1, "1 call took place in October 2026."},
        {"How many calls were there last month?", 0, "No calls took place last month."},
        {"How many mails with Halden Logistics are there?", 7, "7 mails were exchanged with Halden Logistics."},
        {"How many calls did Priya Raman take part in since 1 September 2026?", 12,
         "Priya Raman took part in 12 calls since 1 September 2026."},
        {"How many mails did Lucy Fairweather send to Tidewater Books?", 5,
         "Lucy Fairweather sent 5 mails to Tidewater Books."},
        {"Which calls mention Quantor?", 5, "5 calls mention Quantor."},
        {"Which calls mention Quantor?", 1, "1 call mentions Quantor."},
        {"Which calls with Halden Logistics use the word price?", 2, "2 calls with Halden Logistics mention price."},
        {"How many interactions of any kind happened in November 2026?", 56,
         "56 interactions took place in November 2026."},
        {"List the notes by Priya last month", 3, "Priya wrote 3 notes last month."},
        {"How many documents are there?", 9, "There are 9 documents."},
        {"Wie viele Anrufe im Oktober 2026?", 1, "Es gab 1 Anruf im Oktober 2026."},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct count_query q;
        str said;
        if (!count_parse(str_of(rows[i].question), now(), a, &q))
            fail_msg("not read: %s", rows[i].question);
        said = count_say(&q, rows[i].n, a);
        if (!str_eq(said, str_of(rows[i].said)))
            fail_msg("%s: %.*s", rows[i].question, STR_ARG(said));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(times_are_read), cmocka_unit_test(names_and_words_are_read),
                                   cmocka_unit_test(other_questions_are_left_alone),
                                   cmocka_unit_test(counts_are_said_as_a_person_would)};

    return cmocka_run_group_tests(t, NULL, NULL);
}
