/* The first lock, in a file of its own: test/system/matrix.py links a program with this file replaced by one that says yes
 * to everything, and shows that the second lock (row-level security) holds alone. */
#include "store/reader.h"

static bool any_in(const struct id_set *s, const struct reader_object *o)
{
    for (size_t i = 0; s->n && i < o->people_n; i++)
        if (id_set_has(s, o->people[i]))
            return true;
    return false;
}

bool reader_sees(const struct reader *r, const struct reader_object *o)
{
    if (!r || r->reach == REACH_NONE)
        return false;
    if (r->reach == REACH_WORKSPACE)
        return true;
    if (o->private_ && !r->private_shown)
        return any_in(&r->self, o);
    return any_in(&r->people, o) || (!id_is_nil(o->deal) && id_set_has(&r->deals, o->deal));
}

bool reader_sees_deal(const struct reader *r, struct id deal)
{
    return r && (r->reach == REACH_WORKSPACE || (r->reach != REACH_NONE && id_set_has(&r->deals, deal)));
}
