/* text/lists_data.h - what tools/text/lists_embed.py makes of src/text/lists/. */
#pragma once
#include <stddef.h>

enum { LISTS_MAX = 128 };

struct list_data {
    const char *name; /* the file's name without ".txt" */
    const char *text;
    size_t n;
};
extern const struct list_data lists_data[];
extern const size_t lists_data_n; /* at most LISTS_MAX */
