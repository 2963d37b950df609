/* gateway/who.c - who stands behind a token: looked up once, remembered for a moment, forgotten when rights change. */
#include "base/clock.h"
#include "gateway/gateway_priv.h"
#include "gateway/users.h"

void who_unref(struct who *w)
{
    if (!w || atomic_fetch_sub(&w->refs, 1) != 1)
        return;
    arena_free(w->a);
    free(w);
}

static struct who_slot *slot_of(struct gateway *g, const uint8_t hash[SHA256_BYTES])
{
    return &g->slots[(hash[0] | hash[1] << 8) % WHO_SLOTS];
}

/* May one still go by it? `waits`: who asks can wait for the database, and so looks again as soon as it is time to. Of those on
 * the loop one is sent to look; else all that come in that moment would be, and wait. */
static bool good_still(struct who_slot *s, bool waits)
{
    int64_t age = clock_mono_ms() - s->since_ms;

    if (age < WHO_RENEW_MS || age >= WHO_MS || waits)
        return age < WHO_RENEW_MS;
    if (s->renewed)
        return true;
    s->renewed = true;
    return false;
}

static struct who *known_get(struct gateway *g, const uint8_t hash[SHA256_BYTES], bool waits)
{
    struct who_slot *s = slot_of(g, hash);
    struct who *w = NULL;

    pthread_mutex_lock(&g->lock);
    if (s->who && s->version == access_version() && vault_same(s->hash, hash, SHA256_BYTES) && good_still(s, waits)) {
        w = s->who;
        atomic_fetch_add(&w->refs, 1);
    }
    pthread_mutex_unlock(&g->lock);
    return w;
}

struct who *who_known(struct gateway *g, str token)
{
    uint8_t hash[SHA256_BYTES];

    sha256(token, hash);
    return known_get(g, hash, false);
}

/* `version`: as it was before the rights were read. */
static void known_put(struct gateway *g, const uint8_t hash[SHA256_BYTES], struct who *w, uint64_t version)
{
    struct who_slot *s = slot_of(g, hash);
    struct who *was;

    atomic_fetch_add(&w->refs, 1);
    pthread_mutex_lock(&g->lock);
    was = s->who;
    memcpy(s->hash, hash, SHA256_BYTES);
    s->who = w;
    s->version = version;
    s->since_ms = clock_mono_ms();
    s->renewed = false;
    pthread_mutex_unlock(&g->lock);
    who_unref(was);
}

void who_forget_all(struct gateway *g)
{
    for (size_t i = 0; i < WHO_SLOTS; i++) {
        who_unref(g->slots[i].who);
        g->slots[i] = (struct who_slot){0};
    }
}

static enum err_code teams_load(struct db_tx *t, struct who *w, struct err *e)
{
    struct member *m;
    struct id *teams;
    size_t n;

    if (member_list(t, ID_NIL, w->c.user, w->a, &m, &n, e))
        return e->code;
    teams = ARENA_ARRAY(w->a, struct id, n + 1);
    for (size_t i = 0; i < n; i++)
        teams[i] = m[i].team;
    w->c.teams = teams;
    w->c.teams_n = n;
    return ERR_OK;
}

static enum err_code rights_load(struct gateway *g, struct who *w, struct err *e)
{
    struct db_tx *t;

    if (db_begin_system(g->o.db, g->o.workspace, 10000, &t, e)) /* what a user owns must not depend on who asks */
        return e->code;
    if (reader_load(t, w->c.user, REACH_OWN, w->a, &w->own, e) ||
        reader_load(t, w->c.user, REACH_TEAM, w->a, &w->team, e) || teams_load(t, w, e)) {
        db_rollback(t);
        return e->code;
    }
    w->c.self = w->own.self;
    return db_commit(t, e);
}

static struct who *who_new(const struct token *t)
{
    struct who *w = calloc(1, sizeof *w);
    struct id who = id_is_nil(t->user) ? t->id : t->user;

    if (!w)
        abort();
    w->refs = 1;
    w->a = arena_new("gateway.who");
    w->c = (struct caller){.token = t->id, .user = t->user, .roles = t->roles, .kind = t->kind};
    w->methods = t->methods;
    w->auth_at_ms = t->auth_at_ms;
    if (id_is_nil(t->user))
        perms_all(&w->c.perms);
    else
        perms_of_roles(t->roles, &w->c.perms);
    if (t->kind != TOKEN_SESSION)
        perms_narrow(&w->c.perms, (uint64_t)t->scopes);
    w->limit_key = limit_key("caller", &who, sizeof who);
    return w;
}

enum err_code who_find(struct gateway *g, str token, bool cookie, struct who **out, struct err *e)
{
    uint64_t version = access_version();
    uint8_t hash[SHA256_BYTES];
    struct who *w;
    struct token t;

    sha256(token, hash);
    w = known_get(g, hash, true);
    if (!w) {
        if (token_find(g->o.db, g->o.workspace, token, &t, e))
            return e->code;
        if (t.kind == TOKEN_LINK) /* it is for GET /sign-in, and now it is spent */
            return err_set(e, ERR_DENIED, "a sign-in link is no token");
        w = who_new(&t);
        if (!id_is_nil(t.user) && rights_load(g, w, e)) {
            who_unref(w);
            return e->code;
        }
        known_put(g, hash, w, version);
    }
    if (cookie != (w->c.kind == TOKEN_SESSION)) { /* a session is no key, and a key is no session */
        who_unref(w);
        return err_set(e, ERR_DENIED, "not a token for this");
    }
    *out = w;
    return ERR_OK;
}
