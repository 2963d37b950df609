/* api/openai.c - the OpenAI protocol over the language model and the embedding model: chat completions, also as a stream,
 * embeddings, models. Errors have the protocol's form inside a problem+json, so that either kind of client can read them. */
#include "api/resource.h"
#include "base/log.h"
#include "llm/llm.h"

#define SEED_MAX INT64_C(9007199254740991) /* what programs in JavaScript hold exactly */
enum {
    TOKENS_A_UNIT = 100,
    BODY_MAX = 4 << 20,
    MESSAGES_MAX = 1024,
    STOP_MAX = 256, /* characters */
    DIMENSIONS_MAX = 65536,
    CHAT_MS = 10 * 60 * 1000,
    EMBED_MS = 60000,
    INPUTS_MAX = 1024,
    STOPS_MAX = 4
};

/* ---- errors ---- */

static void error_body(struct buf *b, struct call *k, int status, const char *type, const char *code, const char *param,
                       str message)
{
    struct jw w;

    jw_init(&w, b);
    jw_obj(&w);
    jw_kstr(&w, "title", str_of(type));
    jw_ki64(&w, "status", status);
    jw_kstr(&w, "detail", message);
    if (k->rq->id[0])
        jw_kstr(&w, "instance", str_fmt(k->a, "urn:uuid:%s", k->rq->id));
    jw_kobj(&w, "error");
    jw_kstr(&w, "message", message);
    jw_kstr(&w, "type", str_of(type));
    if (param)
        jw_kstr(&w, "param", str_of(param));
    else
        jw_knull(&w, "param");
    if (code)
        jw_kstr(&w, "code", str_of(code));
    else
        jw_knull(&w, "code");
    jw_end(&w);
    jw_end(&w);
}

static bool refuse(struct call *k, int status, const char *type, const char *code, const char *param, str message)
{
    struct buf b;

    buf_init(&b, 64 << 10);
    error_body(&b, k, status, type, code, param, message);
    http_status(k->rep, status);
    http_body(k->rep, STR("application/problem+json"), str_dup(k->a, buf_view(&b)));
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    buf_done(&b);
    return false;
}

static bool bad(struct call *k, const char *param, const char *message)
{
    return refuse(k, 400, "invalid_request_error", NULL, param, str_of(message));
}

static void refuse_err(struct call *k, const struct err *e)
{
    if (e->code == ERR_LIMIT)
        refuse(k, 400, "invalid_request_error", "context_length_exceeded", "messages", str_dup(k->a, str_of(e->msg)));
    else if (e->code == ERR_TIMEOUT)
        refuse(k, 504, "server_error", "timeout", NULL, STR("the model did not answer in time"));
    else if (e->code == ERR_BUSY)
        refuse(k, 503, "server_error", "overloaded", NULL, STR("the model is busy or being restarted; try again soon"));
    else
        refuse(k, 500, "server_error", NULL, NULL, STR("something went wrong here; the log knows more"));
}

static bool body_read(struct call *k, struct json_doc **out)
{
    struct err e;

    if (!str_eq(http_content_type(k->rq), STR("application/json")))
        return refuse(k, 415, "invalid_request_error", NULL, NULL, STR("send the body as application/json"));
    if (json_parse(k->rq->body, out, &e))
        return bad(k, NULL, "the body is not JSON");
    if (json_kind(json_root(*out)) == JSON_OBJ)
        return true;
    json_free(*out);
    return bad(k, NULL, "the body is not a JSON object");
}

/* ---- models ---- */

static const char *embed_name(const struct api *api)
{
    return api->core->em ? embedder_info(api->core->em)->model_name : NULL;
}

static const char *chat_name(const struct api *api)
{
    struct llm_info i;

    if (!api->core->llm)
        return NULL;
    llm_info(api->core->llm, &i);
    return i.name;
}

static void model_write(struct jw *w, const struct api *api, const char *name, const char *what)
{
    jw_obj(w);
    jw_kstr(w, "id", str_of(name));
    jw_kstr(w, "object", STR("model"));
    jw_ki64(w, "created", (clock_now_ms() - (clock_mono_ms() - api->started_ms)) / 1000);
    jw_kstr(w, "owned_by", STR("harken"));
    jw_kstr(w, "kind", str_of(what));
    jw_end(w);
}

