/* graphql/parse.c - recursive descent over the tokens: operations and fragments. Type definitions: parse_types.c.
 *
 * After the first error every token is the bad one, so loops end and results are thrown away together. */
#include "graphql/parse_priv.h"

void gql_advance(struct gql_parser *p)
{
    if (p->failed)
        return;
    gql_lex_next(&p->lx, &p->tok);
    p->failed = p->tok.kind == GQL_TOK_BAD;
}

void gql_unexpected(struct gql_parser *p, const char *wanted)
{
    if (p->failed)
        return;
    if (p->tok.kind == GQL_TOK_END)
        gql_error_add(p->lx.es, GQL_CODE_PARSE, p->tok.at, "Syntax Error: expected %s, found the end.", wanted);
    else if (p->tok.kind == GQL_TOK_PUNCT)
        gql_error_add(p->lx.es, GQL_CODE_PARSE, p->tok.at, "Syntax Error: expected %s, found \"%s\".", wanted,
                      p->tok.punct == '.' ? "..." : (char[]){p->tok.punct, 0});
    else if (p->tok.kind == GQL_TOK_NAME)
        gql_error_add(p->lx.es, GQL_CODE_PARSE, p->tok.at, "Syntax Error: expected %s, found the name \"%.*s\".",
                      wanted, STR_ARG(str_sub(p->tok.text, 0, 60)));
    else
        gql_error_add(p->lx.es, GQL_CODE_PARSE, p->tok.at, "Syntax Error: expected %s, found a value.", wanted);
    p->failed = true;
    p->tok = (struct gql_token){.kind = GQL_TOK_BAD};
}

bool gql_at(const struct gql_parser *p, char punct)
{
    return p->tok.kind == GQL_TOK_PUNCT && p->tok.punct == punct;
}

bool gql_take(struct gql_parser *p, char punct)
{
    if (!gql_at(p, punct))
        return false;
    gql_advance(p);
    return true;
}

void gql_want(struct gql_parser *p, char punct)
{
    char what[4] = {'"', punct, '"', 0};

    if (gql_at(p, punct))
        gql_advance(p);
    else
        gql_unexpected(p, what);
}

bool gql_at_word(const struct gql_parser *p, const char *word)
{
    return p->tok.kind == GQL_TOK_NAME && str_eq(p->tok.text, str_of(word));
}

bool gql_take_word(struct gql_parser *p, const char *word)
{
    if (!gql_at_word(p, word))
        return false;
    gql_advance(p);
    return true;
}

str gql_name(struct gql_parser *p)
{
    str name = p->tok.text;

    if (p->tok.kind != GQL_TOK_NAME) {
        gql_unexpected(p, "a name");
        return STR("");
    }
    gql_advance(p);
    return name;
}

static bool nest(struct gql_parser *p)
{
    if (p->failed)
        return false;
    if (++p->depth <= GQL_NEST_MAX)
        return true;
    gql_error_add(p->lx.es, GQL_CODE_LIMIT, p->tok.at, "The document is nested deeper than %d.", GQL_NEST_MAX);
    p->failed = true;
    p->tok = (struct gql_token){.kind = GQL_TOK_BAD};
    return false;
}

/* ---- values and types ---- */

static void list_read(struct gql_parser *p, bool constant, struct gql_value *out)
{
    size_t cap = 0;

    out->kind = GQL_LIST;
    gql_advance(p);
    while (!p->failed && !gql_at(p, ']'))
        ARENA_PUSH(p->a, out->v.list.item, out->v.list.n, cap) = gql_value_read(p, constant);
    gql_want(p, ']');
}

static void map_read(struct gql_parser *p, bool constant, struct gql_value *out)
{
    size_t cap = 0;

    out->kind = GQL_MAP;
    gql_advance(p);
    while (!p->failed && !gql_at(p, '}')) {
        struct gql_member m = {.at = p->tok.at};
        m.name = gql_name(p);
        gql_want(p, ':');
        m.value = gql_value_read(p, constant);
        ARENA_PUSH(p->a, out->v.map.member, out->v.map.n, cap) = m;
    }
    gql_want(p, '}');
}

