/* deals/warnings_store_test.c - verdicts and choices about warnings. */
#include "deals/warnings_store.h"

#include <math.h>

#include "records/test_records.h"

static void few_verdicts_have_no_precision(void **state)
{
    double p, low, high;

    (void)state;
    assert_false(warning_precision(&(struct warning_clicks){3, 1}, &p, &low, &high));
    assert_true(warning_precision(&(struct warning_clicks){8, 2}, &p, &low, &high));
    assert_true(fabs(p - 0.8) < 1e-12);
    assert_true(fabs(low - 0.4901625) < 1e-6 && fabs(high - 0.9433178) < 1e-6); /* Agresti, Coull 1998 */
}

static void what_is_not_there_cannot_be_judged_or_chosen(void **state)
{
    struct warning_clicks clicks[WARNINGS_N];
    struct id nothing = {{5}}, *deals;
    struct db_tx *t;
    size_t n;

    (void)state;
    assert_int_equal(db_begin(v.db, v.workspace, 20000, &t, &e), ERR_OK);
    assert_int_equal(warning_judge(t, &v, nothing, 1, nothing, true, 1, &e), ERR_NOT_FOUND);
    assert_int_equal(warning_choose(t, &v, nothing, 1, false, 0, nothing, 1, a, &deals, &n, &e), ERR_NOT_FOUND);
    assert_int_equal(warning_clicks_load(t, &v, clicks, &e), ERR_OK);
    for (size_t i = 0; i < WARNINGS_N; i++)
        assert_true(clicks[i].right == 0 && clicks[i].wrong == 0);
    db_rollback(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_verdicts_have_no_precision),
        cmocka_unit_test(what_is_not_there_cannot_be_judged_or_chosen),
    };
    return cmocka_run_group_tests(tests, up, down);
}
