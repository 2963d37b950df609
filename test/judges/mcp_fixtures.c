/* test/judges/mcp_fixtures.c - what the MCP conformance suite wants to find in a server: its tools, prompts and resources, said
 * through the same code as ours. Linked into harken-mcp-fixtures only, which is never installed. */
#include <unistd.h>

#include "api/mcp_priv.h"
#include "vault/seal.h"

#define PNG                                                                                                            \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC" /* a red pixel */
#define WAV "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=" /* no samples */

static void content(struct mcp *m, const char *list, bool failed)
{
    mcp_result_open(m);
    jw_key(&m->w, "content");
    jw_raw(&m->w, str_of(list));
    jw_kbool(&m->w, "isError", failed);
    mcp_result_close(m);
}

static void text_tool(struct mcp *m)
{
    content(m, "[{\"type\":\"text\",\"text\":\"This is a simple text response for testing.\"}]", false);
}

static void image_tool(struct mcp *m)
{
    content(m, "[{\"type\":\"image\",\"data\":\"" PNG "\",\"mimeType\":\"image/png\"}]", false);
}

static void audio_tool(struct mcp *m)
{
    content(m, "[{\"type\":\"audio\",\"data\":\"" WAV "\",\"mimeType\":\"audio/wav\"}]", false);
}

static void resource_tool(struct mcp *m)
{
    content(m,
            "[{\"type\":\"resource\",\"resource\":{\"uri\":\"test://embedded-resource\",\"mimeType\":\"text/plain\","
            "\"text\":\"This is an embedded resource content.\"}}]",
            false);
}

static void mixed_tool(struct mcp *m)
{
    content(
        m,
        "[{\"type\":\"text\",\"text\":\"Multiple content types test:\"},{\"type\":\"image\",\"data\":\"" PNG
        "\",\"mimeType\":\"image/png\"},{\"type\":\"resource\",\"resource\":{\"uri\":\"test://mixed-content-resource\","
        "\"mimeType\":\"application/json\",\"text\":\"{\\\"test\\\":\\\"data\\\",\\\"value\\\":123}\"}}]",
        false);
}

static void error_tool(struct mcp *m)
{
    content(m, "[{\"type\":\"text\",\"text\":\"This tool intentionally returns an error for testing\"}]", true);
}

static void log_tool(struct mcp *m)
{
    static const char *const lines[] = {"Tool execution started", "Tool processing data", "Tool execution completed"};

    for (int i = 0; i < 3; i++) {
        mcp_log(m, MCP_INFO, str_of(lines[i]));
        usleep(50000);
    }
    content(m, "[{\"type\":\"text\",\"text\":\"Tool with logging executed\"}]", false);
}

static void progress_tool(struct mcp *m)
{
    for (int i = 0; i < 3; i++) {
        mcp_progress(m, 50.0 * i, 100);
        usleep(50000);
    }
    content(m, "[{\"type\":\"text\",\"text\":\"Tool with progress executed\"}]", false);
}

/* ---- tools that ask the client ---- */

static const struct json *given(struct mcp *m, const char *name)
{
    return json_get(json_get(m->params, "arguments"), name);
}

/* "SAY" and what came of the question as JSON; a failure when there was no answer. */
static void said_send(struct mcp *m, enum mcp_asked got, const char *say, const struct json *said)
{
    struct buf b;
    struct jw w;

    if (got == MCP_NOT_ASKED)
        mcp_answer(m, STR("the client could not be asked"), true);
    if (got != MCP_ANSWERED)
        return;
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_value(&w, said);
    mcp_result_open(m);
    jw_karr(&m->w, "content");
    jw_obj(&m->w);
    jw_kstr(&m->w, "type", STR("text"));
    jw_kstr(&m->w, "text", str_fmt(m->k->a, "%s%.*s", say, STR_ARG(buf_view(&b))));
    jw_end(&m->w);
    jw_end(&m->w);
    mcp_result_close(m);
    buf_done(&b);
}

