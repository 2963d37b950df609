/* Documents through every phase: lexer, parser, rules, limits, execution over a small schema of its own. The first line, if
 * it is JSON, gives the variables. */
#include "graphql/graphql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] =
    "interface Node { id: ID! } scalar Any enum Kind { CALL MAIL }\n"
    "input Filter { kind: Kind = CALL list: [Int!] in: Filter need: String! }\n"
    "union Thing = Deal | Person\n"
    "type Deal implements Node { id: ID! name: String kind: Kind owner: Person things(first: Int): "
    "[Thing!]! @listSize(slicingArguments: [\"first\"]) }\n"
    "type Person implements Node { id: ID! name(upper: Boolean = false): String! deals(filter: "
    "Filter, first: Int = 2): [Deal!] @listSize(slicingArguments: [\"first\"]) any: Any }\n"
    "type Query { node(id: ID!): Node deal(id: ID = \"1\"): Deal things: [Thing] "
    "@listSize(assumedSize: 3) number(x: Float): Int }\n"
    "type Mutation { rename(id: ID!, to: String!): Deal! }\n";

static struct gql_value answer(const struct gql_type *t, struct gql_call *c, int depth)
{
    struct gql_value *two;

    if (t->kind == GQL_T_NON_NULL)
        t = t->of;
    if (t->kind == GQL_T_LIST) {
        two = ARENA_ARRAY(c->a, struct gql_value, 2);
        two[0] = answer(t->of, c, depth + 1);
        two[1] = answer(t->of, c, depth + 1);
        return gql_of_list(two, 2);
    }
    if (gql_type_composite(t))
        return gql_of_object(c->n % 2 ? "Deal" : "Person", text);
    if (str_eq(t->name, STR("Int")))
        return gql_of_i64((int64_t)c->n);
    return str_eq(t->name, STR("Kind")) ? gql_of_str(STR("CALL")) : gql_of_str(t->name);
}

static enum err_code resolve(struct gql_call *c, struct err *e)
{
    if (str_eq(c->field->name, STR("any")))
        return err_set(e, ERR_CONFLICT, "no");
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = i == 3 ? gql_of_fault(ERR_NOT_FOUND, STR("")) : answer(c->field->type, c, 0);
    return ERR_OK;
}

static struct gql_schema *schema_get(void)
{
    static struct gql_schema *s;
    const struct gql_type *const *types;
    struct err e;

    if (s)
        return s;
    if (gql_schema_new(str_of(text), &s, &e))
        abort();
    for (size_t i = 0, n = gql_schema_types(s, &types); i < n; i++)
        for (size_t k = 0; !str_starts(types[i]->name, STR("__")) && k < types[i]->fields_n; k++)
            gql_schema_bind(s, types[i]->name, types[i]->fields[k].name, resolve, NULL);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT, .introspect = true};
    struct arena *a = arena_new("fuzz");
    struct gql_request rq = {.query = str_n((const char *)data, size)};
    struct json_doc *vars = NULL;
    struct gql_schema *own = NULL;
    struct buf out;
    str rest;
    str line = str_cut(rq.query, '\n', &rest);

    if (json_parse(line, &vars, NULL) == ERR_OK && json_kind(json_root(vars)) == JSON_OBJ) {
        rq.variables = json_root(vars);
        rq.query = rest;
    }
    o.limits.nodes = 5000;
    buf_init(&out, 1 << 20);
    gql_run(schema_get(), &rq, &o, a, &out);
    if (gql_schema_new(rq.query, &own, NULL) == ERR_OK)
        gql_schema_free(own);
    json_free(vars);
    buf_done(&out);
    arena_free(a);
    return 0;
}