static void models_list(struct call *k)
{
    const struct api *api = k->app;
    struct buf b;
    struct jw w;

    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "object", STR("list"));
    jw_karr(&w, "data");
    if (chat_name(api))
        model_write(&w, api, chat_name(api), "chat");
    if (embed_name(api))
        model_write(&w, api, embed_name(api), "embedding");
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

static bool no_model(struct call *k, str name)
{
    return refuse(k, 404, "invalid_request_error", "model_not_found", "model",
                  str_fmt(k->a, "there is no model \"%.*s\"; GET /v1/models lists what there is",
                          STR_ARG(str_sub(str_utf8_repair(k->a, name), 0, 100))));
}

static void model_get(struct call *k)
{
    const struct api *api = k->app;
    const char *chat = chat_name(api), *embed = embed_name(api);
    bool is_chat = chat && str_eq(k->part[0], str_of(chat));
    struct buf b;
    struct jw w;

    if (!is_chat && !(embed && str_eq(k->part[0], str_of(embed)))) {
        no_model(k, k->part[0]);
        return;
    }
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    model_write(&w, api, is_chat ? chat : embed, is_chat ? "chat" : "embedding");
    api_reply(k, 200, &b);
}

/* ---- chat: the request ---- */

struct chat {
    struct call *k;
    struct llm_ask ask;
    bool stream, usage;
    int64_t pieces; /* written so far: about as many tokens */
    const char *model;
    str id;
    int64_t created_s;
    struct http_stream *out; /* when streaming */
    bool gone, opened;
    struct buf text; /* otherwise */
};

/* A text, or a list of parts of which each is a text. */
static bool content_read(struct call *k, const struct json *v, str *out)
{
    struct json_it it;
    struct buf b;
    bool ok = true;

    if (json_kind(v) == JSON_STR) {
        *out = str_dup(k->a, json_str(v, STR("")));
        return true;
    }
    if (json_kind(v) != JSON_ARR)
        return bad(k, "messages", "a message's content must be a text or a list of text parts");
    buf_init_wiped(&b, BODY_MAX);
    for (json_it_init(&it, v); json_it_next(&it) && ok;) {
        ok = str_eq(json_str(json_get(it.val, "type"), STR("")), STR("text")) &&
             json_kind(json_get(it.val, "text")) == JSON_STR;
        buf_str(&b, json_str(json_get(it.val, "text"), STR("")));
    }
    *out = str_dup(k->a, buf_view(&b));
    buf_done(&b);
    return ok || bad(k, "messages", "only text parts are taken");
}

static bool message_read(struct call *k, const struct json *v, struct llm_message *out)
{
    str role = json_str(json_get(v, "role"), STR(""));

    if (str_eq(role, STR("system")) || str_eq(role, STR("developer")))
        out->role = LLM_SYSTEM;
    else if (str_eq(role, STR("user")))
        out->role = LLM_USER;
    else if (str_eq(role, STR("assistant")))
        out->role = LLM_ASSISTANT;
    else
        return bad(k, "messages", "a message's role must be system, developer, user or assistant");
    return content_read(k, json_get(v, "content"), &out->text);
}

static bool messages_read(struct chat *c, const struct json *v)
{
    const struct json *list = json_get(v, "messages");
    struct llm_message *m;
    struct json_it it;

    if (json_kind(list) != JSON_ARR || !json_len(list) || json_len(list) > MESSAGES_MAX)
        return bad(c->k, "messages", "\"messages\" must be a list of 1 to 1024 messages");
    m = ARENA_ARRAY(c->k->a, struct llm_message, json_len(list));
    for (json_it_init(&it, list); json_it_next(&it); c->ask.messages_n++)
        if (!message_read(c->k, it.val, &m[c->ask.messages_n]))
            return false;
    c->ask.messages = m;
    return true;
}