static void word_value(struct gql_parser *p, struct gql_value *out)
{
    out->s = p->tok.text;
    if (str_eq(out->s, STR("null"))) {
        out->kind = GQL_NULL;
    } else if (str_eq(out->s, STR("true")) || str_eq(out->s, STR("false"))) {
        out->kind = GQL_BOOL;
        out->v.b = out->s.n == 4;
    } else {
        out->kind = GQL_ENUM;
    }
    gql_advance(p);
}

struct gql_value gql_value_read(struct gql_parser *p, bool constant)
{
    struct gql_value v = {.kind = GQL_NULL, .at = p->tok.at, .s = p->tok.text};

    if (!nest(p))
        return v;
    switch (p->tok.kind) {
    case GQL_TOK_NAME:
        word_value(p, &v);
        break;
    case GQL_TOK_INT:
    case GQL_TOK_FLOAT:
    case GQL_TOK_STRING:
        v.kind = p->tok.kind == GQL_TOK_INT ? GQL_INT : p->tok.kind == GQL_TOK_FLOAT ? GQL_FLOAT : GQL_STRING;
        gql_advance(p);
        break;
    default:
        if (gql_at(p, '[')) {
            list_read(p, constant, &v);
        } else if (gql_at(p, '{')) {
            map_read(p, constant, &v);
        } else if (gql_at(p, '$') && !constant) {
            gql_advance(p);
            v.kind = GQL_VARIABLE;
            v.s = gql_name(p);
        } else {
            gql_unexpected(p, constant ? "a constant value" : "a value");
        }
    }
    p->depth--;
    return v;
}

struct gql_tref gql_tref_read(struct gql_parser *p)
{
    struct gql_tref t = {.at = p->tok.at};

    if (!nest(p))
        return t;
    if (gql_take(p, '[')) {
        t.of = ARENA_NEW(p->a, struct gql_tref);
        *t.of = gql_tref_read(p);
        gql_want(p, ']');
    } else {
        t.name = gql_name(p);
    }
    t.required = gql_take(p, '!');
    p->depth--;
    return t;
}

static struct gql_args args_read(struct gql_parser *p, bool constant)
{
    struct gql_args args = {0};
    size_t cap = 0;

    if (!gql_take(p, '('))
        return args;
    do {
        struct gql_member m = {.at = p->tok.at};
        m.name = gql_name(p);
        gql_want(p, ':');
        m.value = gql_value_read(p, constant);
        ARENA_PUSH(p->a, args.list, args.n, cap) = m;
    } while (!p->failed && !gql_at(p, ')'));
    gql_want(p, ')');
    return args;
}

struct gql_directives gql_directives_read(struct gql_parser *p, bool constant)
{
    struct gql_directives dirs = {0};
    size_t cap = 0;

    while (!p->failed && gql_at(p, '@')) {
        struct gql_directive d = {.at = p->tok.at};
        gql_advance(p);
        d.name = gql_name(p);
        d.args = args_read(p, constant);
        ARENA_PUSH(p->a, dirs.list, dirs.n, cap) = d;
    }
    return dirs;
}

/* ---- selections ---- */

static struct gql_selections set_read(struct gql_parser *p);

static void field_read(struct gql_parser *p, struct gql_selection *s)
{
    s->kind = GQL_SEL_FIELD;
    s->key = s->name = gql_name(p);
    if (gql_take(p, ':')) {
        s->aliased = true;
        s->name = gql_name(p);
    }
    s->args = args_read(p, false);
    s->dirs = gql_directives_read(p, false);
    if (gql_at(p, '{'))
        s->set = set_read(p);
}

static void spread_read(struct gql_parser *p, struct gql_selection *s)
{
    gql_advance(p);
    if (p->tok.kind == GQL_TOK_NAME && !gql_at_word(p, "on")) {
        s->kind = GQL_SEL_SPREAD;
        s->name = gql_name(p);
        s->dirs = gql_directives_read(p, false);
        return;
    }
    s->kind = GQL_SEL_INLINE;
    if (gql_take_word(p, "on")) {
        s->on_at = p->tok.at;
        s->on = gql_name(p);
    }
    s->dirs = gql_directives_read(p, false);
    s->set = set_read(p);
}

