/* formats/gong_json.c - Gong: what POST /v2/calls/transcript answers, alone or together with /v2/calls/extensive.
 *
 * The file may hold one reply, an array of replies (pages), or an object whose `calls` and `callTranscripts` came from
 * both endpoints. Transcript times are milliseconds; `duration` of a call is seconds; ids are 19 or 20 digits and stay
 * strings. A sentence of the reply is a turn of ours. */
#include "formats/charset.h"
#include "formats/shapes.h"
#include "formats/talk.h"

extern const struct format_ops format_gong_json;

/* Everything found in the file before calls and transcripts are joined. */
struct found {
    struct arena *a;
    const struct json **calls; /* metaData objects' owners, or plain Call objects */
    size_t calls_n, calls_cap;
    struct talk_votes *ids; /* of the calls, numbered as they came */
    size_t *first;          /* call of each id */
    const struct json **transcripts; /* objects with `transcript` */
    size_t transcripts_n, transcripts_cap;
};

static const struct json *call_meta(const struct json *call)
{
    const struct json *meta = json_get(call, "metaData");

    return meta ? meta : call;
}

static bool sentences_in(const struct json *list)
{
    struct json_it it;

    json_it_init(&it, list);
    return json_kind(list) == JSON_ARR && json_it_next(&it) && json_kind(json_get(it.val, "sentences")) == JSON_ARR;
}

/* An object with a transcript of its own: an entry of callTranscripts, or a call merged with it. */
static bool has_transcript(const struct json *v)
{
    const struct json *t = json_get(v, "transcript");

    return json_kind(t) == JSON_ARR && (json_len(t) == 0 ? json_get(v, "callId") != NULL : sentences_in(t));
}

static bool has_call(const struct json *v)
{
    return json_kind(json_get(v, "metaData")) == JSON_OBJ || json_kind(json_get(v, "parties")) == JSON_ARR;
}

static void entry_find(struct found *f, const struct json *v)
{
    if (has_transcript(v))
        ARENA_PUSH(f->a, f->transcripts, f->transcripts_n, f->transcripts_cap) = v;
    if (has_call(v) || (json_get(v, "id") && json_get(v, "started")))
        ARENA_PUSH(f->a, f->calls, f->calls_n, f->calls_cap) = v;
}

static void list_find(struct found *f, const struct json *list)
{
    struct json_it it;

    if (json_kind(list) != JSON_ARR)
        return;
    for (json_it_init(&it, list); json_it_next(&it);)
        entry_find(f, it.val);
}

static void page_find(struct found *f, const struct json *v)
{
    entry_find(f, v);
    if (json_kind(json_get(v, "call")) == JSON_OBJ)
        entry_find(f, json_get(v, "call"));
    list_find(f, json_get(v, "calls"));
    list_find(f, json_get(v, "callTranscripts"));
}

static void root_find(struct found *f, const struct json *v)
{
    struct json_it it;

    if (json_kind(v) == JSON_OBJ) {
        page_find(f, v);
        return;
    }
    if (json_kind(v) != JSON_ARR)
        return;
    for (json_it_init(&it, v); json_it_next(&it);) {
        if (json_kind(it.val) == JSON_OBJ)
            page_find(f, it.val);
    }
}

static bool page_is(const struct json *v)
{
    struct json_it it;
    const struct json *calls = json_get(v, "calls");

    if (json_kind(json_get(v, "callTranscripts")) == JSON_ARR || (json_get(v, "callId") && has_transcript(v)) ||
        json_kind(json_get(v, "metaData")) == JSON_OBJ)
        return true;
    if (has_transcript(v) && json_kind(json_get(v, "parties")) == JSON_ARR)
        return true;
    json_it_init(&it, calls);
    if (json_kind(calls) != JSON_ARR || !json_it_next(&it))
        return false;
    return has_call(it.val) || (json_get(it.val, "primaryUserId") && json_get(it.val, "started"));
}

bool gong_is(const struct json *v)
{
    struct json_it it;

    if (json_kind(v) == JSON_OBJ)
        return page_is(v);
    json_it_init(&it, v);
    return json_kind(v) == JSON_ARR && json_it_next(&it) && page_is(it.val);
}

