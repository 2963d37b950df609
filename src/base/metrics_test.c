#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/metrics.h"

static struct metric rows = METRIC_COUNTER("test_rows_total", "rows read");
static struct metric depth = METRIC_GAUGE("test_depth", "how deep");
static struct metric parse = METRIC_HISTOGRAM_L("test_seconds", "stage=\"parse\"", "time of a stage");
static struct metric store = METRIC_HISTOGRAM_L("test_seconds", "stage=\"store\"", "time of a stage");
static struct metric unused = METRIC_COUNTER("test_unused_total", "never touched");

static bool printed(const char *line)
{
    struct buf b;
    bool found;

    buf_init(&b, 1 << 20);
    metrics_print(&b);
    assert_true(buf_ok(&b));
    found = str_contains(buf_view(&b), str_of(line));
    buf_done(&b);
    return found;
}

static size_t times(str text, str part)
{
    size_t n = 0;

    for (size_t at = 0; (at = str_find(text, part, at)) != SIZE_MAX; at++)
        n++;
    return n;
}

static void counters_and_gauges_are_printed(void **state)
{
    (void)state;
    metric_add(&rows, 2);
    metric_add(&rows, 3);
    metric_set(&depth, 9);
    metric_set(&depth, -4);
    assert_int_equal(metric_get(&rows), 5);
    assert_true(printed("# HELP test_rows_total rows read\n# TYPE test_rows_total counter\ntest_rows_total 5\n"));
    assert_true(printed("# TYPE test_depth gauge\ntest_depth -4\n"));
    assert_int_equal(metric_get(&unused), 0);
    assert_false(printed("test_unused_total"));
}

static void histograms_are_cumulative(void **state)
{
    struct buf b;

    (void)state;
    metric_time_us(&parse, 500);     /* on the bound of the first bucket: inside */
    metric_time_us(&parse, 501);     /* second */
    metric_time_us(&parse, 1000000); /* 1.024 s */
    metric_time_us(&parse, INT64_C(1) << 40);
    metric_time_us(&store, 1);
    assert_int_equal(metric_get(&parse), 4);
    assert_true(printed("test_seconds_bucket{stage=\"parse\",le=\"0.0005\"} 1\n"));
    assert_true(printed("test_seconds_bucket{stage=\"parse\",le=\"0.0010\"} 2\n"));
    assert_true(printed("test_seconds_bucket{stage=\"parse\",le=\"0.5120\"} 2\n"));
    assert_true(printed("test_seconds_bucket{stage=\"parse\",le=\"1.0240\"} 3\n"));
    assert_true(printed("test_seconds_bucket{stage=\"parse\",le=\"+Inf\"} 4\n"));
    assert_true(printed("test_seconds_count{stage=\"parse\"} 4\n"));
    assert_true(printed("test_seconds_count{stage=\"store\"} 1\n"));
    buf_init(&b, 1 << 20);
    metrics_print(&b);
    assert_int_equal(times(buf_view(&b), STR("# TYPE test_seconds ")), 1);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_and_gauges_are_printed),
        cmocka_unit_test(histograms_are_cumulative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
