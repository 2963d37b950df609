/* engine/process.c - `harken engine`: the child's first steps, before the inference library is there. */
#include <dlfcn.h>
#include <limits.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fs.h"
#include "engine/gguf.h"
#include "engine/module.h"
#include "engine/wire.h"

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

/* Says to the core why there will be no engine, as its first frame. */
static void refuse(const char *why)
{
    struct wire_hello rep = {.status = 1};

    snprintf(rep.name, sizeof rep.name, "%.*s", (int)sizeof rep.name - 1, why);
    fs_write_all(WIRE_FD, str_n((const char *)&rep, sizeof rep), NULL);
}

static bool args_read(int argc, char **argv, struct engine_args *out)
{
    int64_t threads, context, slots;

    if (argc != 8 || !str_to_i64(str_of(argv[4]), &threads) || !str_to_i64(str_of(argv[6]), &context) ||
        !str_to_i64(str_of(argv[7]), &slots))
        return false;
    *out = (struct engine_args){.model_path = argv[2],
                                .model_hash = argv[3],
                                .threads = (int)threads,
                                .sandbox = strcmp(argv[5], "sandbox") == 0,
                                .context = (int)context,
                                .slots = (int)slots,
                                .backend_dir = HARKEN_GGML_DIR};
    return true;
}

int engine_process_main(int argc, char **argv)
{
    struct arena *a = arena_new("engine.start");
    int (*run)(const struct engine_args *);
    struct engine_args args;
    struct gguf_info info;
    struct err e;
    void *so;

    if (!args_read(argc, argv, &args)) {
        fprintf(stderr, "harken engine: started by harken serve, not by hand\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (gguf_file_check(args.model_path, &info, &e)) {
        refuse(e.msg);
        return 1;
    }
    so = module_open(a);
    run = so ? (int (*)(const struct engine_args *))dlsym(
                   so, strcmp(argv[1], "generate") == 0 ? "engine_module_generate" : "engine_module_main")
             : NULL;
    if (!run) {
        fprintf(stderr, "harken engine: %s\n", dlerror());
        return 1;
    }
    return run(&args);
}
