/* formats/cues_test.c - who speaks in cues, decided by the whole file. */
#include "formats/cues.h"

#include "formats/row_test.h"

static struct interaction turns_of(struct row_run *t, const char *const *texts, size_t n)
{
    struct vtt_cue *cues = ARENA_ARRAY(t->a, struct vtt_cue, n);
    struct interaction ia = {.started_at_ms = CLOCK_NONE};

    for (size_t i = 0; i < n; i++)
        cues[i] = (struct vtt_cue){
            .start_ms = (int64_t)i * 1000, .end_ms = (int64_t)i * 1000 + 900, .text = str_of(texts[i])};
    assert_int_equal(cues_to_turns(cues, n, t->a, &ia, &t->e), ERR_OK);
    return ia;
}

static void prose_with_a_colon_has_no_speaker(void **state)
{
    static const char *const texts[] = {"So: here we are", "and nobody", "is named", "at 10:30"};
    struct row_run *t = *state;
    struct interaction ia = turns_of(t, texts, 4);

    row_turn(t, &ia, 0, "", 0, 900, "So: here we are");
    assert_int_equal(ia.participants_n, 0);
}

static void labels_nearly_everywhere_are_speakers(void **state)
{
    static const char *const texts[] = {"dana: a", "dana: b", "pat: c", "someone new: d", "e"};
    struct row_run *t = *state;
    struct interaction ia = turns_of(t, texts, 5);

    assert_true(ia.no_overlap);
    row_turn(t, &ia, 3, "someone new", 3000, 3900, "d");
    row_turn(t, &ia, 4, "", 4000, 4900, "e");
}

static void a_voice_that_is_never_closed_holds_to_the_end(void **state)
{
    static const char *const texts[] = {"<v Dana>a <i>b</i>", "<v Pat>c <v Eve>d</v> e"};
    struct row_run *t = *state;
    struct interaction ia = turns_of(t, texts, 2);

    assert_int_equal(ia.turns_n, 4);
    row_turn(t, &ia, 0, "Dana", 0, 900, "a b");
    row_turn(t, &ia, 1, "Pat", 1000, 1900, "c");
    row_turn(t, &ia, 2, "Eve", 1000, 1900, "d");
    row_turn(t, &ia, 3, "", 1000, 1900, "e");
}

static void line_breaks_are_layout(void **state)
{
    struct row_run *t = *state;

    row_str(t, cues_unwrap(STR(" one \n  two\n\nthree "), t->a), "one two three");
    row_str(t, cues_unwrap(STR("one"), t->a), "one");
    row_str(t, cues_unwrap(STR("\n"), t->a), "");
}

int main(void)
{
    static const struct CMUnitTest rows[] = {
        ROW_TEST(prose_with_a_colon_has_no_speaker),
        ROW_TEST(labels_nearly_everywhere_are_speakers),
        ROW_TEST(a_voice_that_is_never_closed_holds_to_the_end),
        ROW_TEST(line_breaks_are_layout),
    };

    return cmocka_run_group_tests(rows, NULL, NULL);
}
