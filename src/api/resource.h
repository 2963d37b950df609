/* api/resource.h - the one table of what programs may ask for: resources, their fields, their operations.
 *
 * Routes, checks of requests, the OpenAPI description, the permission matrix and the GraphQL schema are all made by walking
 * it; an address that is not an operation of a resource does not exist. One file per resource (`interactions.c`), one row in
 * `resource_tab.h`. Adding a resource is that file and that row.
 *
 * Another program walks it so (GraphQL does):
 *     for (size_t i = 0; i < resources_n; i++) {
 *         const struct resource *r = resources[i];
 *         for (size_t f = 0; r->shape && f < r->shape->n; f++)  r->shape->fields[f] ...  a type's fields, nested by .of
 *         for (size_t o = 0; o < r->ops_n; o++)                 r->ops[o] ...            what can be done, who may do it
 *     }
 * and reads and changes through the res_* functions below, never through the resource's own functions: these check, write
 * the audit record, and keep everything in one transaction:
 *     struct res_ctx c;
 *     if (res_begin(&c, k, &e)) ...                            one transaction
 *     res_list(&c, r, &query, &page, &e), res_many(&c, r, ids, n, want, items, &e)   as often as wanted
 *     res_commit(&c, &e)                                       or res_abort(&c)
 * A field with `.to` holds the id (or a list of ids) of a row of that resource: collect the ids of one level and ask
 * res_many once. A filter of one resource on such a field is the relation the other way (people of an account: list of
 * people with filter account). `want` has bit i for shape->fields[i]; what is not wanted need not be filled.
 *
 * An operation is allowed when res_may(&who, op->need), and a field is shown when the same holds for its own `need`
 * (res_field_shown). Tables are constant; any thread. Functions block on the database. Memory is the context's arena, which is wiped. */
#pragma once
#include "api/api.h"
#include "store/page.h"

/* ---- values and shapes ---- */

enum res_kind {
    RES_STR,  /* text; v.s */
    RES_ENUM, /* one of .words; v.s */
    RES_ID,   /* UUID; v.id */
    RES_TIME, /* instant, RFC 3339 in UTC; v.i in ms since 1970 */
    RES_INT,  /* v.i; within .min and .max */
    RES_REAL, /* v.d */
    RES_BOOL, /* v.b */
    RES_OBJ,  /* an object of shape .of; v.obj has .of->n values */
    RES_JSON, /* any JSON value, as valid text; v.s */
};

enum {
    RES_SEALED = 1 << 0,      /* words or personal data: kept sealed, never sortable; a filter on it is exact */
    RES_NEEDED = 1 << 1,      /* a request that creates must have it */
    RES_READ_ONLY = 1 << 2,   /* set by Harken: refused in requests with 422 */
    RES_CREATE_ONLY = 1 << 3, /* refused in updates */
    RES_NULLABLE = 1 << 4,    /* may be null, in answers and, when writable, in requests */
    RES_MAYBE = 1 << 5,       /* left out of an answer when there is none (instead of null) */
    RES_SORT = 1 << 6,        /* sort=NAME and sort=-NAME */
    RES_FILTER = 1 << 7,      /* NAME=value; for enumerations and ids also several, separated by commas */
    RES_RANGE = 1 << 8,       /* numbers and times: NAME_from=value (inclusive), NAME_to=value (exclusive) */
    RES_LIST = 1 << 9,        /* an array; v.list has .n values of the kind */
    RES_DETAIL = 1 << 10,     /* costs: not in lists unless asked for with fields= */
    RES_ONCE = 1 << 11,       /* a secret that only the answer to the creation shows */
    RES_WRITE_ONLY = 1 << 12, /* only in requests (a password) */
    RES_FLEETING =
        1 << 13, /* worked out as of the moment of asking: not part of the entity tag, and never "not modified" */
};

struct res_shape;

