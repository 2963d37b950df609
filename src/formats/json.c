/* formats/json.c - our own JSON (harken.interaction/1): one object, an array of them, or one a line. */
#include "formats/charset.h"
#include "formats/shapes.h"
#include "formats/talk.h"

extern const struct format_ops format_json;

static bool name_is_json(str name)
{
    return str_ends_nocase(name, STR(".json")) || str_ends_nocase(name, STR(".jsonl")) ||
           str_ends_nocase(name, STR(".ndjson"));
}

static int json_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH];
    str head = charset_head(in->bytes, scratch);

    if (shapes_head_is_json(head))
        return str_contains(head, STR("harken.interaction/")) ? 95 : 50;
    return name_is_json(in->name) ? 40 : 0; /* broken JSON is refused as JSON, not stored as a note */
}

static enum err_code own_add(const struct json *v, struct arena *a, struct format_result *out, struct err *e)
{
    struct interaction read, *ia;
    struct talk t;
    enum err_code rc = ia_json_read(v, a, &read, e);

    if (rc)
        return rc;
    if (read.participants_n == 0) {
        talk_init(&t, a);
        t.turns = read.turns;
        t.n = read.turns_n;
        rc = talk_finish(&t, &read, e);
        if (rc)
            return rc;
    }
    if (read.format.n == 0)
        read.format = STR("json");
    read.source = STR_NULL; /* where it lies now; format_parse fills it */
    read.id = (struct id){0};
    ia = format_item_add(out, a, &format_json, read.kind);
    *ia = read;
    return ERR_OK;
}

static bool is_own(const struct json *v)
{
    return json_kind(v) == JSON_OBJ && str_starts(json_str(json_get(v, "format"), STR_NULL), STR("harken."));
}

/* One value: ours, or one of the shapes of other programs. */
static enum err_code value_add(const struct json *v, const struct format_input *in, struct arena *a,
                               struct format_result *out, struct err *e)
{
    return is_own(v) ? own_add(v, a, out, e) : shapes_add(v, in, a, out, e);
}

static enum err_code array_add(const struct json *root, const struct format_input *in, struct arena *a,
                               struct format_result *out, struct err *e)
{
    struct json_it it;
    struct err item;
    size_t i = 0;

    for (json_it_init(&it, root); json_it_next(&it); i++) {
        if (out->items_n >= FORMAT_ITEMS_MAX)
            return err_set(e, ERR_LIMIT, "entry %zu: more than %d interactions in one file", i, FORMAT_ITEMS_MAX);
        if (value_add(it.val, in, a, out, &item))
            format_problem_add(out, a, str_fmt(a, "entry %zu", i), str_dup(a, str_of(item.msg)));
    }
    return ERR_OK;
}

static bool array_is_own(const struct json *root)
{
    struct json_it it;

    if (json_kind(root) != JSON_ARR)
        return false;
    for (json_it_init(&it, root); json_it_next(&it);) {
        if (is_own(it.val))
            return true;
    }
    return false;
}

static enum err_code whole_parse(str text, const struct format_input *in, struct arena *a, struct format_result *out,
                                 struct err *e)
{
    struct json_doc *doc;
    const struct json *root;
    enum err_code rc = json_parse(text, &doc, e);

    if (rc)
        return rc;
    root = json_root(doc);
    if (array_is_own(root))
        rc = array_add(root, in, a, out, e);
    else
        rc = value_add(root, in, a, out, e);
    if (rc && !str_starts(str_of(e->msg), STR("line ")))
        err_wrap(e, "line 1");
    json_free(doc);
    return rc;
}

/* One object a line: the first line is a whole object and something follows. */
static bool is_lines(str text)
{
    str rest = text, line = STR_NULL;
    struct json_doc *doc;
    struct err ignored;
    bool object;

    while (str_trim(line).n == 0 && str_line_next(&rest, &line))
        continue;
    line = str_trim(line);
    if (line.n < 2 || line.p[0] != '{' || line.p[line.n - 1] != '}' || str_trim(rest).n == 0)
        return false;
    if (json_parse(line, &doc, &ignored))
        return false;
    object = json_kind(json_root(doc)) == JSON_OBJ;
    json_free(doc);
    return object;
}

static enum err_code line_parse(str line, const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    struct json_doc *doc;
    enum err_code rc = json_parse(line, &doc, e);

    if (rc)
        return rc;
    rc = value_add(json_root(doc), in, a, out, e);
    json_free(doc);
    return rc;
}

static enum err_code lines_parse(str text, const struct format_input *in, struct arena *a, struct format_result *out,
                                 struct err *e)
{
    str rest = text, line;
    struct err item;
    size_t n = 0;

    while (str_line_next(&rest, &line)) {
        size_t before = out->items_n;
        n++;
        if (str_trim(line).n == 0)
            continue;
        if (out->items_n >= FORMAT_ITEMS_MAX)
            return err_set(e, ERR_LIMIT, "line %zu: more than %d interactions in one file", n, FORMAT_ITEMS_MAX);
        if (line_parse(line, in, a, out, &item)) {
            str reason = str_of(item.msg);

            if (str_starts(reason, STR("line 1 column "))) /* of this line */
                reason = str_from(reason, 7);
            format_problem_add(out, a, str_fmt(a, "line %zu", n), str_dup(a, reason));
        }
        format_items_vet(out, a, before, str_fmt(a, "line %zu", n));
    }
    return ERR_OK;
}

static enum err_code json_row_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                    struct err *e)
{
    enum err_code rc;
    str text;

    rc = shapes_text_open(in->bytes, a, &text, e);
    if (rc)
        return rc;
    return is_lines(text) ? lines_parse(text, in, a, out, e) : whole_parse(text, in, a, out, e);
}

const struct format_ops format_json = {
    .name = "json",
    .sniff = json_sniff,
    .parse = json_row_parse,
};
