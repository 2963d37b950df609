/* api/hooks.c - POST /hooks/{source}: messages of others, as Standard Webhooks (spec 1.0). Their bytes are checked against their
 * signature, sealed and queued in one transaction, and then acknowledged; nothing here reads what they say. */
#include "api/resource.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "pipeline/worker.h"
#include "records/hook_sources.h"

static struct metric taken = METRIC_COUNTER_L("harken_hooks_total", "outcome=\"taken\"", "webhooks that came");
static struct metric again = METRIC_COUNTER_L("harken_hooks_total", "outcome=\"again\"", "webhooks that came");
static struct metric refused = METRIC_COUNTER_L("harken_hooks_total", "outcome=\"refused\"", "webhooks that came");

enum { TX_MS = 5000, HOOK_BODY_MAX = 1 << 20 };

/* The source of a name when one of its keys has signed the message; otherwise ERR_DENIED, whatever was wrong, after the same
 * work: who guesses names or keys learns nothing. */
static enum err_code sender_prove(struct call *k, struct db_tx *t, struct hook_source *out, struct err *e)
{
    const struct vaulted *v = &((struct api *)k->app)->core->v;
    str id = http_field_get(k->rq, STR("webhook-id")), at = http_field_get(k->rq, STR("webhook-timestamp"));
    str signature = http_field_get(k->rq, STR("webhook-signature")), name = k->part[0];
    bool known = false, recent = hooksig_recent(at, clock_now_ms() / 1000), good;
    enum err_code rc = ERR_NOT_FOUND;

    if (hook_source_name_proper(name)) {
        rc = hook_source_named(t, v, name, k->a, out, e);
        if (rc && rc != ERR_NOT_FOUND)
            return rc;
        known = !rc;
    }
    if (!known) {
        *out = (struct hook_source){.keys_n = 1, .keys = {{.key_n = HOOKSIG_SECRET}}};
        vault_random(out->keys[0].key, HOOKSIG_SECRET);
    }
    good = hooksig_good(out->keys, out->keys_n, id, at, signature, k->rq->body);
    return known && recent && good ? ERR_OK : err_set(e, ERR_DENIED, "not accepted");
}

static enum err_code message_take(struct call *k, bool *out_new, struct err *e)
{
    const struct vaulted *v = &((struct api *)k->app)->core->v;
    struct hook_source s;
    struct db_tx *t;

    if (db_begin(v->db, v->workspace, TX_MS, &t, e))
        return e->code;
    if (sender_prove(k, t, &s, e) ||
        hook_message_add(t, v, s.id, http_field_get(k->rq, STR("webhook-id")), k->rq->body, k->a, out_new, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}

static void hook_post(struct call *k)
{
    struct err e = {0};
    bool is_new = false;

    if (message_take(k, &is_new, &e)) {
        if (e.code != ERR_DENIED) {
            http_problem_err(k->rep, &e);
            return;
        }
        metric_add(&refused, 1);
        http_problem(k->rep, 403, STR_NULL, STR("not accepted"),
                     STR("messages are accepted from known senders only, signed as Standard Webhooks within the last "
                         "five minutes"));
        return;
    }
    metric_add(is_new ? &taken : &again, 1);
    if (is_new)
        workers_wake(((struct api *)k->app)->core, "hook");
    http_json(k->rep, is_new ? 202 : 200, is_new ? STR("{\"new\":true}") : STR("{\"new\":false}"));
}

static const struct res_field taken_fields[] = {
    {"new", RES_BOOL, 0, "Whether it was taken in now; false: it came before, and nothing was done.", "true"},
};
static const struct res_shape taken_shape = {"HookTaken", "What became of a message.", RES_FIELDS(taken_fields)};

static const struct res_op ops[] = {
    {RES_OP_RAW, "receive", HTTP_M_POST, "/hooks/{source}", PERM_PUBLIC,
     "Take a signed message in (Standard Webhooks); 202, or 200 when it came before", .answer = &taken_shape,
     .status = 202, .status2 = 200, .flags = RES_OP_BYTES | RES_OP_OWN | RES_OP_FOREIGN, .body_max = HOOK_BODY_MAX,
     .raw = hook_post},
};

const struct resource res_hooks = {
    .name = "hooks",
    .key = "hooks",
    .one = "message",
    .about = "Where senders post signed messages to.",
    RES_OPS(ops),
};
