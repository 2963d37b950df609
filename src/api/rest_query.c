/* api/rest_query.c - query strings: what an operation takes, and nothing else; cursors. */
#include "api/rest.h"

enum { CURSOR_VERSION = 1, CURSOR_BYTES = 31 };

static bool refuse(struct rest *x, str name, str why)
{
    rest_problem(x->k, 400, "bad query",
                 str_fmt(x->k->a, "parameter \"%.*s\" %.*s", STR_ARG(str_utf8_repair(x->k->a, str_sub(name, 0, 60))),
                         STR_ARG(why)),
                 NULL);
    return false;
}

static bool own_read(struct rest *x, str name, str value, bool *out_mine)
{
    const struct res_shape *s = x->op->query;
    size_t i = s ? res_field_index(s, name) : SIZE_MAX;
    str why;

    *out_mine = i != SIZE_MAX;
    if (!*out_mine)
        return true;
    if (x->extra[i].is != RES_ABSENT)
        return refuse(x, name, STR("is there twice"));
    return res_read_text(x->k->a, &s->fields[i], value, &x->extra[i], &why) || refuse(x, name, why);
}

static bool fields_read(struct rest *x, str names)
{
    const struct res_shape *s = x->r->shape;

    x->want = 0;
    if (!names.n)
        return refuse(x, STR("fields"), STR("must not be empty"));
    while (names.n) {
        str name = str_trim(str_cut(names, ',', &names));
        size_t i = res_field_index(s, name);
        if (i == SIZE_MAX || !res_field_shown(&s->fields[i], &x->k->who) || s->fields[i].flags & RES_ONCE)
            return refuse(x, STR("fields"),
                          str_fmt(x->k->a, "must name fields of a %s, separated by commas", x->r->one));
        x->want |= UINT64_C(1) << i;
    }
    return true;
}

static bool sort_read(struct rest *x, str name)
{
    const struct res_shape *s = x->r->shape;
    bool desc = str_starts(name, STR("-"));
    size_t i = s ? res_field_index(s, desc ? str_from(name, 1) : name) : SIZE_MAX;

    if (i == SIZE_MAX || !(s->fields[i].flags & RES_SORT))
        return refuse(x, STR("sort"), STR("must be a field that can be sorted by, with - in front for the last first"));
    x->q.sort = &s->fields[i];
    x->q.desc = desc;
    return true;
}

/* NAME, NAME_from, NAME_to. NULL when it is no filter. */
static const struct res_field *filter_find(const struct res_shape *s, str name, enum res_cmp *out_cmp)
{
    static const struct {
        const char *tail;
        enum res_cmp cmp;
        unsigned flag;
    } rows[] = {{"", RES_EQ, RES_FILTER}, {"_from", RES_FROM, RES_RANGE}, {"_to", RES_TO, RES_RANGE}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str tail = str_of(rows[i].tail);
        size_t at;
        if (!str_ends(name, tail))
            continue;
        at = res_field_index(s, str_sub(name, 0, name.n - tail.n));
        *out_cmp = rows[i].cmp;
        if (at != SIZE_MAX && s->fields[at].flags & rows[i].flag)
            return &s->fields[at];
    }
    return NULL;
}

static bool filter_read(struct rest *x, const struct res_field *f, enum res_cmp cmp, str name, str value)
{
    bool several = cmp == RES_EQ && (f->kind == RES_ENUM || f->kind == RES_ID);
    struct res_filter *list = (struct res_filter *)(uintptr_t)x->q.filters;
    struct res_val *v = ARENA_ARRAY(x->k->a, struct res_val, RES_LIMIT_MAX);
    size_t n = 0;
    str why;

    for (size_t i = 0; i < x->q.filters_n; i++)
        if (list[i].field == f && list[i].cmp == cmp)
            return refuse(x, name, STR("is there twice"));
    if (!value.n)
        return refuse(x, name, STR("must not be empty"));
    do {
        str one = several ? str_cut(value, ',', &value) : value;
        if (n == RES_LIMIT_MAX)
            return refuse(x, name, STR("has too many values"));
        if (!res_read_text(x->k->a, f, one, &v[n++], &why))
            return refuse(x, name, why);
    } while (several && value.n);
    if (x->q.filters_n == RES_FILTERS_MAX)
        return refuse(x, name, STR("is one filter too many"));
    list[x->q.filters_n++] = (struct res_filter){.field = f, .cmp = cmp, .v = v, .n = n};
    return true;
}

static bool number_read(struct rest *x, str name, str value, int64_t max, int64_t *out)
{
    if (str_to_i64(value, out) && *out >= 1 && *out <= max)
        return true;
    return refuse(x, name, str_fmt(x->k->a, "must be a whole number from 1 to %lld", (long long)max));
}

static bool list_param(struct rest *x, str name, str value, str *out_cursor, bool *out_mine)
{
    enum res_cmp cmp;
    const struct res_field *f;

    *out_mine = true;
    if (str_eq(name, STR("limit")))
        return number_read(x, name, value, x->r->limit_max ? x->r->limit_max : RES_LIMIT_MAX, &x->limit);
    if (str_eq(name, STR("sort")))
        return sort_read(x, value);
    if (str_eq(name, STR("cursor"))) {
        *out_cursor = value;
        return true;
    }
    f = filter_find(x->r->shape, name, &cmp);
    *out_mine = f != NULL;
    return !f || filter_read(x, f, cmp, name, value);
}