struct res_field {
    const char *name; /* snake_case */
    enum res_kind kind;
    unsigned flags;              /* RES_* */
    const char *about;           /* one sentence */
    const char *example;         /* JSON text of one value; NULL only for RES_OBJ and lists of it */
    const struct res_shape *of;  /* RES_OBJ */
    const char *const *words;    /* RES_ENUM: ends with NULL */
    int64_t min, max; /* RES_INT: value; RES_STR: characters (min > 0: not blank); both 0: 0..RES_TEXT_MAX */
    int64_t list_max; /* RES_LIST in requests: elements; 0: RES_LIST_MAX */
    int64_t list_min;
    const char *schema;  /* RES_JSON, RES_REAL: a JSON Schema of what it may be, checked by the resource */
    const char *pattern; /* RES_STR in requests: a regular expression (ECMA 262) of what the resource takes */
    const char *to; /* RES_ID: name of the resource it names a row of */
    enum perm need; /* permission to see it beyond that of the operation; PERM_UNSET: none */
};

/* A JSON object. At most 64 fields. */
struct res_shape {
    const char *name; /* CamelCase, unique: a schema's name in OpenAPI, a type's in GraphQL */
    const char *about;
    const struct res_field *fields;
    size_t n;
    bool open; /* it has further members, which another protocol describes */
};
#define RES_FIELDS(array) .fields = (array), .n = sizeof(array) / sizeof *(array)

enum res_is { RES_ABSENT, RES_NULL, RES_SET };
struct res_val {
    enum res_is is;
    size_t n; /* elements of a list */
    union {
        str s;
        int64_t i;
        double d;
        bool b;
        struct id id;
        struct res_val *list;
        struct res_val *obj;
    } v;
};
static inline struct res_val res_absent(void)
{
    return (struct res_val){.is = RES_ABSENT};
}
static inline struct res_val res_null(void)
{
    return (struct res_val){.is = RES_NULL};
}
static inline struct res_val res_str(str s)
{
    return (struct res_val){.is = RES_SET, .v.s = s};
}
static inline struct res_val res_str_or(str s, enum res_is none) /* `none` when empty: RES_ABSENT or RES_NULL */
{
    return (struct res_val){.is = s.n ? RES_SET : none, .v.s = s};
}
static inline struct res_val res_i64(int64_t i)
{
    return (struct res_val){.is = RES_SET, .v.i = i};
}
static inline struct res_val res_real(double d)
{
    return (struct res_val){.is = RES_SET, .v.d = d};
}
static inline struct res_val res_bool(bool b)
{
    return (struct res_val){.is = RES_SET, .v.b = b};
}
static inline struct res_val res_id(struct id id) /* nil gives null */
{
    return (struct res_val){.is = id_is_nil(id) ? RES_NULL : RES_SET, .v.id = id};
}
static inline struct res_val res_time(int64_t ms) /* CLOCK_NONE gives null */
{
    return (struct res_val){.is = ms == CLOCK_NONE ? RES_NULL : RES_SET, .v.i = ms};
}
static inline struct res_val res_obj(struct res_val *obj)
{
    return (struct res_val){.is = RES_SET, .v.obj = obj};
}
static inline struct res_val res_vals(struct res_val *list, size_t n)
{
    return (struct res_val){.is = RES_SET, .n = n, .v.list = list};
}
/* A list of texts, copied as references. */
static inline struct res_val res_texts(struct arena *a, const str *s, size_t n)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, n + 1);

    for (size_t i = 0; i < n; i++)
        list[i] = res_str(s[i]);
    return res_vals(list, n);
}

/* ---- a transaction on behalf of a caller ---- */

struct res_after; /* something to do once the change is committed */

struct res_ctx {
    struct call *k;
    struct api *api;
    const struct vaulted *v;
    struct db_tx *t;
    struct arena *a;
    struct caller who;
    bool dry_run; /* the transaction will be rolled back: change only what it holds */
    const struct res_val *query; /* GET: values of op->query, by position; NULL: none */
    struct { /* what to tell instead of the error's own words; see res_say */
        int status;
        const char *title;
        str detail;
    } say;
    struct res_after *after;
};

