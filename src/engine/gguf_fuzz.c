/* Bytes as a model file, for our own validator. */
#include "engine/gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gguf_info info;
    struct err e;

    gguf_check(str_n((const char *)data, size), &info, &e);
    return 0;
}
