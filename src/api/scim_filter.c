#include "api/scim_node.h"

enum op { OP_EQ, OP_NE, OP_CO, OP_SW, OP_EW, OP_GT, OP_GE, OP_LT, OP_LE, OP_PR, OP_AND, OP_OR, OP_NOT, OP_VALUES };

struct scim_filter {
    enum op op;
    str attr, sub;            /* emails, value; sub empty: none */
    struct node value;        /* what is compared with */
    struct scim_filter *x, *y; /* of and, or, not; x of attr[...] */
};

struct reader {
    str s;
    size_t at;
    int depth;
    struct arena *a;
    struct err *e;
};

static void spaces(struct reader *r)
{
    while (r->at < r->s.n && r->s.p[r->at] == ' ')
        r->at++;
}

static bool sign(struct reader *r, char c)
{
    spaces(r);
    if (r->at < r->s.n && r->s.p[r->at] == c) {
        r->at++;
        return true;
    }
    return false;
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '$' || c == ':' || c == '.';
}

static str word(struct reader *r)
{
    size_t from;

    spaces(r);
    from = r->at;
    while (r->at < r->s.n && name_char(r->s.p[r->at]))
        r->at++;
    return str_sub(r->s, from, r->at);
}

/* Looks for a word without taking it, unless it is there. */
static bool keyword(struct reader *r, str want)
{
    size_t back = r->at;

    if (str_eq_nocase(word(r), want))
        return true;
    r->at = back;
    return false;
}

static struct scim_filter *bad(struct reader *r, const char *what)
{
    err_set(r->e, ERR_INVALID, "filter: %s at %zu", what, r->at);
    return NULL;
}

/* "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName" names the same as "name.familyName". */
static void path_split(str path, str *out_attr, str *out_sub)
{
    if (str_starts_nocase(path, STR("urn:"))) {
        size_t colon = str_rfind_char(path, ':');
        path = str_from(path, colon + 1);
    }
    *out_attr = str_cut(path, '.', out_sub);
}

static bool value_read(struct reader *r, struct node *out)
{
    struct json_doc *d = NULL;
    size_t from;

    spaces(r);
    from = r->at;
    if (r->at < r->s.n && r->s.p[r->at] == '"') {
        for (r->at++; r->at < r->s.n && r->s.p[r->at] != '"'; r->at++)
            if (r->s.p[r->at] == '\\')
                r->at++;
        r->at++;
    } else {
        while (r->at < r->s.n && r->s.p[r->at] != ' ' && r->s.p[r->at] != ')' && r->s.p[r->at] != ']')
            r->at++;
    }
    if (r->at > r->s.n || json_parse(str_fmt(r->a, "[%.*s]", STR_ARG(str_sub(r->s, from, r->at))), &d, NULL))
        return false;
    struct node *list = node_of(json_root(d), r->a);
    json_free(d);
    if (list->n != 1 || list->kids[0].kind == JSON_OBJ || list->kids[0].kind == JSON_ARR)
        return false;
    *out = list->kids[0];
    return true;
}

static struct scim_filter *either(struct reader *r);

static struct scim_filter *comparison(struct reader *r)
{
    static const char *const names[] = {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"};
    struct scim_filter *f = ARENA_NEW(r->a, struct scim_filter);
    str path = word(r), op;

    if (!path.n)
        return bad(r, "an attribute is missing");
    path_split(path, &f->attr, &f->sub);
    if (!f->attr.n)
        return bad(r, "an attribute is missing");
    if (sign(r, '[')) {
        f->op = OP_VALUES;
        f->x = either(r);
        if (!f->x)
            return NULL;
        return sign(r, ']') ? f : bad(r, "] is missing");
    }
    op = word(r);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!str_eq_nocase(op, str_of(names[i])))
            continue;
        f->op = (enum op)i;
        return f->op == OP_PR || value_read(r, &f->value) ? f : bad(r, "a value is missing");
    }
    return bad(r, "an operator is missing");
}

static struct scim_filter *one(struct reader *r)
{
    struct scim_filter *f = ARENA_NEW(r->a, struct scim_filter);

    if (++r->depth > SCIM_DEPTH_MAX)
        return bad(r, "too deep");
    if (keyword(r, STR("not"))) {
        f->op = OP_NOT;
        f->x = one(r);
        f = f->x ? f : NULL;
    } else if (sign(r, '(')) {
        f = either(r);
        if (f && !sign(r, ')'))
            f = bad(r, ") is missing");
    } else {
        f = comparison(r);
    }
    r->depth--;
    return f;
}

static struct scim_filter *both(struct reader *r)
{
    struct scim_filter *f = one(r);

    while (f && keyword(r, STR("and"))) {
        struct scim_filter *up = ARENA_NEW(r->a, struct scim_filter);
        *up = (struct scim_filter){.op = OP_AND, .x = f, .y = one(r)};
        f = up->y ? up : NULL;
    }
    return f;
}

