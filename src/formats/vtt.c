/* formats/vtt.c - the WebVTT file parser, step by step as the standard has it, and the cue text tokenizer.
 *
 * The row itself is at the end; what it makes of the cues is in cues.c. */
#include "formats/vtt.h"

#include "formats/charset.h"
#include "formats/cues.h"
#include "formats/magic.h"
#include "formats/talk.h"

extern const struct format_ops format_vtt;

/* --- times --- */

static size_t digits(str s, size_t *at, int64_t *out)
{
    size_t from = *at;

    *out = 0;
    while (*at < s.n && isdigit((unsigned char)s.p[*at])) {
        if (*out < 1000000000)
            *out = *out * 10 + (s.p[*at] - '0');
        ++*at;
    }
    return *at - from;
}

static bool expect(str s, size_t *at, char c)
{
    if (*at >= s.n || s.p[*at] != c)
        return false;
    ++*at;
    return true;
}

static int64_t time_join(int64_t h, int64_t m, int64_t s, int64_t ms)
{
    int64_t all = ((h * 60 + m) * 60 + s) * 1000 + ms;

    return all > 100000000000 ? 100000000000 : all; /* three years; nobody means more */
}

/* "collect a WebVTT timestamp" */
static bool time_strict(str s, size_t *at, int64_t *out_ms)
{
    int64_t v1, v2, v3, v4;
    size_t n = digits(s, at, &v1);
    bool hours = n != 2 || v1 > 59;

    if (n == 0 || !expect(s, at, ':') || digits(s, at, &v2) != 2)
        return false;
    if (hours || (*at < s.n && s.p[*at] == ':')) {
        if (!expect(s, at, ':') || digits(s, at, &v3) != 2)
            return false;
    } else {
        v3 = v2;
        v2 = v1;
        v1 = 0;
    }
    if (!expect(s, at, '.') || digits(s, at, &v4) != 3 || v2 > 59 || v3 > 59)
        return false;
    *out_ms = time_join(v1, v2, v3, v4);
    return true;
}

/* Microsoft Graph: H:M:S.f, one or more digits each, perhaps with a minus sign. */
static bool time_loose(str s, size_t *at, int64_t *out_ms)
{
    int64_t h, m, sec, frac = 0;
    size_t n;
    bool minus = expect(s, at, '-');

    if (digits(s, at, &h) == 0 || !expect(s, at, ':'))
        return false;
    n = digits(s, at, &m);
    if (n < 1 || n > 2 || m > 59 || !expect(s, at, ':'))
        return false;
    n = digits(s, at, &sec);
    if (n < 1 || n > 2 || sec > 59)
        return false;
    if (expect(s, at, '.')) {
        n = digits(s, at, &frac);
        if (n == 0 || n > 7)
            return false;
        for (; n < 3; n++)
            frac *= 10;
        for (; n > 3; n--)
            frac /= 10;
    }
    *out_ms = minus ? 0 : time_join(h, m, sec, frac);
    return true;
}

static bool space_is(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\n' || c == '\r';
}

static void spaces_skip(str s, size_t *at)
{
    while (*at < s.n && space_is(s.p[*at]))
        ++*at;
}

/* "collect WebVTT cue timings and settings"; settings say how to draw a cue and are not kept */
static bool timings_read(str line, unsigned flags, struct vtt_cue *cue)
{
    bool (*time)(str, size_t *, int64_t *) = flags & VTT_LOOSE_TIMES ? time_loose : time_strict;
    size_t at = 0;

    spaces_skip(line, &at);
    if (!time(line, &at, &cue->start_ms))
        return false;
    spaces_skip(line, &at);
    if (!str_starts(str_from(line, at), STR("-->")))
        return false;
    at += 3;
    spaces_skip(line, &at);
    return time(line, &at, &cue->end_ms);
}

static bool has_arrow(str line)
{
    return str_contains(line, STR("-->"));
}