static bool stops_read(struct chat *c, const struct json *v)
{
    str *stops = ARENA_ARRAY(c->k->a, str, STOPS_MAX);
    struct json_it it;

    c->ask.stops = stops;
    if (json_kind(v) == JSON_ABSENT || json_kind(v) == JSON_NULL)
        return true;
    if (json_kind(v) == JSON_STR)
        stops[c->ask.stops_n++] = str_dup(c->k->a, json_str(v, STR("")));
    else if (json_kind(v) != JSON_ARR || json_len(v) > STOPS_MAX)
        return bad(c->k, "stop", "\"stop\" must be a text or a list of at most 4");
    for (json_it_init(&it, v); json_kind(v) == JSON_ARR && json_it_next(&it);)
        stops[c->ask.stops_n++] = str_dup(c->k->a, json_str(it.val, STR("")));
    for (size_t i = 0; i < c->ask.stops_n; i++)
        if (!stops[i].n || res_chars(stops[i]) > STOP_MAX)
            return bad(c->k, "stop", "a stop must be a text of 1 to 256 characters");
    return true;
}

static bool given(const struct json *v)
{
    return json_kind(v) != JSON_ABSENT && json_kind(v) != JSON_NULL;
}

static bool real_read(struct call *k, const struct json *v, const char *name, double fallback, double max, double *out)
{
    const struct json *m = json_get(v, name);

    *out = json_real(m, fallback);
    if (given(m) && ((json_kind(m) != JSON_REAL && json_kind(m) != JSON_INT) || *out < 0 || *out > max))
        return bad(k, name, "the number is out of its range");
    return true;
}

static bool int_read(struct call *k, const struct json *v, const char *name, int64_t fallback, int64_t min, int64_t max,
                     int64_t *out)
{
    const struct json *m = json_get(v, name);

    *out = json_i64(m, fallback);
    if (given(m) && ((json_kind(m) != JSON_INT && json_kind(m) != JSON_REAL) || json_i64(m, 1) != json_i64(m, 2) ||
                     *out < min || *out > max))
        return bad(k, name, "the number is out of its range");
    return true;
}

static bool flag_read(struct call *k, const struct json *v, const char *name, bool *out)
{
    const struct json *m = json_get(v, name);

    *out = json_bool(m, false);
    return !given(m) || json_kind(m) == JSON_BOOL || bad(k, name, "it must be true or false");
}

/* What changes the meaning of an answer and is not done here is refused rather than ignored. */
static bool unsupported_refuse(struct call *k, const struct json *v)
{
    static const char *const names[] = {"tools", "functions", "audio", "logit_bias"};
    str format = json_str(json_get(json_get(v, "response_format"), "type"), STR("text"));
    int64_t n;
    bool logprobs;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_len(json_get(v, names[i])))
            return bad(k, names[i], "this is not supported here");
    if (!str_eq(format, STR("text")))
        return bad(k, "response_format", "only text is supported here");
    return flag_read(k, v, "logprobs", &logprobs) && int_read(k, v, "n", 1, 1, 1, &n) &&
           (!logprobs || bad(k, "logprobs", "this is not supported here"));
}

static bool numbers_read(struct chat *c, const struct json *v)
{
    int64_t max, newer, seed;

    if (!int_read(c->k, v, "max_tokens", 0, 1, 1 << 20, &max) ||
        !int_read(c->k, v, "max_completion_tokens", 0, 1, 1 << 20, &newer) ||
        !int_read(c->k, v, "seed", (int64_t)(uint32_t)clock_mono_us(), -SEED_MAX, SEED_MAX, &seed) ||
        !real_read(c->k, v, "temperature", 1, 2, &c->ask.temperature) ||
        !real_read(c->k, v, "top_p", 1, 1, &c->ask.top_p))
        return false;
    c->ask.max_tokens = (int)(newer ? newer : max);
    c->ask.seed = (uint32_t)seed;
    return true;
}

