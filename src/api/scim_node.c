#include "api/scim_node.h"

struct node *node_of(const struct json *v, struct arena *a)
{
    struct node *n = ARENA_NEW(a, struct node);
    struct json_it it;

    n->kind = json_kind(v);
    n->s = n->kind == JSON_STR ? str_dup(a, json_str(v, STR(""))) : STR("");
    n->i = json_i64(v, 0);
    n->d = json_real(v, 0);
    n->b = json_bool(v, false);
    if (n->kind != JSON_OBJ && n->kind != JSON_ARR)
        return n;
    for (json_it_init(&it, v); json_it_next(&it);) {
        struct node *kid = node_of(it.val, a);
        kid->key = it.key ? str_dup(a, json_str(it.key, STR(""))) : STR("");
        ARENA_PUSH(a, n->kids, n->n, n->cap) = *kid;
    }
    return n;
}

void node_write(struct jw *w, const struct node *v)
{
    switch (v->kind) {
    case JSON_OBJ:
    case JSON_ARR:
        if (v->kind == JSON_OBJ)
            jw_obj(w);
        else
            jw_arr(w);
        for (size_t i = 0; i < v->n; i++) {
            if (v->kind == JSON_OBJ)
                jw_key_str(w, v->kids[i].key);
            node_write(w, &v->kids[i]);
        }
        jw_end(w);
        break;
    case JSON_STR:
        jw_str(w, v->s);
        break;
    case JSON_INT:
        jw_i64(w, v->i);
        break;
    case JSON_REAL:
        jw_real(w, v->d);
        break;
    case JSON_BOOL:
        jw_bool(w, v->b);
        break;
    case JSON_NULL:
    case JSON_ABSENT:
        jw_null(w);
        break;
    }
}

struct node *node_get(const struct node *obj, str key)
{
    for (size_t i = 0; obj && obj->kind == JSON_OBJ && i < obj->n; i++)
        if (str_eq_nocase(obj->kids[i].key, key))
            return &obj->kids[i];
    return NULL;
}

str node_str(const struct node *v, str fallback)
{
    return v && v->kind == JSON_STR ? v->s : fallback;
}

bool node_bool(const struct node *v, bool fallback)
{
    if (v && v->kind == JSON_BOOL)
        return v->b;
    if (v && v->kind == JSON_STR && str_eq_nocase(v->s, STR("true")))
        return true;
    if (v && v->kind == JSON_STR && str_eq_nocase(v->s, STR("false")))
        return false;
    return fallback;
}

void node_put(struct arena *a, struct node *obj, str key, const struct node *value)
{
    struct node *have = node_get(obj, key), kid = *value;

    kid.key = have ? have->key : key;
    if (have)
        *have = kid;
    else
        ARENA_PUSH(a, obj->kids, obj->n, obj->cap) = kid;
}

void node_put_str(struct arena *a, struct node *obj, const char *key, str value)
{
    node_put(a, obj, str_of(key), &(struct node){.kind = JSON_STR, .s = value});
}

void node_drop(struct node *obj, str key)
{
    size_t kept = 0;

    for (size_t i = 0; i < obj->n; i++)
        if (!str_eq_nocase(obj->kids[i].key, key))
            obj->kids[kept++] = obj->kids[i];
    obj->n = kept;
}
