#include "search/query.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static struct arena *a;
static struct tokens *tk;

static int up(void **state)
{
    (void)state;
    a = arena_new("test");
    tk = tokens_new();
    return 0;
}

static int down(void **state)
{
    (void)state;
    tokens_free(tk);
    arena_free(a);
    return 0;
}

static struct query build(const char *text)
{
    struct query q;

    query_build(tk, str_of(text), STR("en"), NULL, 0, a, &q);
    return q;
}

/* Weight of the stem in the query; -1 when it is not there. */
static float weight(const struct query *q, const char *stem)
{
    for (size_t i = 0; i < q->terms_n; i++)
        if (str_eq(q->terms[i].stem, str_of(stem)))
            return q->terms[i].weight;
    return -1;
}

static bool near(float x, double y)
{
    return fabs((double)x - y) < 1e-6;
}

static void words_about_speaking_weigh_little(void **state)
{
    struct query q = build("What was the opinion of the team about battery prices when discussing the battery?");

    (void)state;
    assert_true(near(weight(&q, "batteri"), 1));
    assert_true(near(weight(&q, "price"), 1));
    assert_true(near(weight(&q, "opinion"), 0.25));
    assert_true(weight(&q, "discuss") < 0.05f && weight(&q, "team") < 0.05f);
    assert_true(weight(&q, "the") < 0 && weight(&q, "what") < 0);
}

static void a_query_of_nothing_else_keeps_its_words(void **state)
{
    struct query q = build("what did they say");

    (void)state;
    assert_int_equal(q.terms_n, 4);
    assert_true(near(weight(&q, "say"), 1));
    q = build("");
    assert_int_equal(q.terms_n, 0);
}

static void history_weighs_less_the_older_it_is(void **state)
{
    const str before[] = {STR("breast feeding"), STR("cracked nipples")};
    struct query q;

    (void)state;
    query_build(tk, STR("Are nipples at risk?"), STR("en"), before, 2, a, &q);
    assert_true(near(weight(&q, "nippl"), 1));
    assert_true(near(weight(&q, "crack"), 0.5));
    assert_true(near(weight(&q, "breast"), 0.25));
    assert_true(near(query_history_weight(0), 0.5) && near(query_history_weight(2), 0.125));
}

static void names_and_roles_are_recognised(void **state)
{
    static const struct {
        const char *query, *label;
        double want;
    } rows[] = {
        {"What did the Project Manager say about cost?", "Project Manager", 1},
        {"Summarize Project Manager's view on cost", "Project Manager", 1},
        {"What did Bains say about loans?", "Hon. Navdeep Bains (Minister of Innovation)", 0.9},
        {"What did Kirsty Williams AM say?", "Kirsty Williams AM", 1},
        {"What did PhD C think about a corpus?", "PhD C", 1},
        {"What did C think about the corpus?", "PhD C", 0.7},
        {"What did Grad C think about the corpus?", "PhD C", 0},
        {"What did they think about a corpus?", "Grad A", 0},
        {"What about the price?", "Anna Schmidt", 0},
        {"Was sagte M\xC3\xBCller dazu?", "M\xC3\x9CLLER", 1},
        {"Why?", "", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query q = build(rows[i].query);
        if (!near(query_voice(&q, str_of(rows[i].label)), rows[i].want))
            fail_msg("row %zu: %g", i, (double)query_voice(&q, str_of(rows[i].label)));
    }
}

static void a_name_is_not_a_subject(void **state)
{
    const str names[] = {STR("Marketing"), STR("Project Manager")};
    struct query q = build("What did Marketing say about buttons?");
    float voice[2], w[QUERY_TERMS_MAX];

    (void)state;
    assert_true(query_voices(&q, names, 2, voice, w));
    assert_true(near(voice[0], 1) && near(voice[1], 0));
    for (size_t i = 0; i < q.terms_n; i++)
        if (str_eq(q.terms[i].stem, STR("market")))
            assert_true(near(w[i], (double)QUERY_NAME_WEIGHT));
        else if (str_eq(q.terms[i].stem, STR("button")))
            assert_true(near(w[i], 1));
    q = build("buttons");
    assert_false(query_voices(&q, names, 2, voice, w));
}

static void a_long_query_stops_at_the_limit(void **state)
{
    char text[4000];
    struct query q;
    size_t n = 0;

    (void)state;
    for (int i = 0; i < 300; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "word%d ", i);
    q = build(text);
    assert_int_equal(q.terms_n, QUERY_TERMS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_about_speaking_weigh_little, up, down),
        cmocka_unit_test_setup_teardown(a_query_of_nothing_else_keeps_its_words, up, down),
        cmocka_unit_test_setup_teardown(history_weighs_less_the_older_it_is, up, down),
        cmocka_unit_test_setup_teardown(names_and_roles_are_recognised, up, down),
        cmocka_unit_test_setup_teardown(a_name_is_not_a_subject, up, down),
        cmocka_unit_test_setup_teardown(a_long_query_stops_at_the_limit, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