static bool chat_read(struct chat *c, const struct json *v)
{
    const struct api *api = c->k->app;
    str model = json_str(json_get(v, "model"), STR(""));
    const struct json *opts = json_get(v, "stream_options");

    if (given(opts) && json_kind(opts) != JSON_OBJ)
        return bad(c->k, "stream_options", "it must be an object");
    if (!messages_read(c, v) || !stops_read(c, json_get(v, "stop")) || !numbers_read(c, v) ||
        !flag_read(c->k, v, "stream", &c->stream) || !flag_read(c->k, opts, "include_usage", &c->usage) ||
        !unsupported_refuse(c->k, v))
        return false;
    if (!model.n)
        return bad(c->k, "model", "\"model\" is missing");
    c->model = chat_name(api);
    if (!c->model)
        return refuse(c->k, 503, "server_error", "no_model", "model",
                      str_fmt(c->k->a, "no language model: %s",
                              api->llm_note
                                  ? api->llm_note
                                  : "set llm.model to the path of a GGUF file and start again; see doc/models.md"));
    return str_eq(model, str_of(c->model)) || no_model(c->k, model);
}

/* ---- chat: the answer ---- */

static void usage_write(struct jw *w, const struct llm_result *r)
{
    jw_kobj(w, "usage");
    jw_ki64(w, "prompt_tokens", r->prompt_tokens);
    jw_ki64(w, "completion_tokens", r->completion_tokens);
    jw_ki64(w, "total_tokens", r->prompt_tokens + r->completion_tokens);
    jw_end(w);
}

/* A unit of cost is a hundred tokens: also those of an answer that nobody waited for. */
static void tokens_charge(struct call *k, int64_t tokens)
{
    gateway_cost(k, (double)tokens / TOKENS_A_UNIT);
}

static void head_write(struct jw *w, const struct chat *c, const char *object)
{
    jw_obj(w);
    jw_kstr(w, "id", c->id);
    jw_kstr(w, "object", str_of(object));
    jw_ki64(w, "created", c->created_s);
    jw_kstr(w, "model", str_of(c->model));
}

static const char *finish_name(const struct llm_result *r)
{
    return r->finish == LLM_LENGTH ? "length" : "stop";
}

static bool event_send(struct chat *c, str json)
{
    str line = str_fmt(c->k->a, "data: %.*s\n\n", STR_ARG(json));
    struct err e;

    if (c->gone || http_stream_wait(c->out, line.n, 30000, &e) || http_stream_write(c->out, line, &e))
        c->gone = true;
    return !c->gone;
}

/* One chunk: a piece of text, or the end with its reason. */
static bool chunk_send(struct chat *c, str piece, const struct llm_result *end)
{
    struct buf b;
    struct jw w;
    bool ok;

    buf_init_wiped(&b, 8 << 20);
    jw_init(&w, &b);
    head_write(&w, c, "chat.completion.chunk");
    jw_karr(&w, "choices");
    jw_obj(&w);
    jw_ki64(&w, "index", 0);
    jw_kobj(&w, "delta");
    if (!c->opened)
        jw_kstr(&w, "role", STR("assistant"));
    if (!end)
        jw_kstr(&w, "content", piece);
    jw_end(&w);
    jw_knull(&w, "logprobs");
    if (end)
        jw_kstr(&w, "finish_reason", str_of(finish_name(end)));
    else
        jw_knull(&w, "finish_reason");
    jw_end(&w);
    jw_end(&w);
    if (c->usage)
        jw_knull(&w, "usage");
    jw_end(&w);
    c->opened = true;
    ok = buf_ok(&b) && event_send(c, buf_view(&b));
    buf_done(&b);
    return ok;
}

static void usage_chunk_send(struct chat *c, const struct llm_result *r)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 4096);
    jw_init(&w, &b);
    head_write(&w, c, "chat.completion.chunk");
    jw_karr(&w, "choices");
    jw_end(&w);
    usage_write(&w, r);
    jw_end(&w);
    event_send(c, buf_view(&b));
    buf_done(&b);
}

static bool piece_take(void *ctx, str piece)
{
    struct chat *c = ctx;

    c->pieces++;
    if (c->stream)
        return !http_stream_gone(c->out) && (!piece.n || chunk_send(c, piece, NULL));
    buf_str(&c->text, piece);
    return buf_ok(&c->text) && !http_request_gone(c->k->rq);
}

