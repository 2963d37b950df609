/* The table of resources keeps its own promises, and requests are read as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/graphql.h"
#include "api/openapi.h"

static struct arena *arena;

static void every_resource_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < resources_n; i++) {
        const struct resource *r = resources[i];
        for (size_t k = 0; k < i; k++)
            if (strcmp(resources[k]->name, r->name) == 0)
                fail_msg("two resources are called %s", r->name);
        if (r->shape && (r->shape->n > 64 || strcmp(r->shape->fields[0].name, "id") != 0))
            fail_msg("%s: its first field must be id, and there can be 64", r->name);
        for (size_t k = 0; k < r->ops_n; k++) {
            const struct res_op *op = &r->ops[k];
            bool runs = op->verb == RES_OP_RAW   ? op->raw != NULL
                        : op->verb == RES_OP_ACT ? op->act != NULL
                                                 : r->shape != NULL;
            if (!runs || !op->need || op->path[0] != '/')
                fail_msg("%s.%s lacks its function, permission or path", r->name, op->name);
            for (size_t j = 0; j < k; j++)
                if (strcmp(r->ops[j].name, op->name) == 0)
                    fail_msg("%s.%s is there twice", r->name, op->name);
        }
    }
}

/* An example is shown to people and tried by judges: it must be a value of its field. */
static void example_check(const struct res_shape *s, const struct res_field *f, int depth)
{
    struct res_faults faults = {0};
    struct res_field one = *f;
    struct res_shape only = {.name = "Only", .fields = &one, .n = 1};
    struct res_val *out;
    struct json_doc *d;
    struct err e;

    if (f->of && depth < 8)
        for (size_t i = 0; i < f->of->n; i++)
            example_check(f->of, &f->of->fields[i], depth + 1);
    if (f->kind == RES_OBJ)
        return;
    if (!f->example)
        fail_msg("%s.%s has no example", s->name, f->name);
    one.flags &= ~(unsigned)(RES_LIST | RES_READ_ONLY | RES_ONCE);
    if (json_parse(str_fmt(arena, "{\"%s\":%s}", f->name, f->example), &d, &e))
        fail_msg("%s.%s: the example is not JSON: %s", s->name, f->name, e.msg);
    if (!res_read(arena, &only, RES_FROM_STORE, json_root(d), STR(""), &faults, &out))
        fail_msg("%s.%s: the example %s %.*s", s->name, f->name, f->example, STR_ARG(faults.list[0].detail));
    json_free(d);
}

static void shape_check(const struct res_shape *s)
{
    for (size_t i = 0; s && i < s->n; i++)
        example_check(s, &s->fields[i], 0);
}

static void examples_are_of_their_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < resources_n; i++) {
        shape_check(resources[i]->shape);
        for (size_t k = 0; k < resources[i]->ops_n; k++) {
            shape_check(resources[i]->ops[k].query);
            shape_check(resources[i]->ops[k].body);
            shape_check(resources[i]->ops[k].answer);
        }
    }
}

static void the_description_is_json(void **state)
{
    struct json_doc *d;
    struct buf b;
    struct err e;
    size_t ops = 0, described = 0;
    struct json_it path, op, other;
    const struct json *schemas;

    (void)state;
    buf_init(&b, 16 << 20);
    openapi_write(&b);
    assert_int_equal(json_parse(buf_view(&b), &d, &e), ERR_OK);
    for (size_t i = 0; i < resources_n; i++)
        ops += resources[i]->ops_n;
    for (json_it_init(&path, json_get(json_root(d), "paths")); json_it_next(&path);)
        for (json_it_init(&op, path.val); json_it_next(&op);)
            described++;
    assert_int_equal(described, ops);
    schemas = json_get(json_get(json_root(d), "components"), "schemas");
    for (json_it_init(&path, schemas); json_it_next(&path);) {
        str name = json_str(path.key, STR(""));
        size_t same = 0;
        for (json_it_init(&other, schemas); json_it_next(&other);)
            same += str_eq(name, json_str(other.key, STR("")));
        if (same != 1)
            fail_msg("two shapes are called %.*s", STR_ARG(name));
    }
    json_free(d);
    buf_done(&b);
}

/* ---- reading ---- */

static const char *const colours[] = {"red", "green", NULL};
static const struct res_field inner_fields[] = {{"n", RES_INT, RES_NEEDED, "n", "1", .min = 1, .max = 9}};
static const struct res_shape inner = {"Inner", "", RES_FIELDS(inner_fields)};
static const struct res_field outer_fields[] = {
    {"id", RES_ID, RES_READ_ONLY, "id", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"name", RES_STR, RES_NEEDED, "name", "\"x\"", .min = 1, .max = 4},
    {"colour", RES_ENUM, RES_NULLABLE, "colour", "\"red\"", .words = colours},
    {"kind", RES_STR, RES_CREATE_ONLY, "kind", "\"x\""},
    {"list", RES_OBJ, RES_LIST, "list", .of = &inner, .list_max = 2},
    {"at", RES_TIME, 0, "at", "\"2026-01-01\""},
};
static const struct res_shape outer = {"Outer", "", RES_FIELDS(outer_fields)};

