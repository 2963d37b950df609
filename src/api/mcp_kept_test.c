/* What is kept of a caller between messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/mcp_priv.h"

/* Tokens whose last two bytes are alike stand at one place. */
static struct id token(uint8_t first, uint8_t last)
{
    struct id id = {{0}};

    id.b[0] = first;
    id.b[15] = last;
    return id;
}

static struct mcp_thing deal(uint8_t n)
{
    return (struct mcp_thing){.kind = MCP_DEAL, .id = token(n, 7)};
}

static void each_token_has_its_own(void **state)
{
    struct id a = token(1, 1), b = token(2, 2);

    (void)state;
    assert_int_equal(mcp_kept_level(a), MCP_INFO);
    mcp_kept_level_set(a, MCP_ERROR);
    mcp_kept_can_set(a, MCP_CAN_FORMS);
    assert_true(mcp_kept_watch(a, deal(1)));
    assert_int_equal(mcp_kept_level(a), MCP_ERROR);
    assert_int_equal(mcp_kept_can(a), MCP_CAN_FORMS);
    assert_true(mcp_kept_watches(a, deal(1)));
    assert_int_equal(mcp_kept_level(b), MCP_INFO);
    assert_int_equal(mcp_kept_can(b), 0);
    assert_false(mcp_kept_watches(b, deal(1)));
}

static void who_takes_over_a_place_takes_over_nothing_else(void **state)
{
    struct id a = token(1, 3), b = token(2, 3);

    (void)state;
    mcp_kept_can_set(a, MCP_CAN_FORMS | MCP_CAN_SAMPLE);
    assert_true(mcp_kept_watch(a, deal(1)));
    mcp_kept_level_set(b, MCP_ALERT);
    assert_int_equal(mcp_kept_can(b), 0);
    assert_false(mcp_kept_watches(b, deal(1)));
    assert_int_equal(mcp_kept_can(a), 0);
    assert_false(mcp_kept_watches(a, deal(1)));
}

static void so_many_are_watched_and_no_more(void **state)
{
    struct id a = token(1, 4);
    uint8_t n = 0;

    (void)state;
    while (n < 200 && mcp_kept_watch(a, deal(n)))
        n++;
    assert_int_equal(n, 32);
    assert_true(mcp_kept_watch(a, deal(5))); /* it is already */
    mcp_kept_unwatch(a, deal(0));
    mcp_kept_unwatch(a, deal(150)); /* it never was */
    assert_false(mcp_kept_watches(a, deal(0)));
    for (uint8_t i = 1; i < n; i++)
        assert_true(mcp_kept_watches(a, deal(i)));
    assert_true(mcp_kept_watch(a, deal(200)));
    assert_false(mcp_kept_watches(a, (struct mcp_thing){.kind = MCP_CONVERSATION, .id = deal(200).id}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_token_has_its_own),
        cmocka_unit_test(who_takes_over_a_place_takes_over_nothing_else),
        cmocka_unit_test(so_many_are_watched_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
