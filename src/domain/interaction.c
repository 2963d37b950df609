/* domain/interaction.c - our own JSON in and out, and the small tables behind the enums. */
#include "domain/interaction.h"

#include <inttypes.h>
#include <math.h>

#define IA_FORMAT "harken.interaction/1"

static const int64_t ia_time_max_ms = 100000000000; /* three years: no recording is longer */

static const char *const kind_names[IA_KINDS] = {
    [IA_CALL] = "call",
    [IA_MAIL] = "mail",
    [IA_NOTE] = "note",
    [IA_DOCUMENT] = "document",
};

static const char *const side_names[IA_SIDES] = {
    [IA_SIDE_UNKNOWN] = "unknown",
    [IA_SIDE_INTERNAL] = "internal",
    [IA_SIDE_EXTERNAL] = "external",
};

static const char *const part_names[] = {
    [IA_PART_QUOTED] = "quoted",
    [IA_PART_SIGNATURE] = "signature",
    [IA_PART_FORWARDED] = "forwarded",
};
enum { PART_KINDS = sizeof part_names / sizeof part_names[0] };

static int name_index(str s, const char *const *names, int n)
{
    for (int i = 0; i < n; i++) {
        if (str_eq(s, str_of(names[i])))
            return i;
    }
    return -1;
}

const char *ia_kind_name(enum ia_kind k)
{
    return (unsigned)k < IA_KINDS ? kind_names[k] : "note";
}

bool ia_kind_parse(str s, enum ia_kind *out)
{
    int i = name_index(s, kind_names, IA_KINDS);

    if (i < 0)
        return false;
    *out = (enum ia_kind)i;
    return true;
}

const char *ia_side_name(enum ia_side s)
{
    return (unsigned)s < IA_SIDES ? side_names[s] : "unknown";
}

bool ia_side_parse(str s, enum ia_side *out)
{
    int i = name_index(s, side_names, IA_SIDES);

    if (i < 0)
        return false;
    *out = (enum ia_side)i;
    return true;
}

/* --- writing --- */

static void kstr_if(struct jw *w, const char *key, str s)
{
    if (s.n > 0)
        jw_kstr(w, key, s);
}

static void ktime_if(struct jw *w, const char *key, int64_t ms)
{
    if (ms != IA_TIME_NONE)
        jw_ki64(w, key, ms);
}

/* The zone the source wrote is kept: 2026-03-14T09:00:00.000+01:00. */
static void started_write(const struct interaction *ia, struct jw *w)
{
    char text[CLOCK_TEXT_LEN], zoned[CLOCK_TEXT_LEN + 8];
    int off = ia->started_offset_min;
    size_t n;

    clock_format(ia->started_at_ms + (int64_t)off * 60000, text);
    n = strlen(text);
    if (n == 0)
        return;
    if (off == 0) {
        jw_kstr(w, "started_at", str_n(text, n));
        return;
    }
    snprintf(zoned, sizeof zoned, "%.*s%c%02d:%02d", (int)(n - 1), text, off < 0 ? '-' : '+', abs(off) / 60 % 100,
             abs(off) % 60);
    jw_kstr(w, "started_at", str_of(zoned));
}

static void participants_write(const struct interaction *ia, struct jw *w)
{
    jw_karr(w, "participants");
    for (size_t i = 0; i < ia->participants_n; i++) {
        const struct ia_participant *p = &ia->participants[i];

        jw_obj(w);
        kstr_if(w, "name", p->name);
        kstr_if(w, "email", p->email);
        if (p->side != IA_SIDE_UNKNOWN)
            jw_kstr(w, "side", str_of(ia_side_name(p->side)));
        jw_end(w);
    }
    jw_end(w);
}

static void turns_write(const struct interaction *ia, struct jw *w)
{
    jw_karr(w, "turns");
    for (size_t i = 0; i < ia->turns_n; i++) {
        const struct ia_turn *t = &ia->turns[i];

        jw_obj(w);
        kstr_if(w, "speaker", t->speaker);
        ktime_if(w, "start_ms", t->start_ms);
        ktime_if(w, "end_ms", t->end_ms);
        jw_kstr(w, "text", t->text);
        jw_end(w);
    }
    jw_end(w);
}

/* One string: the parts of these kinds, in order, a line break between. */
static void parts_joined(const struct interaction *ia, struct jw *w, const char *key, unsigned kinds)
{
    struct buf b;
    bool any = false;

    buf_init_wiped(&b, IA_TEXT_MAX);
    for (size_t i = 0; i < ia->parts_n; i++) {
        if (!(kinds & 1u << ia->parts[i].kind))
            continue;
        if (any)
            buf_char(&b, '\n');
        buf_str(&b, ia->parts[i].text);
        any = true;
    }
    if (any)
        jw_kstr(w, key, buf_view(&b));
    buf_done(&b);
}

