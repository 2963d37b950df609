/* formats/crm.c - our own JSON of what a CRM knows (domain/crm.h): one record a line, an array, or one object. */
#include "formats/charset.h"
#include "formats/shapes.h"

extern const struct format_ops format_crm;

/* The first record's "format" stands in the first bytes, so a look at the head is enough. */
static int crm_sniff(const struct format_input *in)
{
    static const char *const types[] = {"pipeline", "account", "contact",  "seller",
                                        "deal",     "change",  "activity", "quota"};
    char scratch[CHARSET_SCRATCH];
    str head = charset_head(in->bytes, scratch);
    size_t at = str_find(head, STR("\"harken."), 0);

    if (!shapes_head_is_json(head) || at == SIZE_MAX)
        return 0;
    head = str_from(head, at + 8);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_starts(head, str_of(types[i])))
            return 96;
    return 0;
}

static void record_add(const struct json *v, str place, struct arena *a, struct format_result *out)
{
    struct crm_record rec;
    struct err e;

    if (crm_json_read(v, a, &rec, &e)) {
        format_problem_add(out, a, place, str_dup(a, str_of(e.msg)));
        return;
    }
    ARENA_PUSH(a, out->crm, out->crm_n, out->crm_cap) = rec;
    for (size_t i = 0; i < rec.changes_n; i++)
        if (rec.changes[i].problem)
            format_notice_add(out, a, place,
                              str_fmt(a, "history[%zu]: %s has no value (%s): what depends on it will have none either",
                                      i, crm_field_name(rec.changes[i].field),
                                      crm_problem_name(rec.changes[i].problem)));
}

static enum err_code whole_parse(str text, struct arena *a, struct format_result *out, struct err *e)
{
    struct json_doc *doc;
    struct json_it it;
    size_t i = 0;

    if (json_parse(text, &doc, e))
        return e->code;
    if (json_kind(json_root(doc)) == JSON_ARR) {
        for (json_it_init(&it, json_root(doc)); json_it_next(&it) && i < FORMAT_RECORDS_MAX; i++)
            record_add(it.val, str_fmt(a, "entry %zu", i), a, out);
    } else {
        record_add(json_root(doc), STR("line 1"), a, out);
    }
    json_free(doc);
    return ERR_OK;
}

static enum err_code lines_parse(str text, struct arena *a, struct format_result *out, struct err *e)
{
    struct json_doc *doc;
    str rest = text, line;
    struct err one;
    size_t n = 0;

    while (str_line_next(&rest, &line)) {
        n++;
        line = str_trim(line);
        if (!line.n)
            continue;
        if (out->crm_n >= FORMAT_RECORDS_MAX)
            return err_set(e, ERR_LIMIT, "line %zu: more than %d records in one file", n, FORMAT_RECORDS_MAX);
        if (json_parse(line, &doc, &one)) {
            str reason = str_of(one.msg);
            if (str_starts(reason, STR("line 1 column "))) /* of this line */
                reason = str_from(reason, 7);
            format_problem_add(out, a, str_fmt(a, "line %zu", n), str_dup(a, reason));
            continue;
        }
        record_add(json_root(doc), str_fmt(a, "line %zu", n), a, out);
        json_free(doc);
    }
    return ERR_OK;
}

static enum err_code crm_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    str text, first, rest;
    struct json_doc *doc;
    struct err ignored;

    if (shapes_text_open(in->bytes, a, &text, e))
        return e->code;
    rest = text = str_trim(text);
    if (!str_line_next(&rest, &first) || !str_trim(rest).n || first.p[0] != '{' || json_parse(first, &doc, &ignored))
        return whole_parse(text, a, out, e);
    json_free(doc);
    return lines_parse(text, a, out, e);
}

const struct format_ops format_crm = {
    .name = "crm",
    .sniff = crm_sniff,
    .parse = crm_parse,
};
