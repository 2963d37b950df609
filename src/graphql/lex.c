#include "graphql/lex.h"

void gql_lexer_init(struct gql_lexer *lx, str source, size_t tokens_max, struct arena *a, struct gql_errors *es)
{
    *lx = (struct gql_lexer){.src = source, .line = 1, .column = 1, .count_max = tokens_max, .a = a, .es = es};
    if (str_starts(source, STR("\xEF\xBB\xBF")))
        lx->at = lx->line_start = lx->mark = 3;
}

/* Counted on from the place asked for last: a long line is walked once. */
static struct gql_loc loc_of(struct gql_lexer *lx, size_t at)
{
    if (at < lx->mark || lx->mark < lx->line_start) {
        lx->mark = lx->line_start;
        lx->column = 1;
    }
    for (; lx->mark < at; lx->mark++)
        lx->column += ((unsigned char)lx->src.p[lx->mark] & 0xC0) != 0x80; /* characters, not bytes */
    return (struct gql_loc){lx->line, lx->column};
}

static int peek(const struct gql_lexer *lx, size_t ahead)
{
    return lx->at + ahead < lx->src.n ? (unsigned char)lx->src.p[lx->at + ahead] : -1;
}

static void line_end(struct gql_lexer *lx)
{
    lx->at += peek(lx, 0) == '\r' && peek(lx, 1) == '\n' ? 2 : 1;
    lx->line++;
    lx->line_start = lx->at;
}

static void ignored_skip(struct gql_lexer *lx)
{
    for (;;) {
        int c = peek(lx, 0);
        if (c == '\n' || c == '\r')
            line_end(lx);
        else if (c == ' ' || c == '\t' || c == ',')
            lx->at++;
        else if (c == '#')
            while ((c = peek(lx, 0)) >= 0 && c != '\n' && c != '\r')
                lx->at++;
        else
            return;
    }
}

