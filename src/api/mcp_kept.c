/* api/mcp_kept.c - what callers of the older revisions said that holds for longer than one message. There are no sessions it could
 * belong to: it belongs to the token, and the last word counts. */
#include <pthread.h>

#include "api/mcp_priv.h"

enum { KEPT = 256, WATCHED_MOST = 32 };

/* One caller at a place, by token; another one of that place takes it over. */
static struct kept {
    struct id token;
    enum mcp_level level;
    unsigned can;
    struct mcp_thing watched[WATCHED_MOST];
    size_t watched_n;
} kept[KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards kept */

/* With the lock held. NULL: nothing is known of the caller. */
static struct kept *kept_find(struct id token)
{
    struct kept *x = &kept[(size_t)(token.b[14] << 8 | token.b[15]) % KEPT];

    return id_eq(x->token, token) ? x : NULL;
}

static struct kept *kept_take(struct id token)
{
    struct kept *x = &kept[(size_t)(token.b[14] << 8 | token.b[15]) % KEPT];

    if (!id_eq(x->token, token))
        *x = (struct kept){.token = token, .level = MCP_INFO};
    return x;
}

void mcp_kept_level_set(struct id token, enum mcp_level level)
{
    pthread_mutex_lock(&lock);
    kept_take(token)->level = level;
    pthread_mutex_unlock(&lock);
}

enum mcp_level mcp_kept_level(struct id token)
{
    const struct kept *x;
    enum mcp_level level;

    pthread_mutex_lock(&lock);
    x = kept_find(token);
    level = x ? x->level : MCP_INFO;
    pthread_mutex_unlock(&lock);
    return level;
}

void mcp_kept_can_set(struct id token, unsigned can)
{
    pthread_mutex_lock(&lock);
    kept_take(token)->can = can;
    pthread_mutex_unlock(&lock);
}

unsigned mcp_kept_can(struct id token)
{
    const struct kept *x;
    unsigned can;

    pthread_mutex_lock(&lock);
    x = kept_find(token);
    can = x ? x->can : 0;
    pthread_mutex_unlock(&lock);
    return can;
}

static size_t watched_find(const struct kept *x, struct mcp_thing t)
{
    size_t i = 0;

    while (i < x->watched_n && !(x->watched[i].kind == t.kind && id_eq(x->watched[i].id, t.id)))
        i++;
    return i;
}

bool mcp_kept_watch(struct id token, struct mcp_thing t)
{
    struct kept *x;
    size_t i;

    pthread_mutex_lock(&lock);
    x = kept_take(token);
    i = watched_find(x, t);
    if (i < WATCHED_MOST) {
        x->watched[i] = t;
        x->watched_n = i < x->watched_n ? x->watched_n : i + 1;
    }
    pthread_mutex_unlock(&lock);
    return i < WATCHED_MOST;
}

void mcp_kept_unwatch(struct id token, struct mcp_thing t)
{
    struct kept *x;
    size_t i;

    pthread_mutex_lock(&lock);
    x = kept_find(token);
    if (x && (i = watched_find(x, t)) < x->watched_n)
        x->watched[i] = x->watched[--x->watched_n];
    pthread_mutex_unlock(&lock);
}

bool mcp_kept_watches(struct id token, struct mcp_thing t)
{
    const struct kept *x;
    bool yes;

    pthread_mutex_lock(&lock);
    x = kept_find(token);
    yes = x && watched_find(x, t) < x->watched_n;
    pthread_mutex_unlock(&lock);
    return yes;
}
