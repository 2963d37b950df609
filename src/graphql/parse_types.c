/* graphql/parse_types.c - the type system part of a document (October 2021 edition, section 3). */
#include "graphql/parse_priv.h"

static str description(struct gql_parser *p)
{
    str text = STR("");

    if (p->tok.kind == GQL_TOK_STRING) {
        text = p->tok.text;
        gql_advance(p);
    }
    return text;
}

/* Input values up to `end`. */
static struct gql_input_def *inputs_read(struct gql_parser *p, char open, char end, size_t *out_n)
{
    struct gql_input_def *list = NULL;
    size_t cap = 0;

    *out_n = 0;
    if (!gql_take(p, open))
        return NULL;
    do {
        struct gql_input_def d = {.text = description(p)};
        d.at = p->tok.at;
        d.name = gql_name(p);
        gql_want(p, ':');
        d.type = gql_tref_read(p);
        d.has_fallback = gql_take(p, '=');
        if (d.has_fallback)
            d.fallback = gql_value_read(p, true);
        d.dirs = gql_directives_read(p, true);
        ARENA_PUSH(p->a, list, *out_n, cap) = d;
    } while (!p->failed && !gql_at(p, end));
    gql_want(p, end);
    return list;
}

static void fields_read(struct gql_parser *p, struct gql_type_def *t)
{
    size_t cap = 0;

    if (!gql_take(p, '{'))
        return;
    do {
        struct gql_field_def f = {.text = description(p)};
        f.at = p->tok.at;
        f.name = gql_name(p);
        f.args = inputs_read(p, '(', ')', &f.args_n);
        gql_want(p, ':');
        f.type = gql_tref_read(p);
        f.dirs = gql_directives_read(p, true);
        ARENA_PUSH(p->a, t->fields, t->fields_n, cap) = f;
    } while (!p->failed && !gql_at(p, '}'));
    gql_want(p, '}');
}

static void values_read(struct gql_parser *p, struct gql_type_def *t)
{
    size_t cap = 0;

    if (!gql_take(p, '{'))
        return;
    do {
        struct gql_enum_def d = {.text = description(p)};
        d.at = p->tok.at;
        if (gql_at_word(p, "true") || gql_at_word(p, "false") || gql_at_word(p, "null"))
            gql_unexpected(p, "an enum value");
        d.name = gql_name(p);
        d.dirs = gql_directives_read(p, true);
        ARENA_PUSH(p->a, t->values, t->values_n, cap) = d;
    } while (!p->failed && !gql_at(p, '}'));
    gql_want(p, '}');
}

/* Names between separators, of which one may stand before the first. */
static str *names_read(struct gql_parser *p, char separator, size_t *out_n)
{
    str *list = NULL;
    size_t cap = 0;

    *out_n = 0;
    gql_take(p, separator);
    do {
        str name = gql_name(p);
        ARENA_PUSH(p->a, list, *out_n, cap) = name;
    } while (!p->failed && gql_take(p, separator));
    return list;
}

static void type_read(struct gql_parser *p, enum gql_type_kind kind, str text, bool extends)
{
    struct gql_type_def t = {.kind = kind, .text = text, .extends = extends};

    gql_advance(p);
    t.at = p->tok.at;
    t.name = gql_name(p);
    if ((kind == GQL_T_OBJECT || kind == GQL_T_INTERFACE) && gql_take_word(p, "implements"))
        t.interfaces = names_read(p, '&', &t.interfaces_n);
    t.dirs = gql_directives_read(p, true);
    if (kind == GQL_T_OBJECT || kind == GQL_T_INTERFACE)
        fields_read(p, &t);
    else if (kind == GQL_T_ENUM)
        values_read(p, &t);
    else if (kind == GQL_T_INPUT)
        t.inputs = inputs_read(p, '{', '}', &t.inputs_n);
    else if (kind == GQL_T_UNION && gql_take(p, '='))
        t.members = names_read(p, '|', &t.members_n);
    ARENA_PUSH(p->a, p->doc->types, p->doc->types_n, p->doc->types_cap) = t;
}

static void directive_def_read(struct gql_parser *p, str text)
{
    struct gql_directive_def d = {.text = text};

    gql_advance(p);
    gql_want(p, '@');
    d.at = p->tok.at;
    d.name = gql_name(p);
    d.args = inputs_read(p, '(', ')', &d.args_n);
    d.repeatable = gql_take_word(p, "repeatable");
    if (!gql_take_word(p, "on"))
        gql_unexpected(p, "\"on\"");
    d.locations = names_read(p, '|', &d.locations_n);
    ARENA_PUSH(p->a, p->doc->directives, p->doc->directives_n, p->doc->directives_cap) = d;
}

static void schema_read(struct gql_parser *p, str text, bool extends)
{
    gql_advance(p);
    if (!extends)
        p->doc->text = text;
    gql_directives_read(p, true);
    if (extends && !gql_at(p, '{'))
        return;
    gql_want(p, '{');
    do {
        struct gql_root_def r = {.kind = GQL_QUERY};
        if (gql_at_word(p, "mutation"))
            r.kind = GQL_MUTATION;
        else if (gql_at_word(p, "subscription"))
            r.kind = GQL_SUBSCRIPTION;
        else if (!gql_at_word(p, "query"))
            gql_unexpected(p, "query, mutation or subscription");
        gql_name(p);
        gql_want(p, ':');
        r.type = gql_name(p);
        ARENA_PUSH(p->a, p->doc->roots, p->doc->roots_n, p->doc->roots_cap) = r;
    } while (!p->failed && !gql_at(p, '}'));
    gql_want(p, '}');
}

void gql_type_system_read(struct gql_parser *p)
{
    static const struct {
        const char *word;
        enum gql_type_kind kind;
    } kinds[] = {{"scalar", GQL_T_SCALAR}, {"type", GQL_T_OBJECT}, {"interface", GQL_T_INTERFACE},
                 {"union", GQL_T_UNION},   {"enum", GQL_T_ENUM},   {"input", GQL_T_INPUT}};
    struct gql_loc at = p->tok.at;
    str text = description(p);
    bool extends = !text.n && gql_take_word(p, "extend");

    if (!p->doc->type_system_at.line)
        p->doc->type_system_at = at;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (gql_at_word(p, kinds[i].word)) {
            type_read(p, kinds[i].kind, text, extends);
            return;
        }
    if (gql_at_word(p, "schema"))
        schema_read(p, text, extends);
    else if (gql_at_word(p, "directive") && !extends)
        directive_def_read(p, text);
    else
        gql_unexpected(p, "a definition");
}