static void sampling_tool(struct mcp *m)
{
    const struct json *said = NULL;
    enum mcp_asked got;
    struct buf b;
    struct jw w;

    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "messages");
    jw_obj(&w);
    jw_kstr(&w, "role", STR("user"));
    jw_kobj(&w, "content");
    jw_kstr(&w, "type", STR("text"));
    jw_kstr(&w, "text", json_str(given(m, "prompt"), STR("")));
    jw_end(&w);
    jw_end(&w);
    jw_end(&w);
    jw_ki64(&w, "maxTokens", 100);
    jw_end(&w);
    got = mcp_ask(m, &(struct mcp_question){"text", MCP_CAN_SAMPLE, "sampling/createMessage", buf_view(&b)}, &said);
    said_send(m, got, "LLM response: ", json_get(said, "content"));
    buf_done(&b);
}

/* Asks for a form with these properties. */
static void form_send(struct mcp *m, str message, const char *properties, const char *required, const char *say)
{
    const struct json *said = NULL;
    enum mcp_asked got;
    struct buf b;
    struct jw w;

    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "message", message);
    jw_kobj(&w, "requestedSchema");
    jw_kstr(&w, "type", STR("object"));
    jw_key(&w, "properties");
    jw_raw(&w, str_of(properties));
    jw_key(&w, "required");
    jw_raw(&w, str_of(required));
    jw_end(&w);
    jw_end(&w);
    got = mcp_ask(m, &(struct mcp_question){"form", MCP_CAN_FORMS, "elicitation/create", buf_view(&b)}, &said);
    said_send(m, got, say, said);
    buf_done(&b);
}

static void form_tool(struct mcp *m)
{
    form_send(m, json_str(given(m, "message"), STR("")),
              "{\"username\":{\"type\":\"string\",\"description\":\"a name\"},"
              "\"email\":{\"type\":\"string\",\"description\":\"an address\"}}",
              "[\"username\",\"email\"]", "User response: ");
}

static void defaults_tool(struct mcp *m)
{
    form_send(m, STR("Say what differs."),
              "{\"name\":{\"type\":\"string\",\"default\":\"John Doe\"},"
              "\"age\":{\"type\":\"integer\",\"default\":30},"
              "\"score\":{\"type\":\"number\",\"default\":95.5},"
              "\"status\":{\"type\":\"string\",\"enum\":[\"active\",\"inactive\",\"pending\"],\"default\":\"active\"},"
              "\"verified\":{\"type\":\"boolean\",\"default\":true}}",
              "[]", "Elicitation completed: ");
}

#define CHOICE(value_, title_) "{\"const\":\"" value_ "\",\"title\":\"" title_ "\"}"
static void choices_tool(struct mcp *m)
{
    form_send(m, STR("Choose."),
              "{\"untitledSingle\":{\"type\":\"string\",\"enum\":[\"option1\",\"option2\",\"option3\"]},"
              "\"titledSingle\":{\"type\":\"string\",\"oneOf\":[" CHOICE("value1", "First Option") "," CHOICE(
                  "value2",
                  "Second Option") "," CHOICE("value3",
                                              "Third Option") "]},"
                                                              "\"legacyEnum\":{\"type\":\"string\",\"enum\":[\"opt1\","
                                                              "\"opt2\",\"opt3\"],"
                                                              "\"enumNames\":[\"Option One\",\"Option Two\",\"Option "
                                                              "Three\"]},"
                                                              "\"untitledMulti\":{\"type\":\"array\",\"items\":{"
                                                              "\"type\":\"string\","
                                                              "\"enum\":[\"option1\",\"option2\",\"option3\"]}},"
                                                              "\"titledMulti\":{\"type\":\"array\",\"items\":{"
                                                              "\"anyOf\":[" CHOICE("value1", "First Choice") "," CHOICE(
                                                                  "value2",
                                                                  "Second Choice") "," CHOICE("value3",
                                                                                              "Third Choice") "]}}}",
              "[]", "Elicitation completed: ");
}

/* ---- 2026-07-28: tools that are called again with what was said ---- */

