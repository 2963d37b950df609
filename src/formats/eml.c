#include "formats/eml.h"

#include <gmime/gmime.h>
#include <pthread.h>

#include "formats/html_text.h"
#include "formats/ical.h"
#include "formats/mime_body.h"
#include "text/reply.h"

const struct format_ops format_eml;

enum { HEADER_SCAN_BYTES = 65536, PLACE_MAX = 200, COLONS_MAX = 5000 };

static _Thread_local int attach_depth; /* mails in mails, also as files */

static void library_init_once(void)
{
    static const char *fallbacks[] = {"utf-8", "windows-1252", NULL};

    g_mime_init();
    g_mime_parser_options_set_fallback_charsets(g_mime_parser_options_get_default(), fallbacks);
}

void eml_library_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, library_init_once);
}

/* ---- people ---- */

struct people {
    struct arena *a;
    struct interaction *ia;
    size_t cap;
};

static void person_add(struct people *p, str name, str email)
{
    struct interaction *ia = p->ia;
    size_t at = str_rfind_char(email, '@'), i;

    if (at == SIZE_MAX) {
        name = name.n > 0 ? name : email;
        email = STR("");
    } else {
        email = str_fmt(p->a, "%.*s%.*s", (int)at, email.p, STR_ARG(str_lower_ascii(p->a, str_from(email, at))));
    }
    if (name.n >= 2 && (name.p[0] == '\'' || name.p[0] == '"') && name.p[name.n - 1] == name.p[0])
        name = str_trim(str_sub(name, 1, name.n - 1));
    if (str_eq_nocase(name, email))
        name = STR("");
    if ((name.n == 0 && email.n == 0) || ia->participants_n >= IA_PARTICIPANTS_MAX)
        return;
    for (i = 0; i < ia->participants_n; i++) {
        struct ia_participant *q = &ia->participants[i];
        if (email.n > 0 ? str_eq_nocase(q->email, email) : str_eq(q->name, name)) {
            if (q->name.n == 0)
                q->name = name;
            return;
        }
    }
    ARENA_PUSH(p->a, ia->participants, ia->participants_n, p->cap) =
        (struct ia_participant){.name = name, .email = email};
}

static void list_add(struct people *p, InternetAddressList *list, int depth)
{
    int i, n = list ? internet_address_list_length(list) : 0;

    for (i = 0; i < n && depth < 8; i++) {
        InternetAddress *ad = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(ad))
            list_add(p, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(ad)), depth + 1);
        else
            person_add(p, mime_text(p->a, internet_address_get_name(ad)),
                       mime_text(p->a, internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(ad))));
    }
}

static void people_read(GMimeMessage *m, struct people *p)
{
    static const GMimeAddressType types[] = {GMIME_ADDRESS_TYPE_TO, GMIME_ADDRESS_TYPE_CC, GMIME_ADDRESS_TYPE_BCC};
    size_t i;

    list_add(p, g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_FROM), 0);
    if (p->ia->participants_n == 0)
        list_add(p, g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_SENDER), 0);
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        list_add(p, g_mime_message_get_addresses(m, types[i]), 0);
}

/* Who speaks: the From line even when it names nobody else would. */
static str speaker_of(GMimeMessage *m, struct arena *a)
{
    InternetAddressList *from = g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_FROM);
    struct interaction first = {0};
    struct people p = {.a = a, .ia = &first};

    list_add(&p, from, 0);
    if (first.participants_n == 0)
        list_add(&p, g_mime_message_get_addresses(m, GMIME_ADDRESS_TYPE_SENDER), 0);
    if (first.participants_n == 0)
        return STR("");
    return first.participants[0].name.n > 0 ? first.participants[0].name : first.participants[0].email;
}

/* ---- header values ---- */

static bool date_take(GDateTime *d, struct interaction *ia)
{
    int64_t seconds = d ? g_date_time_to_unix(d) : 0;

    if (!d || g_date_time_get_year(d) < 1970 || g_date_time_get_year(d) > 2200)
        return false;
    ia->started_at_ms = seconds * 1000;
    ia->started_offset_min = (int)(g_date_time_get_utc_offset(d) / 60000000);
    return true;
}

