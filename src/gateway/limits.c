#include "gateway/limits.h"

#include <pthread.h>
#include <stdlib.h>

enum { WAYS = 8, LOCKS = 64 };

struct bucket {
    uint64_t key;
    int64_t full_us; /* when it will be full again; in the past: it is */
};

struct limits {
    struct bucket *b;
    size_t sets;                  /* of WAYS buckets; a power of two */
    pthread_mutex_t lock[LOCKS];  /* guards the sets whose number ends so */
};

struct limits *limits_new(size_t buckets)
{
    struct limits *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    for (l->sets = 1; l->sets * WAYS < buckets;)
        l->sets *= 2;
    l->b = calloc(l->sets * WAYS, sizeof *l->b);
    if (!l->b)
        abort();
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&l->lock[i], NULL);
    return l;
}

void limits_free(struct limits *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&l->lock[i]);
    free(l->b);
    free(l);
}

uint64_t limit_key(const char *kind, const void *p, size_t n)
{
    uint64_t x = str_hash(str_of(kind)) * 0x9e3779b97f4a7c15u ^ str_hash(str_n(p, n));

    return x ? x : 1;
}

/* The bucket of a key; a new one is full. Takes the lock of its set. */
static struct bucket *bucket_lock(struct limits *l, uint64_t key, pthread_mutex_t **out_lock)
{
    size_t set = (size_t)(key ^ key >> 29) & (l->sets - 1);
    struct bucket *first = &l->b[set * WAYS], *oldest = first;

    *out_lock = &l->lock[set % LOCKS];
    pthread_mutex_lock(*out_lock);
    for (size_t i = 0; i < WAYS; i++) {
        if (first[i].key == key)
            return &first[i];
        if (first[i].full_us < oldest->full_us)
            oldest = &first[i];
    }
    *oldest = (struct bucket){.key = key};
    return oldest;
}

static struct limit_state state_of(const struct bucket *b, const struct limit_rule *r, int64_t now_us)
{
    double behind_s = b->full_us > now_us ? (double)(b->full_us - now_us) / 1e6 : 0;

    return (struct limit_state){.left = r->burst - behind_s * r->rate, .reset_s = behind_s};
}

static void add(struct bucket *b, const struct limit_rule *r, double cost, int64_t now_us)
{
    int64_t from = b->full_us > now_us ? b->full_us : now_us;

    b->full_us = from + (int64_t)(cost / r->rate * 1e6);
}

struct limit_state limit_take(struct limits *l, uint64_t key, const struct limit_rule *r, double cost, int64_t now_us)
{
    struct limit_state s = {.ok = true, .left = r->burst};
    pthread_mutex_t *lock;
    struct bucket *b;

    if (r->rate <= 0)
        return s;
    b = bucket_lock(l, key, &lock);
    s = state_of(b, r, now_us);
    s.ok = s.left >= cost - 1e-9;
    if (s.ok) {
        add(b, r, cost, now_us);
        s = state_of(b, r, now_us);
        s.ok = true;
    } else {
        s.wait_s = (cost - s.left) / r->rate;
    }
    if (s.left < 0)
        s.left = 0;
    pthread_mutex_unlock(lock);
    return s;
}

void limit_charge(struct limits *l, uint64_t key, const struct limit_rule *r, double cost, int64_t now_us)
{
    pthread_mutex_t *lock;

    if (r->rate <= 0)
        return;
    add(bucket_lock(l, key, &lock), r, cost, now_us);
    pthread_mutex_unlock(lock);
}

void limit_give(struct limits *l, uint64_t key, const struct limit_rule *r, double cost, int64_t now_us)
{
    pthread_mutex_t *lock;
    struct bucket *b;

    (void)now_us;
    if (r->rate <= 0)
        return;
    b = bucket_lock(l, key, &lock);
    b->full_us -= (int64_t)(cost / r->rate * 1e6);
    pthread_mutex_unlock(lock);
}
