#include "formats/mime_body.h"

#include "formats/html_text.h"
#include "formats/labelled.h"

enum { PARTS_MAX = 10000, HTML_RICHER = 10, HTML_RICHER_MIN = 400 };

void mime_body_init(struct mime_body *b, struct arena *a)
{
    *b = (struct mime_body){.a = a};
    buf_init_wiped(&b->text, IA_TEXT_MAX);
}

void mime_body_done(struct mime_body *b)
{
    buf_done(&b->text);
}

str mime_text(struct arena *a, const char *cz)
{
    return cz ? text_squeeze(a, str_utf8_repair(a, str_of(cz)), false) : STR("");
}

static int base64_value(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* GMime's decoder drops the last group when its padding is missing; this one keeps every whole byte. */
static str base64_decode(struct arena *a, str s)
{
    char *to = arena_alloc(a, s.n + 1);
    uint32_t bits = 0;
    int held = 0;
    size_t i, n = 0;

    for (i = 0; i < s.n && s.p[i] != '='; i++) {
        int v = base64_value((unsigned char)s.p[i]);
        if (v < 0)
            continue;
        bits = bits << 6 | (uint32_t)v;
        held += 6;
        if (held >= 8) {
            held -= 8;
            to[n++] = (char)(bits >> held & 0xff);
        }
    }
    return str_n(to, n);
}

static str stream_bytes(GMimeStream *mem, struct arena *a)
{
    GByteArray *got = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));

    return got && got->len > 0 ? str_dup(a, str_n((const char *)got->data, got->len)) : STR("");
}

str mime_part_bytes(GMimePart *part, struct arena *a)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *to;
    GMimeStream *raw;
    str out;

    if (!content)
        return STR("");
    to = g_mime_stream_mem_new();
    raw = g_mime_data_wrapper_get_stream(content);
    if (raw && g_mime_data_wrapper_get_encoding(content) == GMIME_CONTENT_ENCODING_BASE64) {
        g_mime_stream_reset(raw);
        g_mime_stream_write_to_stream(raw, to);
        out = base64_decode(a, stream_bytes(to, a));
    } else {
        g_mime_data_wrapper_write_to_stream(content, to);
        out = stream_bytes(to, a);
    }
    g_object_unref(to);
    return out;
}

/* CRLF and CR to LF. */
static str lines_plain(struct arena *a, str s)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t i, n = 0;

    for (i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        to[n++] = s.p[i] == '\r' ? '\n' : s.p[i];
    }
    return str_n(to, n);
}

static size_t quote_depth(str line)
{
    size_t n = 0;

    while (n < line.n && line.p[n] == '>')
        n++;
    return n;
}

/* format=flowed (RFC 3676): a line that ends with a space goes on in the next one of the same quote depth. */
static str unflow(struct arena *a, str s, bool delete_space)
{
    struct buf b;
    str rest = s, line, out;
    size_t last_depth = 0;
    bool open = false;

    buf_init_wiped(&b, s.n + 16);
    while (str_line_next(&rest, &line)) {
        size_t depth = quote_depth(line);
        str words = str_from(line, depth);
        bool sig, flows;

        if (words.n > 0 && words.p[0] == ' ') /* space-stuffed */
            words = str_from(words, 1);
        sig = str_eq(words, STR("-- "));
        flows = !sig && words.n > 0 && words.p[words.n - 1] == ' ';
        if (b.n > 0 && (!open || depth != last_depth || sig))
            buf_char(&b, '\n');
        if (b.n == 0 || !open || depth != last_depth || sig) {
            size_t i;
            for (i = 0; i < depth; i++)
                buf_char(&b, '>');
            if (depth > 0)
                buf_char(&b, ' ');
        }
        buf_str(&b, flows && delete_space ? str_sub(words, 0, words.n - 1) : words);
        open = flows;
        last_depth = depth;
    }
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

static str html_to_text(struct mime_body *b, str html)
{
    struct html_facts facts;
    struct blocks blocks;

    blocks_init(&blocks, b->a);
    if (html_blocks(html, HTML_MAIL, &blocks, &facts, NULL))
        return STR("");
    b->hidden_bytes += facts.hidden_bytes;
    b->too_deep = b->too_deep || facts.cut;
    return blocks_join(&blocks);
}

static const char *content_param(GMimeContentType *ct, const char *name)
{
    const char *v = ct ? g_mime_content_type_get_parameter(ct, name) : NULL;

    return v ? v : "";
}

static str part_text(GMimePart *part, struct mime_body *b)
{
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(part));
    str bytes = mime_part_bytes(part, b->a), label = str_of(content_param(ct, "charset")), text;
    bool html = g_mime_content_type_is_type(ct, "text", "html") ||
                g_mime_content_type_is_type(ct, "text", "enriched") ||
                g_mime_content_type_is_type(ct, "text", "richtext");

    if (html && label.n == 0)
        label = labelled_html(bytes);
    text = labelled_to_utf8(b->a, bytes, label);
    if (html)
        return html_to_text(b, text);
    text = lines_plain(b->a, text);
    if (str_eq_nocase(str_of(content_param(ct, "format")), STR("flowed")))
        text = unflow(b->a, text, str_eq_nocase(str_of(content_param(ct, "delsp")), STR("yes")));
    return text;
}

