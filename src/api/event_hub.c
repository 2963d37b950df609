#include "api/event_hub.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread.h"

enum {
    RING = 4096,
    READ_MAX = 1000,
    NUMBER_MAX = 1000,
    WAIT_MS = 250,
    GAP_MS = 100, /* between two looks: what comes in between is numbered together */
    FORGET_MS = 3600 * 1000,
    ERROR_MS = 500
};

static struct metric streams_open = METRIC_GAUGE("harken_event_streams", "open event streams");
static struct metric events_sent = METRIC_COUNTER("harken_events_sent_total", "events written to streams");

struct listener_ {
    struct listener_ *next;
    struct http_stream *stream;
    struct standing *standing;
    struct id who;
    int64_t after;      /* all up to this number is done with */
    int64_t checked_ms; /* when its rights were looked at */
    const struct event_voice *voice;
    void *ctx;
    atomic_bool gone, drain;
};

struct event_hub {
    struct event_hub_opts o;
    struct thread thread;
    atomic_bool stop;
    pthread_mutex_t lock; /* guards list, n; the rest is the thread's */
    struct listener_ *list;
    size_t n;
    struct arena *text;   /* one event as it is sent */
    _Atomic int64_t last; /* the newest number that was offered */
    struct event ring[RING]; /* of number k at k % RING; n 0: none */
};

/* ---- what ---- */

static bool type_is(const struct event *ev, const char *word)
{
    return str_starts(str_of(ev->type), str_of(word));
}

bool event_seen(struct index *ix, const struct caller *who, const struct event *ev)
{
    struct id of = id_is_nil(ev->subject) ? ev->object : ev->subject;

    if (type_is(ev, "job."))
        return caller_reach(who, PERM_JOBS_OPERATE) != REACH_NONE;
    if (type_is(ev, "webhook.") || type_is(ev, "hook."))
        return caller_reach(who, PERM_WEBHOOKS_READ) != REACH_NONE;
    if (!who->reader)
        return false;
    if (who->reader->reach == REACH_WORKSPACE)
        return true;
    if (type_is(ev, "interaction.") || type_is(ev, "finding."))
        return index_seen(ix, who->reader, of);
    if (type_is(ev, "deal.") || type_is(ev, "action."))
        return reader_sees_deal(who->reader, of);
    return false;
}

/* ---- one stream ---- */

static void listener_free(struct listener_ *l)
{
    http_stream_unref(l->stream);
    gateway_standing_free(l->standing);
    l->voice->done(l->ctx);
    free(l);
    metric_add(&streams_open, -1);
}

static void on_event(void *ctx, struct http_stream *s, enum http_stream_event ev)
{
    struct listener_ *l = ctx;

    (void)s;
    if (ev == HTTP_STREAM_GONE)
        atomic_store(&l->gone, true);
    else if (ev == HTTP_STREAM_DRAIN)
        atomic_store(&l->drain, true);
}

static void bye(struct listener_ *l, str why)
{
    if (why.n)
        http_stream_write(l->stream, why, NULL);
    http_stream_end(l->stream);
    atomic_store(&l->gone, true);
}

/* Gives it one event; false when it takes no more now. */
static bool offer(struct event_hub *h, struct listener_ *l, const struct event *ev)
{
    if (l->voice->wants(l->ctx, ev) && event_seen(h->o.ix, gateway_standing_caller(l->standing), ev)) {
        arena_reset(h->text);
        if (http_stream_write(l->stream, l->voice->text(l->ctx, ev, h->text), NULL))
            return false;
        metric_add(&events_sent, 1);
    }
    l->after = ev->n;
    return true;
}

static void catch_up(struct event_hub *h, struct listener_ *l, int64_t last, struct arena *a)
{
    while (l->after < last && !atomic_load(&l->gone)) {
        const struct event *ev = &h->ring[(l->after + 1) % RING];
        struct event *list;
        size_t n;

        if (ev->n == l->after + 1) {
            if (!offer(h, l, ev))
                return;
            continue;
        }
        arena_reset(a);
        if (event_after(h->o.db, h->o.workspace, l->after, READ_MAX, a, &list, &n, NULL, NULL))
            return;
        for (size_t i = 0; i < n && list[i].n <= last; i++)
            if (!offer(h, l, &list[i]))
                return;
        if (!n)
            l->after = last;
    }
}

static void tend(struct event_hub *h, struct listener_ *l, int64_t last, struct arena *a)
{
    int64_t now = clock_mono_ms();

    if (atomic_load(&l->drain) || atomic_load(&h->stop)) {
        bye(l, l->voice->again);
        return;
    }
    if (now - l->checked_ms >= EVENT_RIGHTS_MS) {
        l->checked_ms = now;
        if (!gateway_standing_check(l->standing)) {
            bye(l, l->voice->denied);
            return;
        }
    }
    catch_up(h, l, last, a);
}

/* ---- the thread ---- */

