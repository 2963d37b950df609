#include "formats/csv_read.h"

/* A quoted field; doubled quotes are one. False when the closing quote never comes. */
static bool quoted_read(struct csv_reader *r, str *out)
{
    size_t from = ++r->at, n = 0;
    bool doubled = false;
    char *p;

    for (; r->at < r->text.n; r->at++) {
        char c = r->text.p[r->at];

        if (c == '\n')
            r->line++;
        if (c != '"')
            continue;
        if (r->at + 1 >= r->text.n || r->text.p[r->at + 1] != '"')
            break;
        doubled = true;
        r->at++;
    }
    if (r->at >= r->text.n)
        return false;
    *out = str_sub(r->text, from, r->at);
    r->at++;
    if (doubled) {
        p = arena_alloc(r->a, out->n);
        for (size_t i = 0; i < out->n; i++) {
            p[n++] = out->p[i];
            i += out->p[i] == '"';
        }
        *out = str_n(p, n);
    }
    return true;
}

static bool at_end_of_record(const struct csv_reader *r)
{
    return r->at >= r->text.n || r->text.p[r->at] == '\n' || r->text.p[r->at] == '\r';
}

static void plain_read(struct csv_reader *r, str *out)
{
    size_t from = r->at;

    while (!at_end_of_record(r) && r->text.p[r->at] != r->sep)
        r->at++;
    *out = str_sub(r->text, from, r->at);
}

bool csv_record_read(struct csv_reader *r, struct csv_record *rec, enum err_code *rc, struct err *e)
{
    *rc = ERR_OK;
    rec->n = 0;
    rec->line = r->line;
    if (r->at >= r->text.n)
        return false;
    for (;;) {
        str field, rest;

        if (r->at < r->text.n && r->text.p[r->at] == '"') {
            if (!quoted_read(r, &field)) {
                *rc = err_set(e, ERR_INVALID, "line %zu: a quoted field is never closed", rec->line);
                return true;
            }
            plain_read(r, &rest); /* stray characters after the quote belong to the field */
            if (str_trim(rest).n > 0)
                field = str_fmt(r->a, "%.*s%.*s", STR_ARG(field), STR_ARG(rest));
        } else {
            plain_read(r, &field);
        }
        if (rec->n >= CSV_COLUMNS_MAX) {
            *rc = err_set(e, ERR_INVALID, "line %zu: more than %d columns", rec->line, CSV_COLUMNS_MAX);
            return true;
        }
        ARENA_PUSH(r->a, rec->field, rec->n, rec->cap) = field;
        if (at_end_of_record(r))
            break;
        r->at++; /* the separator */
    }
    if (r->at < r->text.n) {
        bool crlf = r->text.p[r->at] == '\r' && r->at + 1 < r->text.n && r->text.p[r->at + 1] == '\n';

        r->at += crlf ? 2 : 1;
        r->line++;
    }
    return true;
}
