#include "formats/fuzz_row.h"
#include "formats/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a captured parser child could say. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new("fuzz");
    str json = str_n((const char *)p, n);
    struct format_result r = {0};
    struct interaction ia;
    struct err e = {.msg = ""}, said;

    if (wire_item_read(json, a, &ia, &e) == ERR_OK) {
        fuzz_text(ia.title);
        fuzz_check(ia.kind < IA_KINDS && ia.turns_n <= IA_TURNS_MAX && ia.format.n > 0);
        for (size_t i = 0; i < ia.turns_n; i++)
            fuzz_text(ia.turns[i].text);
    }
    wire_note_read(json, a, &r, &e);
    if (wire_err_read(json, &said, &e) == ERR_OK)
        fuzz_check(strlen(said.msg) < sizeof(said.msg));
    arena_free(a);
    return 0;
}