void res_init(struct res_ctx *c, struct call *k); /* without a transaction: for RES_OP_LATE */
enum err_code res_begin(struct res_ctx *c, struct call *k, struct err *e);
/* Commits (a dry run: rolls back), then does what res_after asked for. */
enum err_code res_commit(struct res_ctx *c, struct err *e);
void res_abort(struct res_ctx *c);
/* For resources: fails with words and a status of its own. Returns ERR_UNSUPPORTED. */
enum err_code res_say(struct res_ctx *c, int status, const char *title, str detail, struct err *e);
/* For resources: `run(api, object)` after the commit, in order; not in a dry run. */
void res_after(struct res_ctx *c, void (*run)(struct api *api, struct id object), struct id object);

/* ---- reading ---- */

struct res_filter {
    const struct res_field *field;
    enum res_cmp { RES_EQ, RES_FROM, RES_TO } cmp;
    const struct res_val *v; /* any of these */
    size_t n;
};

/* Where a page ends: the sort field's value as a number (times, numbers; INT64_MIN: null) and the row's id. */
struct res_key {
    int64_t at;
    struct id id;
};

enum { RES_LIMIT_DEFAULT = 50, RES_LIMIT_MAX = 200, RES_FILTERS_MAX = 32 };

struct res_query {
    const struct res_filter *filters;
    size_t filters_n;
    const struct res_field *sort; /* one with RES_SORT */
    bool desc;
    bool has_after;
    struct res_key after; /* strictly behind this, in the order of the sort, ids in the same direction */
    size_t limit; /* 1..1000 */
    uint64_t want; /* bit per field of the shape */
    const struct res_val *extra; /* of the operation's own query parameters (op->query), by position; NULL: none */
};

struct res_page {
    struct res_val **items; /* each shape->n values */
    struct res_key *keys; /* of each item */
    size_t n;
    bool more;
    int64_t total; /* all that pass the filters; -1: not counted */
};

/* ---- resources ---- */

enum res_verb {
    RES_OP_LIST, /* GET of many: r->list */
    RES_OP_GET, /* GET of one: r->many */
    RES_OP_CREATE, /* POST: r->create; the body is the shape's writable fields */
    RES_OP_UPDATE, /* PATCH: r->update; the body is some of the shape's writable fields (RFC 7396 at the top level) */
    RES_OP_DELETE, /* DELETE: r->drop */
    RES_OP_ACT, /* anything else with values in and out: op->act */
    RES_OP_RAW, /* bytes, pages, streams: op->raw fills the reply itself; not for GraphQL */
};

enum {
    RES_OP_MATCH = 1 << 0, /* If-Match must be sent (428) */
    RES_OP_BULK = 1 << 1, /* takes an array as well: an answer per element */
    RES_OP_SAFE = 1 << 2, /* a POST that changes nothing (search): no idempotency key, no dry run */
    RES_OP_QUICK = 1 << 3, /* never blocks: runs on the connection's loop */
    RES_OP_BYTES = 1 << 4, /* the body is bytes of any type */
    RES_OP_AGAIN = 1 << 9, /* changes something, and done again nothing more: no idempotency key, no dry run */
    RES_OP_LATE = 1 << 5, /* ACT, SAFE or AGAIN: runs without a transaction; what it opens it opens itself */
    RES_OP_FRESH = 1 << 6, /* only for who proved a moment ago who they are: route.fresh */
    RES_OP_FOREIGN = 1 << 8, /* RAW, public: the body is signed; route.foreign */
    RES_OP_OWN = 1 << 7, /* RAW: reads query, media types and preferences itself, by the rules of another protocol */
};

struct res_op {
    enum res_verb verb;
    const char *name; /* with the resource's name unique: "interactions.list" is an operationId */
    enum http_method method;
    const char *path; /* "/v1/interactions/{id}"; at most one {id} */
    enum perm need; /* PERM_*; PERM_PUBLIC must be said, too */
    const char *about; /* one sentence, imperative: "List conversations" */
    const struct res_shape *query; /* further query parameters; RES_NEEDED ones must be there */
    const struct res_shape *body; /* ACT, RAW: NULL: none */
    const struct res_shape *answer; /* ACT, RAW: NULL: no body, or not JSON */
    const char *answer_type; /* RAW: media type of an answer that is not JSON, or of `answer` */
    const char *also_type; /* RAW: another media type of the answer, when it is asked for */
    const char *csv; /* ACT, GET: the member of the answer, a list of objects, that CSV is made of; NULL: no CSV */
    int status; /* of success; 0: 200 */
    int status2; /* another status of success (202); 0: none */
    unsigned flags; /* RES_OP_* */
    size_t body_max; /* 0: 64 KiB */
    enum audit_act audit; /* ACT: what its audit record says; 0: none, or the change */
    /* id: of the path, nil without. `in`: body->n values, NULL without. *out: answer->n values. */
    enum err_code (*act)(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                         struct res_val **out, struct err *e);
    void (*raw)(struct call *k);
};

