/* Tokens and sets of keys from outside: the first line is a set of keys, the rest a token. */
#include "gateway/jose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str token, keys = str_cut(str_n((const char *)data, size), '\n', &token);
    struct arena *a = arena_new_wiped("fuzz");
    struct jwks *j = NULL;
    struct jws out;
    struct err e;

    if (jwks_parse(keys, &j, &e) == ERR_OK)
        jws_verify(token, j, NULL, a, &out, &e);
    jwks_free(j);
    arena_free(a);
    return 0;
}