bool vtt_is_loose(str text)
{
    str rest = text, line;
    struct vtt_cue cue;

    while (str_line_next(&rest, &line)) {
        if (has_arrow(line) && !timings_read(line, 0, &cue) && timings_read(line, VTT_LOOSE_TIMES, &cue))
            return true;
    }
    return false;
}

/* --- the file --- */

struct reader {
    str text;
    size_t at;
    size_t line; /* of the line that begins at `at` */
    unsigned flags;
    struct arena *a;
    struct vtt_file *out;
};

/* The line at r->at; *next is where the one after it begins, *eof is set when there is none. */
static str line_get(const struct reader *r, size_t *next, bool *eof)
{
    size_t end = r->at;

    while (end < r->text.n && r->text.p[end] != '\n' && r->text.p[end] != '\r')
        end++;
    *next = end;
    *eof = end >= r->text.n;
    if (!*eof)
        *next = end + (r->text.p[end] == '\r' && end + 1 < r->text.n && r->text.p[end + 1] == '\n' ? 2 : 1);
    return str_sub(r->text, r->at, end);
}

struct block {
    size_t begin, end; /* of the buffer, in the text */
    bool any;
};

static void block_line_add(struct block *b, str line, const char *base)
{
    size_t at = (size_t)(line.p - base);

    if (!b->any)
        b->begin = at;
    b->end = at + line.n;
    b->any = true;
}

/* The lines of a buffer stand next to each other in the text; only their breaks have to become LF. */
static str block_text(const struct reader *r, const struct block *b)
{
    str raw = b->any ? str_sub(r->text, b->begin, b->end) : STR_NULL;
    char *p;
    size_t n = 0;

    if (str_find_char(raw, '\r', 0) == SIZE_MAX)
        return raw;
    p = arena_alloc(r->a, raw.n);
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] == '\r') {
            p[n++] = '\n';
            i += i + 1 < raw.n && raw.p[i + 1] == '\n';
        } else {
            p[n++] = raw.p[i];
        }
    }
    return str_n(p, n);
}

/* "collect a WebVTT block": one cue, or a block that is none. */
static void block_read(struct reader *r, bool in_header)
{
    struct block buffer = {0};
    struct vtt_cue cue = {0};
    bool seen_arrow = false, have_cue = false, bad_time = false, eof = false;
    size_t next, first_line = r->line;
    int count = 0;

    while (!eof) {
        str line = line_get(r, &next, &eof);

        count++;
        if (has_arrow(line)) {
            if (in_header || !(count == 1 || (count == 2 && !seen_arrow)))
                break; /* this line begins the next block */
            seen_arrow = true;
            cue = (struct vtt_cue){.id = block_text(r, &buffer), .line = r->line};
            have_cue = timings_read(line, r->flags, &cue);
            bad_time = !have_cue;
            if (have_cue)
                buffer = (struct block){0};
        } else if (line.n == 0) {
            r->at = next;
            r->line++;
            break;
        } else {
            block_line_add(&buffer, line, r->text.p);
        }
        r->at = next;
        r->line++;
    }
    if (have_cue) {
        cue.text = block_text(r, &buffer);
        ARENA_PUSH(r->a, r->out->cues, r->out->cues_n, r->out->cues_cap) = cue;
    } else if (buffer.any || bad_time) {
        ARENA_PUSH(r->a, r->out->blocks, r->out->blocks_n, r->out->blocks_cap) =
            (struct vtt_block){.text = block_text(r, &buffer), .line = first_line, .bad_time = bad_time};
    }
}

static void empty_lines_skip(struct reader *r)
{
    while (r->at < r->text.n && (r->text.p[r->at] == '\n' || r->text.p[r->at] == '\r')) {
        r->at += r->text.p[r->at] == '\r' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '\n' ? 2 : 1;
        r->line++;
    }
}

