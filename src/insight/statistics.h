/* insight/statistics.h - conversation statistics of one call, as doc/definitions.md defines them (sections 0 and 1).
 *
 * Pure: the same interaction and context give the same rows, byte for byte. Rows and their order are those of section 0:
 * per-speaker rows for (s), per internal speaker for (rep), speaker empty otherwise; value absent with a reason where it
 * cannot be computed. All figures read the original text. Any thread. */
#pragma once
#include "domain/interaction.h"
#include "records/interaction.h"

enum { STATISTICS_VERSION = 2 }; /* definition_version of every row */

struct statistics_context {
    /* switches_per_minute of the workspace's other calls that start in the 180 days before this one; for `interactivity` */
    const double *spm_before;
    size_t spm_before_n;
    const size_t *objections; /* turns of the file in which the customer objects, ascending */
    size_t objections_n;
    bool lsm; /* the research measure is switched on */
};

/* Rows for calls; for other kinds none. Memory in `a`. Each row's inputs_hash is the SHA-256 of what it was computed from. */
void statistics_compute(const struct interaction *ia, const struct statistics_context *c, struct arena *a,
                        struct record_stat **out, size_t *out_n);