/* Without a Date, the newest Received line says when it came: "...; Tue, 10 Jun 2026 ..." */
static void date_read(GMimeMessage *m, struct interaction *ia)
{
    const char *received = g_mime_object_get_header(GMIME_OBJECT(m), "Received");
    const char *semicolon = received ? strrchr(received, ';') : NULL;
    GDateTime *d;

    if (date_take(g_mime_message_get_date(m), ia) || !semicolon)
        return;
    d = g_mime_utils_header_decode_date(semicolon + 1);
    date_take(d, ia);
    if (d)
        g_date_time_unref(d);
}

static str first_reference(GMimeMessage *m, const char *header, struct arena *a)
{
    const char *value = g_mime_object_get_header(GMIME_OBJECT(m), header);
    GMimeReferences *refs = value ? g_mime_references_parse(NULL, value) : NULL;
    str id = STR("");

    if (refs && g_mime_references_length(refs) > 0)
        id = mime_text(a, g_mime_references_get_message_id(refs, 0));
    if (refs)
        g_mime_references_free(refs);
    return str_contains(id, STR("@")) ? id : STR("");
}

/* ---- the words ---- */

static enum ia_part_kind part_kind(enum reply_kind k)
{
    return reply_is_quoted(k) ? IA_PART_QUOTED : reply_is_signature(k) ? IA_PART_SIGNATURE : IA_PART_FORWARDED;
}

static str signature_take(struct interaction *ia, struct arena *a)
{
    size_t i, kept = 0;
    str text = STR("");

    for (i = 0; i < ia->parts_n; i++) {
        if (ia->parts[i].kind != IA_PART_SIGNATURE)
            ia->parts[kept++] = ia->parts[i];
        else
            text = text.n ? str_fmt(a, "%.*s\n\n%.*s", STR_ARG(text), STR_ARG(ia->parts[i].text)) : ia->parts[i].text;
    }
    ia->parts_n = kept;
    return text;
}

/* Own words into the turn, everything else into parts; neighbours of one kind are joined. */
static str words_split(str body, str sender, struct interaction *ia, struct arena *a)
{
    struct reply_part *parts;
    size_t n, i, cap = 0;
    enum reply_kind last = REPLY_OWN;
    bool only_forwards = true;
    str text;

    ia->parts = NULL;
    ia->parts_n = 0;
    reply_split(body, sender, a, &parts, &n);
    for (i = 0; i < n; i++)
        if (parts[i].kind == REPLY_OWN && str_trim(parts[i].text).n > 0)
            only_forwards = false;
    for (i = 0; i < n; i++) {
        enum reply_kind k = parts[i].kind;
        struct ia_part *tail = ia->parts_n > 0 ? &ia->parts[ia->parts_n - 1] : NULL;

        if (k == REPLY_OWN || k == REPLY_QUOTE_INLINE || (only_forwards && k == REPLY_FORWARDED)) {
            last = REPLY_OWN;
            continue;
        }
        if (tail && last != REPLY_OWN && tail->kind == part_kind(k)) /* parts lie side by side in the body */
            tail->text = str_n(tail->text.p, (size_t)(parts[i].text.p + parts[i].text.n - tail->text.p));
        else if (str_trim(parts[i].text).n > 0)
            ARENA_PUSH(a, ia->parts, ia->parts_n, cap) = (struct ia_part){part_kind(k), parts[i].text};
        last = k;
    }
    for (i = 0; i < ia->parts_n; i++)
        ia->parts[i].text = str_trim(ia->parts[i].text);
    text = reply_text(parts, n, false, a);
    if (text.n == 0) /* a mail that is one line, "Hello Ann", looks like a greeting: then that is what was said */
        text = signature_take(ia, a);
    return text;
}

static str calendars_read(const struct mime_body *b, struct people *p, str text)
{
    struct ical cal;
    size_t i, k, n;

    for (i = 0; i < b->calendars_n; i++) {
        if (!ical_parse(b->calendars[i], b->a, &cal))
            continue;
        for (k = 0; k < cal.events_n && k < 20; k++) {
            str said = ical_event_text(&cal, &cal.events[k], text.n == 0, b->a);
            for (n = 0; n < cal.events[k].people_n; n++)
                person_add(p, cal.events[k].people[n].name, cal.events[k].people[n].email);
            text = text.n > 0 ? str_fmt(b->a, "%.*s\n\n%.*s", STR_ARG(text), STR_ARG(said)) : said;
        }
    }
    return text;
}