static bool param_read(struct rest *x, str name, str value, str *out_cursor)
{
    bool lists = x->op->verb == RES_OP_LIST, mine;
    struct res_val v;
    struct res_field yes = {.kind = RES_BOOL};
    str why;

    if (!own_read(x, name, value, &mine))
        return false;
    if (mine)
        return true;
    if (str_eq(name, STR("fields")) && (lists || x->op->verb == RES_OP_GET))
        return fields_read(x, value);
    if (str_eq(name, STR("dry_run")) && res_op_keyed(x->op)) {
        if (!res_read_text(x->k->a, &yes, value, &v, &why))
            return refuse(x, name, why);
        x->dry_run = v.v.b;
        return true;
    }
    mine = false;
    if (lists && !list_param(x, name, value, out_cursor, &mine))
        return false;
    return mine || refuse(x, name, STR("is not one of this address"));
}

/* ---- cursors ---- */

static void put64(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

/* version | sort field | descending | hash of the list (4) | key (8) | id (16), in hexadecimal digits */
static void cursor_bytes(const struct rest *x, const struct res_key *key, uint8_t out[CURSOR_BYTES])
{
    out[0] = CURSOR_VERSION;
    out[1] = (uint8_t)(x->q.sort - x->r->shape->fields);
    out[2] = x->q.desc;
    for (int i = 0; i < 4; i++)
        out[3 + i] = (uint8_t)(x->list_hash >> (24 - 8 * i));
    put64(out + 7, (uint64_t)key->at);
    memcpy(out + 15, key->id.b, sizeof key->id.b);
}

str rest_cursor(struct rest *x, const struct res_key *key)
{
    uint8_t bytes[CURSOR_BYTES];
    char *hex = arena_alloc(x->k->a, 2 * CURSOR_BYTES + 1);

    cursor_bytes(x, key, bytes);
    hex_put(bytes, CURSOR_BYTES, hex);
    return str_n(hex, 2 * CURSOR_BYTES);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool cursor_read(struct rest *x, str text)
{
    uint8_t bytes[CURSOR_BYTES], same[CURSOR_BYTES];

    if (text.n != 2 * CURSOR_BYTES)
        return refuse(x, STR("cursor"), STR("is not one that a list gave"));
    for (size_t i = 0; i < CURSOR_BYTES; i++) {
        int hi = digit(text.p[2 * i]), lo = digit(text.p[2 * i + 1]);
        if (hi < 0 || lo < 0)
            return refuse(x, STR("cursor"), STR("is not one that a list gave"));
        bytes[i] = (uint8_t)(hi << 4 | lo);
    }
    x->q.after.at = (int64_t)get64(bytes + 7);
    memcpy(x->q.after.id.b, bytes + 15, sizeof x->q.after.id.b);
    cursor_bytes(x, &x->q.after, same);
    if (memcmp(same, bytes, CURSOR_BYTES) != 0) {
        rest_problem(x->k, 404, "no such page", STR("the cursor belongs to a list with other filters or another order"),
                     NULL);
        return false;
    }
    x->q.has_after = true;
    return true;
}

/* ---- the whole ---- */

static bool needed_there(struct rest *x)
{
    const struct res_shape *s = x->op->query;

    for (size_t i = 0; s && i < s->n; i++)
        if (s->fields[i].flags & RES_NEEDED && x->extra[i].is == RES_ABSENT)
            return refuse(x, str_of(s->fields[i].name), STR("is missing"));
    return true;
}

static bool defaults(struct rest *x)
{
    if (!x->want && x->r->shape)
        x->want = res_want_default(x->r->shape, &x->k->who, x->op->verb == RES_OP_LIST);
    if (x->op->verb != RES_OP_LIST)
        return true;
    if (!x->q.sort && !sort_read(x, str_of(x->r->sort)))
        return false;
    x->q.limit = x->limit ? (size_t)x->limit : RES_LIMIT_DEFAULT;
    x->q.want = x->want;
    x->q.extra = x->extra;
    return true;
}

bool rest_query_read(struct rest *x)
{
    bool strict = str_starts(str_of(x->op->path), STR("/v1"));
    str at = x->k->rq->query, name, value, cursor = STR("");
    uint64_t hash = str_hash(str_of(x->r->name));
    struct err e = {0};

    x->q.filters = ARENA_ARRAY(x->k->a, struct res_filter, RES_FILTERS_MAX);
    x->extra = ARENA_ARRAY(x->k->a, struct res_val, x->op->query ? x->op->query->n : 1);
    while (strict && http_query_next(&at, x->k->a, &name, &value, &e)) {
        if (!param_read(x, name, value, &cursor))
            return false;
        if (!str_eq(name, STR("limit")) && !str_eq(name, STR("cursor")) && !str_eq(name, STR("fields")))
            hash = (hash * 31 + str_hash(name)) * 31 + str_hash(value);
    }
    if (e.code) {
        rest_problem(x->k, 400, "bad query", STR("a parameter is not proper UTF-8 text"), NULL);
        return false;
    }
    x->list_hash = (uint32_t)(hash >> 32);
    return needed_there(x) && defaults(x) && (!cursor.n || cursor_read(x, cursor));
}

bool rest_query_says(const struct rest *x, const char *name, const char *word)
{
    size_t i = x->op->query ? res_field_index(x->op->query, str_of(name)) : SIZE_MAX;

    return i != SIZE_MAX && x->extra[i].is == RES_SET && str_eq(x->extra[i].v.s, str_of(word));
}