static void stream_run(struct chat *c)
{
    const struct http_stream_opts opts = {.heartbeat_ms = 10000, .heartbeat = STR(":\n\n")};
    const struct api *api = c->k->app;
    struct llm_result r;
    struct err e;
    struct buf b;
    bool ok;

    http_header(c->k->rep, STR("cache-control"), STR("no-store"));
    c->out = http_reply_stream(c->k->rep, STR("text/event-stream; charset=utf-8"), &opts);
    if (!c->out)
        return;
    ok = chunk_send(c, STR(""), NULL) && llm_write(api->core->llm, &c->ask, piece_take, c, &r, &e) == ERR_OK;
    tokens_charge(c->k, ok ? r.prompt_tokens + r.completion_tokens : c->pieces);
    if (ok) {
        chunk_send(c, STR(""), &r);
        if (c->usage)
            usage_chunk_send(c, &r);
        event_send(c, STR("[DONE]"));
        http_stream_end(c->out);
    } else if (!c->gone && !http_stream_gone(c->out)) {
        buf_init(&b, 64 << 10);
        error_body(&b, c->k, e.code == ERR_LIMIT ? 400 : 503,
                   e.code == ERR_LIMIT ? "invalid_request_error" : "server_error",
                   e.code == ERR_LIMIT ? "context_length_exceeded" : "overloaded", NULL,
                   e.code == ERR_LIMIT ? str_dup(c->k->a, str_of(e.msg)) : STR("the model cannot answer just now"));
        event_send(c, buf_view(&b));
        buf_done(&b);
        http_stream_end(c->out);
    }
    http_stream_unref(c->out);
}

static void whole_run(struct chat *c)
{
    const struct api *api = c->k->app;
    struct llm_result r;
    struct err e;
    struct buf b;
    struct jw w;

    buf_init_wiped(&c->text, 16 << 20);
    if (llm_write(api->core->llm, &c->ask, piece_take, c, &r, &e)) {
        tokens_charge(c->k, c->pieces);
        refuse_err(c->k, &e);
        buf_done(&c->text);
        return;
    }
    tokens_charge(c->k, r.prompt_tokens + r.completion_tokens);
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    head_write(&w, c, "chat.completion");
    jw_karr(&w, "choices");
    jw_obj(&w);
    jw_ki64(&w, "index", 0);
    jw_kobj(&w, "message");
    jw_kstr(&w, "role", STR("assistant"));
    jw_kstr(&w, "content", buf_view(&c->text));
    jw_knull(&w, "refusal");
    jw_end(&w);
    jw_knull(&w, "logprobs");
    jw_kstr(&w, "finish_reason", str_of(finish_name(&r)));
    jw_end(&w);
    jw_end(&w);
    usage_write(&w, &r);
    jw_end(&w);
    api_reply(c->k, 200, &b);
    buf_done(&c->text);
}

static void chat_post(struct call *k)
{
    struct chat c = {.k = k, .ask = {.timeout_ms = CHAT_MS}, .created_s = clock_now_ms() / 1000};
    struct json_doc *d = NULL;
    bool ok;

    if (!body_read(k, &d))
        return;
    c.id = str_fmt(k->a, "chatcmpl-%.*s", STR_ARG(id_str(k->a, id_new())));
    ok = chat_read(&c, json_root(d));
    json_free(d);
    if (ok && c.stream)
        stream_run(&c);
    else if (ok)
        whole_run(&c);
}

/* ---- embeddings ---- */

static bool inputs_read(struct call *k, const struct json *v, str **out, size_t *out_n)
{
    struct json_it it;
    size_t n = json_kind(v) == JSON_STR ? 1 : json_len(v);
    str *list = ARENA_ARRAY(k->a, str, n + 1);

    *out = list;
    *out_n = 0;
    if (json_kind(v) == JSON_STR)
        list[(*out_n)++] = str_dup(k->a, json_str(v, STR("")));
    for (json_it_init(&it, v); json_kind(v) == JSON_ARR && json_it_next(&it);) {
        if (json_kind(it.val) != JSON_STR)
            return bad(k, "input", "only texts are taken, no tokens");
        list[(*out_n)++] = str_dup(k->a, json_str(it.val, STR("")));
    }
    if (!*out_n || *out_n > INPUTS_MAX)
        return bad(k, "input", "\"input\" must be a text, or a list of 1 to 1024 texts");
    for (size_t i = 0; i < n; i++)
        if (!list[i].n || list[i].n > EMBED_TEXT_BYTES_MAX)
            return bad(k, "input", "a text must have 1 to 65536 bytes");
    return true;
}