#define FORM(message_, name_, type_)                                                                                   \
    "{\"message\":\"" message_ "\",\"requestedSchema\":{\"type\":\"object\",\"properties\":{\"" name_                  \
    "\":{\"type\":\"" type_ "\"}},\"required\":[\"" name_ "\"]}}"
#define MESSAGE(text_, most_)                                                                                          \
    "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"" text_ "\"}}],\"maxTokens\":" most_  \
    "}"
#define FORM_ASK(key_, params_) {key_, MCP_CAN_FORMS, "elicitation/create", {params_, sizeof params_ - 1}}
#define MODEL_ASK(key_, params_) {key_, MCP_CAN_SAMPLE, "sampling/createMessage", {params_, sizeof params_ - 1}}
#define ROOTS_ASK(key_) {key_, MCP_CAN_ROOTS, "roots/list", {"{}", 2}}
enum { QUESTIONS = 3 };

static const struct asking {
    const char *name;
    struct mcp_question questions[QUESTIONS];
    size_t n;
    bool state; /* an unchanged requestState is asked back */
    bool rounds; /* one question after the other */
} askings[] = {
    {"test_input_required_result_elicitation",
     {FORM_ASK("user_name", FORM("What is your name?", "name", "string"))},
     1,
     false,
     false},
    {"test_input_required_result_sampling",
     {MODEL_ASK("capital_question", MESSAGE("What is the capital of France?", "100"))},
     1,
     false,
     false},
    {"test_input_required_result_list_roots", {ROOTS_ASK("client_roots")}, 1, false, false},
    {"test_input_required_result_request_state",
     {FORM_ASK("confirm", FORM("Please confirm", "ok", "boolean"))},
     1,
     true,
     false},
    {"test_input_required_result_tampered_state",
     {FORM_ASK("confirm", FORM("Please confirm", "ok", "boolean"))},
     1,
     true,
     false},
    {"test_input_required_result_multiple_inputs",
     {FORM_ASK("user_name", FORM("What is your name?", "name", "string")),
      MODEL_ASK("greeting", MESSAGE("Generate a greeting", "50")), ROOTS_ASK("client_roots")},
     3,
     true,
     false},
    {"test_input_required_result_multi_round",
     {FORM_ASK("step1", FORM("Step 1: What is your name?", "name", "string")),
      FORM_ASK("step2", FORM("Step 2: What is your favorite color?", "color", "string"))},
     2,
     true,
     true},
    {"test_input_required_result_capabilities",
     {FORM_ASK("user_name", FORM("What is your name?", "name", "string")),
      MODEL_ASK("greeting", MESSAGE("Generate a greeting", "50"))},
     2,
     false,
     false},
    {"test_streaming_elicitation",
     {FORM_ASK("user_name", FORM("What is your name?", "name", "string"))},
     1,
     false,
     false},
};

static struct id secret; /* of this process */

/* A name for what was asked so far that a client cannot make up. */
static str state_of(struct mcp *m, const struct asking *x, size_t round)
{
    uint8_t hash[SHA256_BYTES];
    char key[ID_TEXT_LEN + 1];

    id_format(secret, key);
    sha256(str_fmt(m->k->a, "%s %s %zu", key, x->name, round), hash);
    return str_fmt(m->k->a, "%zu-%02x%02x%02x%02x%02x%02x%02x%02x", round, hash[0], hash[1], hash[2], hash[3], hash[4],
                   hash[5], hash[6], hash[7]);
}

/* The round that the state belongs to: 1 and up; 0: the first call. SIZE_MAX: it is none of ours. */
static size_t round_of(struct mcp *m, const struct asking *x)
{
    str state = json_str(json_get(m->params, "requestState"), STR(""));

    for (size_t i = 1; i <= QUESTIONS; i++)
        if (str_eq(state, state_of(m, x, i)))
            return i;
    return state.n ? SIZE_MAX : 0;
}

static bool answered(struct mcp *m, const struct mcp_question *q)
{
    return json_kind(json_get(json_get(m->params, "inputResponses"), q->key)) == JSON_OBJ;
}