enum err_code vtt_read(str text, unsigned flags, struct arena *a, struct vtt_file *out, struct err *e)
{
    struct reader r = {.text = text, .line = 1, .flags = flags, .a = a, .out = out};
    size_t next;
    bool eof;
    str line;

    *out = (struct vtt_file){0};
    line = line_get(&r, &next, &eof);
    if (!str_starts(line, STR("WEBVTT")) || (line.n > 6 && line.p[6] != ' ' && line.p[6] != '\t'))
        return err_set(e, ERR_INVALID, "line 1: does not begin with WEBVTT");
    out->header = str_trim(str_from(line, 6));
    r.at = next;
    r.line = 2;
    if (r.at >= text.n)
        return ERR_OK;
    if (text.p[r.at] != '\n' && text.p[r.at] != '\r')
        block_read(&r, true);
    empty_lines_skip(&r);
    while (r.at < text.n) {
        block_read(&r, false);
        empty_lines_skip(&r);
    }
    return ERR_OK;
}

/* --- cue text --- */

/* A tag runs to the next '>' or to the end. */
static size_t tag_end(str s, size_t at)
{
    size_t end = str_find_char(s, '>', at);

    return end == SIZE_MAX ? s.n : end;
}

str vtt_plain(str cue_text, struct arena *a)
{
    char *p;
    size_t n = 0;

    if (str_find_char(cue_text, '<', 0) == SIZE_MAX)
        return charset_entities_decode(cue_text, a);
    p = arena_alloc(a, cue_text.n + 1);
    for (size_t i = 0; i < cue_text.n; i++) {
        if (cue_text.p[i] == '<')
            i = tag_end(cue_text, i);
        else
            p[n++] = cue_text.p[i];
    }
    return charset_entities_decode(str_n(p, n), a);
}

static str spaces_collapse(str s, struct arena *a)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;

    s = str_trim(s);
    for (size_t i = 0; i < s.n; i++) {
        if (!space_is(s.p[i]))
            p[n++] = s.p[i];
        else if (n > 0 && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    return str_n(p, n);
}

/* `tag` is what stands between < and >. True for <v>, <v.loud Name>; *out_voice is the annotation. */
static bool voice_open(str tag, struct arena *a, str *out_voice)
{
    size_t i = 1;

    if (tag.n == 0 || tag.p[0] != 'v' || (tag.n > 1 && tag.p[1] != '.' && !space_is(tag.p[1])))
        return false;
    while (i < tag.n && !space_is(tag.p[i])) /* classes */
        i++;
    *out_voice = spaces_collapse(charset_entities_decode(str_from(tag, i), a), a);
    return true;
}

size_t vtt_voices(str s, struct arena *a, struct vtt_span **out)
{
    struct vtt_span *spans = NULL;
    size_t n = 0, cap = 0, from = 0, i = 0;
    str voice = STR_NULL, next;

    while (i <= s.n) {
        size_t end = i < s.n && s.p[i] == '<' ? tag_end(s, i) : i;
        str tag = end > i ? str_sub(s, i + 1, end) : STR_NULL, text;
        bool change = i == s.n;

        next = voice;
        if (tag.n > 0 && str_eq(tag, STR("/v"))) {
            next = STR_NULL;
            change = true;
        } else if (tag.n > 0 && voice_open(tag, a, &next)) {
            change = true;
        }
        if (change) {
            text = vtt_plain(str_sub(s, from, i), a);
            if (str_trim(text).n > 0)
                ARENA_PUSH(a, spans, n, cap) = (struct vtt_span){.voice = voice, .text = text};
            voice = next;
            from = end + 1;
        }
        i = end + 1;
    }
    *out = spans;
    return n;
}

/* --- the row --- */

static int vtt_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH];
    str head = charset_head(in->bytes, scratch);

    bool named = str_ends_nocase(in->name, STR(".vtt"));

    if (!str_starts(head, STR("WEBVTT")))
        return named && !magic_not_text(in->bytes) ? 10 : 0; /* a broken one is refused as such, not kept as a note */
    return head.n == 6 || isspace((unsigned char)head.p[6]) ? 100 : named ? 90 : 0;
}