/* ---- one message ---- */

struct mail {
    struct arena *a;
    struct format_result *out;
    const struct format_ops *ops;
    str place;
};

static str place_of(const struct mail *c, const char *what, size_t n)
{
    if (c->place.n > 0)
        return str_fmt(c->a, "%.*s, %s %zu", STR_ARG(c->place), what, n);
    return str_fmt(c->a, "%s %zu", what, n);
}

static void item_add(const struct mail *c, GMimeMessage *m, struct mime_body *b, str thread)
{
    struct interaction *ia = format_item_add(c->out, c->a, c->ops, IA_MAIL);
    struct people p = {.a = c->a, .ia = ia};
    str sender = speaker_of(m, c->a), text;

    people_read(m, &p);
    ia->title = mime_text(c->a, g_mime_message_get_subject(m));
    date_read(m, ia);
    ia->external_id = mime_text(c->a, g_mime_message_get_message_id(m));
    ia->thread_id = first_reference(m, "References", c->a);
    if (ia->thread_id.n == 0)
        ia->thread_id = first_reference(m, "In-Reply-To", c->a);
    if (ia->thread_id.n == 0)
        ia->thread_id = thread;
    text = words_split(str_dup(c->a, buf_view(&b->text)), sender, ia, c->a);
    text = calendars_read(b, &p, text);
    ia->turns = ARENA_NEW(c->a, struct ia_turn);
    ia->turns_n = 1;
    ia->turns[0] = (struct ia_turn){.speaker = sender, .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE, .text = text};
}

static void complaints_add(const struct mail *c, const struct mime_body *b)
{
    str place = c->place.n > 0 ? c->place : STR("message");

    if (b->encrypted)
        format_problem_add(c->out, c->a, place, STR("the message is encrypted: its words cannot be read"));
    if (b->too_deep)
        format_problem_add(
            c->out, c->a, place,
            str_fmt(c->a, "parts are nested deeper than %d: the inner ones were left out", FORMAT_NEST_MAX));
    if (b->too_many)
        format_problem_add(c->out, c->a, place, STR("too many parts: the last ones were left out"));
    if (b->too_long)
        format_problem_add(c->out, c->a, place, STR("the message is too long: its end was left out"));
    if (b->hidden_bytes > 0)
        format_notice_add(
            c->out, c->a, place,
            str_fmt(c->a, "%zu bytes of text that a reader would not see were left out", b->hidden_bytes));
}

/* Pictures and sound never; bytes of unknown kind only when a parser is sure of them, since anything can pass as text. */
static bool file_wanted(const struct mime_attachment *f, const struct format_input *in, struct err *why)
{
    static const char *const text_names[] = {".txt", ".md", ".csv", ".tsv", ".vtt", ".srt", ".json", ".jsonl", NULL};
    const struct format_ops *ops;
    size_t i;

    if (str_starts(f->type, STR("image/")) || str_starts(f->type, STR("audio/")) ||
        str_starts(f->type, STR("video/")) || str_starts(f->type, STR("font/"))) {
        err_set(why, ERR_UNSUPPORTED, "not a transcript, mail or document");
        return false;
    }
    ops = format_find(in, why);
    if (!ops || str_starts(f->type, STR("text/")) || ops->sniff(in) >= 70)
        return ops != NULL;
    for (i = 0; text_names[i]; i++)
        if (str_ends_nocase(f->name, str_of(text_names[i])))
            return true;
    err_set(why, ERR_UNSUPPORTED, "not a transcript, mail or document");
    return false;
}

/* An attachment in a format we read becomes items of its own. */
static void file_read(const struct mail *c, const struct mime_attachment *f, size_t number, str thread)
{
    struct format_input in = {.bytes = f->bytes, .name = f->name};
    struct format_result r = {0};
    struct err why = {0};
    size_t i;

    if (f->bytes.n == 0)
        return;
    if (attach_depth >= 3)
        err_set(&why, ERR_LIMIT, "files in files in files");
    attach_depth++;
    if (!why.code && file_wanted(f, &in, &why))
        format_parse(&in, c->a, &r, &why);
    attach_depth--;
    if (why.code)
        format_notice_add(c->out, c->a, place_of(c, "attachment", number),
                          str_fmt(c->a, "%.*s (%.*s) was not read: %s", STR_ARG(str_sub(f->name, 0, PLACE_MAX)),
                                  STR_ARG(str_sub(f->type, 0, PLACE_MAX)), why.msg));
    for (i = 0; i < r.items_n && c->out->items_n < FORMAT_ITEMS_MAX; i++) {
        struct interaction *ia = &r.items[i];
        if (ia->thread_id.n == 0)
            ia->thread_id = thread;
        if (ia->title.n == 0)
            ia->title = f->name;
        ia->source = STR("");
        ARENA_PUSH(c->a, c->out->items, c->out->items_n, c->out->items_cap) = *ia;
    }
    for (i = 0; i < r.problems_n; i++)
        format_notice_add(c->out, c->a, place_of(c, "attachment", number), r.problems[i].reason);
}

