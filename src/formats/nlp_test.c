/* formats/nlp_test.c - token tables to turns. */
#include "formats/row_test.h"

#define HEAD "token|speaker|ts|endTs|punctuation|prepunctuation|case|tags\n"

static void words_become_sentences_of_one_speaker(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "4711.nlp",
                                      HEAD "Hi|0|0.10|0.50|,||UC|[]\nall|0|0.6|0.9|.||LC|[]\nSo|0|1.0|1.2|||UC|[]\n"
                                           "Yes|1|1.5|1.7|.|(|UC|[]\n");

    assert_non_null(ia);
    row_str(t, ia->format, "nlp");
    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Speaker 0", 100, 900, "Hi, all.");
    row_turn(t, ia, 1, "Speaker 0", 1000, 1200, "So");
    row_turn(t, ia, 2, "Speaker 1", 1500, 1700, "(Yes.");
}

static void unaligned_words_do_not_cost_the_times(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia =
        row_read(t, "a.nlp", HEAD "Hi|0|1|2|.||UC\nand|0|||.||UC\nno|1|||.||UC\nBye|0|5|6|.||UC\n");

    assert_int_equal(ia->turns_n, 3);
    row_turn(t, ia, 0, "Speaker 0", 1000, 2000, "Hi. and.");
    row_turn(t, ia, 1, "Speaker 1", 2000, 2000, "no."); /* known place, no length */
    row_turn(t, ia, 2, "Speaker 0", 5000, 6000, "Bye.");
}

static void without_any_times_there_are_none(void **state)
{
    struct row_run *t = *state;
    struct interaction *ia = row_read(t, "a.nlp", HEAD "Hi|0|||.||UC\nand|0|||.||UC\n");

    assert_int_equal(ia->turns_n, 2);
    row_turn(t, ia, 0, "Speaker 0", IA_TIME_NONE, IA_TIME_NONE, "Hi.");
}

static void an_empty_table_is_refused(void **state)
{
    row_refused(*state, "a.nlp", STR(HEAD), "line 2: a token table without words");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(words_become_sentences_of_one_speaker),
        ROW_TEST(unaligned_words_do_not_cost_the_times),
        ROW_TEST(without_any_times_there_are_none),
        ROW_TEST(an_empty_table_is_refused),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