static void calls_index(struct found *f)
{
    f->ids = talk_votes_new(f->a);
    f->first = ARENA_ARRAY(f->a, size_t, f->calls_n + 1);
    for (size_t i = 0; i < f->calls_n; i++) {
        str id = shapes_text(json_get(call_meta(f->calls[i]), "id"), f->a);

        if (talk_votes_of(f->ids, id) == 0)
            f->first[talk_votes_labels(f->ids)] = i;
        talk_votes_add(f->ids, id);
    }
}

static const struct json *call_of(const struct found *f, str id)
{
    if (id.n == 0 || talk_votes_of(f->ids, id) == 0)
        return NULL;
    return f->calls[f->first[talk_votes_order(f->ids, id)]];
}

static void meta_fill(const struct json *call, struct arena *a, struct interaction *ia)
{
    const struct json *meta = call_meta(call);
    int64_t at_ms;
    int offset;

    ia->title = shapes_text(json_get(meta, "title"), a);
    if (clock_parse(json_str(json_get(meta, "started"), STR_NULL), &at_ms, &offset)) {
        ia->started_at_ms = at_ms;
        ia->started_offset_min = offset;
    }
    ia->duration_ms = shapes_time(json_get(meta, "duration"), 1000);
    ia->language = talk_language(json_str(json_get(meta, "language"), STR_NULL), a);
}

/* The name of a CRM object: the field called Name. */
static str object_name(const struct json *object, struct arena *a)
{
    const struct json *fields = json_get(object, "fields");
    struct json_it it;

    if (json_kind(fields) != JSON_ARR)
        return STR_NULL;
    for (json_it_init(&it, fields); json_it_next(&it);) {
        if (str_eq_nocase(json_str(json_get(it.val, "name"), STR_NULL), STR("Name")))
            return shapes_text(json_get(it.val, "value"), a);
    }
    return STR_NULL;
}

static void context_fill(const struct json *call, struct arena *a, struct interaction *ia)
{
    const struct json *context = json_get(call, "context");
    struct json_it it, obj;

    if (json_kind(context) != JSON_ARR)
        return;
    for (json_it_init(&it, context); json_it_next(&it);) {
        const struct json *objects = json_get(it.val, "objects");

        if (json_kind(objects) != JSON_ARR)
            continue;
        for (json_it_init(&obj, objects); json_it_next(&obj);) {
            str type = json_str(json_get(obj.val, "objectType"), STR_NULL), name = object_name(obj.val, a);

            if (str_eq(type, STR("Account")) && ia->account.n == 0)
                ia->account = name;
            else if (str_eq(type, STR("Opportunity")) && ia->deal.n == 0)
                ia->deal = name;
        }
    }
}

/* Speaker ids of one call, numbered as they came, with the labels their turns carry. */
struct speakers {
    struct talk_votes *ids;
    str *label;
    size_t n, cap;
};

static enum ia_side affiliation(const struct json *party)
{
    str s = json_str(json_get(party, "affiliation"), STR_NULL);

    return str_eq_nocase(s, STR("Internal"))   ? IA_SIDE_INTERNAL
           : str_eq_nocase(s, STR("External")) ? IA_SIDE_EXTERNAL
                                               : IA_SIDE_UNKNOWN;
}

static void speaker_add(struct speakers *sp, str id, str label, struct arena *a)
{
    if (id.n == 0 || talk_votes_of(sp->ids, id) > 0)
        return;
    talk_votes_add(sp->ids, id);
    ARENA_PUSH(a, sp->label, sp->n, sp->cap) = label;
}

/* Parties become participants. */
static void parties_fill(const struct json *call, struct arena *a, struct interaction *ia, struct speakers *sp)
{
    const struct json *parties = json_get(call, "parties");
    struct json_it it;

    if (json_kind(parties) != JSON_ARR)
        return;
    for (json_it_init(&it, parties); json_it_next(&it);) {
        str name = str_trim(shapes_text(json_get(it.val, "name"), a));
        str mail = str_trim(shapes_text(json_get(it.val, "emailAddress"), a));
        str id = shapes_text(json_get(it.val, "speakerId"), a), label = name.n ? name : mail;
        struct ia_participant *p;

        if (label.n == 0 && id.n > 0)
            label = name = str_fmt(a, "Speaker %.*s", STR_ARG(id));
        if (label.n == 0)
            continue;
        p = talk_participant(ia, a, name, mail);
        if (!p)
            return; /* more than anyone can have invited */
        if (affiliation(it.val) != IA_SIDE_UNKNOWN) {
            p->side = affiliation(it.val);
            p->side_explicit = true;
        }
        speaker_add(sp, id, label, a);
    }
}

