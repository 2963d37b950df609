/* The first lock, always open: linked in place of reader_sees.c into build/harken-first-lock-off, which no installation gets.
 * test/system/access_matrix_test.py shows with it that row-level security holds alone. */
#include "store/reader.h"

bool reader_sees(const struct reader *r, const struct reader_object *o)
{
    (void)r;
    (void)o;
    return true;
}

bool reader_sees_deal(const struct reader *r, struct id deal)
{
    (void)r;
    (void)deal;
    return true;
}