static void asking_done(struct mcp *m, const struct asking *x)
{
    const struct json *said = json_get(json_get(m->params, "inputResponses"), "user_name");
    str name = json_str(json_get(json_get(said, "content"), "name"), STR("you"));

    mcp_result_open(m);
    jw_karr(&m->w, "content");
    jw_obj(&m->w);
    jw_kstr(&m->w, "type", STR("text"));
    jw_kstr(&m->w, "text", str_fmt(m->k->a, "Hello, %.*s!%s", STR_ARG(name), x->state ? " state-ok" : ""));
    jw_end(&m->w);
    jw_end(&m->w);
    mcp_result_close(m);
}

static void asking_run(struct mcp *m, const struct asking *x)
{
    struct mcp_question left[QUESTIONS];
    size_t round = round_of(m, x), n = 0;

    if (x->state && round == SIZE_MAX) {
        mcp_error(m, 400, RPC_PARAMS, STR("this is not the requestState that was given"));
        return;
    }
    for (size_t i = x->rounds && round ? round - 1 : 0; i < x->n && !(x->rounds && n); i++)
        if (mcp_can(m) & x->questions[i].need && !answered(m, &x->questions[i]))
            left[n++] = x->questions[i];
    if (n)
        mcp_questions_write(m, left, n,
                            x->state ? state_of(m, x, x->rounds && answered(m, &x->questions[0]) ? 2 : 1) : STR(""));
    else
        asking_done(m, x);
}

static void asking_tool(struct mcp *m)
{
    str name = json_str(json_get(m->params, "name"), STR(""));

    for (size_t i = 0; i < sizeof askings / sizeof *askings; i++)
        if (str_eq(name, str_of(askings[i].name)))
            asking_run(m, &askings[i]);
}

static void needs_sampling_tool(struct mcp *m)
{
    if (mcp_can(m) & MCP_CAN_SAMPLE) {
        text_tool(m);
        return;
    }
    mcp_error_open(m, 400, RPC_CAPABILITY, STR("it takes a client that can be asked for text"));
    jw_key(&m->w, "data");
    jw_raw(&m->w, STR("{\"requiredCapabilities\":{\"sampling\":{}}}"));
    mcp_result_close(m);
}

#define TOOL(name_, about_)                                                                                            \
    "{\"name\":\"" name_ "\",\"description\":\"" about_ "\",\"inputSchema\":{\"type\":\"object\"}}"
static const struct mcp_more_tool tools[] = {
    {"test_simple_text", TOOL("test_simple_text", "a text"), text_tool},
    {"test_image_content", TOOL("test_image_content", "a picture"), image_tool},
    {"test_audio_content", TOOL("test_audio_content", "a sound"), audio_tool},
    {"test_embedded_resource", TOOL("test_embedded_resource", "a resource"), resource_tool},
    {"test_multiple_content_types", TOOL("test_multiple_content_types", "all of these"), mixed_tool},
    {"test_error_handling", TOOL("test_error_handling", "a failure"), error_tool},
    {"test_tool_with_logging", TOOL("test_tool_with_logging", "says something on the way"), log_tool},
    {"test_tool_with_progress", TOOL("test_tool_with_progress", "says how far it is"), progress_tool},
    {"test_sampling", TOOL("test_sampling", "asks the client's model"), sampling_tool},
    {"test_elicitation", TOOL("test_elicitation", "asks the person"), form_tool},
    {"test_elicitation_sep1034_defaults", TOOL("test_elicitation_sep1034_defaults", "with what is usual"),
     defaults_tool},
    {"test_elicitation_sep1330_enums", TOOL("test_elicitation_sep1330_enums", "to choose"), choices_tool},
    {"test_missing_capability", TOOL("test_missing_capability", "needs the client's model"), needs_sampling_tool},
    {"test_logging_tool", TOOL("test_logging_tool", "says something on the way"), log_tool},
#define ASKING(name_) {name_, TOOL(name_, "is called again with what was said"), asking_tool}
    ASKING("test_input_required_result_elicitation"),
    ASKING("test_input_required_result_sampling"),
    ASKING("test_input_required_result_list_roots"),
    ASKING("test_input_required_result_request_state"),
    ASKING("test_input_required_result_tampered_state"),
    ASKING("test_input_required_result_multiple_inputs"),
    ASKING("test_input_required_result_multi_round"),
    ASKING("test_input_required_result_capabilities"),
    ASKING("test_streaming_elicitation"),
    {"json_schema_2020_12_tool",
     "{\"name\":\"json_schema_2020_12_tool\",\"description\":\"a schema\",\"inputSchema\":{\"$schema\":"
     "\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"$defs\":{\"address\":{\"$anchor\":"
     "\"addressDef\",\"type\":\"object\",\"properties\":{\"street\":{\"type\":\"string\"},\"city\":{\"type\":"
     "\"string\"}}}},"
     "\"properties\":{\"name\":{\"type\":\"string\"},\"address\":{\"$ref\":\"#/$defs/address\"},"
     "\"contactMethod\":{\"type\":\"string\",\"enum\":[\"phone\",\"email\"]},\"phone\":{\"type\":\"string\"},"
     "\"email\":{\"type\":\"string\"}},\"allOf\":[{\"anyOf\":[{\"required\":[\"phone\"]},{\"required\":[\"email\"]}]}],"
     "\"if\":{\"properties\":{\"contactMethod\":{\"const\":\"phone\"}},\"required\":[\"contactMethod\"]},"
     "\"then\":{\"required\":[\"phone\"]},\"else\":{\"required\":[\"email\"]},\"additionalProperties\":false}}",
     text_tool},
};

