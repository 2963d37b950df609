#include "formats/wire.h"

enum { NOTES_MAX = 20000, NOTE_BYTES = 1000, PARTS_MAX = 100000 };
#define TIME_MAX ((int64_t)400000000000000) /* ms: the year 14645, or that long a recording */

static void put(struct jw *w, const char *key, str s)
{
    if (s.n > 0)
        jw_kstr(w, key, s);
}

static void participants_write(const struct interaction *ia, struct jw *w)
{
    size_t i;

    jw_karr(w, "participants");
    for (i = 0; i < ia->participants_n; i++) {
        const struct ia_participant *p = &ia->participants[i];
        jw_obj(w);
        put(w, "name", p->name);
        put(w, "email", p->email);
        if (p->side != IA_SIDE_UNKNOWN)
            jw_ki64(w, "side", p->side);
        if (p->side_explicit)
            jw_kbool(w, "explicit", true);
        jw_end(w);
    }
    jw_end(w);
}

static void turns_write(const struct interaction *ia, struct jw *w)
{
    size_t i;

    jw_karr(w, "turns"); /* arrays, not objects: there are many */
    for (i = 0; i < ia->turns_n; i++) {
        jw_arr(w);
        jw_str(w, ia->turns[i].speaker);
        jw_i64(w, ia->turns[i].start_ms);
        jw_i64(w, ia->turns[i].end_ms);
        jw_str(w, ia->turns[i].text);
        jw_end(w);
    }
    jw_end(w);
    jw_karr(w, "parts");
    for (i = 0; i < ia->parts_n; i++) {
        jw_arr(w);
        jw_i64(w, ia->parts[i].kind);
        jw_str(w, ia->parts[i].text);
        jw_end(w);
    }
    jw_end(w);
}

void wire_item_write(const struct interaction *ia, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    jw_obj(&w);
    jw_ki64(&w, "kind", ia->kind);
    jw_kstr(&w, "format", ia->format);
    put(&w, "title", ia->title);
    put(&w, "language", ia->language);
    if (ia->started_at_ms != CLOCK_NONE)
        jw_ki64(&w, "started_at_ms", ia->started_at_ms);
    jw_ki64(&w, "started_offset_min", ia->started_offset_min);
    jw_ki64(&w, "duration_ms", ia->duration_ms);
    if (ia->no_overlap)
        jw_kbool(&w, "no_overlap", true);
    put(&w, "external_id", ia->external_id);
    put(&w, "thread_id", ia->thread_id);
    put(&w, "account", ia->account);
    put(&w, "deal", ia->deal);
    participants_write(ia, &w);
    turns_write(ia, &w);
    jw_end(&w);
}

/* Reads are done through one struct that remembers the first complaint. */
struct reader {
    struct arena *a;
    size_t bytes;    /* of text so far */
    const char *bad; /* what was wrong */
};

static str get_str(struct reader *r, const struct json *v)
{
    str s = json_str(v, STR(""));

    if (json_kind(v) != JSON_STR && json_kind(v) != JSON_ABSENT)
        r->bad = "a text is not a text";
    r->bytes += s.n;
    if (r->bytes > IA_TEXT_MAX * (size_t)2)
        r->bad = "more text than an interaction may hold";
    if (r->bad || s.n == 0)
        return STR("");
    if (memchr(s.p, '\0', s.n)) {
        r->bad = "a NUL inside a text";
        return STR("");
    }
    return str_dup(r->a, s);
}

static int64_t get_int(struct reader *r, const struct json *v, int64_t min, int64_t max, int64_t fallback)
{
    int64_t n = json_i64(v, min - 1);

    if (json_kind(v) == JSON_ABSENT)
        return fallback;
    if (json_kind(v) != JSON_INT || n < min || n > max) {
        r->bad = "a number is out of its range";
        return fallback;
    }
    return n;
}

