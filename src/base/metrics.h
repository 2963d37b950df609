/* base/metrics.h - counters, gauges and histograms, printed in Prometheus text form.
 *
 *     static struct metric rows = METRIC_COUNTER("harken_rows_total", "rows read");
 *     metric_add(&rows, n);
 *
 * A metric registers itself at first use. Any thread, lock-free after that. Labels are a fixed string: 'stage="embed"'. */
#pragma once
#include <stdatomic.h>

#include "base/buf.h"

enum metric_kind { METRIC_KIND_COUNTER, METRIC_KIND_GAUGE, METRIC_KIND_HISTOGRAM };
enum { METRIC_BUCKETS = 20 }; /* upper bounds 0.5 ms * 2^i, and +Inf */

struct metric {
    const char *name, *help, *labels;
    enum metric_kind kind;
    atomic_int registered;
    _Atomic int64_t value; /* histograms: sum in microseconds */
    _Atomic int64_t count;
    _Atomic int64_t bucket[METRIC_BUCKETS + 1];
    struct metric *next;
};
#define METRIC_COUNTER(n, h) {.name = (n), .help = (h), .kind = METRIC_KIND_COUNTER}
#define METRIC_GAUGE(n, h) {.name = (n), .help = (h), .kind = METRIC_KIND_GAUGE}
#define METRIC_HISTOGRAM(n, h) {.name = (n), .help = (h), .kind = METRIC_KIND_HISTOGRAM}
#define METRIC_COUNTER_L(n, l, h) {.name = (n), .help = (h), .labels = (l), .kind = METRIC_KIND_COUNTER}
#define METRIC_HISTOGRAM_L(n, l, h) {.name = (n), .help = (h), .labels = (l), .kind = METRIC_KIND_HISTOGRAM}

void metric_add(struct metric *m, int64_t v);
void metric_set(struct metric *m, int64_t v);
void metric_time_us(struct metric *m, int64_t us); /* one observation of a histogram */
int64_t metric_get(struct metric *m);
void metrics_print(struct buf *out); /* text format 0.0.4; series of one name stand together */

int64_t metrics_resident_bytes(void); /* memory of this process that is in RAM; 0 when /proc is not there */