static void faults_have_their_place(void **state)
{
    static const struct {
        enum res_use use;
        const char *body, *places; /* of the faults, each with a space behind */
        bool refused;
    } rows[] = {
        {RES_FOR_CREATE, "{\"name\":\"ab\"}", "", false},
        {RES_FOR_CREATE, "{\"name\":\"ab\",\"colour\":null,\"list\":[{\"n\":9}],\"at\":\"2026-02-03T04:05:06Z\"}", "",
         false},
        {RES_FOR_CREATE, "{}", "/name ", false},
        {RES_FOR_CREATE, "{\"name\":\"  \"}", "/name ", false},
        {RES_FOR_CREATE, "{\"name\":\"abcde\"}", "/name ", false},
        {RES_FOR_CREATE, "{\"name\":\"\\u00e9\\u00e9\\u00e9\\u00e9\"}", "", false}, /* four characters, eight bytes */
        {RES_FOR_CREATE, "{\"name\":null}", "/name ", false},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"name\":\"b\"}", "/name ", false},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"id\":\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"}", "/id ", true},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"x/y~z\":1}", "/x~1y~0z ", true},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"colour\":\"blue\"}", "/colour ", false},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"list\":[{\"n\":0},{\"n\":1.5}]}", "/list/0/n /list/1/n ", false},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"list\":[{\"n\":2.0},7]}", "/list/1 ", false},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"list\":[{\"n\":1},{\"n\":1},{\"n\":1}]}", "/list ", false},
        {RES_FOR_CREATE, "{\"name\":\"a\",\"at\":\"tomorrow\"}", "/at ", false},
        {RES_FOR_CREATE, "[]", " ", false},
        {RES_FOR_UPDATE, "{}", "", false},
        {RES_FOR_UPDATE, "{\"kind\":\"x\"}", "/kind ", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct res_faults f = {0};
        struct res_val *out;
        struct json_doc *d;
        struct err e;
        str got = STR("");
        bool ok;

        assert_int_equal(json_parse(str_of(rows[i].body), &d, &e), ERR_OK);
        ok = res_read(arena, &outer, rows[i].use, json_root(d), STR(""), &f, &out);
        for (size_t k = 0; k < f.n; k++)
            got = str_fmt(arena, "%.*s%.*s ", STR_ARG(got), STR_ARG(f.list[k].pointer));
        if (!str_eq(got, str_of(rows[i].places)) || ok != !*rows[i].places || f.refused != rows[i].refused)
            fail_msg("%s: faults at \"%.*s\"", rows[i].body, STR_ARG(got));
        json_free(d);
    }
}

static void the_table_makes_a_graphql_schema(void **state)
{
    struct err e = {0};

    (void)state;
    if (!gq_schema(&e))
        fail_msg("%s", e.msg);
    assert_true(str_contains(gq_text(), STR("type User implements Node")));
}

/* Rows that were loaded whole: five of them, c before b before a by number, two of the same number. */
static void rows_are_filtered_sorted_and_cut(void **state)
{
    static const struct res_field fields[] = {
        {"id", RES_ID, 0, "", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
        {"size", RES_REAL, RES_SORT | RES_RANGE | RES_NULLABLE, "", "1"},
        {"tags", RES_STR, RES_LIST | RES_FILTER, "", "\"x\""},
    };
    static const struct res_shape shape = {"Thing", "", RES_FIELDS(fields)};
    static const double sizes[] = {3, -2.5, 3, 0.25};
    struct res_val *rows[5], tag = res_str(STR("even"));
    struct res_ctx c = {.a = arena};
    struct res_query q = {.sort = &fields[1], .limit = 2};
    struct res_filter even = {&fields[2], RES_EQ, &tag, 1}, from = {&fields[1], RES_FROM, NULL, 1};
    struct res_page page;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        rows[i] = ARENA_ARRAY(arena, struct res_val, 3);
        rows[i][0] = res_id((struct id){{0, (uint8_t)(i + 1)}});
        rows[i][1] = i < 4 ? res_real(sizes[i]) : res_null();
        rows[i][2] = res_vals(&tag, i % 2 == 0);
    }
    res_rows_page(&c, &page, &q, &shape, rows, 5, 0); /* without a number first, then the least */
    assert_true(page.n == 2 && page.more && page.total == 5 && page.items[0] == rows[4] && page.items[1] == rows[1]);
    q.has_after = true;
    q.after = page.keys[1];
    res_rows_page(&c, &page, &q, &shape, rows, 5, 0);
    assert_true(page.n == 2 && page.more && page.items[0] == rows[3] && page.items[1] == rows[0]);
    q.after = page.keys[1];
    res_rows_page(&c, &page, &q, &shape, rows, 5, 0);
    assert_true(page.n == 1 && !page.more && page.items[0] == rows[2]);
    q = (struct res_query){.sort = &fields[1], .desc = true, .limit = 9, .filters = &even, .filters_n = 1};
    res_rows_page(&c, &page, &q, &shape, rows, 5, 1); /* 3 and 3 and none; the first left out */
    assert_true(page.n == 2 && page.total == 3 && page.items[0] == rows[0] && page.items[1] == rows[4]);
    from.v = &rows[3][1];
    q.filters = &from;
    res_rows_page(&c, &page, &q, &shape, rows, 5, 0);
    assert_int_equal(page.n, 3); /* 3, 3 and 0.25 */
}

static int up(void **state)
{
    (void)state;
    arena = arena_new("resource.test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_resource_is_whole),          cmocka_unit_test(examples_are_of_their_kind),
        cmocka_unit_test(the_description_is_json),          cmocka_unit_test(faults_have_their_place),
        cmocka_unit_test(the_table_makes_a_graphql_schema), cmocka_unit_test(rows_are_filtered_sorted_and_cut),
    };
    return cmocka_run_group_tests(tests, up, down);
}