/* `raw`: the bytes of an outermost message, empty for attached ones. */
static void message_read(const struct mail *c, GMimeMessage *m, str raw, int depth, str thread)
{
    size_t at = c->out->items_n, i;
    struct mime_body b;

    mime_body_init(&b, c->a);
    mime_body_read(g_mime_message_get_mime_part(m), depth, &b);
    mime_body_rescue(g_mime_message_get_mime_part(m), raw, &b);
    item_add(c, m, &b, thread);
    complaints_add(c, &b);
    if (c->out->items[at].thread_id.n > 0)
        thread = c->out->items[at].thread_id;
    else if (c->out->items[at].external_id.n > 0)
        thread = c->out->items[at].external_id;
    for (i = 0; i < b.files_n; i++)
        file_read(c, &b.files[i], i + 1, thread);
    for (i = 0; i < b.messages_n && c->out->items_n < FORMAT_ITEMS_MAX; i++) {
        if (depth + 2 > FORMAT_NEST_MAX)
            format_problem_add(c->out, c->a, place_of(c, "part", i + 1),
                               str_fmt(c->a, "messages are nested deeper than %d", FORMAT_NEST_MAX));
        else
            message_read(c, b.messages[i], STR(""), depth + 2, thread);
    }
    mime_body_done(&b);
}

/* GMime follows "a:b:c:..." in an address header group by group, as deep as the stack goes. */
static bool groups_are_sane(str bytes)
{
    size_t i, colons = 0;

    for (i = 0; i < bytes.n; i++) {
        if (bytes.p[i] == ':' && ++colons > COLONS_MAX)
            return false;
        if (bytes.p[i] == '\n' && i + 1 < bytes.n && bytes.p[i + 1] != ' ' && bytes.p[i + 1] != '\t')
            colons = 0;
        if (bytes.p[i] == '\n' && i + 1 < bytes.n && (bytes.p[i + 1] == '\n' || bytes.p[i + 1] == '\r'))
            break;
    }
    return true;
}

static GMimeMessage *message_parse(str bytes)
{
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *m;

    eml_library_init();
    stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
    parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    m = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    return m;
}

enum err_code eml_message_read(str bytes, str place, const struct format_ops *ops, struct arena *a,
                               struct format_result *out, struct err *e)
{
    struct mail c = {.a = a, .out = out, .ops = ops, .place = place};
    GMimeMessage *m;

    if (str_starts(bytes, STR("\xef\xbb\xbf")))
        bytes = str_from(bytes, 3);
    while (bytes.n > 0 && (bytes.p[0] == '\n' || bytes.p[0] == '\r'))
        bytes = str_from(bytes, 1);
    if (!groups_are_sane(bytes))
        return err_set(e, ERR_INVALID, "mail: a header holds more than %d groups", COLONS_MAX);
    m = message_parse(bytes);
    if (!m)
        return err_set(e, ERR_INVALID, "mail: no headers were found");
    message_read(&c, m, bytes, 0, STR(""));
    g_object_unref(m);
    return ERR_OK;
}

/* ---- recognising ---- */

static bool name_in(str name, const char *const *list)
{
    for (; *list; list++)
        if (str_eq_nocase(name, str_of(*list)))
            return true;
    return false;
}