static void parts_write(const struct interaction *ia, struct jw *w)
{
    if (ia->parts_n == 0)
        return;
    parts_joined(ia, w, "quoted", 1u << IA_PART_QUOTED | 1u << IA_PART_FORWARDED);
    parts_joined(ia, w, "signature", 1u << IA_PART_SIGNATURE);
    jw_karr(w, "parts");
    for (size_t i = 0; i < ia->parts_n; i++) {
        jw_obj(w);
        jw_kstr(w, "kind", str_of(part_names[ia->parts[i].kind]));
        jw_kstr(w, "text", ia->parts[i].text);
        jw_end(w);
    }
    jw_end(w);
}

void ia_json_write(const struct interaction *ia, struct jw *w)
{
    char id[ID_TEXT_LEN + 1];

    jw_obj(w);
    jw_kstr(w, "format", STR(IA_FORMAT));
    if (!id_is_nil(ia->id)) {
        id_format(ia->id, id);
        jw_kstr(w, "id", str_n(id, ID_TEXT_LEN));
    }
    kstr_if(w, "source", ia->source);
    kstr_if(w, "source_format", ia->format);
    jw_kstr(w, "kind", str_of(ia_kind_name(ia->kind)));
    kstr_if(w, "title", ia->title);
    if (ia->started_at_ms != CLOCK_NONE)
        started_write(ia, w);
    ktime_if(w, "duration_ms", ia->duration_ms);
    kstr_if(w, "language", ia->language);
    if (ia->no_overlap)
        jw_kbool(w, "no_overlap", true);
    kstr_if(w, "external_id", ia->external_id);
    kstr_if(w, "thread_id", ia->thread_id);
    kstr_if(w, "account", ia->account);
    kstr_if(w, "deal", ia->deal);
    participants_write(ia, w);
    turns_write(ia, w);
    parts_write(ia, w);
    jw_end(w);
}

/* --- reading --- */

struct reader {
    struct arena *a;
    struct err *e;
    size_t text_bytes; /* so far, against IA_TEXT_MAX */
};

static bool absent(const struct json *v)
{
    return json_kind(v) == JSON_ABSENT || json_kind(v) == JSON_NULL;
}

/* `at` is the place of the object the key is in: "turns[3]." or "". */
static enum err_code text_read(struct reader *r, const struct json *obj, const char *at, const char *key, str *out)
{
    const struct json *v = json_get(obj, key);
    str s;

    if (absent(v)) {
        *out = STR_NULL;
        return ERR_OK;
    }
    if (json_kind(v) != JSON_STR)
        return err_set(r->e, ERR_INVALID, "%s%s: not a string", at, key);
    s = json_str(v, STR_NULL);
    r->text_bytes += s.n;
    if (r->text_bytes > IA_TEXT_MAX)
        return err_set(r->e, ERR_LIMIT, "%s%s: more than %d MiB of text in one interaction", at, key,
                       IA_TEXT_MAX >> 20);
    *out = str_utf8_repair(r->a, str_dup(r->a, s)); /* NULs arrive as \u0000 */
    return ERR_OK;
}

/* Before the start of the recording counts as its start: statistics clip there anyway. */
static enum err_code time_read(struct reader *r, const struct json *obj, const char *at, const char *key, int64_t *out)
{
    const struct json *v = json_get(obj, key);
    double d;

    *out = IA_TIME_NONE;
    if (absent(v))
        return ERR_OK;
    if (json_kind(v) != JSON_INT && json_kind(v) != JSON_REAL)
        return err_set(r->e, ERR_INVALID, "%s%s: not a number", at, key);
    d = json_real(v, NAN);
    if (!(fabs(d) <= (double)ia_time_max_ms))
        return err_set(r->e, ERR_INVALID, "%s%s: out of range", at, key);
    *out = d < 0 ? 0 : (int64_t)llround(d);
    return ERR_OK;
}

static enum err_code array_check(struct reader *r, const struct json *v, const char *key, size_t max)
{
    if (json_kind(v) != JSON_ARR)
        return err_set(r->e, ERR_INVALID, "%s: not an array", key);
    if (json_len(v) > max)
        return err_set(r->e, ERR_LIMIT, "%s: more than %zu entries", key, max);
    return ERR_OK;
}

static enum err_code participant_read(struct reader *r, const struct json *v, size_t i, struct ia_participant *out)
{
    char at[64];
    str side = STR_NULL;