static void text_add(struct mime_body *b, str text)
{
    text = str_trim_end(text);
    while (text.n > 0 && (text.p[0] == '\n' || text.p[0] == '\r'))
        text = str_from(text, 1);
    if (text.n == 0)
        return;
    if (b->text.n > 0 && b->text.n + 2 <= b->text.max)
        buf_str(&b->text, STR("\n\n"));
    if (text.n > b->text.max - b->text.n) {
        size_t room = b->text.max - b->text.n;
        while (room > 0 && ((unsigned char)text.p[room] & 0xc0) == 0x80) /* not inside a character */
            room--;
        text = str_sub(text, 0, room);
        b->too_long = true;
    }
    buf_str(&b->text, text);
}

static void file_add(GMimePart *part, struct mime_body *b)
{
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(part));
    char *type = g_mime_content_type_get_mime_type(ct);
    struct mime_attachment f = {.name = mime_text(b->a, g_mime_part_get_filename(part)), .type = mime_text(b->a, type)};

    g_free(type);
    f.bytes = mime_part_bytes(part, b->a);
    ARENA_PUSH(b->a, b->files, b->files_n, b->files_cap) = f;
}

static bool is_attached(GMimePart *part)
{
    const char *how = g_mime_object_get_disposition(GMIME_OBJECT(part));

    return how && str_eq_nocase(str_of(how), STR("attachment"));
}

static bool is_signature(GMimeContentType *ct)
{
    return g_mime_content_type_is_type(ct, "application", "pgp-signature") ||
           g_mime_content_type_is_type(ct, "application", "pkcs7-signature") ||
           g_mime_content_type_is_type(ct, "application", "x-pkcs7-signature");
}

static void leaf_read(GMimePart *part, struct mime_body *b)
{
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const char *file = g_mime_part_get_filename(part);

    if (g_mime_content_type_is_type(ct, "text", "calendar")) {
        str text = labelled_to_utf8(b->a, mime_part_bytes(part, b->a), str_of(content_param(ct, "charset")));
        ARENA_PUSH(b->a, b->calendars, b->calendars_n, b->calendars_cap) = text;
    } else if (g_mime_content_type_is_type(ct, "application", "pkcs7-mime") ||
               g_mime_content_type_is_type(ct, "application", "x-pkcs7-mime")) {
        b->encrypted = true;
    } else if (is_signature(ct)) {
        return;
    } else if (g_mime_content_type_is_type(ct, "text", "*") && !is_attached(part) && (!file || !*file)) {
        text_add(b, part_text(part, b));
    } else {
        file_add(part, b);
    }
}

static void any_read(GMimeObject *o, int depth, struct mime_body *b);

static size_t letters(const struct buf *t)
{
    size_t i, n = 0;

    for (i = 0; i < t->n; i++)
        n += isalnum((unsigned char)t->p[i]) || (unsigned char)t->p[i] >= 0x80;
    return n;
}

