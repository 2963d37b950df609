#include "engine/watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* Of all its threads, in ms; -1: it is gone. */
static int64_t cpu_of(pid_t pid)
{
    struct timespec t;
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        return -1;
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The letter behind the name in a stat file: R runs or could, D waits for a disk. */
static char state_read(const char *path)
{
    char line[512], state = 0;
    FILE *f = fopen(path, "re");
    const char *p;

    if (!f)
        return 0;
    if (fgets(line, sizeof line, f) && (p = strrchr(line, ')')) && p[1] == ' ')
        state = p[2];
    fclose(f);
    return state;
}

static bool wants_processor(pid_t pid)
{
    char path[64 + NAME_MAX];
    struct dirent *d;
    bool wants = false;
    DIR *dir;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    dir = opendir(path);
    // cppcheck-suppress readdirCalled ; the stream is ours alone
    while (dir && !wants && (d = readdir(dir))) {
        char state;
        if (d->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/stat", (int)pid, d->d_name);
        state = state_read(path);
        wants = state == 'R' || state == 'D';
    }
    if (dir)
        closedir(dir);
    return wants;
}

enum { LOOK_MS = 500 };

enum state { WORKS, SLEEPS, SPINS };

/* What was seen since its last word. */
struct seen {
    int64_t spoke_cpu_ms, cpu_ms; /* of the child: then, at the last look */
    int64_t looked_ms, asleep_ms;
};

static void seen_reset(struct seen *s, pid_t pid)
{
    s->spoke_cpu_ms = s->cpu_ms = cpu_of(pid);
    s->looked_ms = clock_mono_ms();
    s->asleep_ms = 0;
}

static enum state look(const struct watch *w, struct seen *s)
{
    int64_t now = clock_mono_ms(), cpu = cpu_of(w->pid), since = now - s->looked_ms;

    if (cpu > s->cpu_ms || wants_processor(w->pid))
        s->asleep_ms = 0;
    else
        s->asleep_ms += since < 2 * LOOK_MS ? since : 2 * LOOK_MS;
    s->cpu_ms = cpu;
    s->looked_ms = now;
    if (s->asleep_ms > w->silent_ms)
        return SLEEPS;
    return cpu - s->spoke_cpu_ms > w->spin_ms ? SPINS : WORKS;
}

/* Waits until there is something to read. */
static bool await(const struct watch *w, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    enum state state = WORKS;
    struct seen s;

    if (poll(&p, 1, 0) > 0)
        return true;
    seen_reset(&s, w->pid);
    while (state == WORKS) {
        if (poll(&p, 1, w->silent_ms < LOOK_MS ? (int)w->silent_ms : LOOK_MS) > 0)
            return true;
        if (w->owes && !w->owes(w->ctx))
            seen_reset(&s, w->pid);
        else
            state = look(w, &s);
    }
    LOG_WARN("engine.stuck", F_CZ("how", state == SPINS ? "spins" : "sleeps"), F_MS("cpu", s.cpu_ms - s.spoke_cpu_ms),
             F_MS("asleep", s.asleep_ms));
    return false;
}

bool watch_read(const struct watch *w, int fd, void *to, size_t n)
{
    char *p = to;

    while (n) {
        ssize_t k;
        if (!await(w, fd))
            return false;
        k = read(fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}
