#include "base/metrics.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/fs.h"

static struct metric *_Atomic metrics_head;

static void enlist(struct metric *m)
{
    int expected = 0;

    if (atomic_load(&m->registered) || !atomic_compare_exchange_strong(&m->registered, &expected, 1))
        return;
    m->next = atomic_load(&metrics_head);
    while (!atomic_compare_exchange_weak(&metrics_head, &m->next, m)) {
    }
}

void metric_add(struct metric *m, int64_t v)
{
    enlist(m);
    atomic_fetch_add(&m->value, v);
}

void metric_set(struct metric *m, int64_t v)
{
    enlist(m);
    atomic_store(&m->value, v);
}

void metric_time_us(struct metric *m, int64_t us)
{
    int i = 0;

    enlist(m);
    while (i < METRIC_BUCKETS && us > (int64_t)500 << i)
        i++;
    atomic_fetch_add(&m->bucket[i], 1);
    atomic_fetch_add(&m->count, 1);
    atomic_fetch_add(&m->value, us);
}

int64_t metric_get(struct metric *m)
{
    return m->kind == METRIC_KIND_HISTOGRAM ? atomic_load(&m->count) : atomic_load(&m->value);
}

static void labels_put(struct buf *out, const struct metric *m, const char *le)
{
    bool own = m->labels && *m->labels;

    if (!own && !le)
        return;
    buf_char(out, '{');
    if (own)
        buf_str(out, str_of(m->labels));
    if (own && le)
        buf_char(out, ',');
    if (le)
        buf_fmt(out, "le=\"%s\"", le);
    buf_char(out, '}');
}

static void series_put(struct buf *out, struct metric *m)
{
    int64_t sum = 0;
    char le[32];

    if (m->kind != METRIC_KIND_HISTOGRAM) {
        buf_str(out, str_of(m->name));
        labels_put(out, m, NULL);
        buf_fmt(out, " %lld\n", (long long)atomic_load(&m->value));
        return;
    }
    for (int i = 0; i <= METRIC_BUCKETS; i++) {
        sum += atomic_load(&m->bucket[i]);
        if (i < METRIC_BUCKETS)
            snprintf(le, sizeof le, "%.4f", 0.0005 * (double)((int64_t)1 << i));
        buf_fmt(out, "%s_bucket", m->name);
        labels_put(out, m, i < METRIC_BUCKETS ? le : "+Inf");
        buf_fmt(out, " %lld\n", (long long)sum);
    }
    buf_fmt(out, "%s_sum", m->name);
    labels_put(out, m, NULL);
    buf_fmt(out, " %.6f\n", (double)atomic_load(&m->value) / 1e6);
    buf_fmt(out, "%s_count", m->name);
    labels_put(out, m, NULL);
    buf_fmt(out, " %lld\n", (long long)sum);
}

static bool first_of_name(const struct metric *head, const struct metric *m)
{
    for (const struct metric *x = head; x != m; x = x->next)
        if (str_eq(str_of(x->name), str_of(m->name)))
            return false;
    return true;
}

void metrics_print(struct buf *out)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    struct metric *head = atomic_load(&metrics_head);

    for (struct metric *m = head; m; m = m->next) {
        if (!first_of_name(head, m))
            continue;
        buf_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, types[m->kind]);
        for (struct metric *x = m; x; x = x->next)
            if (str_eq(str_of(x->name), str_of(m->name)))
                series_put(out, x);
    }
}

/* Second field of /proc/self/statm: resident pages. */
int64_t metrics_resident_bytes(void)
{
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    int64_t pages = 0;
    struct buf b;
    str rest;

    if (fd < 0)
        return 0;
    buf_init(&b, 66000); /* fs_read_fd reads in pieces of 64 KiB */
    if (fs_read_fd(fd, 1024, &b, NULL) == ERR_OK) {
        str_cut(buf_view(&b), ' ', &rest);
        str_to_i64(str_cut(rest, ' ', &rest), &pages);
    }
    close(fd);
    buf_done(&b);
    return pages * sysconf(_SC_PAGESIZE);
}