static str base64(struct arena *a, const void *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *b = p;
    char *out = arena_alloc(a, (n + 2) / 3 * 4 + 1);
    size_t m = 0;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)b[i] << 16 | (i + 1 < n ? (uint32_t)b[i + 1] << 8 : 0) | (i + 2 < n ? b[i + 2] : 0);
        out[m++] = digit[v >> 18];
        out[m++] = digit[v >> 12 & 63];
        out[m++] = i + 1 < n ? digit[v >> 6 & 63] : '=';
        out[m++] = i + 2 < n ? digit[v & 63] : '=';
    }
    return str_n(out, m);
}

static void vectors_write(struct call *k, const float *vec, size_t n, size_t dim, bool packed, int64_t tokens)
{
    const struct api *api = k->app;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "object", STR("list"));
    jw_karr(&w, "data");
    for (size_t i = 0; i < n; i++) {
        jw_obj(&w);
        jw_kstr(&w, "object", STR("embedding"));
        jw_ki64(&w, "index", (int64_t)i);
        if (packed) { /* little-endian floats, as the protocol's clients read them */
            jw_kstr(&w, "embedding", base64(k->a, vec + i * dim, dim * sizeof *vec));
        } else {
            jw_karr(&w, "embedding");
            for (size_t m = 0; m < dim; m++)
                jw_real(&w, (double)vec[i * dim + m]);
            jw_end(&w);
        }
        jw_end(&w);
    }
    jw_end(&w);
    jw_kstr(&w, "model", str_of(embed_name(api)));
    jw_kobj(&w, "usage");
    jw_ki64(&w, "prompt_tokens", tokens);
    jw_ki64(&w, "total_tokens", tokens);
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

static bool embed_read(struct call *k, const struct json *v, str **out, size_t *out_n, bool *out_packed)
{
    const struct api *api = k->app;
    const char *name = embed_name(api);
    str model = json_str(json_get(v, "model"), STR("")),
        format = json_str(json_get(v, "encoding_format"), STR("float"));
    int64_t dim, own;

    if (!model.n)
        return bad(k, "model", "\"model\" is missing");
    if (!name)
        return refuse(k, 503, "server_error", "no_model", "model",
                      STR("no embedding model: set model.embed to the path of a GGUF encoder and start again"));
    if (!str_eq(model, str_of(name)))
        return no_model(k, model);
    *out_packed = str_eq(format, STR("base64"));
    if ((given(json_get(v, "encoding_format")) && json_kind(json_get(v, "encoding_format")) != JSON_STR) ||
        (!*out_packed && !str_eq(format, STR("float"))))
        return bad(k, "encoding_format", "it must be float or base64");
    dim = embedder_info(api->core->em)->dim;
    if (!int_read(k, v, "dimensions", dim, 1, DIMENSIONS_MAX, &own) ||
        !inputs_read(k, json_get(v, "input"), out, out_n))
        return false;
    return own == dim || refuse(k, 422, "invalid_request_error", NULL, "dimensions",
                                STR("the model gives vectors of one length only; leave \"dimensions\" out"));
}

static void embeddings_post(struct call *k)
{
    const struct api *api = k->app;
    struct json_doc *d = NULL;
    int64_t tokens = 0;
    float *vec = NULL;
    bool packed = false, ok;
    struct err e;
    str *texts;
    size_t n;

    if (!body_read(k, &d))
        return;
    ok = embed_read(k, json_root(d), &texts, &n, &packed);
    json_free(d);
    if (!ok)
        return;
    if (embed_texts(api->core->em, EMBED_INTERACTIVE, texts, n, EMBED_MS, k->a, &vec, &tokens, &e)) {
        refuse_err(k, &e);
        return;
    }
    tokens_charge(k, tokens);
    vectors_write(k, vec, n, (size_t)embedder_info(api->core->em)->dim, packed, tokens);
}

