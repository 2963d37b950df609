/* engine/watch.h - tells an engine that is stuck from one that only gets no processor.
 *
 * Silence alone says nothing: on a busy machine an engine may wait for its turn for minutes. So the core looks at the
 * child's own processor clock and at its threads, twice a second while answers are owed. Stuck is
 *   - who sleeps: no processor time used, and no thread that wants any (stopped, or all waiting for each other), at every
 *     look of `silent_ms`. A look counts for at most twice the usual time, so that a machine that stood still proves nothing;
 *   - who spins: more than `spin_ms` of processor time since its last word.
 * Linux: clock_getcpuclockid(3), /proc/PID/task. A struct watch is only read here and may be shared. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct watch {
    pid_t pid;
    int64_t silent_ms;
    int64_t spin_ms; /* of all its threads together */
    bool (*owes)(void *ctx); /* is there anything to wait for? While not, silence is fine. NULL: always */
    void *ctx;
};

/* Reads n bytes; waits for them as long as the child is not stuck. False when it is, which the log tells, or when it is gone. */
bool watch_read(const struct watch *w, int fd, void *to, size_t n);
