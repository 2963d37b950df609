/* engine/module.h - the one entry of the engine module, called by `harken engine` after dlopen. */
#pragma once
#include <stdbool.h>

struct engine_args {
    const char *model_path, *model_hash, *backend_dir;
    int threads; /* 0: one per core */
    bool sandbox;
};

/* Serves on WIRE_FD until it is closed; the return value is the process's exit status. */
int engine_module_main(const struct engine_args *args);
/* `harken engine MODEL HASH THREADS SANDBOX`: finds and loads the module. In the core binary (engine/process.c). */
int engine_process_main(int argc, char **argv);
