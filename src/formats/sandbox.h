/* formats/sandbox.h - reads any file in a throw-away child that can do nothing but compute.
 *
 * Three processes. The caller never looks into the bytes. The nursery ("harken parser") is started once by the first
 * call, loads the heavy libraries, gives up root, its files and its network, and then only forks: one child for each
 * file. There are two of them: one forks readers of plain formats, the other, started when it is needed, has the tables that
 * mails and documents want and that make a fork dear. A reader who finds out that it is with the wrong one says so. The child confines itself (formats/confine.h), parses, answers in frames (formats/wire.h) and ends; the caller
 * checks the answer again. A PDF's text comes from pdftotext, started by the nursery when the child asks the caller.
 *
 * Program and tests must route the hidden subcommand:
 *     if (argc > 1 && strcmp(argv[1], "parser") == 0) return sandbox_child_main(); */
#pragma once
#include "formats/format.h"

enum {
    SANDBOX_TIMEOUT_MS = 20000, /* wall clock for one file, then SIGKILL */
    SANDBOX_CPU_S = 10,
};
/* Address space of a child: this, and four times the file. */
#define SANDBOX_MEMORY_BYTES ((size_t)512 << 20)

/* Like format_parse(), in a child. Any thread; blocks up to the time limit. Errors besides those of the parser:
 * ERR_LIMIT ("the file needs more than N MiB to read"), ERR_TIMEOUT ("reading it took longer than 20 s"),
 * ERR_INVALID (the reader crashed over it), ERR_UNSUPPORTED (this kernel cannot confine a process). */
enum err_code sandbox_format_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                   struct err *e);

/* Starts the nursery now instead of at the first file: call before threads drop the right to start programs. */
enum err_code sandbox_start(struct err *e);
/* Ends the nursery. Not while another thread parses. */
void sandbox_stop(void);

/* --no-sandbox: parse in this process. For debugging only; before the first parse. */
void sandbox_enabled_set(bool enabled);
bool sandbox_enabled(void);

/* The nursery's main(): never returns to the caller's program. */
int sandbox_child_main(void);

/* For tests: limits other than the defaults; 0 keeps a default. */
void sandbox_limits_set(size_t memory_bytes, int cpu_s, int timeout_ms);