static size_t get_len(struct reader *r, const struct json *v, size_t max)
{
    if (json_kind(v) != JSON_ARR || json_len(v) > max) {
        r->bad = "a list is missing or too long";
        return 0;
    }
    return json_len(v);
}

static void participants_read(struct reader *r, const struct json *list, struct interaction *ia)
{
    size_t n = get_len(r, list, IA_PARTICIPANTS_MAX);
    struct json_it it;

    ia->participants = ARENA_ARRAY(r->a, struct ia_participant, n);
    json_it_init(&it, list);
    while (!r->bad && ia->participants_n < n && json_it_next(&it)) {
        struct ia_participant *p = &ia->participants[ia->participants_n++];
        p->name = get_str(r, json_get(it.val, "name"));
        p->email = get_str(r, json_get(it.val, "email"));
        p->side = (enum ia_side)get_int(r, json_get(it.val, "side"), 0, IA_SIDES - 1, IA_SIDE_UNKNOWN);
        p->side_explicit = json_bool(json_get(it.val, "explicit"), false);
    }
}

static void turns_read(struct reader *r, const struct json *list, struct interaction *ia)
{
    size_t n = get_len(r, list, IA_TURNS_MAX);
    struct json_it it, in;

    ia->turns = ARENA_ARRAY(r->a, struct ia_turn, n);
    json_it_init(&it, list);
    while (!r->bad && ia->turns_n < n && json_it_next(&it)) {
        struct ia_turn *t = &ia->turns[ia->turns_n++];
        const struct json *v[4] = {NULL};
        size_t k;

        if (json_kind(it.val) != JSON_ARR || json_len(it.val) != 4) {
            r->bad = "a turn is not a list of four";
            return;
        }
        json_it_init(&in, it.val);
        for (k = 0; k < 4 && json_it_next(&in); k++)
            v[k] = in.val;
        t->speaker = get_str(r, v[0]);
        t->start_ms = get_int(r, v[1], -TIME_MAX, TIME_MAX, IA_TIME_NONE);
        t->end_ms = get_int(r, v[2], -TIME_MAX, TIME_MAX, IA_TIME_NONE);
        t->text = get_str(r, v[3]);
    }
}

static void parts_read(struct reader *r, const struct json *list, struct interaction *ia)
{
    size_t n = get_len(r, list, PARTS_MAX);
    struct json_it it, in;

    ia->parts = ARENA_ARRAY(r->a, struct ia_part, n);
    json_it_init(&it, list);
    while (!r->bad && ia->parts_n < n && json_it_next(&it)) {
        struct ia_part *p = &ia->parts[ia->parts_n++];

        json_it_init(&in, it.val);
        if (json_kind(it.val) != JSON_ARR || json_len(it.val) != 2 || !json_it_next(&in)) {
            r->bad = "a part is not a list of two";
            return;
        }
        p->kind = (enum ia_part_kind)get_int(r, in.val, 0, IA_PART_FORWARDED, 0);
        if (json_it_next(&in))
            p->text = get_str(r, in.val);
    }
}

static str format_name_known(struct reader *r, str name)
{
    size_t i;

    for (i = 0; format_rows[i]; i++)
        if (str_eq(name, str_of(format_rows[i]->name)))
            return str_of(format_rows[i]->name);
    r->bad = "an unknown format name";
    return STR("");
}

enum err_code wire_item_read(str json, struct arena *a, struct interaction *out, struct err *e)
{
    struct reader r = {.a = a};
    struct interaction ia = {0};
    struct json_doc *doc;
    const struct json *v;