/* What the standard drops is not dropped silently. */
static void blocks_report(const struct vtt_file *f, struct format_result *out, struct arena *a)
{
    for (size_t i = 0; i < f->blocks_n; i++) {
        const struct vtt_block *b = &f->blocks[i];
        str word = str_sub(b->text, 0, 6);

        if (b->bad_time)
            format_problem_add(out, a, str_fmt(a, "line %zu", b->line),
                               STR("the time line of this cue cannot be read; the cue was left out"));
        else if (i > 0 || b->line > 2) {
            if (str_starts(word, STR("NOTE")) || str_starts(word, STR("STYLE")) || str_starts(word, STR("REGION")))
                continue;
            format_problem_add(out, a, str_fmt(a, "line %zu", b->line), STR("words without a time line were left out"));
        }
    }
}

/* "key: value" of a header line or a NOTE: title, language, duration, date. */
static void note_read(str text, struct interaction *ia, struct arena *a)
{
    str rest = text, line;

    while (str_line_next(&rest, &line)) {
        str value, key = str_trim(str_cut(line, ':', &value));
        int64_t ms;
        int offset;
        size_t at, n;

        if (str_starts(key, STR("NOTE")))
            key = str_trim(str_from(key, 4));
        value = str_trim(value);
        if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
            value = str_sub(value, 1, value.n - 1);
        if (str_eq_nocase(key, STR("title")) && ia->title.n == 0)
            ia->title = value;
        else if (str_eq_nocase(key, STR("language")) && ia->language.n == 0)
            ia->language = talk_language(value, a);
        else if (str_eq_nocase(key, STR("duration")) && talk_time_parse(value, &ms))
            ia->duration_ms = ms;
        else if ((str_eq_nocase(key, STR("date")) || str_eq_nocase(key, STR("recorded"))) &&
                 talk_date_find(value, &ms, &offset, &at, &n) && ia->started_at_ms == CLOCK_NONE) {
            ia->started_at_ms = ms;
            ia->started_offset_min = offset;
        }
    }
}

static void head_read(const struct vtt_file *f, struct interaction *ia, struct arena *a)
{
    str title = f->header;

    while (title.n > 0 && (title.p[0] == '-' || title.p[0] == ' ' || title.p[0] == ':'))
        title = str_from(title, 1);
    if (title.n > 0 && !str_starts_nocase(title, STR("Kind")) && !str_starts_nocase(title, STR("Language")))
        ia->title = title;
    for (size_t i = 0; i < f->blocks_n; i++) {
        const struct vtt_block *b = &f->blocks[i];

        if ((i == 0 && b->line == 2) || str_starts(b->text, STR("NOTE")))
            note_read(b->text, ia, a);
    }
}

static enum err_code vtt_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct interaction *ia;
    struct vtt_file f;
    enum err_code rc;
    str text;

    rc = charset_open(in->bytes, a, &text, e);
    if (rc)
        return rc;
    rc = vtt_read(text, vtt_is_loose(text) ? VTT_LOOSE_TIMES : 0, a, &f, e);
    if (rc)
        return rc;
    blocks_report(&f, out, a);
    if (f.cues_n == 0) {
        if (out->problems_n > 0)
            return ERR_OK; /* format_parse makes the first problem the error */
        return err_set(e, ERR_INVALID, "line 1: a WebVTT file without a single cue");
    }
    ia = format_item_add(out, a, &format_vtt, IA_CALL);
    head_read(&f, ia, a);
    rc = cues_to_turns(f.cues, f.cues_n, a, ia, e);
    talk_name_fill(ia, in->name, a);
    return rc;
}

const struct format_ops format_vtt = {
    .name = "vtt",
    .sniff = vtt_sniff,
    .parse = vtt_parse,
};
