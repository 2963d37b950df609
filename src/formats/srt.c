/* formats/srt.c - SubRip (SRT) and YouTube's SBV, read leniently: players do, and files in the wild need it.
 *
 * SRT: an optional number, a time line with "-->", words until the next block. Fractions follow a comma or a dot and may
 * have any number of digits or be missing; what follows the end time (coordinates) is ignored. A WebVTT file that lost its
 * first line is read here too. SBV: "0:00:00.378,0:00:11.378", then words. */
#include "formats/charset.h"
#include "formats/cues.h"
#include "formats/magic.h"
#include "formats/talk.h"

extern const struct format_ops format_srt;

/* "start --> end ..." */
static bool srt_times(str line, int64_t *start, int64_t *end)
{
    size_t arrow = str_find(line, STR("-->"), 0), n;

    if (arrow == SIZE_MAX)
        return false;
    if (!talk_time_parse(str_trim(str_sub(line, 0, arrow)), start))
        return false;
    return talk_time_prefix(str_trim(str_from(line, arrow + 3)), end, &n);
}

/* "start,end", both with hours and a dot */
static bool sbv_times(str line, int64_t *start, int64_t *end)
{
    str rest, first = str_cut(str_trim(line), ',', &rest);

    return str_find_char(first, '.', 0) != SIZE_MAX && talk_time_parse(first, start) && talk_time_parse(rest, end);
}

static bool times_read(str line, int64_t *start, int64_t *end)
{
    return srt_times(line, start, end) || sbv_times(line, start, end);
}

static bool number_is(str line)
{
    str s = str_trim(line);

    for (size_t i = 0; i < s.n; i++) {
        if (!isdigit((unsigned char)s.p[i]))
            return false;
    }
    return s.n > 0;
}

static bool blank(str s)
{
    return str_trim(s).n == 0;
}

/* Does a block begin at i: a time line, or a number with a time line after it? */
static bool block_begins(const struct talk_lines *l, size_t i)
{
    int64_t x, y;

    if (i >= l->n)
        return false;
    if (times_read(l->line[i], &x, &y))
        return true;
    return number_is(l->line[i]) && i + 1 < l->n && times_read(l->line[i + 1], &x, &y);
}

/* Coordinates of Advanced SubStation inside braces, {\an8}, say where to draw. */
static str overrides_drop(str s, struct arena *a)
{
    char *p;
    size_t n = 0;

    if (!str_contains(s, STR("{\\")))
        return s;
    p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        size_t end = s.p[i] == '{' && i + 1 < s.n && s.p[i + 1] == '\\' ? str_find_char(s, '}', i) : SIZE_MAX;

        if (end != SIZE_MAX)
            i = end;
        else
            p[n++] = s.p[i];
    }
    return str_n(p, n);
}

/* The lines [from, to) as one text with LF between, empty lines at the ends left out. */
static str lines_join(const struct talk_lines *l, size_t from, size_t to, struct arena *a)
{
    while (to > from && blank(l->line[to - 1]))
        to--;
    while (from < to && blank(l->line[from]))
        from++;
    return overrides_drop(str_join(a, l->line + from, to - from, STR("\n")), a);
}

/* Text of a cue ends before the next block. After an empty line, a lone number (or an arrow) without a time is the head
 * of a block that lost its time line. */
static size_t text_end(const struct talk_lines *l, size_t i)
{
    while (i < l->n) {
        bool fresh = blank(l->line[i - 1]);

        if (block_begins(l, i) && (fresh || !number_is(l->line[i])))
            return i;
        if (block_begins(l, i) && number_is(l->line[i]))
            return i;
        if (fresh && number_is(l->line[i]) && i + 1 < l->n && !blank(l->line[i + 1]))
            return i;
        i++;
    }
    return i;
}

struct srt {
    struct vtt_cue *cues;
    size_t n, cap;
};

static void lost_report(const struct talk_lines *l, size_t from, size_t to, struct format_result *out, struct arena *a)
{
    while (from < to && blank(l->line[from]))
        from++;
    if (from < to)
        format_problem_add(out, a, str_fmt(a, "line %zu", from + 1),
                           STR("words without a time line that can be read were left out"));
}

static void srt_read(const struct talk_lines *l, struct srt *s, struct format_result *out, struct arena *a)
{
    size_t i = 0;

    while (i < l->n) {
        size_t from = i, end;
        struct vtt_cue c = {0};

        while (i < l->n && !block_begins(l, i) && (i == from || !(number_is(l->line[i]) && blank(l->line[i - 1]))))
            i++;
        lost_report(l, from, i, out, a);
        if (!block_begins(l, i))
            continue; /* a number without a time: its words are the next stretch to report */
        if (number_is(l->line[i]))
            c.id = str_trim(l->line[i++]);
        c.line = i + 1;
        (void)times_read(l->line[i], &c.start_ms, &c.end_ms);
        end = text_end(l, i + 1);
        c.text = lines_join(l, i + 1, end, a);
        ARENA_PUSH(a, s->cues, s->n, s->cap) = c;
        i = end;
    }
}

static int srt_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH];
    str rest = charset_head(in->bytes, scratch), line;
    int64_t x, y;
    bool named = str_ends_nocase(in->name, STR(".srt")) || str_ends_nocase(in->name, STR(".sbv"));

    if (magic_not_text(in->bytes))
        return 0;
    for (int n = 0; n < 8 && str_line_next(&rest, &line);) {
        if (blank(line))
            continue;
        if (times_read(line, &x, &y))
            return n <= 1 ? 90 : 60;
        if (n == 0 && !number_is(line))
            break;
        n++;
    }
    return named ? 10 : 0;
}

static enum err_code srt_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct interaction *ia;
    struct srt s = {0};
    struct talk_lines l;
    enum err_code rc;
    str text;

    rc = charset_open(in->bytes, a, &text, e);
    if (rc)
        return rc;
    l = talk_lines_split(text, a);
    srt_read(&l, &s, out, a);
    if (s.n == 0)
        return out->problems_n ? ERR_OK
                               : err_set(e, ERR_INVALID, "line 1: no time line like 00:00:01,000 --> 00:00:02,000");
    ia = format_item_add(out, a, &format_srt, IA_CALL);
    rc = cues_to_turns(s.cues, s.n, a, ia, e);
    talk_name_fill(ia, in->name, a);
    return rc;
}

const struct format_ops format_srt = {
    .name = "srt",
    .sniff = srt_sniff,
    .parse = srt_parse,
};