static void tend_all(struct event_hub *h, int64_t last, struct arena *a)
{
    struct listener_ *first, *gone = NULL;

    pthread_mutex_lock(&h->lock);
    first = h->list; /* others only put new ones before it */
    pthread_mutex_unlock(&h->lock);
    for (struct listener_ *l = first; l; l = l->next)
        if (!atomic_load(&l->gone))
            tend(h, l, last, a);
    pthread_mutex_lock(&h->lock);
    for (struct listener_ **at = &h->list, *l; (l = *at);) {
        if (!atomic_load(&l->gone)) {
            at = &l->next;
            continue;
        }
        *at = l->next;
        h->n--;
        l->next = gone;
        gone = l;
    }
    pthread_mutex_unlock(&h->lock);
    while ((first = gone)) {
        gone = first->next;
        http_stream_end(first->stream); /* waits for an on_event that runs, and silences later ones */
        listener_free(first);
    }
}

/* Numbers what is new and reads it into the ring. *out_last: how far streams may go now. */
static enum err_code take_new(struct event_hub *h, struct arena *a, int64_t *out_last, struct err *e)
{
    int64_t numbered, have = atomic_load(&h->last), settled = clock_now_ms() - EVENT_SETTLE_MS;
    struct event *list;
    size_t n;

    if (event_number(h->o.db, h->o.workspace, NUMBER_MAX, &numbered, e))
        return e->code;
    if (numbered == have)
        return ERR_OK;
    arena_reset(a);
    if (event_after(h->o.db, h->o.workspace, have, READ_MAX, a, &list, &n, NULL, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        if (list[i].at_ms > settled) /* who may see it is being worked out by those who publish it in the index */
            break;
        h->ring[list[i].n % RING] = list[i];
        have = list[i].n;
    }
    if (!n)
        have = numbered; /* all of them were dropped meanwhile */
    if (have != *out_last && h->o.numbered)
        h->o.numbered(h->o.ctx, have);
    *out_last = have;
    return ERR_OK;
}

static void hub_run(void *arg)
{
    struct event_hub *h = arg;
    struct db_listener *told = db_listener_new(h->o.db, EVENT_CHANNEL);
    struct arena *a = arena_new("events");
    int64_t last = atomic_load(&h->last), forgot_ms = 0, looked_ms = 0, took_ms = 0;
    bool some = false;
    struct err e;

    while (!atomic_load(&h->stop)) {
        some = db_listener_wait(told, some ? GAP_MS : WAIT_MS) || some;
        if ((some || clock_mono_ms() - looked_ms >= 1000 || looked_ms < 0) && clock_mono_ms() - took_ms >= GAP_MS) {
            took_ms = clock_mono_ms();
            looked_ms = some ? -1 : clock_mono_ms(); /* what was announced may have to settle: look again */
            if (take_new(h, a, &last, &e)) {
                LOG_WARN("events.number.failed", F_ERR(&e));
                for (int i = 0; i < ERROR_MS / 50 && !atomic_load(&h->stop); i++)
                    db_listener_wait(told, 50);
            }
            atomic_store(&h->last, last);
            some = false;
        }
        tend_all(h, last, a);
        if (clock_mono_ms() - forgot_ms > FORGET_MS || !forgot_ms) {
            forgot_ms = clock_mono_ms();
            if (event_forget(h->o.db, h->o.workspace, clock_now_ms() - h->o.keep_ms, &e))
                LOG_WARN("events.forget.failed", F_ERR(&e));
        }
    }
    tend_all(h, last, a);
    db_listener_free(told);
    arena_free(a);
}

static void hub_free(struct event_hub *h)
{
    pthread_mutex_destroy(&h->lock);
    arena_free(h->text);
    free(h);
}

enum err_code event_hub_start(const struct event_hub_opts *o, struct event_hub **out, struct err *e)
{
    struct event_hub *h = calloc(1, sizeof *h);
    int64_t last = -1, before;