enum {
    RES_CONTENT = 1 << 0, /* reading it is reading content: an audit record */
    RES_ADMIN = 1 << 1, /* changing it is administration: so says its audit record */
};

struct resource {
    const char *name; /* in paths: "privacy-requests" */
    const char *key; /* of the array in a list's answer: "privacy_requests" */
    const char *one; /* "privacy request" */
    const char *about; /* one sentence */
    unsigned flags; /* RES_CONTENT, RES_ADMIN */
    const struct res_shape *shape; /* NULL: only operations */
    const char *sort; /* default order of lists: "-started_at" */
    int limit_max; /* of a list; 0: RES_LIMIT_MAX */
    const struct res_op *ops;
    size_t ops_n;

    /* What the caller may see, in order; *page->keys filled. */
    enum err_code (*list)(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e);
    /* items[i] of ids[i]; NULL where there is none or the caller may not see it. In a transaction that goes on to change
     * the row, res_lock was called before. */
    enum err_code (*many)(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e);
    /* `in`: shape->n values, checked; absent ones were not given. ERR_EXISTS, ERR_INVALID. */
    enum err_code (*create)(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e);
    enum err_code (*update)(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e);
    enum err_code (*drop)(struct res_ctx *c, struct id id, struct err *e);
    /* The id of a row that a path calls by a name of its own (the key of a setting); NULL: rows have ids only. */
    bool (*named)(str name, struct id *out);
};
#define RES_OPS(array) .ops = (array), .ops_n = sizeof(array) / sizeof *(array)

extern const struct resource *const resources[];
extern const size_t resources_n;

/* Every operation of every resource, by path, fixed words before {id}; memory in `a`. */
struct res_row {
    const struct resource *r;
    const struct res_op *op;
};
struct res_row *res_rows_all(struct arena *a, size_t *out_n);
const struct resource *resource_find(str name); /* NULL when there is none */
const struct res_op *resource_op(const struct resource *r, enum res_verb verb); /* the first of that verb, or NULL */
/* Position in the shape, or SIZE_MAX. */
size_t res_field_index(const struct res_shape *s, str name);
bool res_may(const struct caller *who, enum perm need);
/* May this caller see the field? */
bool res_field_shown(const struct res_field *f, const struct caller *who);
/* Bits of the fields a caller sees when it names none; many: in a list. */
uint64_t res_want_default(const struct res_shape *s, const struct caller *who, bool many);

/* ---- what callers use ---- */

enum err_code res_list(struct res_ctx *c, const struct resource *r, const struct res_query *q, struct res_page *page,
                       struct err *e);
enum err_code res_many(struct res_ctx *c, const struct resource *r, const struct id *ids, size_t n, uint64_t want,
                       struct res_val **items, struct err *e);
/* *out: the new row, whole. */
enum err_code res_create(struct res_ctx *c, const struct resource *r, const struct res_val *in, struct id *out_id,
                         struct res_val **out, struct err *e);
/* ERR_NOT_FOUND. `match` (may be empty): entity tags the row must have now, as in If-Match; else ERR_CONFLICT. */
enum err_code res_update(struct res_ctx *c, const struct resource *r, struct id id, const struct res_val *in, str match,
                         struct res_val **out, struct err *e);
enum err_code res_drop(struct res_ctx *c, const struct resource *r, struct id id, str match, struct err *e);
enum err_code res_act(struct res_ctx *c, const struct resource *r, const struct res_op *op, struct id id,
                      const struct res_val *in, const struct res_val *query, struct res_val **out, struct err *e);