    snprintf(at, sizeof at, "participants[%zu].", i);
    if (json_kind(v) != JSON_OBJ)
        return err_set(r->e, ERR_INVALID, "participants[%zu]: not an object", i);
    if (text_read(r, v, at, "name", &out->name) || text_read(r, v, at, "email", &out->email) ||
        text_read(r, v, at, "side", &side))
        return r->e->code;
    out->name = str_trim(out->name);
    out->email = str_trim(out->email);
    if (side.n > 0 && !ia_side_parse(side, &out->side))
        return err_set(r->e, ERR_INVALID, "%sside: not internal, external or unknown", at);
    out->side_explicit = out->side != IA_SIDE_UNKNOWN;
    return ERR_OK;
}

static enum err_code participants_read(struct reader *r, const struct json *v, struct interaction *out)
{
    struct json_it it;
    enum err_code rc;

    if (absent(v))
        return ERR_OK;
    rc = array_check(r, v, "participants", IA_PARTICIPANTS_MAX);
    if (rc)
        return rc;
    out->participants = ARENA_ARRAY(r->a, struct ia_participant, json_len(v));
    for (json_it_init(&it, v); json_it_next(&it); out->participants_n++) {
        rc = participant_read(r, it.val, out->participants_n, &out->participants[out->participants_n]);
        if (rc)
            return rc;
    }
    return ERR_OK;
}

static enum err_code turn_read(struct reader *r, const struct json *v, size_t i, struct ia_turn *out)
{
    char at[64];
    enum err_code rc;

    snprintf(at, sizeof at, "turns[%zu].", i);
    if (json_kind(v) != JSON_OBJ)
        return err_set(r->e, ERR_INVALID, "turns[%zu]: not an object", i);
    if (absent(json_get(v, "text")))
        return err_set(r->e, ERR_INVALID, "%stext: missing", at);
    if ((rc = text_read(r, v, at, "text", &out->text)) || (rc = text_read(r, v, at, "speaker", &out->speaker)) ||
        (rc = time_read(r, v, at, "start_ms", &out->start_ms)) || (rc = time_read(r, v, at, "end_ms", &out->end_ms)))
        return rc;
    out->speaker = str_trim(out->speaker);
    return ERR_OK;
}

static enum err_code turns_read(struct reader *r, const struct json *v, struct interaction *out)
{
    struct json_it it;
    enum err_code rc;

    if (absent(v))
        return ERR_OK;
    rc = array_check(r, v, "turns", IA_TURNS_MAX);
    if (rc)
        return rc;
    out->turns = ARENA_ARRAY(r->a, struct ia_turn, json_len(v));
    for (json_it_init(&it, v); json_it_next(&it); out->turns_n++) {
        rc = turn_read(r, it.val, out->turns_n, &out->turns[out->turns_n]);
        if (rc)
            return rc;
    }
    return ERR_OK;
}

static enum err_code part_read(struct reader *r, const struct json *v, size_t i, struct ia_part *out)
{
    char at[64];
    enum err_code rc;
    str kind = STR_NULL;
    int k;

    snprintf(at, sizeof at, "parts[%zu].", i);
    if ((rc = text_read(r, v, at, "kind", &kind)) || (rc = text_read(r, v, at, "text", &out->text)))
        return rc;
    k = name_index(kind, part_names, PART_KINDS);
    if (k < 0)
        return err_set(r->e, ERR_INVALID, "%skind: not quoted, signature or forwarded", at);
    out->kind = (enum ia_part_kind)k;
    return ERR_OK;
}

/* `parts` keeps the order; without it `quoted` and `signature` are taken as they are. */
static enum err_code parts_read(struct reader *r, const struct json *v, struct interaction *out)
{
    static const enum ia_part_kind keys[] = {IA_PART_QUOTED, IA_PART_SIGNATURE};
    const struct json *parts = json_get(v, "parts");
    struct json_it it;
    enum err_code rc;
    str s = STR_NULL;

    if (!absent(parts)) {
        rc = array_check(r, parts, "parts", IA_PARTICIPANTS_MAX);
        if (rc)
            return rc;
        out->parts = ARENA_ARRAY(r->a, struct ia_part, json_len(parts));
        for (json_it_init(&it, parts); json_it_next(&it); out->parts_n++) {
            rc = part_read(r, it.val, out->parts_n, &out->parts[out->parts_n]);
            if (rc)
                return rc;
        }
        return ERR_OK;
    }
    out->parts = ARENA_ARRAY(r->a, struct ia_part, 2);
    for (size_t i = 0; i < 2; i++) {
        rc = text_read(r, v, "", part_names[keys[i]], &s);
        if (rc)
            return rc;
        if (s.n > 0)
            out->parts[out->parts_n++] = (struct ia_part){.kind = keys[i], .text = s};
    }
    return ERR_OK;
}

static enum err_code head_read(struct reader *r, const struct json *v, struct interaction *out)
{
    enum err_code rc;
    str s = STR_NULL;

