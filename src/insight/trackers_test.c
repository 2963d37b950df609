/* Trackers at work on a conversation: the longest of overlapping phrases, sides, and what a tracker by examples keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "insight/trackers.h"

enum { DIM = 4 };
#define MODEL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct arena *a;
static struct err e;

static struct ia_turn turns[] = {
    {.speaker = {"Ann", 3}, .start_ms = 0, .end_ms = 1000},
    {.speaker = {"Ben", 3}, .start_ms = 2000, .end_ms = 3000},
};
static struct ia_participant people[] = {
    {.name = {"Ann", 3}, .side = IA_SIDE_INTERNAL},
    {.name = {"Ben", 3}, .side = IA_SIDE_EXTERNAL},
};

static struct interaction talk(const char *ann, const char *ben)
{
    turns[0].text = str_of(ann);
    turns[1].text = str_of(ben);
    return (struct interaction){.turns = turns,
                                .turns_n = 2,
                                .participants = people,
                                .participants_n = 2,
                                .language = STR("en"),
                                .started_at_ms = 0};
}

static void of_overlapping_phrases_the_longest_stands(void **state)
{
    str one[] = {STR("price"), STR("price list")}, two[] = {STR("list")};
    struct record_tracker t[] = {
        {.id = {{1}}, .kind = TRACKER_WORDS, .version = 3, .name = STR("Prices"), .phrases = one, .phrases_n = 2},
        {.id = {{2}},
         .kind = TRACKER_WORDS,
         .side = IA_SIDE_EXTERNAL,
         .version = 1,
         .name = STR("Lists"),
         .phrases = two,
         .phrases_n = 1},
    };
    struct interaction ia = talk("The price lists and a price.", "A list.");
    struct record_finding *f;
    struct tracker_set *s;
    size_t n;

    (void)state;
    assert_int_equal(tracker_set_new(t, 2, MODEL, &s, &e), ERR_OK);
    assert_int_equal(tracker_set_words(s, &ia, a, &f, &n, &e), ERR_OK);
    assert_int_equal(n, 3);
    assert_true(str_eq(str_sub(turns[0].text, f[0].spans[0].start, f[0].spans[0].end), STR("price lists")));
    assert_true(str_eq(str_sub(turns[0].text, f[1].spans[0].start, f[1].spans[0].end), STR("price")));
    assert_int_equal(f[1].spans[0].start, 22);
    assert_int_equal(f[2].spans[0].turn, 1);
    assert_int_equal(f[0].version, 3);
    assert_int_equal(f[2].side, IA_SIDE_EXTERNAL);
    assert_int_equal(f[2].at_ms, 2000);
    tracker_set_free(s);
}

static void vectors_are_kept_small_and_only_for_their_sentences(void **state)
{
    struct interaction ia = talk("We start in May. Yes. Not before.", "It is late in May.");
    float vec[3 * DIM] = {0.5f, -0.5f, 0.5f, -0.5f, 1, 0, 0, 0, 0.1f, 0.2f, 0.3f, -0.9f}, *back;
    struct spoken *said;
    size_t n;
    str bytes;

    (void)state;
    said = spoken_of(&ia, a, &n);
    assert_int_equal(n, 3); /* "Yes." is one word */
    assert_int_equal(said[2].span.turn, 1);
    bytes = sentence_vectors_pack(said, n, vec, DIM, a);
    assert_true(sentence_vectors_open(bytes, said, n, DIM, a, &back));
    for (size_t i = 0; i < sizeof vec / sizeof *vec; i++)
        assert_true(fabsf(vec[i] - back[i]) <= 0.5f / 127);
    assert_int_equal(sentence_vectors_some(bytes, DIM, 2, a, &back), 2);
    ia = talk("We start in May. Yes. Not before.", "It is late in July.");
    said = spoken_of(&ia, a, &n);
    assert_false(sentence_vectors_open(bytes, said, n, DIM, a, &back));
    assert_false(sentence_vectors_open(STR("short"), said, n, DIM, a, &back));
}

static void a_head_finds_after_it_was_kept(void **state)
{
    static const float yes[2][DIM] = {{1, 0, 0, 0}, {0.9f, 0.3f, 0, 0}},
                       no[3][DIM] = {{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    struct tracker_memory m = {.model_hash = MODEL, .yes_n = 2, .background = (float *)no, .background_n = 3}, back;
    struct record_tracker t = {.id = {{7}}, .kind = TRACKER_EXAMPLES, .version = 5, .name = STR("X")};
    struct spoken said[2] = {{.span = {0, 0, 4}, .text = STR("like")}, {.span = {0, 5, 9}, .text = STR("none")}};
    float vec[2 * DIM] = {0.95f, 0.1f, 0.1f, 0, 0, 0.5f, 0.5f, 0.5f};
    struct record_finding *f;
    struct tracker_set *s;
    size_t n;

    (void)state;
    m.yes = ARENA_ARRAY(a, struct tracker_row, 2);
    for (size_t i = 0; i < 2; i++) {
        tracker_key_text(i ? STR("one") : STR("two"), m.yes[i].key);
        m.yes[i].vec = yes[i];
    }
    assert_int_equal(tracker_train(yes[0], 2, NULL, 0, no[0], 3, DIM, a, &m.head, &e), ERR_OK);
    t.head = tracker_memory_write(&m, a);
    assert_true(tracker_memory_read(t.head, MODEL, a, &back));
    assert_int_equal(back.yes_n, 2);
    assert_memory_equal(back.yes[1].key, m.yes[1].key, TRACKER_KEY_BYTES);
    assert_int_equal(back.background_n, 3);
    assert_false(tracker_memory_read(t.head, "f" MODEL, a, &back));
    assert_false(tracker_memory_read(str_sub(t.head, 0, t.head.n - 1), MODEL, a, &back));
    assert_int_equal(tracker_set_new(&t, 1, MODEL, &s, &e), ERR_OK);
    assert_true(tracker_set_has(s, TRACKER_EXAMPLES));
    tracker_set_examples(s, said, 2, vec, a, &f, &n);
    assert_int_equal(n, 1);
    assert_int_equal(f[0].spans[0].end, 4);
    assert_int_equal(f[0].version, 5);
    assert_true(f[0].confidence > 0 && f[0].confidence < 1);
    tracker_set_free(s);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(of_overlapping_phrases_the_longest_stands),
        cmocka_unit_test(vectors_are_kept_small_and_only_for_their_sentences),
        cmocka_unit_test(a_head_finds_after_it_was_kept),
    };
    int rc;

    a = arena_new("test");
    rc = cmocka_run_group_tests(t, NULL, NULL);
    arena_free(a);
    return rc;
}
