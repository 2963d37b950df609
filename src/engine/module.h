/* engine/module.h - the entry of the engine module, called by `harken engine` after dlopen. */
#pragma once
#include <stdbool.h>

struct engine_args {
    const char *model_path, *model_hash, *backend_dir;
    int threads; /* 0: one per core */
    bool sandbox;
    int context, slots; /* of a generator: tokens of each slot (0: as trained, at most 8192), sequences side by side */
};

/* Each serves on WIRE_FD until it is closed; the return value is the process's exit status. */
int engine_module_main(const struct engine_args *args); /* embeddings: llama.c */
int engine_module_generate(const struct engine_args *args); /* text: generate.c */
/* `harken engine KIND MODEL HASH THREADS SANDBOX CONTEXT SLOTS`: checks the model file with our own eyes (gguf.h), then finds
 * and loads the module. In the core binary (engine/process.c). */
int engine_process_main(int argc, char **argv);
