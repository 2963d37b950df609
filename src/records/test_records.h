/* records/test_records.h - what tests of stored things share: a home of their own, opened once for all their cases, and an arena. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records/vaulted.h"
#include "store/test_home.h"

static struct test_home home;
static struct vaulted v;
static struct arena *a;
static struct err e;

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        if (call)                                                                                                      \
            fail_msg("%s: %s", #call, e.msg);                                                                          \
    } while (0)

static inline struct db_tx *begin(void)
{
    struct db_tx *t;

    OK(db_begin(v.db, v.workspace, 20000, &t, &e));
    return t;
}

static int up(void **state)
{
    (void)state;
    test_home_new(&home);
    v = (struct vaulted){home.db, home.keyring, home.workspace};
    a = arena_new_wiped("test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    test_home_free(&home);
    return 0;
}
