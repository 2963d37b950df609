/* The table of roles, by its numbers, its words, and what must never be in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/perm.h"

static void numbers_have_names_and_names_have_numbers(void **state)
{
    enum perm p;
    enum role r;

    (void)state;
    for (int i = 1; i < PERM_END; i++) {
        assert_non_null(perm_name((enum perm)i)); /* a gap: a number was taken out of the table */
        assert_true(perm_parse(str_of(perm_name((enum perm)i)), &p));
        assert_int_equal(p, i);
    }
    for (int i = 0; i < ROLE_END; i++) {
        assert_true(role_parse(str_of(role_name((enum role)i)), &r));
        assert_int_equal(r, i);
    }
    assert_false(perm_parse(STR("interactions"), &p));
    assert_false(role_parse(STR(""), &r));
    assert_null(perm_name(PERM_PUBLIC));
}

/* These stand in the database. */
static void numbers_stay(void **state)
{
    (void)state;
    assert_int_equal(PERM_SELF, 1);
    assert_int_equal(PERM_INTERACTIONS_READ, 3);
    assert_int_equal(PERM_OPERATOR, 45);
    assert_int_equal(ROLE_REP, 0);
    assert_int_equal(ROLE_PROVISIONER, 7);
}

static void nobody_reads_conversations_by_administering(void **state)
{
    static const enum role blind[] = {ROLE_REVOPS, ROLE_ADMIN, ROLE_DPO, ROLE_AUDITOR, ROLE_PROVISIONER};
    static const enum perm words[] = {PERM_INTERACTIONS_READ, PERM_FINDINGS_READ, PERM_ANSWERS_USE, PERM_EXPORTS_MAKE};

    (void)state;
    for (size_t i = 0; i < sizeof blind / sizeof *blind; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            assert_int_equal(role_reach(blind[i], words[k]), REACH_NONE);
    for (int r = 0; r < ROLE_END; r++) {
        assert_int_equal(role_reach((enum role)r, PERM_OPERATOR), REACH_NONE);
        assert_true(role_reach((enum role)r, PERM_INTERACTIONS_READ) < REACH_WORKSPACE);
    }
    for (int p = 1; p < PERM_END; p++) { /* an auditor changes nothing */
        str name = str_of(perm_name((enum perm)p));
        if (str_ends(name, STR(".write")) || str_ends(name, STR(".decide")) || str_ends(name, STR(".delete")))
            assert_int_equal(role_reach(ROLE_AUDITOR, (enum perm)p), REACH_NONE);
    }
}

static void roles_add_up_and_scopes_take_away(void **state)
{
    struct perms p;

    (void)state;
    perms_of_roles(1u << ROLE_REP | 1u << ROLE_ADMIN, &p);
    assert_int_equal(perms_reach(&p, PERM_INTERACTIONS_READ), REACH_OWN);
    assert_int_equal(perms_reach(&p, PERM_USERS_WRITE), REACH_WORKSPACE);
    assert_int_equal(perms_reach(&p, PERM_AUDIT_READ), REACH_NONE);
    perms_of_roles(1u << ROLE_REP | 1u << ROLE_MANAGER, &p);
    assert_int_equal(perms_reach(&p, PERM_INTERACTIONS_READ), REACH_TEAM);
    perms_narrow(&p, perm_bit(PERM_DEALS_READ) | perm_bit(PERM_USERS_WRITE));
    assert_int_equal(perms_bits(&p), perm_bit(PERM_DEALS_READ)); /* scopes give nothing */
    perms_of_roles(0, &p);
    assert_int_equal(perms_bits(&p), 0);
    perms_all(&p);
    assert_int_equal(perms_bits(&p), PERM_BITS_ALL);
    assert_int_equal(perms_reach(&p, PERM_PUBLIC), REACH_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_names_and_names_have_numbers),
        cmocka_unit_test(numbers_stay),
        cmocka_unit_test(nobody_reads_conversations_by_administering),
        cmocka_unit_test(roles_add_up_and_scopes_take_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
