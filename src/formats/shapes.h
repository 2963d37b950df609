/* formats/shapes.h - JSON files of other programs, recognised by their shape, for the rows json, gong_json, asr_json.
 *
 * Plain functions, any thread, no I/O. Strings are copied into the arena: the document may be freed afterwards. */
#pragma once
#include "formats/format.h"

/* An opening brace with a key, or an opening bracket with a value: "[00:01] Name" is neither. */
bool shapes_head_is_json(str head);
/* Marks removed, UTF-16 decoded; otherwise the bytes as they are, for the strict reader to judge.
 * Errors: ERR_INVALID for nothing but white space. */
enum err_code shapes_text_open(str bytes, struct arena *a, str *out, struct err *e);
/* Parses the file's one JSON value and hands it to `add`; names the place in every error. */
enum err_code shapes_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e,
                           enum err_code (*add)(const struct json *v, const struct format_input *in, struct arena *a,
                                                struct format_result *out, struct err *e));

/* Tries every known shape. ERR_UNSUPPORTED: valid JSON, but no conversation that we know how to find in it. */
enum err_code shapes_add(const struct json *v, const struct format_input *in, struct arena *a,
                         struct format_result *out, struct err *e);

/* Gong: a transcript reply, with the calls it belongs to where they are there. */
bool gong_is(const struct json *v);
enum err_code gong_add(const struct json *v, const struct format_input *in, struct arena *a, struct format_result *out,
                       struct err *e);

/* Speech recognisers and meeting tools; *out_why (may be NULL): what it is when it is known but not readable. */
bool asr_is(const struct json *v);
enum err_code asr_add(const struct json *v, const struct format_input *in, struct arena *a, struct format_result *out,
                      struct err *e);

/* A string copied into the arena, sound and without NULs; numbers are printed (ids that some programs write bare). */
str shapes_text(const struct json *v, struct arena *a);
/* The first of several keys that is there; `keys` ends with NULL. */
const struct json *shapes_get(const struct json *obj, const char *const *keys);
/* A value times unit_ms: numbers, "1.25", "1.25s", "00:01:02.5". IA_TIME_NONE when it is none; before 0 is 0. */
int64_t shapes_time(const struct json *v, double unit_ms);
