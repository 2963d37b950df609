#include "insight/answer.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { DOCS = 4 };

static struct interaction docs[DOCS];
static struct ia_turn turns[DOCS][2];
static struct ia_participant people[] = {{.name = {"Priya Raman", 11}, .side = IA_SIDE_INTERNAL}};

static struct id id_no(uint8_t no)
{
    struct id id = {{9}};

    id.b[15] = no;
    return id;
}

static enum err_code load(void *arg, const struct id *ids, size_t n, struct arena *a, struct interaction **out,
                          size_t *out_n, struct err *e)
{
    struct interaction *list = ARENA_ARRAY(a, struct interaction, n + 1);
    size_t k = 0;

    (void)arg;
    (void)e;
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < DOCS; d++)
            if (id_eq(docs[d].id, ids[i]))
                list[k++] = docs[d];
    *out = list;
    *out_n = k;
    return ERR_OK;
}

static void put(struct index *ix, uint8_t no, enum ia_kind kind, int64_t at, const char *one, const char *two)
{
    struct ia_span spans[2] = {{0, 0, (uint32_t)strlen(one)}, {1, 0, (uint32_t)strlen(two)}};
    struct index_source source = {str_of("in/file"), str_of("/in/file")};
    struct arena *a = arena_new("test");
    struct index_chunk chunk = {.spans = spans, .spans_n = 2, .text = str_fmt(a, "%s\n%s", one, two)};
    struct index_doc d = {.interaction = id_no(no),
                          .kind = kind,
                          .started_at_ms = at,
                          .language = STR("en"),
                          .sources = &source,
                          .sources_n = 1,
                          .chunks = &chunk,
                          .chunks_n = 1};

    turns[no][0] = (struct ia_turn){STR("Priya Raman"), IA_TIME_NONE, IA_TIME_NONE, str_of(one)};
    turns[no][1] = (struct ia_turn){STR("Bob"), IA_TIME_NONE, IA_TIME_NONE, str_of(two)};
    docs[no] = (struct interaction){.id = id_no(no),
                                    .kind = kind,
                                    .language = STR("en"),
                                    .source = STR("in/file"),
                                    .started_at_ms = at,
                                    .duration_ms = IA_TIME_NONE,
                                    .turns = turns[no],
                                    .turns_n = 2,
                                    .participants = people,
                                    .participants_n = no % 2};
    index_put(ix, &d);
    arena_free(a);
}

static struct index *sample(void)
{
    struct index *ix = index_new(8);
    int64_t october = clock_from_civil(2026, 10, 5, 9, 0, 0, 0), november = clock_from_civil(2026, 11, 5, 9, 0, 0, 0);

    put(ix, 0, IA_CALL, october, "Good morning everybody. How was the trip?",
        "Spare parts are kept for ten years after the sale.");
    put(ix, 1, IA_CALL, november, "The pilot begins on Monday. It costs forty thousand euros.",
        "We have no discount for you.");
    put(ix, 2, IA_MAIL, november, "Dear all, the gate is blue.", "Regards from the team.");
    put(ix, 3, IA_NOTE, CLOCK_NONE, "Lunch was good.", "The weather too.");
    return ix;
}

static struct answer ask(struct index *ix, const char *text, const struct reader *reader, struct arena *a)
{
    struct answer_source src = {.load = load};
    struct answer_question q = {.text = str_of(text),
                                .now_ms = clock_from_civil(2026, 11, 20, 9, 0, 0, 0),
                                .filter = {.reader = reader, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE}};
    struct answer out;
    struct err e;

    assert_int_equal(answer_make(ix, NULL, &src, &q, a, &out, &e), ERR_OK);
    return out;
}

static void an_answer_quotes_the_sentence_that_holds_it(void **state)
{
    struct arena *a = arena_new("test");
    struct index *ix = sample();
    struct answer out = ask(ix, "For how many years are spare parts kept?", &reader_all, a);

    (void)state;
    assert_true(out.found);
    assert_false(out.counted);
    assert_string_equal(str_cz(a, out.sentences[0].text), "Spare parts are kept for ten years after the sale.");
    assert_true(id_eq(out.sentences[0].spans[0].interaction, id_no(0)));
    assert_int_equal(out.sentences[0].spans[0].span.turn, 1);
    for (size_t i = 0; i < out.sentences_n; i++) {
        struct answer_span *s = out.sentences[i].spans;
        str turn = turns[s->interaction.b[15]][s->span.turn].text;
        assert_true(str_eq(str_sub(turn, s->span.start, s->span.end), s->quote));
        assert_true(str_eq(out.sentences[i].text, s->quote));
        assert_string_equal(str_cz(a, s->source), "in/file");
    }
    index_free(ix);
    arena_free(a);
}

static void what_is_not_there_or_not_allowed_is_not_found(void **state)
{
    struct arena *a = arena_new("test");
    struct index *ix = sample();

    (void)state;
    assert_false(ask(ix, "What is the annual revenue of Halden?", &reader_all, a).found);
    assert_false(ask(ix, "For how many years are spare parts kept?", NULL, a).found);
    assert_int_equal(ask(ix, "How many calls are there?", NULL, a).count, 0);
    index_free(ix);
    arena_free(a);
}

static void counts_come_with_the_rows_that_were_counted(void **state)
{
    struct arena *a = arena_new("test");
    struct index *ix = sample();
    struct answer out = ask(ix, "How many calls were there in October 2026?", &reader_all, a);

    (void)state;
    assert_true(out.found && out.counted);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.rows_n, 1);
    assert_true(id_eq(out.rows[0].interaction, id_no(0)));
    assert_string_equal(str_cz(a, out.sentences[0].text), "1 call took place in October 2026.");
    assert_int_equal(ask(ix, "How many conversations are there?", &reader_all, a).count, 4);
    assert_int_equal(ask(ix, "Which calls mention a discount?", &reader_all, a).count, 1);
    assert_int_equal(ask(ix, "How many calls did Priya Raman take part in since November 2026?", &reader_all, a).count,
                     1);
    assert_int_equal(ask(ix, "How many calls with Nobody Known?", &reader_all, a).count, 0);
    index_free(ix);
    arena_free(a);
}

static void empty_questions_are_refused(void **state)
{
    struct arena *a = arena_new("test");
    struct index *ix = index_new(8);
    struct answer_source src = {.load = load};
    struct answer_question q = {.text = STR("  "),
                                .filter = {.reader = &reader_all, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE}};
    struct answer out;
    struct err e;

    (void)state;
    assert_int_equal(answer_make(ix, NULL, &src, &q, a, &out, &e), ERR_INVALID);
    assert_false(ask(ix, "What is the price?", &reader_all, a).found);
    index_free(ix);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(an_answer_quotes_the_sentence_that_holds_it),
        cmocka_unit_test(what_is_not_there_or_not_allowed_is_not_found),
        cmocka_unit_test(counts_come_with_the_rows_that_were_counted),
        cmocka_unit_test(empty_questions_are_refused),
    };

    return cmocka_run_group_tests(t, NULL, NULL);
}
