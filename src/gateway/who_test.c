/* How long a caller is remembered, and who is sent to look again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gateway/gateway_priv.h"

/* A gateway that has remembered, wherever it may look, the caller of "token" for so long. */
static struct gateway *remembering(struct who *w, int64_t age_ms)
{
    struct gateway *g = calloc(1, sizeof *g);

    assert_non_null(g);
    pthread_mutex_init(&g->lock, NULL);
    for (int i = 0; i < WHO_SLOTS; i++) {
        sha256(STR("token"), g->slots[i].hash);
        g->slots[i].who = w;
        g->slots[i].version = access_version();
        g->slots[i].since_ms = clock_mono_ms() - age_ms;
    }
    return g;
}

static void forget(struct gateway *g)
{
    pthread_mutex_destroy(&g->lock);
    free(g);
}

static void one_request_looks_again_while_the_others_go_by_it(void **state)
{
    struct who w = {.refs = 1};
    struct gateway *g = remembering(&w, WHO_RENEW_MS);

    (void)state;
    assert_null(who_known(g, STR("token")));
    for (int i = 0; i < 64; i++)
        assert_ptr_equal(who_known(g, STR("token")), &w);
    assert_int_equal(atomic_load(&w.refs), 65);
    forget(g);
}

static void a_young_one_is_gone_by(void **state)
{
    struct who w = {.refs = 1};
    struct gateway *g = remembering(&w, 0);

    (void)state;
    assert_ptr_equal(who_known(g, STR("token")), &w);
    assert_null(who_known(g, STR("another")));
    forget(g);
}

static void an_old_one_is_not(void **state)
{
    struct who w = {.refs = 1};
    struct gateway *g = remembering(&w, WHO_MS);

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_null(who_known(g, STR("token")));
    forget(g);
}

static void one_whose_rights_may_have_changed_is_not(void **state)
{
    struct who w = {.refs = 1};
    struct gateway *g = remembering(&w, 0);

    (void)state;
    access_changed();
    assert_null(who_known(g, STR("token")));
    forget(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_request_looks_again_while_the_others_go_by_it),
        cmocka_unit_test(a_young_one_is_gone_by),
        cmocka_unit_test(an_old_one_is_not),
        cmocka_unit_test(one_whose_rights_may_have_changed_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