    if (!h)
        abort();
    h->o = *o;
    h->text = arena_new("events.text");
    pthread_mutex_init(&h->lock, NULL);
    do { /* what was not numbered before the last stop, too */
        before = last;
        if (event_number(o->db, o->workspace, NUMBER_MAX, &last, e)) {
            hub_free(h);
            return err_wrap(e, "events");
        }
    } while (last != before);
    atomic_store(&h->last, last);
    if (o->numbered)
        o->numbered(o->ctx, last);
    if (thread_start(&h->thread, "events", hub_run, h, e)) {
        hub_free(h);
        return e->code;
    }
    *out = h;
    return ERR_OK;
}

void event_hub_stop(struct event_hub *h)
{
    if (!h)
        return;
    atomic_store(&h->stop, true);
    thread_join(&h->thread);
    tend_all(h, 0, NULL); /* who came while it ended */
    hub_free(h);
}

size_t event_hub_streams(struct event_hub *h)
{
    size_t n;

    pthread_mutex_lock(&h->lock);
    n = h->n;
    pthread_mutex_unlock(&h->lock);
    return n;
}

/* ---- serving ---- */

/* Opens its stream and puts it into the list, unless the caller has enough. */
static bool listener_open(struct event_hub *h, struct listener_ *l, struct http_reply *rep)
{
    struct http_stream_opts so = {.heartbeat_ms = EVENT_HEARTBEAT_MS,
                                  .heartbeat = {":\n\n", 3},
                                  .on_event = on_event,
                                  .ctx = l,
                                  .max_bytes = 64 << 10};

    int mine = 0;
    bool ok;

    pthread_mutex_lock(&h->lock);
    for (struct listener_ *i = h->list; i; i = i->next)
        mine += !atomic_load(&i->gone) && memcmp(&i->who, &l->who, sizeof l->who) == 0;
    ok = mine < h->o.per_caller;
    if (ok) {
        l->stream = http_reply_stream(rep, STR("text/event-stream"), &so);
        http_stream_write(l->stream, l->voice->first, NULL);
        l->next = h->list;
        h->list = l;
        h->n++;
    }
    pthread_mutex_unlock(&h->lock);
    return ok;
}

void event_hub_listen(struct event_hub *h, struct call *k, int64_t after, const struct event_voice *v, void *ctx)
{
    struct listener_ *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    metric_add(&streams_open, 1);
    l->voice = v;
    l->ctx = ctx;
    l->standing = gateway_standing_new(k, PERM_EVENTS_READ);
    l->who = caller_actor(&k->who);
    l->after = after < 0 ? atomic_load(&h->last) : after;
    l->checked_ms = clock_mono_ms();
    if (!l->standing || atomic_load(&h->stop)) {
        listener_free(l);
        http_problem(k->rep, 503, STR_NULL, STR("not now"), STR("the server is stopping; come again"));
        return;
    }
    if (k->rq->method == HTTP_M_HEAD) {
        listener_free(l);
        http_body(k->rep, STR("text/event-stream"), STR(""));
    } else if (!listener_open(h, l, k->rep)) {
        listener_free(l);
        http_retry_after(k->rep, 10);
        http_problem(k->rep, 429, STR_NULL, STR("too many streams"), STR("close another one first: events.per_caller"));
    }
}

/* ---- GET /v1/events ---- */

static bool types_proper(str types)
{
    for (size_t i = 0; i < types.n; i++)
        if (!((types.p[i] >= 'a' && types.p[i] <= 'z') || strchr("._,", types.p[i])))
            return false;
    return types.n <= 512;
}

static str event_text(void *ctx, const struct event *ev, struct arena *a)
{
    char object[ID_TEXT_LEN + 1], subject[ID_TEXT_LEN + 1], at[CLOCK_TEXT_LEN];
    bool has = !id_is_nil(ev->subject);

    (void)ctx;
    id_format(ev->object, object);
    id_format(ev->subject, subject);
    clock_format(ev->at_ms, at);
    return str_fmt(a, "id: %lld\nevent: %s\ndata: {\"type\":\"%s\",\"object\":\"%s\"%s%s%s,\"at\":\"%s\"}\n\n",
                   (long long)ev->n, ev->type, ev->type, object, has ? ",\"subject\":\"" : "", has ? subject : "",
                   has ? "\"" : "", at);
}

/* Where the stream begins: behind Last-Event-ID, or now. */
static bool place_find(struct event_hub *h, struct call *k, int64_t *out)
{
    str id = http_field_get(k->rq, STR("last-event-id"));
    uint64_t n;

    *out = atomic_load(&h->last);
    if (!id.n)
        return true;
    if (!str_to_u64(id, &n) || n > (uint64_t)INT64_MAX) {
        http_problem(k->rep, 400, STR_NULL, STR("bad Last-Event-ID"),
                     STR("it is the number of an event, as in its id"));
        return false;
    }
    *out = (int64_t)n < *out ? (int64_t)n : *out;
    return true;
}

/* `ctx`: the types wanted, with a NUL; empty: all. */
static bool plain_wants(void *ctx, const struct event *ev)
{
    return event_wanted(str_of(ctx), ev);
}

static const struct event_voice plain = {
    .wants = plain_wants,
    .text = event_text,
    .first = {"retry: 2000\n\n", 13},
    .again = {"retry: 500\nevent: stream.again\ndata: {}\n\n", 41},
    .denied = {"event: stream.denied\ndata: {}\n\n", 31},
    .done = free,
};

void event_hub_serve(struct event_hub *h, struct call *k)
{
    str types = STR("");
    int64_t after;
    bool found;
    char *kept;
    struct err e;

    if (!place_find(h, k, &after))
        return;
    if (http_query_get(k->rq, STR("types"), &types, &found, &e) || !types_proper(types)) {
        http_problem(k->rep, 400, STR_NULL, STR("bad query"),
                     STR("types are names and beginnings of names up to a dot, separated by commas: deal.,job.dead"));
        return;
    }
    kept = strndup(types.n ? types.p : "", types.n);
    if (!kept)
        abort();
    event_hub_listen(h, k, after, &plain, kept);
}