/* ---- what there is ---- */

#define MESSAGE_SCHEMA                                                                                                 \
    "{\"type\":\"object\",\"required\":[\"role\",\"content\"],\"properties\":{\"role\":{\"type\":\"string\",\"enum\":" \
    "["                                                                                                                \
    "\"system\",\"developer\",\"user\",\"assistant\"]},\"content\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":"       \
    "\"array\","                                                                                                       \
    "\"items\":{\"type\":\"object\",\"required\":[\"type\",\"text\"],\"properties\":{\"type\":{\"type\":\"string\","   \
    "\"enum\":["                                                                                                       \
    "\"text\"]},\"text\":{\"type\":\"string\"}}}}]}}}"
#define STOP_SCHEMA "{\"type\":\"string\",\"minLength\":1,\"maxLength\":256}"
#define INPUT_SCHEMA "{\"type\":\"string\",\"minLength\":1,\"maxLength\":65536}"
static const char *const encodings[] = {"float", "base64", NULL};
static const struct res_field chat_fields[] = {
    {"model", RES_STR, RES_NEEDED, "Id of a model of GET /v1/models.", "\"language-model\"", .min = 1, .max = 256},
    {"messages", RES_JSON, RES_LIST | RES_NEEDED, "The talk so far: objects with role and content.",
     "{\"role\":\"user\",\"content\":\"Hello\"}", .schema = MESSAGE_SCHEMA, .list_min = 1, .list_max = MESSAGES_MAX},
    {"stream", RES_BOOL, RES_NULLABLE, "Answer piece by piece, as server-sent events.", "false"},
    {"stream_options", RES_JSON, RES_NULLABLE, "include_usage: end the stream with the tokens used.", "{}",
     .schema = "{\"type\":[\"object\",\"null\"],\"properties\":{\"include_usage\":{\"type\":[\"boolean\",\"null\"]}}}"},
    {"max_tokens", RES_INT, RES_NULLABLE, "Most tokens to write.", "200", .min = 1, .max = 1 << 20},
    {"max_completion_tokens", RES_INT, RES_NULLABLE, "The same by its newer name.", "200", .min = 1, .max = 1 << 20},
    {"temperature", RES_REAL, RES_NULLABLE, "0 (always the likeliest) to 2.", "0.7",
     .schema = "{\"type\":[\"number\",\"null\"],\"minimum\":0,\"maximum\":2}"},
    {"top_p", RES_REAL, RES_NULLABLE, "0 to 1: only the likeliest that add up to this.", "1",
     .schema = "{\"type\":[\"number\",\"null\"],\"minimum\":0,\"maximum\":1}"},
    {"seed", RES_INT, RES_NULLABLE, "Same seed, same text, as far as the model can.", "7"},
    {"stop", RES_JSON, RES_NULLABLE, "A text, or up to four, at which to end.", "\"END\"",
     .schema = "{\"anyOf\":[{\"type\":\"null\"}," STOP_SCHEMA
               ",{\"type\":\"array\",\"maxItems\":4,\"items\":" STOP_SCHEMA "}]}"},
};
static const struct res_shape chat_shape = {"ChatRequest", "A request in the OpenAI protocol.", RES_FIELDS(chat_fields),
                                            .open = true};
static const struct res_field answer_fields[] = {
    {"id", RES_STR, 0, "Its id.", "\"chatcmpl-018f6e1c\""},
    {"object", RES_STR, 0, "chat.completion.", "\"chat.completion\""},
    {"created", RES_INT, 0, "Seconds since 1970.", "1760000000"},
    {"model", RES_STR, 0, "Who answered.", "\"language-model\""},
    {"choices", RES_JSON, RES_LIST, "One answer: message and finish_reason.", "{}"},
    {"usage", RES_JSON, 0, "Tokens read and written.", "{}"},
};
static const struct res_shape answer_shape = {"ChatAnswer", "An answer in the OpenAI protocol.",
                                              RES_FIELDS(answer_fields)};