static bool name_start(int c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool digit(int c)
{
    return c >= '0' && c <= '9';
}

static void bad(struct gql_lexer *lx, struct gql_token *out, size_t at, const char *why)
{
    gql_error_add(lx->es, GQL_CODE_PARSE, loc_of(lx, at), "Syntax Error: %s", why);
    out->kind = GQL_TOK_BAD;
}

static void name_read(struct gql_lexer *lx, struct gql_token *out)
{
    size_t from = lx->at;

    while (name_start(peek(lx, 0)) || digit(peek(lx, 0)))
        lx->at++;
    out->kind = GQL_TOK_NAME;
    out->text = str_sub(lx->src, from, lx->at);
}

/* At least one digit. */
static bool digits_read(struct gql_lexer *lx)
{
    if (!digit(peek(lx, 0)))
        return false;
    while (digit(peek(lx, 0)))
        lx->at++;
    return true;
}

static void number_read(struct gql_lexer *lx, struct gql_token *out)
{
    size_t from = lx->at;
    bool ok = true, real = false;

    lx->at += peek(lx, 0) == '-';
    if (peek(lx, 0) == '0')
        lx->at++;
    else
        ok = digits_read(lx);
    if (ok && peek(lx, 0) == '.') {
        lx->at++;
        real = true;
        ok = digits_read(lx);
    }
    if (ok && (peek(lx, 0) == 'e' || peek(lx, 0) == 'E')) {
        lx->at++;
        real = true;
        lx->at += peek(lx, 0) == '+' || peek(lx, 0) == '-';
        ok = digits_read(lx);
    }
    if (!ok || digit(peek(lx, 0)) || peek(lx, 0) == '.' || name_start(peek(lx, 0))) {
        bad(lx, out, lx->at, "this is no number.");
        return;
    }
    out->kind = real ? GQL_TOK_FLOAT : GQL_TOK_INT;
    out->text = str_sub(lx->src, from, lx->at);
}

static int hex(int c)
{
    if (digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void utf8_put(struct buf *b, uint32_t c)
{
    char u[4];
    size_t n = 0;

    if (c < 0x80) {
        u[n++] = (char)c;
    } else if (c < 0x800) {
        u[n++] = (char)(0xC0 | c >> 6);
        u[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        u[n++] = (char)(0xE0 | c >> 12);
        u[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        u[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        u[n++] = (char)(0xF0 | c >> 18);
        u[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        u[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        u[n++] = (char)(0x80 | (c & 0x3F));
    }
    buf_put(b, u, n);
}

/* Behind \u: four digits, or any number of them in braces. -1: neither. */
static int64_t unicode_read(struct gql_lexer *lx)
{
    int64_t c = 0;
    bool braces = peek(lx, 0) == '{';
    int n = 0;

    lx->at += braces;
    while (hex(peek(lx, 0)) >= 0 && (braces ? c <= 0x10FFFF : n < 4)) {
        c = c * 16 + hex(peek(lx, 0));
        lx->at++;
        n++;
    }
    if (!braces)
        return n == 4 ? c : -1;
    if (!n || peek(lx, 0) != '}' || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return -1;
    lx->at++;
    return c;
}

static bool escape_read(struct gql_lexer *lx, struct buf *b)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(lx, 1);
    const char *known = c > 0 ? strchr(from, c) : NULL;
    int64_t u, low;

    lx->at += 2;
    if (known) {
        buf_char(b, to[known - from]);
        return true;
    }
    if (c != 'u' || (u = unicode_read(lx)) < 0)
        return false;
    if (u >= 0xD800 && u < 0xDC00) { /* the first half of a pair */
        if (peek(lx, 0) != '\\' || peek(lx, 1) != 'u' || peek(lx, 2) == '{')
            return false;
        lx->at += 2;
        low = unicode_read(lx);
        if (low < 0xDC00 || low >= 0xE000)
            return false;
        u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
    } else if (u >= 0xDC00 && u < 0xE000) {
        return false;
    }
    utf8_put(b, (uint32_t)u);
    return true;
}

static void string_read(struct gql_lexer *lx, struct gql_token *out)
{
    struct buf b;
    int c;

    buf_init_wiped(&b, lx->src.n + 16);
    lx->at++;
    while ((c = peek(lx, 0)) != '"') {
        size_t at = lx->at;
        if (c < 0 || c == '\n' || c == '\r') {
            bad(lx, out, at, "the string has no end.");
            break;
        }
        if (c != '\\') {
            buf_char(&b, (char)c);
            lx->at++;
        } else if (!escape_read(lx, &b)) {
            bad(lx, out, at, "unknown escape in a string.");
            break;
        }
        if (c < ' ' && c != '\t') {
            bad(lx, out, at, "control character in a string.");
            break;
        }
    }
    if (out->kind != GQL_TOK_BAD) {
        lx->at++;
        out->kind = GQL_TOK_STRING;
        out->text = str_dup(lx->a, buf_view(&b));
    }
    buf_done(&b);
}

static bool blank(str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != ' ' && line.p[i] != '\t')
            return false;
    return true;
}

static size_t indent_of(str line)
{
    size_t n = 0;

    while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
        n++;
    return n;
}

/* BlockStringValue() of the specification: the common indent and blank lines at both ends go. */
static str block_value(struct arena *a, str raw)
{
    str *line = NULL, rest = raw, one;
    size_t n = 0, cap = 0, first = 0, common = SIZE_MAX;

    while (str_line_next(&rest, &one))
        ARENA_PUSH(a, line, n, cap) = one;
    for (size_t i = 1; i < n; i++)
        if (!blank(line[i]) && indent_of(line[i]) < common)
            common = indent_of(line[i]);
    for (size_t i = 1; i < n && common != SIZE_MAX; i++)
        line[i] = str_from(line[i], common);
    while (first < n && blank(line[first]))
        first++;
    while (n > first && blank(line[n - 1]))
        n--;
    return n > first ? str_join(a, line + first, n - first, STR("\n")) : STR("");
}

static void block_read(struct gql_lexer *lx, struct gql_token *out)
{
    struct buf b;
    int c;

    buf_init_wiped(&b, lx->src.n + 16);
    lx->at += 3;
    while (!str_starts(str_from(lx->src, lx->at), STR("\"\"\""))) {
        size_t at = lx->at;
        c = peek(lx, 0);
        if (c < 0 || (c < ' ' && c != '\t' && c != '\n' && c != '\r')) {
            bad(lx, out, at, c < 0 ? "the block string has no end." : "control character in a string.");
            break;
        }
        if (str_starts(str_from(lx->src, at), STR("\\\"\"\""))) {
            buf_str(&b, STR("\"\"\""));
            lx->at += 4;
        } else if (c == '\n' || c == '\r') {
            line_end(lx);
            buf_char(&b, '\n');
        } else {
            buf_char(&b, (char)c);
            lx->at++;
        }
    }
    if (out->kind != GQL_TOK_BAD) {
        lx->at += 3;
        out->kind = GQL_TOK_STRING;
        out->text = block_value(lx->a, str_dup(lx->a, buf_view(&b)));
    }
    buf_done(&b);
}

static void token_read(struct gql_lexer *lx, struct gql_token *out)
{
    int c = peek(lx, 0);

    if (c < 0) {
        out->kind = GQL_TOK_END;
    } else if (name_start(c)) {
        name_read(lx, out);
    } else if (digit(c) || c == '-') {
        number_read(lx, out);
    } else if (c == '"') {
        if (peek(lx, 1) == '"' && peek(lx, 2) == '"')
            block_read(lx, out);
        else
            string_read(lx, out);
    } else if (c == '.' && peek(lx, 1) == '.' && peek(lx, 2) == '.') {
        out->kind = GQL_TOK_PUNCT;
        out->punct = '.';
        lx->at += 3;
    } else if (c && strchr("!$&():=@[]{|}", c)) {
        out->kind = GQL_TOK_PUNCT;
        out->punct = (char)c;
        lx->at++;
    } else {
        bad(lx, out, lx->at, "unexpected character.");
    }
}

void gql_lex_next(struct gql_lexer *lx, struct gql_token *out)
{
    *out = (struct gql_token){.kind = GQL_TOK_BAD};
    if (lx->count == SIZE_MAX)
        return;
    ignored_skip(lx);
    out->kind = GQL_TOK_END;
    out->at = loc_of(lx, lx->at);
    token_read(lx, out);
    if (out->kind == GQL_TOK_BAD)
        lx->count = SIZE_MAX;
    if (out->kind == GQL_TOK_END || out->kind == GQL_TOK_BAD || ++lx->count <= lx->count_max || !lx->count_max)
        return;
    gql_error_add(lx->es, GQL_CODE_LIMIT, out->at, "The document has more than %zu tokens.", lx->count_max);
    out->kind = GQL_TOK_BAD;
    lx->count = SIZE_MAX;
}
