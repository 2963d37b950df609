/* engine/gguf.h - is this file a model that may be given to the inference library?
 *
 * Our own reading of the GGUF format (versions 2 and 3, little endian; https://github.com/ggml-org/ggml/blob/master/docs/gguf.md),
 * done before the library sees a byte: every count, length, offset and product is checked against the file and against bounds
 * of ours, tensors lie inside the file and apart from each other, the tokenizer's lists agree, and the numbers that sizes are
 * worked out from are in a sane range. Strict on purpose: what is refused here and would have worked can be converted again.
 *
 * Chat templates in the file are never used (trust.md U9); whether there is one is told, so that it can be reported. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct gguf_info {
    char architecture[32]; /* "llama", "bert" */
    char name[128];        /* general.name, valid UTF-8, may be empty */
    uint64_t tensors, context; /* context: tokens it was trained with; 0 when not said */
    uint64_t vocabulary;
    bool has_template;
};

/* `bytes`: the whole file, mapped or read. ERR_INVALID says what is wrong and where; ERR_LIMIT: more than we take. */
enum err_code gguf_check(str bytes, struct gguf_info *out, struct err *e);
/* The same for a file, which is mapped for it. ERR_NOT_FOUND, ERR_IO. */
enum err_code gguf_file_check(const char *path, struct gguf_info *out, struct err *e);