static const struct res_field embed_fields[] = {
    {"model", RES_STR, RES_NEEDED, "Id of the embedding model.", "\"all-MiniLM-L6-v2\"", .min = 1, .max = 256},
    {"input", RES_JSON, RES_NEEDED, "A text, or up to 1,024.", "\"pilot in Ghent\"",
     .schema = "{\"anyOf\":[" INPUT_SCHEMA
               ",{\"type\":\"array\",\"minItems\":1,\"maxItems\":1024,\"items\":" INPUT_SCHEMA "}]}"},
    {"encoding_format", RES_ENUM, RES_NULLABLE, "float, or base64 of little-endian floats.", "\"float\"",
     .words = encodings},
    {"dimensions", RES_INT, RES_NULLABLE, "Only the model's own number.", "384", .min = 1, .max = DIMENSIONS_MAX},
};
static const struct res_shape embed_shape = {"EmbeddingRequest", "A request in the OpenAI protocol.",
                                             RES_FIELDS(embed_fields), .open = true};
static const struct res_field vectors_fields[] = {
    {"object", RES_STR, 0, "list.", "\"list\""},
    {"data", RES_JSON, RES_LIST, "One object a text: index and embedding.", "{}"},
    {"model", RES_STR, 0, "Which model.", "\"all-MiniLM-L6-v2\""},
    {"usage", RES_JSON, 0, "Tokens read.", "{}"},
};
static const struct res_shape vectors_shape = {"EmbeddingAnswer", "Vectors in the OpenAI protocol.",
                                               RES_FIELDS(vectors_fields)};
static const struct res_field model_fields[] = {
    {"id", RES_STR, 0, "What requests name.", "\"all-MiniLM-L6-v2\""},
    {"object", RES_STR, 0, "model.", "\"model\""},
    {"created", RES_INT, 0, "Seconds since 1970: when it was loaded.", "1760000000"},
    {"owned_by", RES_STR, 0, "harken.", "\"harken\""},
    {"kind", RES_STR, 0, "chat or embedding.", "\"embedding\""},
};
static const struct res_shape model_shape = {"ServedModel", "A model that answers.", RES_FIELDS(model_fields)};
static const struct res_field models_fields[] = {
    {"object", RES_STR, 0, "list.", "\"list\""},
    {"data", RES_OBJ, RES_LIST, "The models.", .of = &model_shape},
};
static const struct res_shape models_shape = {"ServedModels", "Models that answer.", RES_FIELDS(models_fields)};

static const struct res_op ops[] = {
    {RES_OP_RAW, "chat", HTTP_M_POST, "/v1/chat/completions", PERM_MODELS_USE,
     "Let the language model answer (OpenAI protocol)", .body = &chat_shape, .answer = &answer_shape,
     .also_type = "text/event-stream", .flags = RES_OP_SAFE | RES_OP_OWN, .body_max = BODY_MAX, .raw = chat_post},
    {RES_OP_RAW, "embed", HTTP_M_POST, "/v1/embeddings", PERM_MODELS_USE, "Turn texts into vectors (OpenAI protocol)",
     .body = &embed_shape, .answer = &vectors_shape, .flags = RES_OP_SAFE | RES_OP_OWN, .body_max = BODY_MAX,
     .raw = embeddings_post},
    {RES_OP_RAW, "served", HTTP_M_GET, "/v1/models", PERM_MODELS_USE, "List the models that answer (OpenAI protocol)",
     .answer = &models_shape, .flags = RES_OP_OWN, .raw = models_list},
    {RES_OP_RAW, "serves", HTTP_M_GET, "/v1/models/{name}", PERM_MODELS_USE, "One model that answers (OpenAI protocol)",
     .answer = &model_shape, .flags = RES_OP_OWN, .raw = model_get},
};

const struct resource res_openai = {
    .name = "openai",
    .key = "openai",
    .one = "model request",
    .about = "Chat, embeddings and models in the OpenAI protocol.",
    RES_OPS(ops),
};