static struct gql_selections set_read(struct gql_parser *p)
{
    struct gql_selections set = {0};
    size_t cap = 0;

    if (!nest(p))
        return set;
    gql_want(p, '{');
    do {
        struct gql_selection s = {.at = p->tok.at};
        if (gql_at(p, '.'))
            spread_read(p, &s);
        else
            field_read(p, &s);
        ARENA_PUSH(p->a, set.list, set.n, cap) = s;
    } while (!p->failed && !gql_at(p, '}'));
    gql_want(p, '}');
    p->depth--;
    return set;
}

/* ---- definitions ---- */

static void variables_read(struct gql_parser *p, struct gql_operation *op)
{
    size_t cap = 0;

    if (!gql_take(p, '('))
        return;
    do {
        struct gql_variable v = {.at = p->tok.at};
        gql_want(p, '$');
        v.name = gql_name(p);
        gql_want(p, ':');
        v.type = gql_tref_read(p);
        v.has_fallback = gql_take(p, '=');
        if (v.has_fallback)
            v.fallback = gql_value_read(p, true);
        v.dirs = gql_directives_read(p, true);
        ARENA_PUSH(p->a, op->variables, op->variables_n, cap) = v;
    } while (!p->failed && !gql_at(p, ')'));
    gql_want(p, ')');
}

static void operation_read(struct gql_parser *p, enum gql_operation_kind kind, bool shorthand)
{
    struct gql_operation op = {.kind = kind, .at = p->tok.at};

    if (!shorthand) {
        gql_advance(p);
        if (p->tok.kind == GQL_TOK_NAME)
            op.name = gql_name(p);
        variables_read(p, &op);
        op.dirs = gql_directives_read(p, false);
    }
    op.set = set_read(p);
    ARENA_PUSH(p->a, p->doc->operations, p->doc->operations_n, p->doc->operations_cap) = op;
}

static void fragment_read(struct gql_parser *p)
{
    struct gql_fragment f = {.at = p->tok.at};

    gql_advance(p);
    if (gql_at_word(p, "on"))
        gql_unexpected(p, "the name of a fragment");
    f.name = gql_name(p);
    if (!gql_take_word(p, "on"))
        gql_unexpected(p, "\"on\"");
    f.on_at = p->tok.at;
    f.on = gql_name(p);
    f.dirs = gql_directives_read(p, false);
    f.set = set_read(p);
    ARENA_PUSH(p->a, p->doc->fragments, p->doc->fragments_n, p->doc->fragments_cap) = f;
}

static void definition_read(struct gql_parser *p)
{
    if (gql_at(p, '{'))
        operation_read(p, GQL_QUERY, true);
    else if (gql_at_word(p, "query"))
        operation_read(p, GQL_QUERY, false);
    else if (gql_at_word(p, "mutation"))
        operation_read(p, GQL_MUTATION, false);
    else if (gql_at_word(p, "subscription"))
        operation_read(p, GQL_SUBSCRIPTION, false);
    else if (gql_at_word(p, "fragment"))
        fragment_read(p);
    else
        gql_type_system_read(p);
}

bool gql_parse(str source, size_t tokens_max, struct arena *a, struct gql_document *out, struct gql_errors *es)
{
    struct gql_parser p = {.a = a, .doc = out};

    *out = (struct gql_document){0};
    if (!str_utf8_valid(source)) {
        gql_error_add(es, GQL_CODE_PARSE, (struct gql_loc){0}, "Syntax Error: the document is not UTF-8.");
        return false;
    }
    gql_lexer_init(&p.lx, source, tokens_max, a, es);
    gql_advance(&p);
    do {
        definition_read(&p);
    } while (!p.failed && p.tok.kind != GQL_TOK_END);
    return !p.failed;
}