static bool holds_html(GMimeObject *o)
{
    if (GMIME_IS_MULTIPART(o)) {
        GMimeMultipart *m = GMIME_MULTIPART(o);
        int n = g_mime_multipart_get_count(m);
        return n > 0 && holds_html(g_mime_multipart_get_part(m, 0));
    }
    return g_mime_content_type_is_type(g_mime_object_get_content_type(o), "text", "html");
}

/* The plain form is what the sender's words are; HTML only where there is no plain form, or one that says "your program
 * cannot show this". */
static void alternative_read(GMimeMultipart *m, int depth, struct mime_body *b)
{
    struct buf before = b->text, plain, html;
    int i, n = g_mime_multipart_get_count(m);
    const struct buf *best;

    buf_init_wiped(&plain, IA_TEXT_MAX);
    buf_init_wiped(&html, IA_TEXT_MAX);
    for (i = 0; i < n; i++) {
        GMimeObject *o = g_mime_multipart_get_part(m, i);
        bool is_html = holds_html(o);
        b->text = is_html ? html : plain;
        if (b->text.n == 0 || !is_html)
            any_read(o, depth, b);
        if (is_html)
            html = b->text;
        else
            plain = b->text;
    }
    b->text = before;
    best = letters(&plain) == 0 ? &html : &plain;
    if (letters(&html) > HTML_RICHER_MIN && letters(&plain) * HTML_RICHER < letters(&html))
        best = &html;
    text_add(b, buf_view(best));
    buf_done(&plain);
    buf_done(&html);
}

static void multipart_read(GMimeMultipart *m, int depth, struct mime_body *b)
{
    GMimeContentType *ct = g_mime_object_get_content_type(GMIME_OBJECT(m));
    int i, n = g_mime_multipart_get_count(m);

    if (GMIME_IS_MULTIPART_ENCRYPTED(m)) {
        b->encrypted = true;
        return;
    }
    if (g_mime_content_type_is_type(ct, "multipart", "alternative")) {
        alternative_read(m, depth, b);
        return;
    }
    for (i = 0; i < n; i++)
        any_read(g_mime_multipart_get_part(m, i), depth, b);
}

static void any_read(GMimeObject *o, int depth, struct mime_body *b)
{
    if (!o)
        return;
    if (depth > FORMAT_NEST_MAX) {
        b->too_deep = true;
        return;
    }
    if (++b->parts > PARTS_MAX) {
        b->too_many = true;
        return;
    }
    if (GMIME_IS_MULTIPART(o)) {
        multipart_read(GMIME_MULTIPART(o), depth + 1, b);
    } else if (GMIME_IS_MESSAGE_PART(o)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
        if (inner)
            ARENA_PUSH(b->a, b->messages, b->messages_n, b->messages_cap) = inner;
    } else if (GMIME_IS_PART(o)) {
        leaf_read(GMIME_PART(o), b);
    }
}

void mime_body_read(GMimeObject *root, int depth, struct mime_body *out)
{
    any_read(root, depth, out);
}

/* Behind the headers, without lines that only divide parts. */
static str raw_body(str raw, struct arena *a)
{
    str rest = raw, line, out;
    struct buf b;

    while (str_line_next(&rest, &line) && line.n > 0)
        ;
    buf_init_wiped(&b, rest.n + 16);
    while (str_line_next(&rest, &line)) {
        if (str_starts(line, STR("--")) && line.n > 2 && !isspace((unsigned char)line.p[2]))
            continue;
        buf_str(&b, line);
        buf_char(&b, '\n');
    }
    out = labelled_to_utf8(a, str_dup(a, buf_view(&b)), STR(""));
    buf_done(&b);
    return out;
}

void mime_body_rescue(GMimeObject *root, str raw, struct mime_body *out)
{
    size_t i;

    if (out->text.n > 0 || out->encrypted || out->messages_n > 0)
        return;
    for (i = 0; i < out->files_n; i++)
        if (str_eq_nocase(out->files[i].type, STR("message/delivery-status")))
            text_add(out, lines_plain(out->a, labelled_to_utf8(out->a, out->files[i].bytes, STR(""))));
    if (out->files_n == 0 && GMIME_IS_MULTIPART(root) && out->parts <= 2)
        text_add(out, raw_body(raw, out->a));
}
