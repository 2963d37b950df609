/* Days that words name; expectations read off a calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "text/when.h"
#include "text/words.h"

static struct arena *a;

struct row {
    const char *today, *lang, *text, *day; /* day: "-" found, not resolved; "" nothing; "c..." content; "p" past */
};

static const struct row rows[] = {
    /* Wednesday, 30 September 2026 */
    {"2026-09-30", "en", "by Friday", "2026-10-02"},
    {"2026-09-30", "en", "on Wednesday", "2026-10-07"},
    {"2026-09-30", "en", "this Friday", "2026-10-02"},
    {"2026-09-30", "en", "next Friday", "2026-10-09"},
    {"2026-09-30", "en", "by next Monday", "2026-10-05"},
    {"2026-09-30", "en", "come on Thursday in two weeks", "2026-10-15"},
    {"2026-09-30", "en", "Friday week", "2026-10-09"},
    {"2026-09-30", "en", "a week from Friday", "2026-10-09"},
    {"2026-09-30", "en", "a week on Monday", "2026-10-12"},
    {"2026-09-30", "en", "tomorrow morning", "2026-10-01"},
    {"2026-09-30", "en", "the day after tomorrow", "2026-10-02"},
    {"2026-09-30", "en", "in two weeks", "2026-10-14"},
    {"2026-09-30", "en", "in a couple of days", "2026-10-02"},
    {"2026-09-30", "en", "in a few days", "-"},
    {"2026-09-30", "en", "within 48 hours", "2026-10-02"},
    {"2026-09-30", "en", "within ten working days", "2026-10-14"},
    {"2026-09-30", "en", "two weeks from now", "2026-10-14"},
    {"2026-09-30", "en", "in a fortnight", "2026-10-14"},
    {"2026-09-30", "en", "by the end of the week", "2026-10-02"},
    {"2026-09-30", "en", "end of next week", "2026-10-09"},
    {"2026-09-30", "en", "end of the month", "2026-09-30"},
    {"2026-09-30", "en", "by the end of October", "2026-10-31"},
    {"2026-09-30", "en", "end of next month", "2026-10-31"},
    {"2026-09-30", "en", "in Q3", "2026-09-30"},
    {"2026-09-30", "en", "by the end of Q1", "2027-03-31"},
    {"2026-09-30", "en", "by year end", "2026-12-31"},
    {"2026-09-30", "en", "next week", "-"},
    {"2026-09-30", "en", "early next week", "-"},
    {"2026-09-30", "en", "in December", "-"},
    {"2026-09-30", "en", "this week", "-"},
    {"2026-09-30", "en", "this afternoon", "2026-09-30"},
    {"2026-09-30", "en", "by EOD Friday", "2026-10-02"},
    {"2026-09-30", "en", "by close of business tomorrow", "2026-10-01"},
    {"2026-09-30", "en", "by EOD", "2026-09-30"},
    {"2026-09-30", "en", "on the twelfth of November", "2026-11-12"},
    {"2026-09-30", "en", "by the tenth", "2026-10-10"},
    {"2026-09-30", "en", "on the 24th", "2026-10-24"},
    {"2026-09-30", "en", "by 20 March", "2027-03-20"},
    {"2026-09-30", "en", "March 20th, 2028", "2028-03-20"},
    {"2026-09-30", "en", "on 31 November", "-"},
    {"2026-09-30", "en", "by 2026-11-05", "2026-11-05"},
    {"2026-09-30", "en", "Thursday the 8th", "2026-10-08"},
    {"2026-09-30", "en", "Thursday the 9th of October", "-"},
    {"2026-09-30", "en", "the figures for March 3rd", "c2027-03-03"},
    {"2026-09-30", "en", "the notes from Tuesday", "c2026-10-06"},
    {"2026-09-30", "en", "last Tuesday", "p"},
    {"2026-09-30", "en", "yesterday", "p"},
    {"2026-09-30", "en", "on the first page", ""},
    {"2026-09-30", "en", "give me a second", ""},
    {"2026-09-30", "en", "24/7", ""},
    {"2026-09-30", "en", "at some point", "-"},
    /* the last days of a year and of a leap February */
    {"2027-12-30", "en", "by Monday", "2028-01-03"},
    {"2027-12-30", "en", "in two months", "2028-02-29"},
    {"2028-02-28", "en", "tomorrow", "2028-02-29"},
    {"2026-09-26", "en", "end of the week", "2026-10-02"}, /* a Saturday */
    /* German, French, Spanish */
    {"2026-05-21", "de", "bis Freitag", "2026-05-22"},
    {"2026-05-21", "de", "bis zum fünften Juni", "2026-06-05"},
    {"2026-05-21", "de", "morgen früh", "2026-05-22"},
    {"2026-05-21", "de", "in zwei Wochen", "2026-06-04"},
    {"2026-05-21", "de", "bis Ende der Woche", "2026-05-22"},
    {"2026-05-21", "de", "bis Ende Juni", "2026-06-30"},
    {"2026-05-21", "de", "nächste Woche", "-"},
    {"2026-05-21", "de", "am 3.6.", "2026-06-03"},
    {"2026-05-21", "fr", "le 2 mars 2027", "2027-03-02"},
    {"2026-05-21", "fr", "d'ici vendredi", "2026-05-22"},
    {"2026-05-21", "fr", "demain matin", "2026-05-22"},
    {"2026-05-21", "fr", "la semaine prochaine", "-"},
    {"2026-05-21", "es", "antes del viernes", "2026-05-22"},
    {"2026-05-21", "es", "mañana", "2026-05-22"},
    {"2026-05-21", "es", "dentro de dos semanas", "2026-06-04"},
};

static void days_are_those_of_the_calendar(void **state)
{
    int bad = 0;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct words w = words_split(str_of(r->text), a);
        struct when found[WHEN_MAX];
        int64_t today = 0;
        str got = STR("");
        size_t n;
        clock_parse(str_of(r->today), &today, NULL);
        n = when_find(&w, str_of(r->lang), (int32_t)(today / 86400000), found);
        if (n == 1)
            got = found[0].role == WHEN_PAST ? STR("p")
                  : !found[0].resolved       ? STR("-")
                                             : str_fmt(a, "%s%.10s", found[0].role == WHEN_CONTENT ? "c" : "",
                                                       clock_str(a, (int64_t)found[0].day * 86400000).p);
        else if (n)
            got = str_fmt(a, "%zu found", n);
        if (!str_eq(got, str_of(r->day))) {
            print_message("%s, %s: \"%s\" is %.*s, not %s\n", r->today, r->lang, r->text, STR_ARG(got), r->day);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(days_are_those_of_the_calendar)};
    int rc;

    a = arena_new("test");
    rc = cmocka_run_group_tests(t, NULL, NULL);
    arena_free(a);
    return rc;
}
