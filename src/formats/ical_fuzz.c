#include "formats/fuzz_row.h"

extern const struct format_ops format_ics;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    return fuzz_row(&format_ics, "a.ics", p, n);
}
