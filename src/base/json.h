/* base/json.h - JSON in and out, over yyjson.
 *
 * Reading is strict (RFC 8259: no comments, no trailing commas, UTF-8 only, lone surrogates refused) and bounded by
 * depth. Values live in the arena-independent document until json_free(). Writing appends to a struct buf. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct json_doc;
struct json; /* one value inside a document; NULL is "absent" and safe to pass everywhere below */

enum json_kind { JSON_ABSENT, JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STR, JSON_ARR, JSON_OBJ };

enum { JSON_DEPTH_MAX = 64 };

/* Parses a whole text. On error the message names line and column ("line 3 column 7: ..."). The document keeps a copy
 * of the bytes. The caller frees it. */
enum err_code json_parse(str text, struct json_doc **out, struct err *e);
void json_free(struct json_doc *d);
const struct json *json_root(const struct json_doc *d);

enum json_kind json_kind(const struct json *v);
const struct json *json_get(const struct json *obj, const char *key); /* absent when not an object or no such key */
size_t json_len(const struct json *v);                                 /* elements or members; 0 for others */

struct json_it {
    void *priv[4];
    const struct json *key; /* set for objects */
    const struct json *val;
};
void json_it_init(struct json_it *it, const struct json *arr_or_obj);
bool json_it_next(struct json_it *it);

/* With a fallback for absent or other kinds. json_str's memory belongs to the document. */
str json_str(const struct json *v, str fallback);
int64_t json_i64(const struct json *v, int64_t fallback); /* integers that fit, and reals without fraction */
double json_real(const struct json *v, double fallback);
bool json_bool(const struct json *v, bool fallback);

/* Writer. Commas are its business. Depth at most JSON_DEPTH_MAX.
 *     struct jw w; jw_init(&w, &buf); jw_obj(&w); jw_kstr(&w, "name", s); jw_end(&w); */
struct jw {
    struct buf *b;
    int depth;
    bool pretty; /* two-space indent, for people */
    char close[JSON_DEPTH_MAX];
    bool first[JSON_DEPTH_MAX];
    bool after_key;
};
void jw_init(struct jw *w, struct buf *b);
void jw_obj(struct jw *w);
void jw_arr(struct jw *w);
void jw_end(struct jw *w); /* closes the innermost object or array */
void jw_key(struct jw *w, const char *key);
void jw_key_str(struct jw *w, str key);
void jw_str(struct jw *w, str s); /* invalid UTF-8 becomes U+FFFD */
void jw_i64(struct jw *w, int64_t v);
void jw_real(struct jw *w, double v); /* shortest text that reads back the same; not finite writes null */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_raw(struct jw *w, str json); /* already valid JSON */
void jw_value(struct jw *w, const struct json *v);

void jw_kobj(struct jw *w, const char *key);
void jw_karr(struct jw *w, const char *key);
void jw_kstr(struct jw *w, const char *key, str s);
void jw_ki64(struct jw *w, const char *key, int64_t v);
void jw_kreal(struct jw *w, const char *key, double v);
void jw_kbool(struct jw *w, const char *key, bool v);
void jw_knull(struct jw *w, const char *key);
