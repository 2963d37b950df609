/* formats/csv_read.h - records of a table, one after the other (RFC 4180, any separator). Pure; memory in the reader's arena. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { CSV_COLUMNS_MAX = 500 };

struct csv_reader {
    str text;
    size_t at, line; /* of the next record; line counts from 1 */
    char sep;
    struct arena *a;
};

struct csv_record {
    str *field;
    size_t n, cap;
    size_t line; /* where it begins */
};

/* One record; false at the end. ERR_INVALID in *rc for an open quote or too many columns. */
bool csv_record_read(struct csv_reader *r, struct csv_record *rec, enum err_code *rc, struct err *e);