/* ---- prompts ---- */

static void messages(struct mcp *m, const char *list)
{
    mcp_result_open(m);
    jw_key(&m->w, "messages");
    jw_raw(&m->w, str_of(list));
    mcp_result_close(m);
}

static void simple_prompt(struct mcp *m)
{
    messages(m,
             "[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"This is a simple prompt for testing.\"}}]");
}

static str argument(struct mcp *m, const char *name)
{
    return json_str(json_get(json_get(m->params, "arguments"), name), STR(""));
}

static void one_message(struct mcp *m, str text)
{
    jw_obj(&m->w);
    jw_kstr(&m->w, "role", STR("user"));
    jw_kobj(&m->w, "content");
    jw_kstr(&m->w, "type", STR("text"));
    jw_kstr(&m->w, "text", text);
    jw_end(&m->w);
    jw_end(&m->w);
}

static void args_prompt(struct mcp *m)
{
    str a = argument(m, "arg1"), b = argument(m, "arg2");

    mcp_result_open(m);
    jw_karr(&m->w, "messages");
    one_message(m, str_fmt(m->k->a, "Prompt with arguments: arg1='%.*s', arg2='%.*s'", STR_ARG(a), STR_ARG(b)));
    jw_end(&m->w);
    mcp_result_close(m);
}

static void resource_prompt(struct mcp *m)
{
    mcp_result_open(m);
    jw_karr(&m->w, "messages");
    jw_obj(&m->w);
    jw_kstr(&m->w, "role", STR("user"));
    jw_kobj(&m->w, "content");
    jw_kstr(&m->w, "type", STR("resource"));
    jw_kobj(&m->w, "resource");
    jw_kstr(&m->w, "uri", argument(m, "resourceUri"));
    jw_kstr(&m->w, "mimeType", STR("text/plain"));
    jw_kstr(&m->w, "text", STR("Embedded resource content for testing."));
    jw_end(&m->w);
    jw_end(&m->w);
    jw_end(&m->w);
    one_message(m, STR("Please process the embedded resource above."));
    jw_end(&m->w);
    mcp_result_close(m);
}

static void asking_prompt(struct mcp *m)
{
    static const struct mcp_question q =
        FORM_ASK("user_context", FORM("What context should the prompt use?", "context", "string"));
    const struct json *said = NULL;

    switch (mcp_ask(m, &q, &said)) {
    case MCP_ANSWERED:
        mcp_result_open(m);
        jw_karr(&m->w, "messages");
        one_message(m, json_str(json_get(json_get(said, "content"), "context"), STR("none")));
        jw_end(&m->w);
        mcp_result_close(m);
        break;
    case MCP_NOT_ASKED:
        mcp_error(m, 400, RPC_PARAMS, STR("the client could not be asked"));
        break;
    case MCP_ASKED_LATER:
        break;
    }
}

