/* api/mcp_watch.c - telling a client that a resource it watches has changed. In 2026-07-28 one request names what is watched, and its
 * answer is the stream; in the older revisions a caller says one by one what it watches, and opens the stream with GET. Both are
 * streams of the event hub: whoever may not see a thing hears nothing of it, and whether there is such a thing is not told. */
#include "api/event_hub.h"
#include "api/mcp_priv.h"

enum { WATCHED_MOST = 32, TEXT_MAX = 32 << 10 };

/* What one stream watches, and how it speaks. */
struct watch {
    struct event_voice voice;
    struct id token;
    bool by_token; /* what the token has said; otherwise things[] */
    struct mcp_thing things[WATCHED_MOST];
    size_t n;
    struct arena *a; /* owns the texts below and in the voice */
    str meta; /* member of each note's params; empty: none */
};

static struct mcp_thing thing_of(const struct event *ev)
{
    struct mcp_thing t = {.id = id_is_nil(ev->subject) ? ev->object : ev->subject};
    str type = str_of(ev->type);

    if (str_starts(type, STR("interaction.")) || str_starts(type, STR("finding.")))
        t.kind = MCP_CONVERSATION;
    else if (str_starts(type, STR("deal.")) || str_starts(type, STR("action.")))
        t.kind = MCP_DEAL;
    return t;
}

static bool wants(void *ctx, const struct event *ev)
{
    const struct watch *x = ctx;
    struct mcp_thing t = thing_of(ev);

    if (t.kind == MCP_THING_NONE)
        return false;
    if (x->by_token)
        return mcp_kept_watches(x->token, t);
    for (size_t i = 0; i < x->n; i++)
        if (x->things[i].kind == t.kind && id_eq(x->things[i].id, t.id))
            return true;
    return false;
}

static str text(void *ctx, const struct event *ev, struct arena *a)
{
    const struct watch *x = ctx;
    str uri = mcp_thing_uri(thing_of(ev), a);

    return str_fmt(a,
                   "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\","
                   "\"params\":{%.*s\"uri\":\"%.*s\"}}\n\n",
                   STR_ARG(x->meta), STR_ARG(uri));
}

static void done(void *ctx)
{
    struct watch *x = ctx;

    arena_free(x->a);
    free(x);
}

static struct watch *watch_new(const struct call *k)
{
    struct watch *x = calloc(1, sizeof *x);

    if (!x)
        abort();
    x->a = arena_new("mcp.watch");
    x->token = k->who.token;
    x->voice = (struct event_voice){.wants = wants, .text = text, .done = done, .first = STR("retry: 2000\n\n")};
    return x;
}

/* ---- the older revisions ---- */

static bool more_has(str uri)
{
    for (size_t i = 0; mcp_more && i < mcp_more->resources_n; i++)
        if (str_eq(uri, str_of(mcp_more->resources[i].name)))
            return true;
    return false;
}

static bool may_listen(struct mcp *m)
{
    if (gateway_permit(m->k, PERM_EVENTS_READ, false))
        return true;
    mcp_error(m, 400, RPC_PARAMS, STR("it takes the permission events.read, which you do not have"));
    return false;
}

static void watch_change(struct mcp *m, bool on)
{
    str uri = json_str(json_get(m->params, "uri"), STR(""));
    struct mcp_thing t = mcp_thing_parse(uri);

    if (!may_listen(m))
        return;
    if (t.kind == MCP_THING_NONE && !more_has(uri)) {
        mcp_error(m, 400, RPC_NO_RESOURCE, STR("there is no such resource"));
        return;
    }
    if (t.kind != MCP_THING_NONE && !on)
        mcp_kept_unwatch(m->k->who.token, t);
    else if (t.kind != MCP_THING_NONE && !mcp_kept_watch(m->k->who.token, t)) {
        mcp_error(m, 400, RPC_PARAMS, STR("so many are watched that there is no room for more: give some up"));
        return;
    }
    mcp_result_open(m);
    mcp_result_close(m);
}

void mcp_subscribe(struct mcp *m)
{
    watch_change(m, true);
}

void mcp_unsubscribe(struct mcp *m)
{
    watch_change(m, false);
}