static str speaker_label(const struct speakers *sp, str id, struct arena *a)
{
    if (id.n > 0 && sp->label && talk_votes_of(sp->ids, id) > 0)
        return sp->label[talk_votes_order(sp->ids, id)];
    return id.n > 0 ? str_fmt(a, "Speaker %.*s", STR_ARG(id)) : STR_NULL;
}

/* Wrong entries are reported with their place; the rest of the call is kept. */
static void monologue_add(struct talk *t, const struct json *mono, str label, const char *place,
                          struct format_result *out)
{
    const struct json *sentences = json_get(mono, "sentences");
    struct json_it it;
    size_t i = 0;

    if (json_kind(sentences) != JSON_ARR) {
        format_problem_add(out, t->a, str_dup(t->a, str_of(place)), STR("sentences is not an array"));
        return;
    }
    for (json_it_init(&it, sentences); json_it_next(&it); i++) {
        const struct json *text = json_get(it.val, "text");

        if (json_kind(text) != JSON_STR) {
            format_problem_add(out, t->a, str_fmt(t->a, "%s.sentences[%zu]", place, i), STR("text is not a string"));
            continue;
        }
        talk_add(t, label, shapes_time(json_get(it.val, "start"), 1), shapes_time(json_get(it.val, "end"), 1),
                 shapes_text(text, t->a));
    }
}

static enum err_code transcript_add(const struct found *f, size_t k, struct format_result *out, struct err *e)
{
    const struct json *entry = f->transcripts[k], *call;
    struct interaction *ia = format_item_add(out, f->a, &format_gong_json, IA_CALL);
    struct speakers speakers = {.ids = talk_votes_new(f->a)};
    struct json_it it;
    struct talk t;
    char place[96];
    size_t i = 0;
    str id = shapes_text(json_get(entry, "callId"), f->a);

    if (id.n == 0)
        id = shapes_text(json_get(call_meta(entry), "id"), f->a);
    call = has_call(entry) ? entry : call_of(f, id);
    ia->external_id = id;
    if (call) {
        meta_fill(call, f->a, ia);
        context_fill(call, f->a, ia);
    }
    parties_fill(call, f->a, ia, &speakers);
    talk_init(&t, f->a);
    for (json_it_init(&it, json_get(entry, "transcript")); json_it_next(&it); i++) {
        str who = speaker_label(&speakers, shapes_text(json_get(it.val, "speakerId"), f->a), f->a);

        snprintf(place, sizeof place, "call %.24s, transcript[%zu]", id.n ? str_cz(f->a, id) : "?", i);
        monologue_add(&t, it.val, who, place, out);
    }
    return talk_finish(&t, ia, e);
}

enum err_code gong_add(const struct json *v, const struct format_input *in, struct arena *a, struct format_result *out,
                       struct err *e)
{
    struct found f = {.a = a};
    size_t before = out->items_n;

    root_find(&f, v);
    if (f.transcripts_n == 0)
        return err_set(e, ERR_UNSUPPORTED, "Gong calls without transcripts: add the reply of /v2/calls/transcript");
    calls_index(&f);
    for (size_t i = 0; i < f.transcripts_n; i++) {
        enum err_code rc;

        if (out->items_n >= FORMAT_ITEMS_MAX)
            return err_set(e, ERR_LIMIT, "callTranscripts[%zu]: more than %d calls in one file", i, FORMAT_ITEMS_MAX);
        rc = transcript_add(&f, i, out, e);
        if (rc)
            return err_wrap(e, "callTranscripts[%zu]", i);
        if (out->items_n == before + 1 && f.transcripts_n == 1)
            talk_name_fill(&out->items[before], in->name, a);
    }
    return ERR_OK;
}

static int gong_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH];
    str head = charset_head(in->bytes, scratch);

    if (!shapes_head_is_json(head) || str_contains(head, STR("harken.interaction/")))
        return 0;
    if (str_contains(head, STR("\"callTranscripts\"")))
        return 95;
    return str_contains(head, STR("\"speakerId\"")) && str_contains(head, STR("\"sentences\"")) ? 90 : 0;
}

static enum err_code gong_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    return shapes_parse(in, a, out, e, shapes_add); /* the sniff only saw words; the shape decides */
}

const struct format_ops format_gong_json = {
    .name = "gong_json",
    .sniff = gong_sniff,
    .parse = gong_parse,
};
