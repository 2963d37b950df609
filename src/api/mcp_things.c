/* api/mcp_things.c - prompts people pick, and resources by their address: conversations and deals, with the caller's own rights. */
#include "api/mcp_priv.h"

enum { VALUES_MAX = 20 };

/* ---- prompts ---- */

static const struct prompt {
    const char *name, *title, *about, *argument, *argument_about;
    const char *text; /* %s: the argument */
} prompts[] = {
    {"prepare_meeting", "Prepare a meeting", "What to know and to ask before the next meeting about a deal.", "deal",
     "Id of the deal.",
     "Prepare me for the next meeting about the deal %s. Read its brief and its next best actions with the tools brief "
     "and "
     "actions. Tell me what changed, who matters, what was promised, and three questions to ask. Cite each statement."},
    {"review_deal", "Review a deal", "Why a deal stands as it does, and what is at risk.", "deal", "Id of the deal.",
     "Review the deal %s with the tools deal and brief. Say what its score and its warnings rest on, what speaks for "
     "it, what "
     "is missing in its qualification, and what to do this week. Cite each statement."},
    {"what_was_said", "What was said", "What customers said about a subject.", "subject", "About what.",
     "Find what customers said about this with the tools search and ask, and sum it up with quotes and their places: "
     "%s"},
};
enum { PROMPTS = sizeof prompts / sizeof *prompts };

