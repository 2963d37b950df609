/* formats/row_test.h - what the tests of rows share: reading a text with a row, and looking at the turns. */
#pragma once
#include "formats/format.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct row_run {
    struct arena *a;
    struct format_result r;
    struct err e;
    enum err_code rc;
};

static inline int row_setup(void **state)
{
    struct row_run *t = calloc(1, sizeof *t);

    t->a = arena_new("test");
    *state = t;
    return 0;
}

static inline int row_teardown(void **state)
{
    struct row_run *t = *state;

    arena_free(t->a);
    free(t);
    return 0;
}

#define ROW_TEST(f) cmocka_unit_test_setup_teardown(f, row_setup, row_teardown)

/* Through format_find, as ingest does. */
static inline struct interaction *row_read_n(struct row_run *t, const char *name, str bytes)
{
    struct format_input in = {.bytes = bytes, .name = str_of(name)};

    t->rc = format_parse(&in, t->a, &t->r, &t->e);
    return t->rc == ERR_OK ? &t->r.items[0] : NULL;
}

static inline struct interaction *row_read(struct row_run *t, const char *name, const char *text)
{
    struct interaction *ia = row_read_n(t, name, str_of(text));

    if (!ia)
        print_message("refused: %s\n", t->e.msg);
    return ia;
}

static inline void row_str(struct row_run *t, str have, const char *want)
{
    assert_string_equal(str_cz(t->a, have), want);
}

static inline void row_turn(struct row_run *t, const struct interaction *ia, size_t i, const char *speaker,
                            int64_t start_ms, int64_t end_ms, const char *text)
{
    assert_true(i < ia->turns_n);
    row_str(t, ia->turns[i].speaker, speaker);
    assert_int_equal(ia->turns[i].start_ms, start_ms);
    assert_int_equal(ia->turns[i].end_ms, end_ms);
    row_str(t, ia->turns[i].text, text);
}

static inline void row_refused(struct row_run *t, const char *name, str bytes, const char *want)
{
    assert_null(row_read_n(t, name, bytes));
    assert_string_equal(t->e.msg, want);
}
