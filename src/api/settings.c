/* api/settings.c - the settings this server runs with, where each comes from, and choosing them from afar (records/chosen.h). */
#include "base/settings.h"

#include <signal.h>
#include <unistd.h>

#include "api/resource.h"
#include "records/chosen.h"

static const char *const origins[] = {"default", "chosen", "file", "environment", "flag", NULL};
static const char *const kinds[] = {[SET_BOOL] = "bool",
                                    [SET_INT] = "int",
                                    [SET_REAL] = "real",
                                    [SET_MS] = "duration",
                                    [SET_BYTES] = "size",
                                    [SET_STR] = "text",
                                    [SET_ENUM] = "choice",
                                    [SET_SECRET_FILE] = "secret",
                                    NULL};

enum {
    F_ID,
    F_KEY,
    F_PLACE,
    F_VALUE,
    F_CHOSEN,
    F_DEFAULT,
    F_ORIGIN,
    F_KIND,
    F_CHOICES,
    F_REMOTE,
    F_RELOAD,
    F_RESTART,
    F_ABOUT,
    F_COUNT
};
static const struct res_field fields[F_COUNT] = {
    [F_ID] = {"id", RES_ID, RES_READ_ONLY, "Its id, always the same for a key; paths take the key as well.",
              "\"018f6e1c-7a3b-8c4d-8e5f-0123456789ab\""},
    [F_KEY] = {"key", RES_STR, RES_READ_ONLY | RES_FILTER, "Its name, as in the file.", "\"log.level\""},
    [F_PLACE] = {"place", RES_INT, RES_READ_ONLY | RES_SORT, "Its place in the list of all settings.", "7"},
    [F_VALUE] = {"value", RES_STR, RES_NULLABLE,
                 "What the server runs with, with its unit; a secret shows as ***. In a request: what to choose; null: "
                 "no longer choose anything.",
                 "\"info\"", .max = 4096},
    [F_CHOSEN] = {"chosen", RES_STR, RES_READ_ONLY | RES_NULLABLE, "What was chosen through this interface.",
                  "\"warn\""},
    [F_DEFAULT] = {"default", RES_STR, RES_READ_ONLY, "What it is when nobody sets it.", "\"info\""},
    [F_ORIGIN] = {"origin", RES_ENUM, RES_READ_ONLY | RES_FILTER,
                  "Where the value comes from; who has the machine has the last word.", "\"default\"",
                  .words = origins},
    [F_KIND] = {"kind", RES_ENUM, RES_READ_ONLY | RES_FILTER, "What its value is.", "\"choice\"", .words = kinds},
    [F_CHOICES] = {"choices", RES_STR, RES_READ_ONLY | RES_LIST, "Of a choice: what there is.", "\"debug\""},
    [F_REMOTE] = {"remote", RES_BOOL, RES_READ_ONLY | RES_FILTER,
                  "Whether it can be chosen here; else only on the machine.", "true"},
    [F_RELOAD] = {"reload", RES_BOOL, RES_READ_ONLY, "Whether it can change without a restart.", "true"},
    [F_RESTART] = {"restart", RES_BOOL, RES_READ_ONLY | RES_FILTER, "Whether what was chosen waits for a restart.",
                   "false"},
    [F_ABOUT] = {"about", RES_STR, RES_READ_ONLY, "What it does.", "\"least level that is logged\""},
};
static const struct res_shape shape = {"Setting", "A setting of the server.", RES_FIELDS(fields)};

/* The id of a key: the first half of a hash of it, marked as a UUID of version 8 (RFC 9562). */
static bool named(str key, struct id *out)
{
    uint8_t sum[SHA256_BYTES];

    sha256(key, sum);
    memcpy(out->b, sum, sizeof out->b);
    out->b[6] = (uint8_t)((out->b[6] & 0x0f) | 0x80);
    out->b[8] = (uint8_t)((out->b[8] & 0x3f) | 0x80);
    return true;
}

static struct res_val choices_of(struct arena *a, const struct setting_row *row)
{
    str rest = str_of(row->choices ? row->choices : "");
    struct res_val *list = NULL;
    size_t n = 0, cap = 0;

    while (rest.n)
        ARENA_PUSH(a, list, n, cap) = res_str(str_cut(rest, '|', &rest));
    return res_vals(list, n);
}

static const struct chosen *chosen_of(const struct chosen *list, size_t n, str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].key, key))
            return &list[i];
    return NULL;
}

