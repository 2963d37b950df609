/* store/db_priv.h - what db.c (pool, transactions) and db_value.c (binary values) share. */
#pragma once
#include "store/db.h"

enum { DB_PARAMS_MAX = 64 };

/* Parameters in the form libpq wants them. Memory in the arena given. */
struct db_wire {
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX], formats[DB_PARAMS_MAX];
    unsigned types[DB_PARAMS_MAX];
    uint64_t kinds; /* hash of count and kinds: a statement keeps its types for the life of a connection */
    size_t bytes;
};
void db_wire_make(struct db_wire *w, const struct db_val *v, size_t n, struct arena *a);