void mcp_get(struct call *k)
{
    struct mcp m = {.k = k};
    struct watch *x;

    if (str_eq(http_field_get(k->rq, STR("mcp-protocol-version")), STR(MCP_MODERN))) {
        http_header(k->rep, STR("allow"), STR("POST"));
        http_problem(k->rep, 405, STR_NULL, STR("method not allowed"),
                     STR("this revision listens by subscriptions/listen"));
    } else if (!mcp_origin_fits(k)) {
        return;
    } else if (!mcp_takes_events(&m)) {
        http_problem(k->rep, 406, STR_NULL, STR("not acceptable"), STR("there is text/event-stream and nothing else"));
    } else {
        struct api *api = k->app;
        x = watch_new(k);
        x->by_token = true;
        http_header(k->rep, STR("cache-control"), STR("no-store"));
        event_hub_listen(api->hub, k, -1, &x->voice, x);
    }
}

/* ---- 2026-07-28 ---- */

static str event_of(struct watch *x, struct buf *b)
{
    str all = str_fmt(x->a, "event: message\ndata: %.*s\n\n", STR_ARG(buf_view(b)));

    buf_done(b);
    return all;
}

static void own_meta(struct mcp *m, struct jw *w)
{
    jw_kobj(w, "_meta");
    jw_key(w, MCP_META "subscriptionId");
    jw_value(w, m->id);
    jw_end(w);
}

/* What is watched, in the words of the request; what is not is left out. */
static str acknowledge(struct mcp *m, struct watch *x)
{
    struct buf b;
    struct jw w;

    buf_init(&b, TEXT_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "jsonrpc", STR("2.0"));
    jw_kstr(&w, "method", STR("notifications/subscriptions/acknowledged"));
    jw_kobj(&w, "params");
    own_meta(m, &w);
    jw_kobj(&w, "notifications");
    jw_karr(&w, "resourceSubscriptions");
    for (size_t i = 0; i < x->n; i++)
        jw_str(&w, mcp_thing_uri(x->things[i], x->a));
    jw_end(&w);
    jw_end(&w);
    jw_end(&w);
    jw_end(&w);
    return event_of(x, &b);
}

/* The answer of the request, which ends its stream. `why`: an error; NULL: the server ends. */
static str ending(struct mcp *m, struct watch *x, const char *why)
{
    struct buf b;
    struct jw w;

    buf_init(&b, TEXT_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "jsonrpc", STR("2.0"));
    jw_key(&w, "id");
    jw_value(&w, m->id);
    if (why) {
        jw_kobj(&w, "error");
        jw_ki64(&w, "code", RPC_REQUEST);
        jw_kstr(&w, "message", str_of(why));
    } else {
        jw_kobj(&w, "result");
        own_meta(m, &w);
        jw_kstr(&w, "resultType", STR("complete"));
    }
    jw_end(&w);
    jw_end(&w);
    return event_of(x, &b);
}

static str meta_text(struct mcp *m, struct watch *x)
{
    struct buf b;
    struct jw w;
    str all;

    buf_init(&b, TEXT_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    own_meta(m, &w);
    jw_end(&w);
    all = buf_view(&b); /* without its braces */
    all = str_fmt(x->a, "%.*s,", STR_ARG(str_sub(all, 1, all.n - 1)));
    buf_done(&b);
    return all;
}

/* False: there are too many. */
static bool things_read(struct mcp *m, struct watch *x)
{
    struct json_it it;

    for (json_it_init(&it, json_get(json_get(m->params, "notifications"), "resourceSubscriptions"));
         json_it_next(&it);) {
        struct mcp_thing t = mcp_thing_parse(json_str(it.val, STR("")));
        if (t.kind == MCP_THING_NONE)
            continue;
        if (x->n == WATCHED_MOST)
            return false;
        x->things[x->n++] = t;
    }
    return true;
}

void mcp_listen(struct mcp *m)
{
    struct api *api = m->k->app;
    struct watch *x;

    if (!may_listen(m))
        return;
    if (json_kind(json_get(m->params, "notifications")) != JSON_OBJ || !mcp_takes_events(m)) {
        mcp_error(m, 400, RPC_PARAMS, STR("say what to tell in \"notifications\", and take text/event-stream"));
        return;
    }
    x = watch_new(m->k);
    if (!things_read(m, x)) {
        done(x);
        mcp_error(m, 400, RPC_PARAMS, STR("at most 32 resources on one stream"));
        return;
    }
    x->meta = meta_text(m, x);
    x->voice.first = acknowledge(m, x);
    x->voice.again = ending(m, x, NULL);
    x->voice.denied = ending(m, x, "the right to listen was taken away");
    m->replied = true;
    http_header(m->k->rep, STR("cache-control"), STR("no-store"));
    event_hub_listen(api->hub, m->k, -1, &x->voice, x);
}