    if (json_parse(json, &doc, e))
        return err_wrap(e, "answer of the parser");
    v = json_root(doc);
    ia.kind = (enum ia_kind)get_int(&r, json_get(v, "kind"), 0, IA_KINDS - 1, IA_DOCUMENT);
    ia.format = format_name_known(&r, json_str(json_get(v, "format"), STR("")));
    ia.title = get_str(&r, json_get(v, "title"));
    ia.language = get_str(&r, json_get(v, "language"));
    ia.started_at_ms = get_int(&r, json_get(v, "started_at_ms"), -TIME_MAX, TIME_MAX, CLOCK_NONE);
    ia.started_offset_min = (int)get_int(&r, json_get(v, "started_offset_min"), -1600, 1600, 0);
    ia.duration_ms = get_int(&r, json_get(v, "duration_ms"), IA_TIME_NONE, TIME_MAX, IA_TIME_NONE);
    ia.no_overlap = json_bool(json_get(v, "no_overlap"), false);
    ia.external_id = get_str(&r, json_get(v, "external_id"));
    ia.thread_id = get_str(&r, json_get(v, "thread_id"));
    ia.account = get_str(&r, json_get(v, "account"));
    ia.deal = get_str(&r, json_get(v, "deal"));
    participants_read(&r, json_get(v, "participants"), &ia);
    turns_read(&r, json_get(v, "turns"), &ia);
    parts_read(&r, json_get(v, "parts"), &ia);
    json_free(doc);
    if (r.bad)
        return err_set(e, ERR_CORRUPT, "answer of the parser: %s", r.bad);
    *out = ia;
    return ERR_OK;
}

void wire_crm_write(const struct crm_record *r, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    crm_json_write(r, &w);
}

enum err_code wire_crm_read(str json, struct arena *a, struct crm_record *out, struct err *e)
{
    struct json_doc *doc;
    struct err why;
    enum err_code rc;

    if (json_parse(json, &doc, e))
        return err_wrap(e, "answer of the parser");
    rc = crm_json_read(json_root(doc), a, out, &why);
    json_free(doc);
    return rc ? err_set(e, ERR_CORRUPT, "answer of the parser: %s", why.msg) : ERR_OK;
}

void wire_note_write(const struct format_problem *p, bool is_notice, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    jw_obj(&w);
    jw_kbool(&w, "notice", is_notice);
    jw_kstr(&w, "place", p->place);
    jw_kstr(&w, "reason", p->reason);
    jw_end(&w);
}

enum err_code wire_note_read(str json, struct arena *a, struct format_result *out, struct err *e)
{
    struct reader r = {.a = a};
    struct json_doc *doc;
    str place, reason;
    bool notice;

    if (json_parse(json, &doc, e))
        return err_wrap(e, "answer of the parser");
    place = get_str(&r, json_get(json_root(doc), "place"));
    reason = get_str(&r, json_get(json_root(doc), "reason"));
    notice = json_bool(json_get(json_root(doc), "notice"), false);
    json_free(doc);
    if (r.bad || place.n == 0 || place.n > NOTE_BYTES || reason.n > NOTE_BYTES ||
        out->problems_n + out->notices_n >= NOTES_MAX)
        return err_set(e, ERR_CORRUPT, "answer of the parser: bad or too many problems");
    if (notice)
        format_notice_add(out, a, place, reason);
    else
        format_problem_add(out, a, place, reason);
    return ERR_OK;
}

void wire_err_write(const struct err *err, struct buf *out)
{
    struct jw w;

    jw_init(&w, out);
    jw_obj(&w);
    jw_ki64(&w, "code", err->code);
    jw_kstr(&w, "msg", str_of(err->code ? err->msg : ""));
    jw_end(&w);
}

enum err_code wire_err_read(str json, struct err *said, struct err *e)
{
    struct json_doc *doc;
    int64_t code;

    if (json_parse(json, &doc, e))
        return err_wrap(e, "answer of the parser");
    code = json_i64(json_get(json_root(doc), "code"), -1);
    *said = (struct err){.code = ERR_OK};
    if (code > 0 && code <= ERR_INTERNAL) {
        str msg = json_str(json_get(json_root(doc), "msg"), STR(""));
        err_set(said, (enum err_code)code, "%.*s", STR_ARG(msg));
    }
    json_free(doc);
    if (code < 0 || code > ERR_INTERNAL)
        return err_set(e, ERR_CORRUPT, "answer of the parser: no such result");
    return ERR_OK;
}
