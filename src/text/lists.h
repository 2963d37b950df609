/* text/lists.h - the word lists of src/text/lists/, embedded at build.
 *
 * A list file has one entry a line, lower case, words separated by one space; an entry may carry a number after a tab
 * (1 when absent) whose meaning the file's comment states. Lines that start with '#' are comments; `# version: N` gives
 * the version that figures and the index record. A list is read at first use and then never changes. Any thread. */
#pragma once
#include "base/str.h"

struct word_list;

/* "fillers.en"; NULL when the build holds no such list. `name` and `base` are string literals: their address is remembered. */
const struct word_list *list_get(const char *name);
/* The list `base`.`lang`, or NULL. */
const struct word_list *list_for(const char *base, str lang);

int list_version(const struct word_list *l);
size_t list_count(const struct word_list *l);
/* The value of a one-word or whole-phrase entry, 0 when there is none. */
int list_value(const struct word_list *l, str entry);
/* The longest entry that tokens[0..] begin with: how many tokens it has, 0 for none. *out_value may be NULL. */
size_t list_match(const struct word_list *l, const str *tokens, size_t n, int *out_value);
/* Might an entry that begins within these tokens go on behind their end? */
bool list_open_end(const struct word_list *l, const str *tokens, size_t n);
