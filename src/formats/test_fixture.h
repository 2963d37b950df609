/* formats/test_fixture.h - a fresh arena and an empty result for every case: FIXTURE_TEST(name). Include it after the rest. */
#pragma once
#include "formats/test_build.h"

static struct arena *a;
static struct format_result r;

static inline int fixture_setup(void **state)
{
    (void)state;
    a = arena_new("test");
    r = (struct format_result){0};
    return 0;
}

static inline int fixture_teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

#define FIXTURE_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
