#include "formats/fuzz_row.h"
#include "formats/pdf.h"

extern const struct format_ops format_eml;

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Attached PDF files would start a program. */
static enum err_code no_pdf(str pdf, struct arena *a, str *out, struct err *e)
{
    (void)pdf, (void)a, (void)out;
    return err_set(e, ERR_UNSUPPORTED, "not while fuzzing");
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    pdf_text_set(no_pdf);
    return fuzz_row(&format_eml, "a.eml", p, n);
}
