#include "base/id.h"

#include <pthread.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/clock.h"

static pthread_mutex_t id_lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static int64_t last_ms;
static unsigned last_seq; /* 12 bits, counts within one millisecond */
static uint8_t pool[512];
static size_t pool_left;

/* One call of the kernel for many ids: each byte is given out once and forgotten here. With the lock held. */
static void random_take(uint8_t out[16])
{
    if (!pool_left) {
        if (getrandom(pool, sizeof pool, 0) != (ssize_t)sizeof pool)
            abort(); /* without randomness nothing here is safe */
        pool_left = sizeof pool;
    }
    pool_left -= 16;
    memcpy(out, pool + pool_left, 16);
    explicit_bzero(pool + pool_left, 16);
}

/* A forked child must not give out what its parent does. */
static void pool_forget(void)
{
    pool_left = 0;
}

__attribute__((constructor)) static void pool_watch_forks(void)
{
    pthread_atfork(NULL, NULL, pool_forget);
}

struct id id_new(void)
{
    struct id id;
    int64_t ms = clock_now_ms();
    unsigned seq;

    pthread_mutex_lock(&id_lock);
    random_take(id.b);
    if (ms > last_ms) {
        last_ms = ms;
        last_seq = (unsigned)(id.b[7] & 0x7f); /* room to count up */
    } else if (++last_seq > 0xfff) {
        last_ms++;
        last_seq = 0;
    }
    ms = last_ms;
    seq = last_seq;
    pthread_mutex_unlock(&id_lock);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)((uint64_t)ms >> (40 - 8 * i));
    id.b[6] = (uint8_t)(0x70 | (seq >> 8));
    id.b[7] = (uint8_t)seq;
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

bool id_is_nil(struct id id)
{
    static const struct id nil;
    return memcmp(&id, &nil, sizeof id) == 0;
}

bool id_eq(struct id a, struct id b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

int id_cmp(struct id a, struct id b)
{
    return memcmp(&a, &b, sizeof a);
}

void id_format(struct id id, char out[ID_TEXT_LEN + 1])
{
    static const char hex[] = "0123456789abcdef";
    char *p = out;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = hex[id.b[i] >> 4];
        *p++ = hex[id.b[i] & 15];
    }
    *p = 0;
}

str id_str(struct arena *a, struct id id)
{
    char t[ID_TEXT_LEN + 1];
    id_format(id, t);
    return str_dup(a, str_n(t, ID_TEXT_LEN));
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool id_parse(str s, struct id *out)
{
    struct id id;
    size_t at = 0;

    if (s.n != ID_TEXT_LEN)
        return false;
    for (int i = 0; i < 16; i++) {
        int hi, lo;
        if ((i == 4 || i == 6 || i == 8 || i == 10) && s.p[at++] != '-')
            return false;
        hi = hex_of(s.p[at++]);
        lo = hex_of(s.p[at++]);
        if (hi < 0 || lo < 0)
            return false;
        id.b[i] = (uint8_t)(hi << 4 | lo);
    }
    *out = id;
    return true;
}
