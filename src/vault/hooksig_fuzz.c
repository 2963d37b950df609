/* A message from outside: lines of key, id, timestamp and signatures, then the body. What is good under no key must not be
 * good under this one by accident either: a forged signature would have to be found here. */
#include "vault/hooksig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = str_n((const char *)data, size);
    str key = str_cut(rest, '\n', &rest), id = str_cut(rest, '\n', &rest), at = str_cut(rest, '\n', &rest);
    str signatures = str_cut(rest, '\n', &rest);
    struct hooksig_check checks[2] = {{.key_n = HOOKSIG_SECRET, .key = {1}}};
    size_t n = 1 + (size_t)hooksig_check_parse(key, &checks[1]);

    hooksig_recent(at, 1700000000);
    hooksig_good(checks, n, id, at, signatures, rest);
    return 0;
}
