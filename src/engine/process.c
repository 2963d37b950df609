/* engine/process.c - `harken engine`: the child's first steps, before the inference library is there. */
#include <dlfcn.h>
#include <limits.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fs.h"
#include "engine/module.h"

#ifndef HARKEN_GGML_DIR
#define HARKEN_GGML_DIR ""
#endif

static void *module_open(struct arena *a)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    str dir;
    void *so;

    if (n <= 0)
        return NULL;
    dir = str_n(exe, (size_t)n);
    dir = str_sub(dir, 0, str_rfind_char(dir, '/'));
    so = dlopen(str_fmt(a, "%.*s/harken-engine.so", STR_ARG(dir)).p, RTLD_NOW | RTLD_LOCAL);
    if (!so)
        so = dlopen(str_fmt(a, "%.*s/../lib/harken/harken-engine.so", STR_ARG(dir)).p, RTLD_NOW | RTLD_LOCAL);
    return so;
}

int engine_process_main(int argc, char **argv)
{
    struct arena *a = arena_new("engine.start");
    int (*run)(const struct engine_args *);
    struct engine_args args;
    void *so;
    int64_t threads = 0;

    if (argc != 5 || !str_to_i64(str_of(argv[3]), &threads)) {
        fprintf(stderr, "harken engine: started by harken serve, not by hand\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    so = module_open(a);
    run = so ? (int (*)(const struct engine_args *))dlsym(so, "engine_module_main") : NULL;
    if (!run) {
        fprintf(stderr, "harken engine: %s\n", dlerror());
        return 1;
    }
    args = (struct engine_args){.model_path = argv[1],
                                .model_hash = argv[2],
                                .threads = (int)threads,
                                .sandbox = strcmp(argv[4], "sandbox") == 0,
                                .backend_dir = HARKEN_GGML_DIR};
    return run(&args);
}
