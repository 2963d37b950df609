/* base/settings.h - settings are rows of a table; the row feeds parser, `config check`, `config print` and the manual.
 *
 * Order of precedence: default, chosen from afar (settings_chosen), file, environment (HARKEN_<KEY in capitals, dots as underscores>), flag. Values carry
 * units: "30s", "64MiB". An unknown key is an error that names the nearest known one. Secrets come from files and print
 * as ***. The file has one `key = value` a line; `#` at its start or after
 * white space starts a comment, unless the value stands in quotes.
 *
 * Reading is for any thread, also while one thread changes something. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum setting_kind { SET_BOOL, SET_INT, SET_REAL, SET_MS, SET_BYTES, SET_STR, SET_ENUM, SET_SECRET_FILE };

struct setting_row {
    const char *key; /* "http.body_max" */
    enum setting_kind kind;
    const char *fallback; /* as text, with its unit */
    int64_t min, max;     /* for numbers (SET_REAL too), in base units, both included; both 0: unbounded */
    const char *choices;  /* SET_ENUM: "json|console" */
    bool reload;          /* may SIGHUP change it */
    const char *help;     /* one sentence */
    bool remote;          /* may people change it from afar, or only who has the machine */
    enum err_code (*check)(str value, struct err *e); /* SET_STR: what it may be; NULL: any text. ERR_INVALID */
};

struct settings;

/* `rows` ends with a row whose key is NULL and must outlive the settings. All values start at their defaults. */
struct settings *settings_new(const struct setting_row *rows);
void settings_free(struct settings *s);
enum err_code settings_file_load(struct settings *s, const char *path,
                                 struct err *e); /* names file:line; missing: ERR_NOT_FOUND */
enum err_code settings_text_load(struct settings *s, str text, const char *name, struct err *e);
enum err_code settings_env_load(struct settings *s, char *const *env, struct err *e);
enum err_code settings_set(struct settings *s, str key, str value, const char *origin, struct err *e);
/* Does the row take this value? Changes nothing. ERR_INVALID */
enum err_code settings_check(const struct settings *s, size_t i, str value, struct err *e);
/* What people chose from afar: taken where nobody who has the machine set anything. Of a key that is no longer there: ERR_INVALID. */
enum err_code settings_chosen(struct settings *s, str key, str value, struct err *e);

/* Takes row i from settings read anew, if a reload may change it. One thread. */
enum setting_change { SETTING_SAME, SETTING_TAKEN, SETTING_NEEDS_RESTART };
enum setting_change settings_row_reload(struct settings *s, size_t i, const struct settings *fresh);

/* Asking for a key that is not in the table is a mistake of ours: assert. */
bool settings_bool(const struct settings *s, const char *key);
int64_t settings_int(const struct settings *s, const char *key); /* also SET_MS (ms) and SET_BYTES (bytes) */
double settings_real(const struct settings *s, const char *key);
str settings_str(const struct settings *s, const char *key); /* lives as long as the settings */

size_t settings_count(const struct settings *s);
const struct setting_row *settings_row(const struct settings *s, size_t i);
str settings_text(const struct settings *s, size_t i); /* as given, secrets as *** */
const char *settings_origin(const struct settings *s,
                            size_t i); /* "default", "chosen", "file", "environment", "flag" */
