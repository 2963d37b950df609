/* api/mcp_ask.c - questions to the client in the middle of a tool: to the person behind it, or to its model. In 2026-07-28 the question
 * is the answer of the call, and the client calls again with what was said. In the older revisions it goes out on the stream of
 * the call, and what was said comes as a message of its own; the worker waits for it. */
#include <errno.h>
#include <pthread.h>

#include "api/mcp_priv.h"

enum { WAIT_S = 60, LOOK_MS = 250, WAITING_MOST = 2, SAID_MAX = 256 << 10 };

/* On the stack of who waits. */
struct waiter {
    struct waiter *next;
    struct id id, token;
    struct buf said; /* the result as JSON; empty: it was an error */
    bool answered;
};
static struct waiter *waiting;
static size_t waiting_n;
/* Guards the list, and in it `said` and `answered`; a stream's lock may be taken inside. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER;

static unsigned can_of(const struct json *capabilities)
{
    const struct json *forms = json_get(capabilities, "elicitation");
    bool by_url_only = json_kind(json_get(forms, "url")) == JSON_OBJ && json_kind(json_get(forms, "form")) != JSON_OBJ;

    return (json_kind(forms) == JSON_OBJ && !by_url_only ? MCP_CAN_FORMS : 0u) |
           (json_kind(json_get(capabilities, "sampling")) == JSON_OBJ ? MCP_CAN_SAMPLE : 0u) |
           (json_kind(json_get(capabilities, "roots")) == JSON_OBJ ? MCP_CAN_ROOTS : 0u);
}

unsigned mcp_can(struct mcp *m)
{
    const struct json *meta = json_get(m->params, "_meta");

    return m->modern ? can_of(json_get(meta, MCP_META "clientCapabilities")) : mcp_kept_can(m->k->who.token);
}

void mcp_can_note(struct mcp *m, const struct json *capabilities)
{
    mcp_kept_can_set(m->k->who.token, can_of(capabilities));
}

/* ---- 2026-07-28 ---- */

void mcp_questions_write(struct mcp *m, const struct mcp_question *q, size_t n, str state)
{
    mcp_head(m);
    jw_kobj(&m->w, "result");
    jw_kstr(&m->w, "resultType", STR("input_required"));
    jw_kobj(&m->w, "inputRequests");
    for (size_t i = 0; i < n; i++) {
        jw_kobj(&m->w, q[i].key);
        jw_kstr(&m->w, "method", str_of(q[i].method));
        jw_key(&m->w, "params");
        jw_raw(&m->w, q[i].params);
        jw_end(&m->w);
    }
    jw_end(&m->w);
    if (state.n)
        jw_kstr(&m->w, "requestState", state);
    mcp_result_close(m);
}

static enum mcp_asked ask_modern(struct mcp *m, const struct mcp_question *q, const struct json **out)
{
    const struct json *given = json_get(json_get(m->params, "inputResponses"), q->key);

    if (json_kind(given) == JSON_OBJ) {
        *out = given;
        return MCP_ANSWERED;
    }
    mcp_questions_write(m, q, 1, STR(""));
    return MCP_ASKED_LATER;
}

/* ---- before it ---- */

static bool waiter_put(struct waiter *q)
{
    bool ok;

    pthread_mutex_lock(&lock);
    ok = waiting_n < WAITING_MOST;
    if (ok) {
        q->next = waiting;
        waiting = q;
        waiting_n++;
    }
    pthread_mutex_unlock(&lock);
    return ok;
}

static void waiter_cut(struct waiter *q)
{
    pthread_mutex_lock(&lock);
    for (struct waiter **at = &waiting; *at; at = &(*at)->next)
        if (*at == q) {
            *at = q->next;
            waiting_n--;
            break;
        }
    pthread_mutex_unlock(&lock);
}

static bool question_send(struct mcp *m, struct id as, const struct mcp_question *q)
{
    char id[ID_TEXT_LEN + 1];
    struct buf b;
    struct jw w;
    bool ok;

    id_format(as, id);
    buf_init_wiped(&b, 1 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "jsonrpc", STR("2.0"));
    jw_kstr(&w, "id", str_of(id));
    jw_kstr(&w, "method", str_of(q->method));
    jw_key(&w, "params");
    jw_raw(&w, q->params);
    jw_end(&w);
    ok = buf_ok(&b) && mcp_send(m, buf_view(&b));
    buf_done(&b);
    return ok;
}

static void answer_await(struct mcp *m, const struct waiter *q)
{
    int64_t until = clock_mono_ms() + WAIT_S * 1000;
    struct timespec look;

    pthread_mutex_lock(&lock);
    while (!q->answered && clock_mono_ms() < until && !http_stream_gone(m->stream)) {
        clock_gettime(CLOCK_REALTIME, &look);
        look.tv_nsec += LOOK_MS * 1000000L;
        look.tv_sec += look.tv_nsec / 1000000000;
        look.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&some, &lock, &look);
    }
    pthread_mutex_unlock(&lock);
}

static enum mcp_asked ask_legacy(struct mcp *m, const struct mcp_question *question, const struct json **out)
{
    struct waiter q = {.id = id_new(), .token = m->k->who.token};
    enum mcp_asked got = MCP_NOT_ASKED;
    struct err e;

    if (!mcp_takes_events(m) || !waiter_put(&q))
        return MCP_NOT_ASKED;
    buf_init_wiped(&q.said, SAID_MAX);
    if (question_send(m, q.id, question))
        answer_await(m, &q);
    waiter_cut(&q);
    json_free(m->said);
    m->said = NULL;
    if (q.said.n && buf_ok(&q.said) && json_parse(buf_view(&q.said), &m->said, &e) == ERR_OK) {
        *out = json_root(m->said);
        got = MCP_ANSWERED;
    }
    buf_done(&q.said);
    return got;
}

void mcp_answered(struct mcp *m, const struct json *message)
{
    const struct json *result = json_get(message, "result");
    struct id id;
    struct jw w;

    if (!id_parse(json_str(json_get(message, "id"), STR("")), &id))
        return;
    pthread_mutex_lock(&lock);
    for (struct waiter *q = waiting; q; q = q->next)
        if (id_eq(q->id, id) && id_eq(q->token, m->k->who.token) && !q->answered) {
            if (json_kind(result) == JSON_OBJ) {
                jw_init(&w, &q->said);
                jw_value(&w, result);
            }
            q->answered = true;
        }
    pthread_cond_broadcast(&some);
    pthread_mutex_unlock(&lock);
}

enum mcp_asked mcp_ask(struct mcp *m, const struct mcp_question *q, const struct json **out)
{
    if ((mcp_can(m) & q->need) != q->need)
        return MCP_NOT_ASKED;
    return m->modern ? ask_modern(m, q, out) : ask_legacy(m, q, out);
}
