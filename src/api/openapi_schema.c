/* api/openapi_schema.c - shapes as JSON Schema (2020-12, as OpenAPI 3.1 has it). */
#include "api/openapi.h"

#define CONTROLS "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f"
#define EXACT_MAX INT64_C(9007199254740991) /* what a double holds exactly: programs in JavaScript read no more */

static const char *const suffix[] = {
    [USE_OUT] = "", [USE_CREATE] = "Create", [USE_UPDATE] = "Update", [USE_IN] = "Input"};

static str schema_name(const struct shape_ref *r, char out[96])
{
    bool own = r->use == USE_IN && str_ends(str_of(r->s->name), STR("Request"));

    return str_n(out, (size_t)snprintf(out, 96, "%s%s", r->s->name, own ? "" : suffix[r->use]));
}

void openapi_ref(struct jw *w, struct shapes *all, const struct res_shape *s, enum shape_use use, bool some)
{
    struct shape_ref r = {s, use, some};
    char name[96], ref[160];
    size_t i = 0;

    while (i < all->n && !(all->list[i].s == s && all->list[i].use == use))
        i++;
    if (i == all->n)
        ARENA_PUSH(all->a, all->list, all->n, all->cap) = r;
    if (some)
        all->list[i].some = true;
    jw_obj(w);
    schema_name(&r, name);
    snprintf(ref, sizeof ref, "#/components/schemas/%s", name);
    jw_kstr(w, "$ref", str_of(ref));
    jw_end(w);
}

static void type_write(struct jw *w, const char *type, bool null)
{
    jw_key(w, "type");
    if (!null) {
        jw_str(w, str_of(type));
        return;
    }
    jw_arr(w);
    jw_str(w, str_of(type));
    jw_str(w, STR("null"));
    jw_end(w);
}

static void words_write(struct jw *w, const struct res_field *f, bool null)
{
    jw_karr(w, "enum");
    for (size_t i = 0; f->words[i]; i++)
        jw_str(w, str_of(f->words[i]));
    if (null)
        jw_null(w);
    jw_end(w);
}

static void text_write(struct jw *w, const struct res_field *f, bool in)
{
    if (!in)
        return;
    if (f->min)
        jw_ki64(w, "minLength", f->min);
    jw_ki64(w, "maxLength", f->max ? f->max : RES_TEXT_MAX);
    if (f->pattern)
        jw_kstr(w, "pattern", str_of(f->pattern));
    else if (f->min)
        jw_kstr(w, "pattern", STR("[^ \\t\\n\\r\\f\\v]"));
}

static void int_write(struct jw *w, const struct res_field *f, bool in)
{
    if (f->min || f->max) {
        jw_ki64(w, "minimum", f->min);
        jw_ki64(w, "maximum", f->max);
    } else if (in) {
        jw_ki64(w, "minimum", -EXACT_MAX);
        jw_ki64(w, "maximum", EXACT_MAX);
    }
}

/* Members of the schema of one value (of a list: of an element), inside an open object. */
static void value_write(struct jw *w, struct shapes *all, const struct res_field *f, enum shape_use use, bool null)
{
    bool in = use != USE_OUT;

    if (f->schema) {
        jw_karr(w, "allOf");
        jw_raw(w, str_of(f->schema));
        jw_end(w);
        return;
    }
    switch (f->kind) {
    case RES_STR:
        type_write(w, "string", null);
        text_write(w, f, in);
        break;
    case RES_ENUM:
        type_write(w, "string", null);
        words_write(w, f, null);
        break;
    case RES_ID:
        type_write(w, "string", null);
        jw_kstr(w, "format", STR("uuid"));
        break;
    case RES_TIME:
        type_write(w, "string", null);
        jw_kstr(w, "format", STR("date-time"));
        break;
    case RES_INT:
        type_write(w, "integer", null);
        int_write(w, f, in);
        break;
    case RES_REAL:
        type_write(w, "number", null);
        break;
    case RES_BOOL:
        type_write(w, "boolean", null);
        break;
    case RES_OBJ:
        if (null) {
            jw_karr(w, "anyOf");
            openapi_ref(w, all, f->of, in ? USE_IN : USE_OUT, false);
            jw_obj(w);
            jw_kstr(w, "type", STR("null"));
            jw_end(w);
            jw_end(w);
        } else {
            jw_karr(w, "allOf");
            openapi_ref(w, all, f->of, in ? USE_IN : USE_OUT, false);
            jw_end(w);
        }
        break;
    case RES_JSON:
        break;
    }
}

