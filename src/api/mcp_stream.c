/* api/mcp_stream.c - what a tool says before its answer: progress and log messages, as server-sent events. */
#include "api/mcp_priv.h"

enum { SEND_MS = 5000 };

static const char *const level_names[] = {"debug", "info",     "notice", "warning",
                                          "error", "critical", "alert",  "emergency"};
enum { LEVELS = sizeof level_names / sizeof *level_names };

static int level_find(str name)
{
    for (int i = 0; i < LEVELS; i++)
        if (str_eq(name, str_of(level_names[i])))
            return i;
    return -1;
}

void mcp_level_set(struct mcp *m)
{
    int level = level_find(json_str(json_get(m->params, "level"), STR("")));

    if (level < 0) {
        mcp_error(m, 400, RPC_PARAMS,
                  STR("\"level\" must be one of debug, info, notice, warning, error, critical, alert "
                      "and emergency"));
        return;
    }
    mcp_kept_level_set(m->k->who.token, (enum mcp_level)level);
    mcp_result_open(m);
    mcp_result_close(m);
}

/* In the newer revision each request says it itself, and says nothing to hear nothing. */
static enum mcp_level level_of(struct mcp *m)
{
    str said = json_str(json_get(json_get(m->params, "_meta"), "io.modelcontextprotocol/logLevel"), STR(""));
    int asked = level_find(said);

    if (m->modern)
        return asked < 0 ? MCP_SILENCE : (enum mcp_level)asked;
    return mcp_kept_level(m->k->who.token);
}

bool mcp_takes_events(const struct mcp *m)
{
    return str_find_nocase(http_field_get(m->k->rq, STR("accept")), STR("text/event-stream"), 0) != SIZE_MAX;
}

bool mcp_send(struct mcp *m, str message)
{
    str event = str_fmt(m->k->a, "event: message\ndata: %.*s\n\n", STR_ARG(message));
    struct err e;

    if (!m->stream) {
        struct http_stream_opts so = {.max_bytes = 1 << 20};
        http_status(m->k->rep, 200);
        http_header(m->k->rep, STR("cache-control"), STR("no-store"));
        m->stream = http_reply_stream(m->k->rep, STR("text/event-stream"), &so);
    }
    while (event.n) {
        str part = str_sub(event, 0, 256 << 10);
        if (http_stream_wait(m->stream, part.n, SEND_MS, &e) || http_stream_write(m->stream, part, &e))
            return false;
        event = str_from(event, part.n);
    }
    return true;
}

/* A notification whose params are `write`n by the caller: opens it. */
static void note_open(struct jw *w, struct buf *b, const char *method)
{
    buf_init_wiped(b, 1 << 20);
    jw_init(w, b);
    jw_obj(w);
    jw_kstr(w, "jsonrpc", STR("2.0"));
    jw_kstr(w, "method", str_of(method));
    jw_kobj(w, "params");
}

static void note_send(struct mcp *m, struct jw *w, struct buf *b)
{
    jw_end(w);
    jw_end(w);
    mcp_send(m, buf_view(b)); /* a client that has left hears nothing of the answer either */
    buf_done(b);
}

void mcp_log(struct mcp *m, enum mcp_level level, str text)
{
    struct buf b;
    struct jw w;

    if (level < level_of(m) || !mcp_takes_events(m))
        return;
    note_open(&w, &b, "notifications/message");
    jw_kstr(&w, "level", str_of(level_names[level]));
    jw_kstr(&w, "logger", STR("harken"));
    jw_kstr(&w, "data", text);
    note_send(m, &w, &b);
}

void mcp_progress(struct mcp *m, double done, double total)
{
    const struct json *token = json_get(json_get(m->params, "_meta"), "progressToken");
    struct buf b;
    struct jw w;

    if ((json_kind(token) != JSON_STR && json_kind(token) != JSON_INT) || !mcp_takes_events(m))
        return;
    note_open(&w, &b, "notifications/progress");
    jw_key(&w, "progressToken");
    jw_value(&w, token);
    jw_kreal(&w, "progress", done);
    jw_kreal(&w, "total", total);
    note_send(m, &w, &b);
}

bool mcp_stream_end(struct mcp *m)
{
    if (!m->stream)
        return false;
    if (mcp_send(m, buf_view(&m->out)))
        http_stream_end(m->stream);
    http_stream_unref(m->stream);
    buf_done(&m->out);
    return true;
}
