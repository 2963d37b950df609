#include "formats/fuzz_row.h"

extern const struct format_ops format_crm;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    return fuzz_row(&format_crm, "a.jsonl", p, n);
}
