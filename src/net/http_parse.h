/* net/http_parse.h - bytes in, one vetted request out; no sockets, no clock, no threads of its own.
 *
 * One parser reads one message: feed it until it says DONE or BAD, then init it again for the next one. Bytes behind
 * the message are left to the caller. llhttp reads the grammar in strict mode; limits and http_vet_head are added. */
#pragma once
#include <llhttp.h>

#include "net/http_vet.h"

enum {
    HTTP_LINE_MAX = 8 * 1024, /* request target: more is 414. This and the next two are the presets of http_limits */
    HTTP_HEAD_MAX = 40 * 1024, /* request line and 32 KiB of fields: more is 431 */
    HTTP_FIELDS_MAX = 100, /* more is 431; also the most that http_limits may say */
    HTTP_CHUNK_EXT_MAX = 256, /* bytes of extensions of one chunk: more is 400 */
    HTTP_CHUNK_EXTS_MAX = 4096, /* of all chunks of one body */
    HTTP_TRAILER_MAX = 8 * 1024, /* trailers are read and dropped; more is 431 */
};

enum http_parse { HTTP_PARSE_MORE, HTTP_PARSE_DONE, HTTP_PARSE_BAD };

struct http_limits {
    size_t line, head, fields; /* bytes of the target, bytes of the whole head, number of fields */
};

struct http_parser {
    llhttp_t ll;
    struct http_limits limits; /* kept over http_parser_init */
    struct buf head; /* target, then names and values of the fields, one after the other */
    struct {
        uint32_t at, name_n, value_n;
    } at[HTTP_FIELDS_MAX];
    struct http_field fields[HTTP_FIELDS_MAX]; /* into head, from the end of the head on */
    size_t n_fields, target_n, head_bytes, ext_bytes, exts_bytes, trailer_bytes;
    bool begun; /* a byte of the message has come, empty lines apart */
    bool in_value;
    bool head_done;
    bool body_drop; /* set by on_head: read the body but do not keep it */
    int64_t body_bytes;
    size_t body_max; /* set by on_head */
    struct buf body;
    struct http_vetted vetted;
    int status; /* of the refusal when BAD */
    const char *why; /* one fixed line */
    /* When the head is complete and vetted. False: stop here (status and why are set by the hook, or 0). */
    bool (*on_head)(void *ctx, struct http_parser *p);
    void *ctx;
};

/* A parser is made once and initialised for every message. `limits` NULL: the presets. */
void http_parser_new(struct http_parser *p, const struct http_limits *limits);
void http_parser_init(struct http_parser *p);
void http_parser_done(struct http_parser *p);
/* Takes up to n bytes, *used says how many. MORE: all were taken. */
enum http_parse http_parser_feed(struct http_parser *p, const char *data, size_t n, size_t *used);