void openapi_field(struct jw *w, struct shapes *all, const struct res_field *f, enum shape_use use)
{
    bool null = f->flags & RES_NULLABLE;

    jw_obj(w);
    jw_kstr(w, "description", str_of(f->about));
    if (f->flags & RES_LIST) {
        type_write(w, "array", null);
        jw_kobj(w, "items");
        value_write(w, all, f, use, false);
        jw_end(w);
        if (use != USE_OUT && f->list_min)
            jw_ki64(w, "minItems", f->list_min);
        if (use != USE_OUT)
            jw_ki64(w, "maxItems", f->list_max ? f->list_max : RES_LIST_MAX);
    } else {
        value_write(w, all, f, use, null);
    }
    if (f->flags & RES_READ_ONLY && use == USE_OUT)
        jw_kbool(w, "readOnly", true);
    if (f->to)
        jw_kstr(w, "x-harken-resource", str_of(f->to));
    if (f->flags & RES_SEALED && use == USE_OUT)
        jw_kbool(w, "x-harken-sealed", true);
    if (f->need != PERM_UNSET)
        jw_kstr(w, "x-harken-permission", str_of(perm_name(f->need)));
    if (f->example && !(f->flags & RES_LIST)) {
        jw_karr(w, "examples");
        jw_raw(w, str_of(f->example));
        jw_end(w);
    }
    jw_end(w);
}

void openapi_query_field(struct jw *w, const struct res_field *f, bool several, bool filter)
{
    struct shapes none = {.n = 0}; /* a scalar refers to nothing */
    struct res_field own = *f;

    if (f->kind == RES_STR && !(f->pattern && !filter)) /* control characters do not come through an address */
        own.pattern = f->min ? "^[^" CONTROLS "]*[^" CONTROLS "\\s][^" CONTROLS "]*$" : "^[^" CONTROLS "]*$";
    jw_obj(w);
    if (several) {
        jw_kstr(w, "type", STR("array"));
        jw_ki64(w, "minItems", 1);
        jw_ki64(w, "maxItems", RES_LIMIT_MAX);
        jw_kobj(w, "items");
    }
    if (f->kind == RES_BOOL) {
        jw_kstr(w, "type", STR("string"));
        jw_karr(w, "enum");
        jw_str(w, STR("true"));
        jw_str(w, STR("false"));
        jw_str(w, STR("1"));
        jw_str(w, STR("0"));
        jw_end(w);
    } else {
        value_write(w, &none, &own, USE_IN, false);
        if (f->kind == RES_STR && !f->min && filter)
            jw_ki64(w, "minLength", 1);
    }
    if (several)
        jw_end(w);
    jw_end(w);
}

static bool member_of(const struct res_field *f, enum shape_use use)
{
    switch (use) {
    case USE_OUT:
        return !(f->flags & RES_WRITE_ONLY);
    case USE_UPDATE:
        return !(f->flags & (RES_READ_ONLY | RES_ONCE | RES_CREATE_ONLY));
    case USE_CREATE:
    case USE_IN:
        return !(f->flags & (RES_READ_ONLY | RES_ONCE));
    }
    return false;
}

static bool must_be_there(const struct res_field *f, const struct shape_ref *r)
{
    if (r->use == USE_OUT)
        return !r->some && !(f->flags & (RES_MAYBE | RES_ONCE)) && f->need == PERM_UNSET;
    return r->use != USE_UPDATE && f->flags & RES_NEEDED;
}

static void shape_write(struct jw *w, struct shapes *all, const struct shape_ref *r)
{
    bool any = false;

    jw_obj(w);
    jw_kstr(w, "type", STR("object"));
    jw_kstr(w, "description", str_of(r->s->about));
    jw_kobj(w, "properties");
    for (size_t i = 0; i < r->s->n; i++) {
        const struct res_field *f = &r->s->fields[i];
        if (!member_of(f, r->use))
            continue;
        any = any || must_be_there(f, r);
        jw_key(w, f->name);
        openapi_field(w, all, f, r->use);
    }
    jw_end(w);
    if (any) {
        jw_karr(w, "required");
        for (size_t i = 0; i < r->s->n; i++)
            if (member_of(&r->s->fields[i], r->use) && must_be_there(&r->s->fields[i], r))
                jw_str(w, str_of(r->s->fields[i].name));
        jw_end(w);
    }
    if (r->use != USE_OUT && !r->s->open)
        jw_kbool(w, "additionalProperties", false);
    jw_end(w);
}

/* Writing one shape may add others at the end. */
void openapi_schemas(struct jw *w, struct shapes *all)
{
    char name[96];

    for (size_t i = 0; i < all->n; i++) {
        struct shape_ref r = all->list[i];
        schema_name(&r, name);
        jw_key(w, name);
        shape_write(w, all, &r);
    }
}
