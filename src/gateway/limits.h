/* gateway/limits.h - how often somebody may do something: token buckets by key, in memory of this process.
 *
 * A bucket holds `burst` and fills at `rate` a second (GCRA, the virtual scheduling form of ITU-T I.371: one time stamp a
 * bucket). Keys are hashes; the table has a fixed size, and what was not used for longest gives way. Any thread. */
#pragma once
#include "base/str.h"

struct limits;

struct limit_rule {
    double rate;  /* a second; 0: no limit */
    double burst; /* at most at once, >= 1 */
};

struct limit_state {
    bool ok;
    double left;    /* that may be taken now */
    double wait_s;  /* until `cost` may be taken; 0 when ok */
    double reset_s; /* until the bucket is full */
};

struct limits *limits_new(size_t buckets); /* rounded up to a power of two */
void limits_free(struct limits *l);        /* NULL is ignored */
/* Takes `cost` from the bucket, unless it holds less. `now_us`: clock_mono_us(). */
struct limit_state limit_take(struct limits *l, uint64_t key, const struct limit_rule *r, double cost, int64_t now_us);
/* Takes it in any case: what is known only afterwards. The bucket may be in debt then. */
void limit_charge(struct limits *l, uint64_t key, const struct limit_rule *r, double cost, int64_t now_us);
/* Puts back what limit_take took. */
void limit_give(struct limits *l, uint64_t key, const struct limit_rule *r, double cost, int64_t now_us);
/* A key for what is limited (`kind`: "user", "address" ...) and whose it is. */
uint64_t limit_key(const char *kind, const void *p, size_t n);
