/* analytics/coaching_priv.h - what figures of reps and their alerts share. */
#pragma once
#include "analytics/coaching.h"

/* The items by figure, part, rep, time and source: a copy. */
struct coach_item *coaching_sorted(const struct coach_input *in, struct arena *a);
/* Behind the last item of the figure and part of items[at]. */
size_t coaching_group_end(const struct coach_item *items, size_t n, size_t at);
