/* test/eval/dealfacts.h - facts of deals from a file of CRM records, without a database: for evaluations and benches.
 *
 * Reads what `harken ingest` reads (domain/crm.h), plus lines of the simulation's own: {"format":"sim.snapshot/1","deal","at"} and
 * {"format":"sim.finding/1","deal","at","kind","class","side","value","confidence","modality","due"}. Ids are hashes of the
 * file's words, so `dealfacts_name` finds them again. One thread. */
#pragma once
#include "deals/facts.h"

struct dealfacts_deal {
    struct deal_facts f;
    str name; /* id in the file */
    int64_t snapshot; /* CLOCK_NONE: none */
    size_t change_cap, act_cap, find_cap, person_cap;
};

struct dealfacts {
    struct arena *a;
    struct deal_pipeline *pipes;
    size_t pipes_n, pipes_cap;
    struct dealfacts_deal *deals; /* in the order of the file */
    size_t deals_n, deals_cap;
    struct deal_seller *sellers;
    size_t sellers_n, sellers_cap;
    size_t *slots, slots_cap; /* deals by hash of their name */
    size_t lines, refused;
};

enum err_code dealfacts_read(const char *path, struct arena *a, struct dealfacts *out, struct err *e);