/* Until the end of the transaction nobody else changes this row through here. */
enum err_code res_lock(struct res_ctx *c, struct id id, struct err *e);

/* ---- checking and writing values ---- */

struct res_fault {
    str pointer; /* RFC 6901, into the request's body: "/turns/3/text" */
    str detail;
};
struct res_faults {
    struct res_fault *list; /* at most RES_FAULTS_MAX are kept */
    size_t n, cap;
    bool refused; /* one of them is a member that may not be sent at all: 422, not 400 */
};
enum { RES_FAULTS_MAX = 50, RES_TEXT_MAX = 16384, RES_LIST_MAX = 1000 };

enum res_use { RES_FOR_CREATE, RES_FOR_UPDATE, RES_FOR_BODY, RES_FROM_STORE /* our own: all fields may be there */ };
/* Reads an object of the shape; every wrong, unknown, missing or read-only member is a fault. *out: shape->n values.
 * True when there was no fault. `at`: pointer of the object itself, "" for the body. */
bool res_read(struct arena *a, const struct res_shape *s, enum res_use use, const struct json *v, str at,
              struct res_faults *faults, struct res_val **out);
/* Characters, as JSON Schema counts them: code points. */
int64_t res_chars(str s);
/* A value for what was not given, from field `from` on: an empty list or text, or null. */
void res_blanks(const struct res_shape *s, size_t from, struct res_val *item);
/* One scalar from a query parameter or a GraphQL argument's text. False: not proper; *why says what it must be. */
bool res_read_text(struct arena *a, const struct res_field *f, str text, struct res_val *out, str *why);

/* Fields of `want` as a JSON object. */
void res_write(struct jw *w, const struct res_shape *s, const struct res_val *item, uint64_t want);
/* Entity tag, with quotes, of bytes and of a whole item. */
str res_tag(struct arena *a, str bytes);
str res_etag(struct arena *a, const struct res_shape *s, const struct res_val *item);
bool res_fleets(const struct res_shape *s); /* has a RES_FLEETING field */

/* Helpers for `list`: the filter's values, NULL when the caller does not filter so. */
const struct res_filter *res_filter_get(const struct res_query *q, const char *field, enum res_cmp cmp);
struct db_val res_filter_ids(struct arena *a, const struct res_filter *f); /* uuid[] or null */
struct db_val res_filter_time(const struct res_filter *f); /* bigint or null */
/* bigint[] of the words' places in .words, or null: for enumerations whose words stand in the order of their numbers. */
struct db_val res_filter_words(struct arena *a, const struct res_filter *f);
/* Place of a word in f->words; -1. */
int res_word(const struct res_field *f, str word);

/* Helpers for `list` and `many` over statements of store/page.h: one row more than wanted is asked for, so that *page knows
 * whether there are more. `time`: the field whose range limits created_at. */
struct page_want res_page_want(const struct res_query *q, const char *time);
/* Of n rows that came; page->n is how many of them to fill in. */
void res_page_begin(struct res_ctx *c, struct res_page *page, const struct res_query *q, size_t n);
/* Puts an item where its id was asked for. */
void res_place(const struct id *ids, size_t n, struct id id, struct res_val *item, struct res_val **items);
/* Fills a page from what a statement gave: n rows of `size` bytes, one more than wanted when there are more. The keys are the
 * items' values of q->sort and "id". */
typedef struct res_val *(*res_item_fn)(struct res_ctx *c, const void *row);
void res_page_fill(struct res_ctx *c, struct res_page *page, const struct res_query *q, const struct res_shape *s,
                   const void *rows, size_t n, size_t size, res_item_fn item);
/* For `many`: puts each row's item where its id was asked for. */
void res_rows_place(struct res_ctx *c, const struct res_shape *s, const struct id *ids, size_t n, const void *rows,
                    size_t rows_n, size_t size, res_item_fn item, struct res_val **items);

/* The same for tables that stay small and are loaded whole: `rows` are all the caller may see, in any order. Filters and ranges
 * are applied, rows sorted, the page cut, "offset" of the operation's own query left out; page->total counts what passes. */
void res_rows_page(struct res_ctx *c, struct res_page *page, const struct res_query *q, const struct res_shape *s,
                   struct res_val **rows, size_t n, size_t offset);