static void prompt_write(struct jw *w, const struct prompt *p)
{
    jw_obj(w);
    jw_kstr(w, "name", str_of(p->name));
    jw_kstr(w, "title", str_of(p->title));
    jw_kstr(w, "description", str_of(p->about));
    jw_karr(w, "arguments");
    jw_obj(w);
    jw_kstr(w, "name", str_of(p->argument));
    jw_kstr(w, "description", str_of(p->argument_about));
    jw_kbool(w, "required", true);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

void mcp_prompts_list(struct mcp *m)
{
    mcp_result_open(m);
    jw_karr(&m->w, "prompts");
    for (size_t i = 0; i < PROMPTS; i++)
        prompt_write(&m->w, &prompts[i]);
    for (size_t i = 0; mcp_more && i < mcp_more->prompts_n; i++)
        jw_raw(&m->w, str_of(mcp_more->prompts[i].shown));
    jw_end(&m->w);
    mcp_list_close(m);
}

static str filled(struct arena *a, const char *text, str value)
{
    const char *at = strstr(text, "%s");

    return str_fmt(a, "%.*s%.*s%s", (int)(at - text), text, STR_ARG(value), at + 2);
}

static void prompt_send(struct mcp *m, const struct prompt *p)
{
    str value = json_str(json_get(json_get(m->params, "arguments"), p->argument), STR(""));

    if (!value.n) {
        mcp_error(m, 400, RPC_PARAMS, str_fmt(m->k->a, "the argument \"%s\" is missing", p->argument));
        return;
    }
    mcp_result_open(m);
    jw_kstr(&m->w, "description", str_of(p->about));
    jw_karr(&m->w, "messages");
    jw_obj(&m->w);
    jw_kstr(&m->w, "role", STR("user"));
    jw_kobj(&m->w, "content");
    jw_kstr(&m->w, "type", STR("text"));
    jw_kstr(&m->w, "text", filled(m->k->a, p->text, value));
    jw_end(&m->w);
    jw_end(&m->w);
    jw_end(&m->w);
    mcp_result_close(m);
}

void mcp_prompt_get(struct mcp *m)
{
    str name = json_str(json_get(m->params, "name"), STR(""));

    for (size_t i = 0; i < PROMPTS; i++)
        if (str_eq(name, str_of(prompts[i].name))) {
            prompt_send(m, &prompts[i]);
            return;
        }
    for (size_t i = 0; mcp_more && i < mcp_more->prompts_n; i++)
        if (str_eq(name, str_of(mcp_more->prompts[i].name))) {
            mcp_more->prompts[i].run(m);
            return;
        }
    mcp_error(m, 400, RPC_PARAMS, STR("there is no such prompt"));
}

/* ---- resources ---- */

static const struct kind {
    const char *resource, *prefix, *name, *about;
    const char *title; /* field that names a row */
} kinds[] = {
    /* in the order of struct mcp_thing */
    {"interactions", "harken://interactions/", "Conversation",
     "A call, mail, note or document, with what is known of it.", "title"},
    {"deals", "harken://deals/", "Deal", "A deal with its score, warnings and history.", "name"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct mcp_thing mcp_thing_parse(str uri)
{
    struct mcp_thing t = {.kind = MCP_THING_NONE};

    for (int i = 0; i < KINDS; i++)
        if (str_starts(uri, str_of(kinds[i].prefix)) && id_parse(str_from(uri, strlen(kinds[i].prefix)), &t.id))
            t.kind = (enum mcp_kind)(MCP_CONVERSATION + i);
    return t;
}

str mcp_thing_uri(struct mcp_thing t, struct arena *a)
{
    char id[ID_TEXT_LEN + 1];

    id_format(t.id, id);
    return str_fmt(a, "%s%s", kinds[t.kind - MCP_CONVERSATION].prefix, id);
}

/* The list's permission opens the rows, where there is no read of one in the table. NULL: not for this caller. */
static const struct res_op *op_of(struct mcp *m, const struct resource *r, enum res_verb verb)
{
    const struct res_op *op = resource_op(r, verb);

    op = op ? op : resource_op(r, RES_OP_LIST);
    return op && gateway_permit(m->k, op->need, false) ? op : NULL;
}

static void row_write(struct jw *w, const struct kind *x, const struct json *row)
{
    str title = json_str(json_get(row, x->title), STR(""));

    jw_obj(w);
    jw_key(w, "uri");
    {
        char uri[128];
        str id = json_str(json_get(row, "id"), STR(""));
        snprintf(uri, sizeof uri, "%s%.*s", x->prefix, STR_ARG(id));
        jw_str(w, str_of(uri));
    }
    jw_kstr(w, "name", title.n ? title : str_of(x->name));
    jw_kstr(w, "description", str_of(x->about));
    jw_kstr(w, "mimeType", STR("application/json"));
    jw_end(w);
}

/* The latest of each kind; what there is beyond them the tools find. */
static void rows_write(struct mcp *m, const struct kind *x)
{
    const struct resource *r = resource_find(str_of(x->resource));
    const struct res_op *op = op_of(m, r, RES_OP_LIST);
    struct json_doc *d = NULL;
    struct json_it it;
    struct err e;
    struct buf b;

    if (!op)
        return;
    buf_init_wiped(&b, 16 << 20);
    if (mcp_row_read(m, r, op, ID_NIL, &b, &e) == ERR_OK && json_parse(buf_view(&b), &d, &e) == ERR_OK)
        for (json_it_init(&it, json_get(json_root(d), r->key)); json_it_next(&it);)
            row_write(&m->w, x, it.val);
    json_free(d);
    buf_done(&b);
}

void mcp_resources_list(struct mcp *m)
{
    mcp_result_open(m);
    jw_karr(&m->w, "resources");
    for (size_t i = 0; i < KINDS; i++)
        rows_write(m, &kinds[i]);
    for (size_t i = 0; mcp_more && i < mcp_more->resources_n; i++)
        if (mcp_more->resources[i].shown)
            jw_raw(&m->w, str_of(mcp_more->resources[i].shown));
    jw_end(&m->w);
    mcp_list_close(m);
}

void mcp_templates_list(struct mcp *m)
{
    mcp_result_open(m);
    jw_karr(&m->w, "resourceTemplates");
    for (size_t i = 0; i < KINDS; i++) {
        jw_obj(&m->w);
        jw_kstr(&m->w, "uriTemplate", str_fmt(m->k->a, "%s{id}", kinds[i].prefix));
        jw_kstr(&m->w, "name", str_of(kinds[i].name));
        jw_kstr(&m->w, "description", str_of(kinds[i].about));
        jw_kstr(&m->w, "mimeType", STR("application/json"));
        jw_end(&m->w);
    }
    jw_end(&m->w);
    mcp_list_close(m);
}

static void contents_write(struct mcp *m, str uri, str text)
{
    mcp_result_open(m);
    jw_karr(&m->w, "contents");
    jw_obj(&m->w);
    jw_kstr(&m->w, "uri", uri);
    jw_kstr(&m->w, "mimeType", STR("application/json"));
    jw_kstr(&m->w, "text", text);
    jw_end(&m->w);
    jw_end(&m->w);
    mcp_list_close(m);
}

static bool row_send(struct mcp *m, const struct kind *x, str uri)
{
    const struct resource *r = resource_find(str_of(x->resource));
    struct res_op op;
    const struct res_op *found;
    struct id id;
    struct err e;
    struct buf b;
    bool ok;

    if (!id_parse(str_from(uri, strlen(x->prefix)), &id) || !(found = op_of(m, r, RES_OP_GET)))
        return false;
    op = *found;
    op.verb = RES_OP_GET; /* one row, by the permission of the list where the table reads no single one */
    buf_init_wiped(&b, 16 << 20);
    ok = mcp_row_read(m, r, &op, id, &b, &e) == ERR_OK;
    if (ok)
        contents_write(m, uri, buf_view(&b));
    buf_done(&b);
    return ok;
}

void mcp_resource_read(struct mcp *m)
{
    str uri = str_dup(m->k->a, json_str(json_get(m->params, "uri"), STR("")));

    for (size_t i = 0; i < KINDS; i++)
        if (str_starts(uri, str_of(kinds[i].prefix)) && row_send(m, &kinds[i], uri))
            return;
    for (size_t i = 0; mcp_more && i < mcp_more->resources_n; i++)
        if (str_starts(uri, str_of(mcp_more->resources[i].name))) {
            mcp_more->resources[i].run(m);
            return;
        }
    mcp_error(m, 400, m->modern ? RPC_PARAMS : RPC_NO_RESOURCE,
              STR("there is no such resource, or you may not see it"));
}

/* ---- completion: ids of deals by the beginning of their names ---- */

void mcp_complete(struct mcp *m)
{
    const struct json *ref = json_get(m->params, "ref"), *argument = json_get(m->params, "argument");
    str name = json_str(json_get(argument, "name"), STR("")), value = json_str(json_get(argument, "value"), STR(""));
    const struct resource *deals = resource_find(STR("deals"));
    const struct res_op *op;
    struct json_doc *d = NULL;
    struct json_it it;
    size_t n = 0;
    struct err e;
    struct buf b;

    if (json_kind(ref) != JSON_OBJ || !name.n) {
        mcp_error(m, 400, RPC_PARAMS, STR("\"ref\" and \"argument\" say what is to be completed"));
        return;
    }
    buf_init_wiped(&b, 16 << 20);
    op = str_eq(name, STR("deal")) ? op_of(m, deals, RES_OP_LIST) : NULL;
    if (op && mcp_row_read(m, deals, op, ID_NIL, &b, &e) == ERR_OK)
        (void)json_parse(buf_view(&b), &d, &e);
    mcp_result_open(m);
    jw_kobj(&m->w, "completion");
    jw_karr(&m->w, "values");
    for (json_it_init(&it, d ? json_get(json_root(d), "deals") : NULL); d && n < VALUES_MAX && json_it_next(&it);)
        if (str_starts_nocase(json_str(json_get(it.val, "name"), STR("")), value)) {
            jw_str(&m->w, json_str(json_get(it.val, "id"), STR("")));
            n++;
        }
    jw_end(&m->w);
    jw_kbool(&m->w, "hasMore", false);
    jw_end(&m->w);
    mcp_result_close(m);
    json_free(d);
    buf_done(&b);
}

/* ---- which deal? ---- */

/* {"mode":"form","message":..., "requestedSchema": one choice of the deals in `list`} */
static void choice_write(struct buf *b, const struct json *list)
{
    struct json_it it;
    struct jw w;

    jw_init(&w, b);
    jw_obj(&w);
    jw_kstr(&w, "mode", STR("form"));
    jw_kstr(&w, "message", STR("Which deal is meant?"));
    jw_kobj(&w, "requestedSchema");
    jw_kstr(&w, "type", STR("object"));
    jw_kobj(&w, "properties");
    jw_kobj(&w, "deal");
    jw_kstr(&w, "type", STR("string"));
    jw_kstr(&w, "title", STR("Deal"));
    jw_karr(&w, "oneOf");
    for (json_it_init(&it, list); json_it_next(&it);) {
        jw_obj(&w);
        jw_kstr(&w, "const", json_str(json_get(it.val, "id"), STR("")));
        jw_kstr(&w, "title", json_str(json_get(it.val, "name"), STR("")));
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    jw_end(&w);
    jw_karr(&w, "required");
    jw_str(&w, STR("deal"));
    jw_end(&w);
    jw_end(&w);
    jw_end(&w);
}

/* What was chosen; whether the caller may see it is looked at like any other id. */
static enum mcp_asked choice_read(const struct json *said, struct id *out)
{
    bool accepted = str_eq(json_str(json_get(said, "action"), STR("")), STR("accept"));

    return accepted && id_parse(json_str(json_get(json_get(said, "content"), "deal"), STR("")), out) ? MCP_ANSWERED
                                                                                                     : MCP_NOT_ASKED;
}

enum mcp_asked mcp_deal_ask(struct mcp *m, struct id *out)
{
    const struct resource *deals = resource_find(STR("deals"));
    const struct res_op *op = op_of(m, deals, RES_OP_LIST);
    enum mcp_asked got = MCP_NOT_ASKED;
    const struct json *said, *list;
    struct json_doc *d = NULL;
    struct buf rows, question;
    struct json_it it;
    struct err e;

    buf_init_wiped(&rows, 16 << 20);
    buf_init_wiped(&question, 1 << 20);
    if (op && mcp_row_read(m, deals, op, ID_NIL, &rows, &e) == ERR_OK &&
        json_parse(buf_view(&rows), &d, &e) == ERR_OK) {
        list = json_get(json_root(d), "deals");
        json_it_init(&it, list);
        if (json_it_next(&it)) { /* without any there is nothing to choose */
            choice_write(&question, list);
            got = mcp_ask(m, &(struct mcp_question){"deal", MCP_CAN_FORMS, "elicitation/create", buf_view(&question)},
                          &said);
        }
    }
    if (got == MCP_ANSWERED)
        got = choice_read(said, out);
    json_free(d);
    buf_done(&question);
    buf_done(&rows);
    return got;
}
