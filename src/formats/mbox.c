/* formats/mbox.c - mail folders in one file: mboxo, mboxrd and mboxcl, one item a message (and its attachments).
 *
 * A message begins at a line "From somebody <date>" at the start of the file or after an empty line. A Content-Length
 * that leads exactly to the next such line (mboxcl) is believed; ">From " in the text loses one mark (mboxrd). */
#include "formats/eml.h"

const struct format_ops format_mbox;

/* "From ann@example.org Tue Jun 10 21:50:07 2026": a time of day tells it from prose. */
static bool is_separator(str line)
{
    size_t i;

    if (!str_starts(line, STR("From ")) || line.n > 400)
        return false;
    for (i = 5; i + 4 < line.n; i++)
        if (isdigit((unsigned char)line.p[i]) && line.p[i + 1] == ':' && isdigit((unsigned char)line.p[i + 2]) &&
            isdigit((unsigned char)line.p[i + 3]))
            return true;
    return false;
}

static str line_at(str s, size_t at)
{
    str rest = str_from(s, at), line = STR("");

    str_line_next(&rest, &line);
    return line;
}

static int mbox_sniff(const struct format_input *in)
{
    str head = str_sub(in->bytes, 0, 65536), rest = head, line;

    if (!str_starts(head, STR("From ")) || !str_line_next(&rest, &line))
        return 0;
    if (!is_separator(line))
        return eml_sniff_headers(rest) >= 85 ? 80 : 0;
    return eml_sniff_headers(rest) > 0 ? 97 : 40;
}

/* mboxcl: where the header says the body ends, when that is believable. SIZE_MAX when not. */
static size_t length_end(str file, size_t from)
{
    str rest = str_from(file, from), line;
    uint64_t n = 0;
    bool found = false;

    while (str_line_next(&rest, &line) && line.n > 0)
        if (str_starts_nocase(line, STR("Content-Length:")))
            found = str_to_u64(str_trim(str_from(line, 15)), &n);
    if (!found || n > rest.n)
        return SIZE_MAX;
    size_t end = (size_t)(rest.p - file.p) + (size_t)n;
    while (end < file.n && (file.p[end] == '\n' || file.p[end] == '\r'))
        end++;
    return end == file.n || is_separator(line_at(file, end)) ? end : SIZE_MAX;
}

/* The next separator at or after `from`. */
static size_t separator_find(str file, size_t from)
{
    size_t at = from;

    while ((at = str_find(file, STR("\nFrom "), at)) != SIZE_MAX) {
        bool blank = at == 0 || file.p[at - 1] == '\n' || (at > 1 && file.p[at - 1] == '\r' && file.p[at - 2] == '\n');
        if (blank && is_separator(line_at(file, at + 1)))
            return at + 1;
        at++;
    }
    return file.n;
}

/* mboxrd: one ">" fewer before ">From ", ">>From " ... */
static str unquote(struct arena *a, str s)
{
    char *to;
    size_t i = 0, n = 0;

    if (!str_contains(s, STR(">From ")))
        return s;
    to = arena_alloc(a, s.n + 1);
    while (i < s.n) {
        size_t marks = i;
        if (i == 0 || s.p[i - 1] == '\n') {
            while (marks < s.n && s.p[marks] == '>')
                marks++;
            if (marks > i && str_starts(str_from(s, marks), STR("From ")))
                i++;
        }
        do
            to[n++] = s.p[i++];
        while (i < s.n && s.p[i - 1] != '\n');
    }
    return str_n(to, n);
}

static enum err_code mbox_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    str file = in->bytes;
    size_t at = 0, number = 0;

    while (at < file.n) {
        size_t first = str_find_char(file, '\n', at), before = out->items_n, end;
        str place;
        struct err why;

        if (first == SIZE_MAX)
            break;
        number++;
        end = length_end(file, first + 1);
        if (end == SIZE_MAX)
            end = separator_find(file, first);
        place = str_fmt(a, "message %zu", number);
        if (str_trim(str_sub(file, first + 1, end)).n == 0)
            format_problem_add(out, a, place, STR("it is empty"));
        else if (eml_message_read(unquote(a, str_sub(file, first + 1, end)), place, &format_mbox, a, out, &why))
            format_problem_add(out, a, place, str_dup(a, str_of(why.msg)));
        format_items_vet(out, a, before, place);
        if (out->items_n >= FORMAT_ITEMS_MAX) {
            format_problem_add(out, a, place, STR("too many messages in one file: the rest was left out"));
            break;
        }
        at = end;
    }
    if (out->items_n == 0 && out->problems_n == 0)
        return err_set(e, ERR_INVALID, "mail folder: it holds no message");
    return ERR_OK;
}

const struct format_ops format_mbox = {
    .name = "mbox",
    .flags = FORMAT_SANDBOX,
    .sniff = mbox_sniff,
    .parse = mbox_parse,
};
