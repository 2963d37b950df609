#include "formats/blocks.h"

enum { TITLE_WITHIN = 5, TITLE_BYTES = 300 };

void blocks_init(struct blocks *b, struct arena *a)
{
    *b = (struct blocks){.a = a};
}

void blocks_add(struct blocks *b, enum block_kind kind, bool gap, str text)
{
    text = str_trim(text);
    if (text.n == 0 || b->full)
        return;
    if (b->n >= IA_TURNS_MAX || b->bytes + text.n > IA_TEXT_MAX) {
        b->full = true;
        return;
    }
    b->bytes += text.n;
    ARENA_PUSH(b->a, b->at, b->n, b->cap) = (struct block){kind, gap, str_dup(b->a, text)};
}

str blocks_join(const struct blocks *b)
{
    struct buf out;
    str joined;
    size_t i;

    buf_init_wiped(&out, b->bytes + b->n * 2 + 16);
    for (i = 0; i < b->n; i++) {
        if (i > 0)
            buf_str(&out, b->at[i].gap ? STR("\n\n") : STR("\n"));
        buf_str(&out, b->at[i].text);
    }
    joined = str_dup(b->a, buf_view(&out));
    buf_done(&out);
    return joined;
}

void blocks_to_turns(const struct blocks *b, struct format_result *r, struct interaction *ia)
{
    size_t i;

    ia->turns = ARENA_ARRAY(b->a, struct ia_turn, b->n);
    ia->turns_n = b->n;
    for (i = 0; i < b->n; i++)
        ia->turns[i] = (struct ia_turn){.start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE, .text = b->at[i].text};
    if (b->full)
        format_problem_add(r, b->a, str_fmt(b->a, "block %zu", b->n + 1),
                           STR("the document is too long: what follows was left out"));
}

str blocks_title(const struct blocks *b)
{
    size_t i;

    for (i = 0; i < b->n && i < TITLE_WITHIN; i++)
        if (b->at[i].kind == BLOCK_HEADING && b->at[i].text.n <= TITLE_BYTES)
            return text_squeeze(b->a, b->at[i].text, false);
    return STR_NULL;
}

/* Length of a white-space character at p, 0 when there is none; zero-width ones count as nothing at all. */
static size_t space_len(const char *p, size_t n, bool *zero_width)
{
    *zero_width = false;
    if (isspace((unsigned char)p[0]))
        return 1;
    if (n >= 2 && memcmp(p, "\xc2\xa0", 2) == 0)
        return 2;
    if (n >= 3 && (memcmp(p, "\xe2\x80\x8b", 3) == 0 || memcmp(p, "\xef\xbb\xbf", 3) == 0)) {
        *zero_width = true;
        return 3;
    }
    return 0;
}

str text_squeeze(struct arena *a, str s, bool keep_lines)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t i = 0, n = 0;

    while (i < s.n) {
        bool zero_width, line = false, space = false;
        size_t len;

        while (i < s.n && (len = space_len(s.p + i, s.n - i, &zero_width)) > 0) {
            line = line || (keep_lines && s.p[i] == '\n');
            space = space || !zero_width;
            i += len;
        }
        if (line)
            to[n++] = '\n';
        else if (space && n > 0 && i < s.n)
            to[n++] = ' ';
        while (i < s.n && space_len(s.p + i, s.n - i, &zero_width) == 0)
            to[n++] = s.p[i++];
    }
    return str_trim(str_n(to, n));
}
