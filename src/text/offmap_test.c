#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "text/offmap.h"

/* original "um so we [x] go", edited "so we NAME go": "um " left out, "[x]" replaced by "NAME" */
static void build(struct offmap *m, struct arena *a)
{
    offmap_init(m, a);
    offmap_keep(m, 3, 3);
    offmap_keep(m, 6, 3);
    offmap_replace(m, 9, 3, 4);
    offmap_keep(m, 12, 3);
    offmap_end(m, 15);
}

static void spans_lead_to_original_bytes(void **state)
{
    static const struct {
        uint32_t start, end, o_start, o_end;
    } rows[] = {
        {0, 2, 3, 5},   /* so */
        {3, 5, 6, 8},   /* we */
        {6, 10, 9, 12}, /* NAME */
        {7, 8, 9, 12},  /* part of a replaced piece is the whole piece */
        {0, 13, 3, 15}, {11, 13, 13, 15}, {2, 2, 5, 5}, {13, 13, 15, 15}, {99, 120, 15, 15},
    };
    struct arena *a = arena_new("test");
    struct offmap m;

    (void)state;
    build(&m, a);
    assert_int_equal(m.edited_n, 13);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text_span o = offmap_original(&m, (struct text_span){rows[i].start, rows[i].end});
        if (o.start != rows[i].o_start || o.end != rows[i].o_end)
            fail_msg("row %zu: %u..%u", i, o.start, o.end);
    }
    arena_free(a);
}

static void original_positions_find_their_place(void **state)
{
    static const uint32_t rows[][2] = {{0, 0},  {2, 0},   {3, 0},   {7, 4},   {9, 6},
                                       {11, 6}, {12, 10}, {14, 12}, {15, 13}, {40, 13}};
    struct arena *a = arena_new("test");
    struct offmap m;

    (void)state;
    build(&m, a);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (offmap_edited(&m, rows[i][0]) != rows[i][1])
            fail_msg("row %zu: %u", i, offmap_edited(&m, rows[i][0]));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(spans_lead_to_original_bytes),
        cmocka_unit_test(original_positions_find_their_place),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
