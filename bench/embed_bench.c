/* usage: embed_bench HARKEN MODEL FILE
 *
 * One text a line of FILE through engine/embed.h, as the pipeline does it: bulk lane, EMBED_TEXTS_MAX texts a call, one engine
 * thread a core. Prints one JSON object. The engine's own processor time over wall time times cores says how much of
 * the machine the engine used. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/thread.h"
#include "engine/embed.h"

enum { TEXTS_MAX = 100000 };

static double child_cpu_s(int pid)
{
    char path[64];
    double ticks = 0;
    struct buf b;
    str rest;
    int fd;

    buf_init(&b, 70000);
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fs_read_fd(fd, 4096, &b, NULL) == ERR_OK) {
        rest = str_from(buf_view(&b), str_rfind_char(buf_view(&b), ')') + 2); /* field 3 begins behind the name */
        for (int field = 3; field <= 15; field++) {
            double v = 0;
            if (str_to_double(str_cut(rest, ' ', &rest), &v) && field >= 14)
                ticks += v; /* 14 user, 15 system */
        }
    }
    if (fd >= 0)
        close(fd);
    buf_done(&b);
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

static int failed(const struct err *e)
{
    fprintf(stderr, "embed_bench: %s\n", e->msg);
    return 1;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new("bench");
    str file = STR(""), line, *texts = ARENA_ARRAY(a, str, TEXTS_MAX);
    struct embedder *em;
    int64_t tokens = 0, at;
    double cpu, s;
    size_t n = 0;
    float *out;
    struct err e;

    if (argc != 4) {
        fprintf(stderr, "usage: embed_bench HARKEN MODEL FILE\n");
        return 2;
    }
    if (fs_read(argv[3], 256 << 20, a, &file, &e))
        return failed(&e);
    while (n < TEXTS_MAX && str_line_next(&file, &line))
        if (line.n)
            texts[n++] = line;
    if (embedder_start(&(struct embed_config){.exe = argv[1], .model = argv[2], .sandbox = true}, &em, &e) ||
        embed_texts(em, EMBED_BULK, texts, n < 8 ? n : 8, 60000, a, &out, NULL, &e))
        return failed(&e);
    cpu = child_cpu_s(embedder_pid(em));
    at = clock_mono_us();
    for (size_t i = 0; i < n; i += EMBED_TEXTS_MAX) {
        int64_t read = 0;
        size_t some = n - i < EMBED_TEXTS_MAX ? n - i : EMBED_TEXTS_MAX;
        if (embed_texts(em, EMBED_BULK, texts + i, some, 600000, a, &out, &read, &e))
            return failed(&e);
        tokens += read;
    }
    s = (double)(clock_mono_us() - at) / 1e6;
    cpu = child_cpu_s(embedder_pid(em)) - cpu;
    printf("{\"texts\":%zu,\"tokens\":%lld,\"seconds\":%.4f,\"engine_cpu_share\":%.4f,\"threads\":%d}\n", n,
           (long long)tokens, s, cpu / (s * thread_cores()), embedder_info(em)->threads);
    embedder_stop(em);
    arena_free(a);
    return 0;
}