static void image_prompt(struct mcp *m)
{
    messages(m, "[{\"role\":\"user\",\"content\":{\"type\":\"image\",\"data\":\"" PNG
                "\",\"mimeType\":\"image/png\"}},{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":"
                "\"Please analyze the image above.\"}}]");
}

#define ARGUMENT(name_) "{\"name\":\"" name_ "\",\"description\":\"an argument\",\"required\":true}"
#define PROMPT(name_, args_) "{\"name\":\"" name_ "\",\"description\":\"a prompt\",\"arguments\":[" args_ "]}"
static const struct mcp_more_thing prompts[] = {
    {"test_simple_prompt", PROMPT("test_simple_prompt", ""), simple_prompt},
    {"test_prompt_with_arguments", PROMPT("test_prompt_with_arguments", ARGUMENT("arg1") "," ARGUMENT("arg2")),
     args_prompt},
    {"test_prompt_with_embedded_resource", PROMPT("test_prompt_with_embedded_resource", ARGUMENT("resourceUri")),
     resource_prompt},
    {"test_prompt_with_image", PROMPT("test_prompt_with_image", ""), image_prompt},
    {"test_input_required_result_prompt", PROMPT("test_input_required_result_prompt", ""), asking_prompt},
};

/* ---- resources ---- */

static void contents(struct mcp *m, const char *list)
{
    mcp_result_open(m);
    jw_key(&m->w, "contents");
    jw_raw(&m->w, str_of(list));
    mcp_list_close(m);
}

static void text_read(struct mcp *m)
{
    contents(m, "[{\"uri\":\"test://static-text\",\"mimeType\":\"text/plain\",\"text\":"
                "\"This is the content of the static text resource.\"}]");
}

static void binary_read(struct mcp *m)
{
    contents(m, "[{\"uri\":\"test://static-binary\",\"mimeType\":\"image/png\",\"blob\":\"" PNG "\"}]");
}

static void watched_read(struct mcp *m)
{
    contents(m, "[{\"uri\":\"test://watched-resource\",\"mimeType\":\"text/plain\",\"text\":\"It never changes.\"}]");
}

static void template_read(struct mcp *m)
{
    str uri = json_str(json_get(m->params, "uri"), STR("")), rest, id;

    id = str_cut(str_from(uri, strlen("test://template/")), '/', &rest);
    mcp_result_open(m);
    jw_karr(&m->w, "contents");
    jw_obj(&m->w);
    jw_kstr(&m->w, "uri", uri);
    jw_kstr(&m->w, "mimeType", STR("application/json"));
    jw_kstr(&m->w, "text",
            str_fmt(m->k->a, "{\"id\":\"%.*s\",\"templateTest\":true,\"data\":\"Data for ID: %.*s\"}", STR_ARG(id),
                    STR_ARG(id)));
    jw_end(&m->w);
    jw_end(&m->w);
    mcp_list_close(m);
}

#define RESOURCE(uri_, type_)                                                                                          \
    "{\"uri\":\"" uri_ "\",\"name\":\"a resource\",\"description\":\"for tests\",\"mimeType\":\"" type_ "\"}"
static const struct mcp_more_thing resources_[] = {
    {"test://static-text", RESOURCE("test://static-text", "text/plain"), text_read},
    {"test://static-binary", RESOURCE("test://static-binary", "image/png"), binary_read},
    {"test://watched-resource", RESOURCE("test://watched-resource", "text/plain"), watched_read},
    {"test://template/", NULL, template_read},
};

static const struct mcp_more more = {
    .tools = tools,
    .tools_n = sizeof tools / sizeof *tools,
    .prompts = prompts,
    .prompts_n = sizeof prompts / sizeof *prompts,
    .resources = resources_,
    .resources_n = sizeof resources_ / sizeof *resources_,
};

__attribute__((constructor)) static void offer(void)
{
    secret = id_new();
    mcp_more = &more;
}
