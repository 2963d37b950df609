/* pipeline/context.h - what a side table says about a file: title, start, people, account, deal.
 *
 * A folder may hold `index.csv` with the columns path (relative to the folder), title, started_at, participants
 * ("Name <mail>; Name <mail>"), account, deal and kind, in any order, all but path optional. Its row travels with the file as
 * a JSON object of the same keys. Where both say something, the side table wins, but people are only added or completed.
 * Pure functions; memory in `a`. */
#pragma once
#include "domain/interaction.h"

#define CONTEXT_FILE "index.csv"

enum { CONTEXT_BYTES_MAX = 16 << 10 };

struct context_table;

/* Reads a side table. ERR_INVALID names the line. */
enum err_code context_table_read(str csv, struct arena *a, struct context_table **out, struct err *e);
/* JSON object for a file; empty when the table says nothing about it. */
str context_find(const struct context_table *t, str path, struct arena *a);

/* Is it empty or an object of at most CONTEXT_BYTES_MAX bytes with known keys? */
enum err_code context_check(str context, struct err *e);
/* `whole`: the file holds this one interaction only; of several, only account and deal are meant for all. */
void context_apply(str context, bool whole, struct interaction *ia, struct arena *a);