static struct scim_filter *either(struct reader *r)
{
    struct scim_filter *f = both(r);

    while (f && keyword(r, STR("or"))) {
        struct scim_filter *up = ARENA_NEW(r->a, struct scim_filter);
        *up = (struct scim_filter){.op = OP_OR, .x = f, .y = both(r)};
        f = up->y ? up : NULL;
    }
    return f;
}

enum err_code scim_filter_parse(str text, struct arena *a, struct scim_filter **out, struct err *e)
{
    struct reader r = {.s = text, .a = a, .e = e};

    if (text.n > SCIM_FILTER_BYTES_MAX)
        return err_set(e, ERR_INVALID, "filter: longer than %d bytes", SCIM_FILTER_BYTES_MAX);
    *out = either(&r);
    spaces(&r);
    if (*out && r.at != text.n)
        bad(&r, "something is left over");
    return *out && r.at == text.n ? ERR_OK : e->code;
}

bool scim_filter_eq(const struct scim_filter *f, const char *attribute, str *out)
{
    if (f->op != OP_EQ || f->sub.n || !str_eq_nocase(f->attr, str_of(attribute)) || f->value.kind != JSON_STR)
        return false;
    *out = f->value.s;
    return true;
}

/* ---- matching ---- */

/* Ids are compared by every byte, words without case. */
static bool text_matches(enum op op, str have, str want, bool exact, struct arena *a)
{
    str h = exact ? have : str_lower_ascii(a, have), w = exact ? want : str_lower_ascii(a, want);
    int c = str_cmp(h, w);

    switch (op) {
    case OP_EQ:
        return c == 0;
    case OP_NE:
        return c != 0;
    case OP_CO:
        return str_contains(h, w);
    case OP_SW:
        return str_starts(h, w);
    case OP_EW:
        return str_ends(h, w);
    case OP_GT:
        return c > 0;
    case OP_GE:
        return c >= 0;
    case OP_LT:
        return c < 0;
    case OP_LE:
        return c <= 0;
    default:
        return false;
    }
}

static bool leaf_matches(const struct scim_filter *f, const struct node *v, bool exact)
{
    struct arena *a;
    bool ok;

    if (v->kind == JSON_STR && f->value.kind == JSON_STR) {
        a = arena_new_wiped("scim.match");
        ok = text_matches(f->op, v->s, f->value.s, exact, a);
        arena_free(a);
        return ok;
    }
    if (v->kind == JSON_BOOL) {
        bool want = node_bool(&f->value, !v->b);
        return f->op == OP_EQ ? v->b == want : f->op == OP_NE && v->b != want;
    }
    if (v->kind == JSON_INT && f->value.kind == JSON_INT) {
        int c = v->i < f->value.i ? -1 : v->i > f->value.i;
        return (f->op == OP_EQ && c == 0) || (f->op == OP_NE && c) || (f->op == OP_GT && c > 0) ||
               (f->op == OP_GE && c >= 0) || (f->op == OP_LT && c < 0) || (f->op == OP_LE && c <= 0);
    }
    return f->op == OP_NE;
}

static bool there(const struct node *v)
{
    return v && v->kind != JSON_NULL && !((v->kind == JSON_ARR || v->kind == JSON_OBJ) && !v->n) &&
           !(v->kind == JSON_STR && !v->s.n);
}

static bool compare(const struct scim_filter *f, const struct node *v, str sub)
{
    if (!v)
        return f->op == OP_NE;
    if (v->kind == JSON_ARR) {
        for (size_t i = 0; i < v->n; i++)
            if (compare(f, &v->kids[i], sub))
                return true;
        return f->op == OP_NE && !v->n;
    }
    if (v->kind == JSON_OBJ)
        v = node_get(v, sub.n ? sub : STR("value"));
    if (f->op == OP_PR)
        return there(v);
    return v ? leaf_matches(f, v, str_eq_nocase(f->attr, STR("id")) || str_eq_nocase(f->attr, STR("externalId")))
             : f->op == OP_NE;
}

bool scim_filter_matches(const struct scim_filter *f, const struct node *o)
{
    const struct node *v;

    switch (f->op) {
    case OP_AND:
        return scim_filter_matches(f->x, o) && scim_filter_matches(f->y, o);
    case OP_OR:
        return scim_filter_matches(f->x, o) || scim_filter_matches(f->y, o);
    case OP_NOT:
        return !scim_filter_matches(f->x, o);
    default:
        break;
    }
    v = o->kind == JSON_OBJ ? node_get(o, f->attr) : str_eq_nocase(f->attr, STR("value")) ? o : NULL;
    if (f->op == OP_VALUES) {
        for (size_t i = 0; v && v->kind == JSON_ARR && i < v->n; i++)
            if (scim_filter_matches(f->x, &v->kids[i]))
                return true;
        return v && v->kind == JSON_OBJ && scim_filter_matches(f->x, v);
    }
    if (f->op == OP_PR && !f->sub.n)
        return there(v);
    return compare(f, v, f->sub);
}
