/* api/mcp_priv.h - private to the Model Context Protocol: one message on its way, and what stands beside the tools. */
#pragma once
#include "api/resource.h"

enum {
    RPC_PARSE = -32700,
    RPC_REQUEST = -32600,
    RPC_METHOD = -32601,
    RPC_PARAMS = -32602,
    RPC_INTERNAL = -32603,
    RPC_NO_RESOURCE = -32002,
    RPC_HEADER = -32020,
    RPC_CAPABILITY = -32021,
    RPC_VERSION = -32022,
};

struct mcp {
    struct call *k;
    const struct json *id, *params;
    str method;
    bool modern;
    int status;
    struct buf out; /* the answer */
    struct jw w;
    struct http_stream *stream; /* once something was said before the answer */
    struct json_doc *said; /* what the client answered in between */
    bool replied; /* the reply is a stream of its own */
};

/* A resource of ours by its address, harken://deals/ID. */
struct mcp_thing {
    enum mcp_kind { MCP_THING_NONE, MCP_CONVERSATION, MCP_DEAL } kind;
    struct id id;
};
#define MCP_META "io.modelcontextprotocol/"
#define MCP_MODERN "2026-07-28"

/* ---- mcp.c ---- */

bool mcp_origin_fits(struct call *k); /* false: the reply says 403 */
void mcp_head(struct mcp *m);
void mcp_result_open(struct mcp *m); /* members of the result follow */
void mcp_result_close(struct mcp *m);
void mcp_list_close(struct mcp *m); /* the same of a list or a resource, with how long it may be kept */
/* `status`: of HTTP in the newer revision, and of messages that are none. */
void mcp_error(struct mcp *m, int status, int code, str message);
void mcp_error_open(struct mcp *m, int status, int code,
                    str message); /* "data" may follow; mcp_result_close() ends it */
/* What came of a tool: text, and the same as data when it went well (then it is JSON). */
void mcp_answer(struct mcp *m, str text, bool failed);
/* One row (RES_OP_GET) or the first rows (RES_OP_LIST) as JSON, audited. ERR_NOT_FOUND. */
enum err_code mcp_row_read(struct mcp *m, const struct resource *r, const struct res_op *op, struct id id,
                           struct buf *b, struct err *e);

/* ---- mcp_stream.c: what is said before the answer, to clients that take event streams ---- */

enum mcp_level {
    MCP_DEBUG,
    MCP_INFO,
    MCP_NOTICE,
    MCP_WARNING,
    MCP_ERROR,
    MCP_CRITICAL,
    MCP_ALERT,
    MCP_EMERGENCY,
    MCP_SILENCE /* above all: nothing is heard; no name stands for it */
};
bool mcp_takes_events(const struct mcp *m);
bool mcp_send(struct mcp *m, str message); /* false: the client has left, or takes nothing */
void mcp_level_set(struct mcp *m); /* logging/setLevel: remembered for the caller's token */
void mcp_log(struct mcp *m, enum mcp_level level, str text); /* nothing below the caller's level */
void mcp_progress(struct mcp *m, double done, double total); /* nothing unless the request asks for it */
bool mcp_stream_end(struct mcp *m); /* sends the answer when there is a stream; true: all is done */

/* ---- mcp_kept.c: what the older revisions let a caller say once for many messages; by token, any thread ---- */

enum { MCP_CAN_FORMS = 1, MCP_CAN_SAMPLE = 2, MCP_CAN_ROOTS = 4 }; /* what the client can be asked for */
void mcp_kept_level_set(struct id token, enum mcp_level level);
enum mcp_level mcp_kept_level(struct id token); /* MCP_INFO when none was set */
void mcp_kept_can_set(struct id token, unsigned can);
unsigned mcp_kept_can(struct id token);
bool mcp_kept_watch(struct id token, struct mcp_thing t); /* false: it watches as many as it may */
void mcp_kept_unwatch(struct id token, struct mcp_thing t);
bool mcp_kept_watches(struct id token, struct mcp_thing t);

/* ---- mcp_ask.c: questions to the client in the middle of a tool ---- */

enum mcp_asked {
    MCP_ANSWERED, /* *out is its result, which lives as long as the message */
    MCP_ASKED_LATER, /* the question is the answer of this message; the client calls again (2026-07-28) */
    MCP_NOT_ASKED, /* it cannot be, said no or nothing in time, or too many wait; nothing was written */
};
unsigned mcp_can(struct mcp *m); /* MCP_CAN_* */
void mcp_can_note(struct mcp *m, const struct json *capabilities); /* of initialize: remembered for the token */
struct mcp_question {
    const char *key; /* names it within the tool */
    unsigned need; /* MCP_CAN_* */
    const char *method;
    str params; /* JSON */
};
/* In the older revisions the worker waits for the answer, a minute at most and few side by side, so nothing may be held open over this
 * call. */
enum mcp_asked mcp_ask(struct mcp *m, const struct mcp_question *q, const struct json **out);
/* 2026-07-28: the questions as the answer of the message. `state` comes back with what was said; empty: none. */
void mcp_questions_write(struct mcp *m, const struct mcp_question *q, size_t n, str state);
/* Which deal is meant, of those that the caller sees first: to be chosen by the person. */
enum mcp_asked mcp_deal_ask(struct mcp *m, struct id *out);
/* A message that is an answer: hands it to who waits for it. Only the token that was asked can answer. */
void mcp_answered(struct mcp *m, const struct json *message);

/* ---- mcp_watch.c: telling that a resource has changed ---- */

void mcp_subscribe(struct mcp *m);
void mcp_unsubscribe(struct mcp *m);
void mcp_listen(struct mcp *m); /* subscriptions/listen of 2026-07-28: the answer is a stream that stays open */
void mcp_get(struct call *k); /* GET /mcp of the older revisions */

/* ---- mcp_things.c: prompts and resources ---- */

/* MCP_THING_NONE: not an address of ours. */
struct mcp_thing mcp_thing_parse(str uri);
str mcp_thing_uri(struct mcp_thing t, struct arena *a);

void mcp_prompts_list(struct mcp *m);
void mcp_prompt_get(struct mcp *m);
void mcp_resources_list(struct mcp *m);
void mcp_templates_list(struct mcp *m);
void mcp_resource_read(struct mcp *m);
void mcp_complete(struct mcp *m);

/* ---- what a build adds: NULL in the program; the conformance suite's own tools, prompts and resources in a build for it ---- */

struct mcp_more {
    const struct mcp_more_tool {
        const char *name, *shown; /* as in tools/list */
        void (*run)(struct mcp *m);
    } *tools;
    size_t tools_n;
    const struct mcp_more_thing {
        const char *name, *shown; /* of a prompt its name, of a resource the beginning of its uri */
        void (*run)(struct mcp *m);
    } *prompts, *resources;
    size_t prompts_n, resources_n;
};
extern const struct mcp_more *mcp_more;
