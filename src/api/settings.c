/* api/settings.c - the settings this server runs with, and where each comes from. */
#include "api/resource.h"
#include "base/settings.h"

static const char *const origins[] = {"default", "file", "environment", "flag", NULL};

static const struct res_field setting_fields[] = {
    {"key", RES_STR, 0, "Its name, as in the file.", "\"log.level\""},
    {"value", RES_STR, 0, "Its value with its unit; a secret shows as ***.", "\"info\""},
    {"default", RES_STR, 0, "What it is when nobody sets it.", "\"info\""},
    {"origin", RES_ENUM, 0, "Where the value comes from.", "\"default\"", .words = origins},
    {"reload", RES_BOOL, 0, "Whether it can change without a restart.", "true"},
    {"about", RES_STR, 0, "What it does.", "\"least level that is logged\""},
};
static const struct res_shape setting_shape = {"Setting", "A setting of the server.", RES_FIELDS(setting_fields)};
static const struct res_field list_fields[] = {
    {"settings", RES_OBJ, RES_LIST, "All of them, by name.", .of = &setting_shape},
};
static const struct res_shape list_shape = {"Settings", "What the server runs with.", RES_FIELDS(list_fields)};

static struct res_val setting_of(struct arena *a, const struct settings *s, size_t i)
{
    const struct setting_row *row = settings_row(s, i);
    struct res_val *v = ARENA_ARRAY(a, struct res_val, sizeof setting_fields / sizeof *setting_fields);

    v[0] = res_str(str_of(row->key));
    v[1] = res_str(str_dup(a, settings_text(s, i)));
    v[2] = res_str(str_of(row->fallback));
    v[3] = res_str(str_of(settings_origin(s, i)));
    v[4] = res_bool(row->reload);
    v[5] = res_str(str_of(row->help));
    return res_obj(v);
}

static enum err_code list_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                              struct res_val **out, struct err *e)
{
    const struct settings *s = c->api->settings;
    size_t n = s ? settings_count(s) : 0;
    struct res_val *list = ARENA_ARRAY(c->a, struct res_val, n + 1);

    (void)id, (void)in, (void)query, (void)e;
    for (size_t i = 0; i < n; i++)
        list[i] = setting_of(c->a, s, i);
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list, n);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_ACT, "list", HTTP_M_GET, "/v1/settings", PERM_SETTINGS_READ, "List settings and where they come from",
     .answer = &list_shape, .flags = RES_OP_SAFE | RES_OP_LATE, .act = list_act},
};

const struct resource res_settings = {
    .name = "settings",
    .key = "settings",
    .one = "setting",
    .about = "What this server runs with.",
    RES_OPS(ops),
};