void res_rows_find(const struct res_shape *s, struct res_val **rows, size_t rows_n, const struct id *ids, size_t n,
                   struct res_val **items);
/* `list` and `many` over `static enum err_code rows_load(struct res_ctx *, struct res_val ***out, size_t *out_n, struct err *)`
 * and a shape named `shape`. */
#define RES_ROWS_FUNCTIONS                                                                                             \
    static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)      \
    {                                                                                                                  \
        struct res_val **rows = NULL;                                                                                  \
        size_t n = 0;                                                                                                  \
                                                                                                                       \
        if (rows_load(c, &rows, &n, e))                                                                                \
            return e->code;                                                                                            \
        res_rows_page(c, page, q, &shape, rows, n, 0);                                                                 \
        return ERR_OK;                                                                                                 \
    }                                                                                                                  \
    static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want,                        \
                              struct res_val **items, struct err *e)                                                   \
    {                                                                                                                  \
        struct res_val **rows = NULL;                                                                                  \
        size_t rows_n = 0;                                                                                             \
                                                                                                                       \
        (void)want;                                                                                                    \
        if (rows_load(c, &rows, &rows_n, e))                                                                           \
            return e->code;                                                                                            \
        res_rows_find(&shape, rows, rows_n, ids, n, items);                                                            \
        return ERR_OK;                                                                                                 \
    }
/* Does it take an Idempotency-Key and ?dry_run=1? */
static inline bool res_op_keyed(const struct res_op *op)
{
    return op->method != HTTP_M_GET && op->verb != RES_OP_RAW && !(op->flags & (RES_OP_SAFE | RES_OP_AGAIN));
}

/* What a room below wrote as JSON, as values of the shape. ERR_INTERNAL: it is not of the shape. */
enum err_code res_of_json(struct res_ctx *c, const struct res_shape *s, str json, struct res_val **out, struct err *e);

/* ---- fields that search and ask share: which conversations ---- */

enum { API_IN, API_KIND, API_SIDE, API_ACCOUNT, API_DEAL, API_PERSON, API_FROM, API_TO, API_HISTORY, API_FILTERS };
extern const char *const api_kinds[], *const api_sides[];
#define API_FILTER_FIELDS                                                                                              \
    [API_IN] = {"in",         RES_STR,    RES_NULLABLE, "A path, a folder, or the id of one conversation.",            \
                "\"calls/\"", .max = 4096},                                                                            \
    [API_KIND] = {"kind", RES_ENUM, RES_NULLABLE, "Only this kind.", "\"call\"", .words = api_kinds},                  \
    [API_SIDE] = {"side", RES_ENUM, RES_NULLABLE, "Only what this side says.", "\"external\"", .words = api_sides},    \
    [API_ACCOUNT] = {"account",       RES_STR,  RES_NULLABLE, "Id or name of a customer.",                             \
                     "\"Northwind\"", .min = 1, .max = 1024},                                                          \
    [API_DEAL] = {"deal", RES_STR, RES_NULLABLE, "Id or name of a deal.", "\"Pilot\"", .min = 1, .max = 1024},         \
    [API_PERSON] = {"person",                                                                                          \
                    RES_STR,                                                                                           \
                    RES_NULLABLE,                                                                                      \
                    "Id, name or address of somebody who takes part.",                                                 \
                    "\"ann@customer.example\"",                                                                        \
                    .min = 1,                                                                                          \
                    .max = 1024},                                                                                      \
    [API_FROM] = {"from", RES_TIME, RES_NULLABLE, "Started at this time or later.", "\"2026-06-01\""},                 \
    [API_TO] = {"to", RES_TIME, RES_NULLABLE, "Started before this time.", "\"2026-07-01\""},                          \
    [API_HISTORY] = {"history", RES_STR, RES_LIST | RES_NULLABLE, "Earlier questions of the same talk, oldest first.", \
                     "\"What did they say about price?\""}
/* ERR_BUSY while names are looked up. */
enum err_code api_filter(struct res_ctx *c, const struct res_val v[API_FILTERS], struct index_filter *out,
                         struct err *e);
