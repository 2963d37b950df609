/* formats/pdftotext.h - runs poppler's pdftotext over the bytes of a PDF, confined (CONFINE_PROGRAM).
 *
 * The program reads a sealed memory file on its standard input and writes its text into a pipe; it sees no file of ours,
 * no network and may start nothing. */
#pragma once
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { PDF_TIMEOUT_MS = 20000, PDF_CPU_S = 10 };
#define PDF_MEMORY_BYTES ((size_t)768 << 20)
#define PDF_TEXT_MAX ((size_t)128 << 20)

/* The whole way: starts the program, waits, judges. May block up to PDF_TIMEOUT_MS. Any thread.
 * Errors: ERR_DENIED (encrypted), ERR_INVALID (damaged), ERR_LIMIT, ERR_TIMEOUT, ERR_UNSUPPORTED (not installed). */
enum err_code pdftotext_run(str pdf, struct arena *a, str *out_text, struct err *e);

/* For the process that forks: becomes pdftotext between the given descriptors. Never returns. Async-signal-safe after
 * confine_prepare(). */
_Noreturn void pdftotext_exec(int pdf_fd, int text_fd, int err_fd, size_t pdf_bytes);

/* For the process that reads: collects text and complaints until both pipes end or `deadline_mono_ms` has come. */
enum err_code pdftotext_collect(int text_fd, int err_fd, int64_t deadline_mono_ms, struct arena *a, str *out_text,
                                str *out_said, struct err *e);
/* What the wait status and the complaints mean for a person. */
enum err_code pdftotext_judge(int wait_status, str said, struct err *e);

/* A sealed memory file with these bytes; the caller closes it. -1 and *e on failure. */
int memory_file(str bytes, struct err *e);