    if ((rc = text_read(r, v, "", "format", &s)))
        return rc;
    if (!str_eq(s, STR(IA_FORMAT)))
        return err_set(r->e, ERR_INVALID, "format: %s", s.n ? "not " IA_FORMAT : "missing, should be " IA_FORMAT);
    if ((rc = text_read(r, v, "", "kind", &s)))
        return rc;
    if (!ia_kind_parse(s, &out->kind))
        return err_set(r->e, ERR_INVALID, "kind: %s", s.n ? "not call, mail, note or document" : "missing");
    if ((rc = text_read(r, v, "", "started_at", &s)))
        return rc;
    if (s.n > 0 && !clock_parse(s, &out->started_at_ms, &out->started_offset_min))
        return err_set(r->e, ERR_INVALID, "started_at: not a date and time like 2026-03-14T09:00:00Z");
    return time_read(r, v, "", "duration_ms", &out->duration_ms);
}

static enum err_code strings_read(struct reader *r, const struct json *v, struct interaction *out)
{
    struct {
        const char *key;
        str *to;
    } rows[] = {
        {"title", &out->title},
        {"source", &out->source},
        {"source_format", &out->format},
        {"language", &out->language},
        {"external_id", &out->external_id},
        {"thread_id", &out->thread_id},
        {"account", &out->account},
        {"deal", &out->deal},
    };
    enum err_code rc;
    str id = STR_NULL;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rc = text_read(r, v, "", rows[i].key, rows[i].to);
        if (rc)
            return rc;
    }
    if ((rc = text_read(r, v, "", "id", &id)))
        return rc;
    if (id.n > 0)
        (void)id_parse(id, &out->id); /* another system's id is no error, it is just not ours */
    out->no_overlap = json_bool(json_get(v, "no_overlap"), false);
    return ERR_OK;
}

enum err_code ia_json_read(const struct json *v, struct arena *a, struct interaction *out, struct err *e)
{
    struct interaction ia = {.started_at_ms = CLOCK_NONE, .duration_ms = IA_TIME_NONE};
    struct err local = {.code = ERR_OK};
    struct reader r = {.a = a, .e = e ? e : &local};
    enum err_code rc;

    if (json_kind(v) != JSON_OBJ)
        return err_set(e, ERR_INVALID, "not an object");
    if ((rc = head_read(&r, v, &ia)) || (rc = strings_read(&r, v, &ia)) ||
        (rc = participants_read(&r, json_get(v, "participants"), &ia)) ||
        (rc = turns_read(&r, json_get(v, "turns"), &ia)) || (rc = parts_read(&r, v, &ia)))
        return rc;
    *out = ia;
    return ERR_OK;
}

/* --- comparing --- */

enum err_code ia_limits_check(const struct interaction *ia, struct err *e)
{
    const struct {
        const char *what;
        str value;
    } labels[] = {{"title", ia->title},
                  {"id", ia->external_id},
                  {"thread", ia->thread_id},
                  {"account", ia->account},
                  {"deal", ia->deal}};
    bool names_fit = true;

    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (labels[i].value.n > IA_LABEL_MAX)
            return err_set(e, ERR_LIMIT, "its %s is too long: more than %d bytes", labels[i].what, IA_LABEL_MAX);
    for (size_t i = 0; i < ia->participants_n; i++)
        names_fit =
            names_fit && ia->participants[i].name.n <= IA_NAME_MAX && ia->participants[i].email.n <= IA_NAME_MAX;
    for (size_t i = 0; i < ia->turns_n; i++)
        names_fit = names_fit && ia->turns[i].speaker.n <= IA_NAME_MAX;
    if (!names_fit)
        return err_set(e, ERR_LIMIT, "the name of a participant or speaker is too long: more than %d bytes",
                       IA_NAME_MAX);
    return ERR_OK;
}

static bool participants_same(const struct interaction *x, const struct interaction *y)
{
    if (x->participants_n != y->participants_n)
        return false;
    for (size_t i = 0; i < x->participants_n; i++) {
        const struct ia_participant *p = &x->participants[i], *q = &y->participants[i];

        if (!str_eq(p->name, q->name) || !str_eq(p->email, q->email) || p->side != q->side)
            return false;
    }
    return true;
}

static bool turns_same(const struct interaction *x, const struct interaction *y)
{
    if (x->turns_n != y->turns_n)
        return false;
    for (size_t i = 0; i < x->turns_n; i++) {
        const struct ia_turn *t = &x->turns[i], *u = &y->turns[i];

        if (!str_eq(t->speaker, u->speaker) || !str_eq(t->text, u->text) || t->start_ms != u->start_ms ||
            t->end_ms != u->end_ms)
            return false;
    }
    return true;
}

bool ia_same(const struct interaction *x, const struct interaction *y)
{
    return x->kind == y->kind && str_eq(x->title, y->title) && x->started_at_ms == y->started_at_ms &&
           x->duration_ms == y->duration_ms && participants_same(x, y) && turns_same(x, y);
}
