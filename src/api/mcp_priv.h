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
};

/* ---- mcp.c ---- */

void mcp_head(struct mcp *m);
void mcp_result_open(struct mcp *m); /* members of the result follow */
void mcp_result_close(struct mcp *m);
void mcp_list_close(struct mcp *m); /* the same, with how long a list may be kept */
/* `status`: of HTTP in the newer revision, and of messages that are none. */
void mcp_error(struct mcp *m, int status, int code, str message);
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
void mcp_level_set(struct mcp *m); /* logging/setLevel: remembered for the caller's token */
void mcp_log(struct mcp *m, enum mcp_level level, str text); /* nothing below the caller's level */
void mcp_progress(struct mcp *m, double done, double total); /* nothing unless the request asks for it */
bool mcp_stream_end(struct mcp *m); /* sends the answer when there is a stream; true: all is done */

/* ---- mcp_things.c: prompts and resources ---- */

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
        void (*run)(struct mcp *m); /* writes "messages" or "contents" into the open result */
    } *prompts, *resources;
    size_t prompts_n, resources_n;
};
extern const struct mcp_more *mcp_more;
