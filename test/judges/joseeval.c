/* Reads lines of "KEYS<TAB>TOKEN" and says of each "valid" or "invalid": for judges of JOSE code. */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/jose.h"

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;

    while ((n = getline(&line, &cap, stdin)) > 0) {
        str token, keys = str_cut(str_n(line, (size_t)n - (line[n - 1] == '\n')), '\t', &token);
        struct arena *a = arena_new_wiped("joseeval");
        struct jwks *j = NULL;
        struct jws out;
        struct err e;
        bool ok = jwks_parse(keys, &j, &e) == ERR_OK && jws_verify(token, j, NULL, a, &out, &e) == ERR_OK;
        puts(ok ? "valid" : "invalid");
        jwks_free(j);
        arena_free(a);
    }
    free(line);
    return 0;
}
