/* pipeline/core.h - what one running Harken works with: data, keys, engine, index, and the queue's owner. */
#pragma once
#include <stdatomic.h>

#include "engine/embed.h"
#include "llm/llm.h"
#include "net/egress.h"
#include "records/interaction.h"
#include "search/index.h"
#include "store/queue.h"

struct track_state;
struct worker_pool;

struct core {
    struct vaulted v;
    struct embedder *em;  /* NULL: no model, search by words only */
    struct llm *llm;      /* NULL: no language model */
    struct index *ix;
    struct job_owner owner;
    _Atomic(const struct egress_rules *) egress; /* where webhooks may be sent to; each lives as long as the core */
    _Atomic int64_t answers_keep_ms; /* how long questions and answers are kept; 0: until they are deleted */
    const str *own_domains; /* mail domains of our own people, lower case */
    size_t own_domains_n;
    const str *competitors; /* names to look for in what is said */
    size_t competitors_n;
    struct track_state *track; /* of the one thread that looks for trackers; see track_stage.c */
    _Atomic int trackers_n;     /* enabled ones, when last looked */
    _Atomic int trackers_swept; /* the generation for which old conversations are queued */
    atomic_bool ranks_moved; /* the ranks of deals are not those of their odds any more; the tick sees to it */
    struct worker_pool *workers;
    atomic_bool draining; /* long stages give up between steps; their jobs go back untouched */
    atomic_bool index_ready; /* the rebuild from the store is over */
    _Atomic size_t rebuild_done, rebuild_total;
};