int eml_sniff_headers(str bytes)
{
    static const char *const strong[] = {"Received",     "Message-ID",
                                         "MIME-Version", "Return-Path",
                                         "Content-Type", "Content-Transfer-Encoding",
                                         "Delivered-To", "DKIM-Signature",
                                         "X-Mailer",     "Authentication-Results",
                                         "In-Reply-To",  "References",
                                         "Reply-To",     NULL};
    static const char *const weak[] = {"From", "To", "Cc", "Bcc", "Subject", "Date", "Sender", NULL};
    str rest = str_sub(bytes, 0, HEADER_SCAN_BYTES), line;
    int strong_n = 0, weak_n = 0, lines = 0;
    bool from = false;

    if (str_starts(rest, STR("\xef\xbb\xbf")))
        rest = str_from(rest, 3);
    while (rest.n > 0 && (rest.p[0] == '\n' || rest.p[0] == '\r'))
        rest = str_from(rest, 1);
    while (str_line_next(&rest, &line)) {
        str value, name;
        size_t i;

        if (line.n == 0)
            break;
        if (line.p[0] == ' ' || line.p[0] == '\t') {
            if (lines == 0)
                return 0;
            continue;
        }
        name = str_cut(line, ':', &value);
        for (i = 0; i < name.n && name.p[i] > ' ' && name.p[i] < 127; i++)
            ;
        if (name.n == line.n || i < str_trim_end(name).n) {
            if (lines == 0)
                return 0;
            break;
        }
        lines++;
        name = str_trim_end(name);
        strong_n +=
            name_in(name, strong) || str_starts_nocase(name, STR("X-MS-")) || str_starts_nocase(name, STR("Resent-"));
        weak_n += name_in(name, weak);
        from = from || str_eq_nocase(name, STR("From"));
    }
    if (strong_n > 0)
        return strong_n + weak_n >= 2 ? 96 : 85;
    if (weak_n >= 2)
        return from ? 85 : 35;
    return weak_n == 1 && lines == 1 ? 25 : weak_n;
}

static int eml_sniff(const struct format_input *in)
{
    return eml_sniff_headers(in->bytes);
}

static enum err_code eml_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    return eml_message_read(in->bytes, STR(""), &format_eml, a, out, e);
}

const struct format_ops format_eml = {
    .name = "eml",
    .flags = FORMAT_SANDBOX,
    .sniff = eml_sniff,
    .parse = eml_parse,
};

/* ---- for evaluation ---- */

static void structure_put(GMimeObject *o, struct jw *w, struct arena *a, int depth)
{
    char *type = o ? g_mime_content_type_get_mime_type(g_mime_object_get_content_type(o)) : NULL;
    GMimeMessage *inner;
    int i, n;

    jw_obj(w);
    jw_kstr(w, "type", mime_text(a, type));
    inner = type && GMIME_IS_PART(o) && str_eq_nocase(str_of(type), STR("message/rfc822"))
                ? message_parse(mime_part_bytes(GMIME_PART(o), a)) /* with a transfer encoding it stays a leaf */
                : NULL;
    g_free(type);
    if (inner) {
        jw_karr(w, "parts");
        structure_put(g_mime_message_get_mime_part(inner), w, a, depth + 1);
        jw_end(w);
        jw_end(w);
        g_object_unref(inner);
        return;
    }
    if (GMIME_IS_PART(o)) {
        jw_kstr(w, "name", mime_text(a, g_mime_part_get_filename(GMIME_PART(o))));
        jw_ki64(w, "bytes", (int64_t)mime_part_bytes(GMIME_PART(o), a).n);
        jw_kstr(w, "content", mime_part_bytes(GMIME_PART(o), a));
    }
    jw_karr(w, "parts");
    if (GMIME_IS_MULTIPART(o) && depth < 12) {
        n = g_mime_multipart_get_count(GMIME_MULTIPART(o));
        for (i = 0; i < n; i++)
            structure_put(g_mime_multipart_get_part(GMIME_MULTIPART(o), i), w, a, depth + 1);
    } else if (GMIME_IS_MESSAGE_PART(o) && depth < 12) {
        inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
        if (inner)
            structure_put(g_mime_message_get_mime_part(inner), w, a, depth + 1);
    }
    jw_end(w);
    jw_end(w);
}

void eml_structure_write(str bytes, struct buf *out)
{
    struct arena *a = arena_new("structure");
    GMimeMessage *m = message_parse(bytes);
    struct jw w;

    jw_init(&w, out);
    if (m)
        structure_put(g_mime_message_get_mime_part(m), &w, a, 0);
    else
        jw_null(&w);
    if (m)
        g_object_unref(m);
    arena_free(a);
}
