/* pipeline/webhook_stage.c - tells others what happened: one signed message a job, tried again for about three days.
 *
 * Standard Webhooks: the id stays the same over all tries, so that a receiver can drop what it has. An answer of 2xx is
 * success; 410, or a message given up while nothing else got through, disables the endpoint. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/egress.h"
#include "pipeline/stage.h"
#include "records/hooks.h"

static struct metric sent = METRIC_COUNTER_L("harken_webhooks_total", "outcome=\"delivered\"", "tries of webhooks");
static struct metric failed = METRIC_COUNTER_L("harken_webhooks_total", "outcome=\"failed\"", "tries of webhooks");

enum { HOOK_DB_MS = 20000, HOOK_REPLY_MS = 15000, RETRY_AFTER_MAX_S = 86400 };

/* Pause before try i + 1, in seconds: the schedule of the specification, about 75 hours in all. */
static const int pauses_s[HOOK_TRIES_MAX - 1] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};

static str body_of(const struct hook_delivery *d, struct arena *a)
{
    struct buf b;
    struct jw w;
    str out;

    buf_init(&b, 4096);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "type", str_of(d->type));
    jw_kstr(&w, "timestamp", clock_str(a, d->at_ms));
    jw_kobj(&w, "data");
    jw_kstr(&w, "object", id_str(a, d->object));
    if (!id_is_nil(d->subject))
        jw_kstr(&w, "subject", id_str(a, d->subject));
    jw_end(&w);
    jw_end(&w);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

/* One try. The outcome is written into *d. */
static int message_send(struct core *c, const struct hook *h, struct hook_delivery *d, struct arena *a)
{
    str id = str_fmt(a, "msg_%.*s", STR_ARG(id_str(a, d->id))), body = body_of(d, a);
    int64_t now_s = clock_now_ms() / 1000;
    str signature = hooksig_sign(h->keys, h->keys_n, id, now_s, body, a);
    const char *headers[] = {
        "Content-Type: application/json",
        "User-Agent: Harken",
        str_cz(a, str_fmt(a, "webhook-id: %.*s", STR_ARG(id))),
        str_cz(a, str_fmt(a, "webhook-timestamp: %lld", (long long)now_s)),
        str_cz(a, str_fmt(a, "webhook-signature: %.*s", STR_ARG(signature))),
        NULL,
    };
    struct egress_call call = {.url = h->url, .headers = headers, .body = body, .timeout_ms = HOOK_REPLY_MS};
    struct egress_answer got = {0};
    struct err e = {0};
    bool well;

    d->last_code = egress_post(&call, atomic_load(&c->egress), &got, &e);
    d->last_status = got.status;
    d->last_at_ms = clock_now_ms();
    d->tries++;
    well = !d->last_code && got.status >= 200 && got.status < 300;
    metric_add(well ? &sent : &failed, 1);
    if (well)
        d->state = HOOK_DELIVERED;
    else
        LOG_WARN("webhook.failed", F_ID("webhook", h->id), F_INT("status", got.status), F_INT("tries", d->tries),
                 F_CZ("error", err_name(d->last_code)));
    return got.retry_after_s;
}

/* Milliseconds until the next try, -1: none. Jitter of a fifth to both sides, so that many do not come back together. */
static int64_t pause_ms(const struct hook_delivery *d, int retry_after_s)
{
    uint16_t dice;
    int64_t s;

    if (d->state != HOOK_WAITING || d->tries >= HOOK_TRIES_MAX || d->last_status == 410)
        return -1;
    vault_random(&dice, sizeof dice);
    s = (int64_t)pauses_s[d->tries > 0 ? d->tries - 1 : 0] * 1000;
    s = s * 4 / 5 + s * 2 / 5 * dice / UINT16_MAX;
    if (retry_after_s > RETRY_AFTER_MAX_S)
        retry_after_s = RETRY_AFTER_MAX_S;
    return s > (int64_t)retry_after_s * 1000 ? s : (int64_t)retry_after_s * 1000;
}

static enum err_code outcome_store(struct core *c, const struct job *job, struct hook *h, struct hook_delivery *d,
                                   int retry_after_s, struct arena *a, struct err *e)
{
    int64_t next = pause_ms(d, retry_after_s);
    bool disable = false;
    struct db_tx *t;

    if (d->state == HOOK_WAITING && next < 0) {
        d->state = HOOK_GIVEN_UP;
        disable = d->last_status == 410 || h->failing_since_ms != CLOCK_NONE;
    }
    if (db_begin(c->v.db, c->v.workspace, HOOK_DB_MS, &t, e))
        return e->code;
    if (disable)
        h->state = HOOK_FAILED;
    if (hook_delivery_note(t, d, next, e) ||
        (disable && (hook_save(t, &c->v, h, a, e) ||
                     event_put(t, &(struct event_new){.type = "webhook.disabled", .object = h->id}, 1, e))) ||
        job_done(t, job, 1, e)) {
        db_rollback(t);
        return e->code;
    }
    if (disable)
        LOG_WARN("webhook.disabled", F_ID("webhook", h->id), F_INT("status", d->last_status));
    return db_commit(t, e);
}

/* What is to be sent; *out_found false when it was taken back meanwhile, or its endpoint is switched off. */
static enum err_code message_load(struct core *c, const struct job *job, struct arena *a, struct hook_delivery *d,
                                  struct hook **h, bool *out_found, struct err *e)
{
    struct db_tx *t;
    enum err_code rc;
    size_t n = 0;

    if (db_begin(c->v.db, c->v.workspace, HOOK_DB_MS, &t, e))
        return e->code;
    rc = hook_delivery_of(t, job->object, d, e);
    if (!rc)
        rc = hook_load(t, &c->v, &d->hook, 1, a, h, &n, e);
    *out_found = !rc && n && (*h)->state == HOOK_ACTIVE && d->state == HOOK_WAITING;
    if (rc && rc != ERR_NOT_FOUND) {
        db_rollback(t);
        return rc;
    }
    if (!*out_found && !rc && n && d->state == HOOK_WAITING) {
        d->state = HOOK_GIVEN_UP;
        rc = hook_delivery_note(t, d, -1, e);
    } else {
        rc = ERR_OK;
    }
    if (rc || (!*out_found && job_done(t, job, 1, e))) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

enum err_code webhook_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e)
{
    struct arena *a = arena_new_wiped("webhook");
    enum err_code rc = ERR_OK;

    for (size_t i = 0; !rc && i < n; i++) {
        struct hook_delivery d;
        struct hook *h = NULL;
        bool found = false;

        arena_reset(a);
        rc = message_load(c, &jobs[i], a, &d, &h, &found, e);
        if (!rc && found)
            rc = outcome_store(c, &jobs[i], h, &d, message_send(c, h, &d, a), a, e);
    }
    arena_free(a);
    return rc;
}