static struct res_val *item_of(struct arena *a, const struct settings *s, size_t i, const struct chosen *chosen)
{
    const struct setting_row *row = settings_row(s, i);
    struct res_val *v = ARENA_ARRAY(a, struct res_val, F_COUNT);
    const char *origin = settings_origin(s, i);
    bool machine = strcmp(origin, "default") != 0 && strcmp(origin, "chosen") != 0;
    struct id id;

    named(str_of(row->key), &id);
    v[F_ID] = res_id(id);
    v[F_KEY] = res_str(str_of(row->key));
    v[F_PLACE] = res_i64((int64_t)i);
    v[F_VALUE] = res_str(settings_text(s, i));
    v[F_CHOSEN] = chosen ? res_str(chosen->value) : res_null();
    v[F_DEFAULT] = res_str(str_of(row->fallback));
    v[F_ORIGIN] = res_str(str_of(origin));
    v[F_KIND] = res_str(str_of(kinds[row->kind]));
    v[F_CHOICES] = choices_of(a, row);
    v[F_REMOTE] = res_bool(row->remote);
    v[F_RELOAD] = res_bool(row->reload);
    v[F_RESTART] = res_bool(!machine && !row->reload &&
                            !str_eq(settings_text(s, i), chosen ? chosen->value : str_of(row->fallback)));
    v[F_ABOUT] = res_str(str_of(row->help));
    return v;
}

static enum err_code rows_load(struct res_ctx *c, struct res_val ***out, size_t *out_n, struct err *e)
{
    const struct settings *s = c->api->settings;
    struct chosen *chosen;
    size_t chosen_n;

    *out_n = s ? settings_count(s) : 0;
    *out = ARENA_ARRAY(c->a, struct res_val *, *out_n + 1);
    if (chosen_load(c->t, c->v, c->a, &chosen, &chosen_n, e))
        return e->code;
    for (size_t i = 0; i < *out_n; i++)
        (*out)[i] = item_of(c->a, s, i, chosen_of(chosen, chosen_n, str_of(settings_row(s, i)->key)));
    return ERR_OK;
}
RES_ROWS_FUNCTIONS

/* The main thread reads all settings anew and takes what may change while it runs. */
static void reload(struct api *api, struct id id)
{
    (void)api, (void)id;
    kill(getpid(), SIGHUP);
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    const struct settings *s = c->api->settings;
    const struct setting_row *row;
    struct res_val *now = NULL;
    struct err why;
    size_t i;

    if (many(c, &id, 1, UINT64_MAX, &now, e))
        return e->code;
    if (!now)
        return err_set(e, ERR_NOT_FOUND, "no such setting");
    i = (size_t)now[F_PLACE].v.i;
    row = settings_row(s, i);
    if (!row->remote)
        return res_say(c, 422, "not a setting to choose from afar",
                       str_fmt(c->a, "%s is set on the machine: in harken.conf, the environment or a flag", row->key),
                       e);
    if (!str_eq(now[F_ORIGIN].v.s, STR("default")) && !str_eq(now[F_ORIGIN].v.s, STR("chosen")))
        return res_say(
            c, 409, "set on the machine",
            str_fmt(c->a, "%s comes from the %.*s, which has the last word", row->key, STR_ARG(now[F_ORIGIN].v.s)), e);
    if (in[F_VALUE].is == RES_ABSENT)
        return ERR_OK;
    if (in[F_VALUE].is == RES_SET && settings_check(s, i, in[F_VALUE].v.s, &why))
        return res_say(c, 422, "not a value of this setting", str_dup(c->a, str_of(why.msg)), e);
    if (in[F_VALUE].is == RES_SET ? chosen_put(c->t, c->v, str_of(row->key), in[F_VALUE].v.s, c->who.user, c->a, e)
                                  : chosen_drop(c->t, c->v, str_of(row->key), c->a, e))
        return e->code;
    res_after(c, reload, id);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/settings", PERM_SETTINGS_READ, "List settings and where they come from"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/settings/{id}", PERM_SETTINGS_READ, "Read one setting"},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/settings/{id}", PERM_SETTINGS_WRITE, "Choose a setting's value",
     .flags = RES_OP_MATCH | RES_OP_FRESH},
};

const struct resource res_settings = {
    .name = "settings",
    .key = "settings",
    .one = "setting",
    .about = "What this server runs with.",
    .flags = RES_ADMIN,
    .shape = &shape,
    .sort = "place",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .update = update,
    .named = named,
};
