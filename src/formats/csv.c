/* formats/csv.c - tables: notes, chats and transcripts with one entry a row (RFC 4180; comma, semicolon, tab or bar).
 *
 * The header names the columns (in several languages, see `columns`). With a text column:
 *   - speaker and text, or a conversation id: rows of one conversation become its turns, in file order;
 *   - else every row is a note: title, date, author, account and deal from their columns, the text as its first turn, the
 *     other columns as "name: value" lines in a second one.
 * A table without a text column becomes one note, a row a turn of "name: value" lines, while it is small enough to have been
 * written by a person; an export of thousands of records is refused: records come in through a connector. */
#include "formats/charset.h"
#include "formats/csv_read.h"
#include "formats/magic.h"
#include "formats/talk.h"

extern const struct format_ops format_csv;

enum {
    TABLE_ROWS_MAX = 2000, /* of a table without a text column */
};

/* --- columns --- */

enum role {
    ROLE_OTHER,
    ROLE_TEXT,
    ROLE_TITLE,
    ROLE_DATE,
    ROLE_AUTHOR,
    ROLE_EMAIL,
    ROLE_SPEAKER,
    ROLE_START,
    ROLE_END,
    ROLE_CONVERSATION,
    ROLE_ACCOUNT,
    ROLE_DEAL,
    ROLES
};

/* Names compare without case, blanks, "_" and "-". Where a table has two columns of a role the first row here wins. */
static const struct {
    const char *name;
    enum role role;
} columns[] = {
    {"text", ROLE_TEXT},
    {"body", ROLE_TEXT},
    {"note", ROLE_TEXT},
    {"notes", ROLE_TEXT},
    {"notebody", ROLE_TEXT},
    {"hsnotebody", ROLE_TEXT},
    {"content", ROLE_TEXT},
    {"message", ROLE_TEXT},
    {"utterance", ROLE_TEXT},
    {"transcript", ROLE_TEXT},
    {"sentence", ROLE_TEXT},
    {"comment", ROLE_TEXT},
    {"comments", ROLE_TEXT},
    {"description", ROLE_TEXT},
    {"details", ROLE_TEXT},
    {"summary", ROLE_TEXT},
    {"notiz", ROLE_TEXT},
    {"inhalt", ROLE_TEXT},
    {"beschreibung", ROLE_TEXT},
    {"texte", ROLE_TEXT},
    {"texto", ROLE_TEXT},
    {"subject", ROLE_TITLE},
    {"title", ROLE_TITLE},
    {"topic", ROLE_TITLE},
    {"betreff", ROLE_TITLE},
    {"titel", ROLE_TITLE},
    {"sujet", ROLE_TITLE},
    {"date", ROLE_DATE},
    {"datetime", ROLE_DATE},
    {"createdat", ROLE_DATE},
    {"created", ROLE_DATE},
    {"createddate", ROLE_DATE},
    {"createdate", ROLE_DATE},
    {"timestamp", ROLE_DATE},
    {"activitydate", ROLE_DATE},
    {"datum", ROLE_DATE},
    {"fecha", ROLE_DATE},
    {"author", ROLE_AUTHOR},
    {"createdby", ROLE_AUTHOR},
    {"owner", ROLE_AUTHOR},
    {"user", ROLE_AUTHOR},
    {"autor", ROLE_AUTHOR},
    {"verfasser", ROLE_AUTHOR},
    {"email", ROLE_EMAIL},
    {"authoremail", ROLE_EMAIL},
    {"useremail", ROLE_EMAIL},
    {"speaker", ROLE_SPEAKER},
    {"speakername", ROLE_SPEAKER},
    {"speakerlabel", ROLE_SPEAKER},
    {"sprecher", ROLE_SPEAKER},
    {"role", ROLE_SPEAKER},
    {"start", ROLE_START},
    {"starttime", ROLE_START},
    {"startms", ROLE_START},
    {"from", ROLE_START},
    {"end", ROLE_END},
    {"endtime", ROLE_END},
    {"endms", ROLE_END},
    {"conversationid", ROLE_CONVERSATION},
    {"conversation", ROLE_CONVERSATION},
    {"callid", ROLE_CONVERSATION},
    {"meetingid", ROLE_CONVERSATION},
    {"dialogueid", ROLE_CONVERSATION},
    {"threadid", ROLE_CONVERSATION},
    {"account", ROLE_ACCOUNT},
    {"accountname", ROLE_ACCOUNT},
    {"company", ROLE_ACCOUNT},
    {"customer", ROLE_ACCOUNT},
    {"firma", ROLE_ACCOUNT},
    {"kunde", ROLE_ACCOUNT},
    {"deal", ROLE_DEAL},
    {"dealname", ROLE_DEAL},
    {"opportunity", ROLE_DEAL},
    {"opportunityname", ROLE_DEAL},
};

enum { NO_COLUMN = -1 };

struct table {
    int col[ROLES];              /* column of each role, or NO_COLUMN */
    enum role role[CSV_COLUMNS_MAX]; /* of each column */
    str *header;
    size_t n;
    double start_unit_ms, end_unit_ms;
};

static bool name_is(str have, const char *want)
{
    size_t k = 0;

    for (size_t i = 0; i < have.n; i++) {
        char c = have.p[i];

        if (c == ' ' || c == '_' || c == '-' || c == '*')
            continue;
        if (want[k] == 0 || tolower((unsigned char)c) != want[k])
            return false;
        k++;
    }
    return want[k] == 0 && k > 0;
}

static void table_read(struct table *t, const struct csv_record *head)
{
    size_t rows = sizeof columns / sizeof columns[0];

    *t = (struct table){.header = head->field, .n = head->n};
    for (int r = 0; r < ROLES; r++)
        t->col[r] = NO_COLUMN;
    for (size_t i = 0; i < rows; i++) {
        if (t->col[columns[i].role] != NO_COLUMN)
            continue;
        for (size_t c = 0; c < head->n; c++) {
            if (t->role[c] == ROLE_OTHER && name_is(str_trim(head->field[c]), columns[i].name)) {
                t->col[columns[i].role] = (int)c;
                t->role[c] = columns[i].role;
                break;
            }
        }
    }
    t->start_unit_ms =
        t->col[ROLE_START] != NO_COLUMN && name_is(head->field[t->col[ROLE_START]], "startms") ? 1 : 1000;
    t->end_unit_ms = t->col[ROLE_END] != NO_COLUMN && name_is(head->field[t->col[ROLE_END]], "endms") ? 1 : 1000;
}

static str field_of(const struct table *t, const struct csv_record *rec, enum role role)
{
    bool there = rec->field && t->col[role] != NO_COLUMN && (size_t)t->col[role] < rec->n;

    return there ? str_trim(rec->field[t->col[role]]) : STR_NULL;
}

static int64_t time_of(str s, double unit_ms)
{
    int64_t ms;
    double d;

    if (talk_time_parse(s, &ms))
        return ms;
    if (!str_to_double(s, &d) || d > 1e8)
        return IA_TIME_NONE;
    return d < 0 ? 0 : (int64_t)(d * unit_ms + 0.5);
}

/* --- rows to notes --- */

/* "name: value" lines: of all columns, or of those that no role took, so that nothing of the row is lost. */
static str columns_join(const struct table *t, const struct csv_record *rec, bool all, struct arena *a)
{
    str *lines = ARENA_ARRAY(a, str, rec->n);
    size_t n = 0;

    for (size_t c = 0; c < rec->n; c++) {
        str value = str_trim(rec->field[c]), name = c < t->n ? str_trim(t->header[c]) : STR_NULL;

        if (value.n == 0 || (!all && c < t->n && t->role[c] != ROLE_OTHER))
            continue;
        lines[n++] = name.n ? str_fmt(a, "%.*s: %.*s", STR_ARG(name), STR_ARG(value)) : value;
    }
    return str_join(a, lines, n, STR("\n"));
}

static enum err_code note_add(const struct table *t, const struct csv_record *rec, struct arena *a,
                              struct format_result *out, struct err *e)
{
    struct interaction *ia = format_item_add(out, a, &format_csv, IA_NOTE);
    str author = field_of(t, rec, ROLE_AUTHOR), mail = field_of(t, rec, ROLE_EMAIL), others;
    size_t at, n;
    struct talk k;

    ia->title = field_of(t, rec, ROLE_TITLE);
    ia->account = field_of(t, rec, ROLE_ACCOUNT);
    ia->deal = field_of(t, rec, ROLE_DEAL);
    if (!clock_parse(field_of(t, rec, ROLE_DATE), &ia->started_at_ms, &ia->started_offset_min) &&
        !talk_date_find(field_of(t, rec, ROLE_DATE), &ia->started_at_ms, &ia->started_offset_min, &at, &n))
        ia->started_at_ms = CLOCK_NONE;
    if (author.n > 0 || mail.n > 0)
        (void)talk_participant(ia, a, author, mail);
    talk_init(&k, a);
    talk_add(&k, author, IA_TIME_NONE, IA_TIME_NONE, field_of(t, rec, ROLE_TEXT));
    others = columns_join(t, rec, false, a);
    if (others.n > 0)
        talk_add(&k, STR_NULL, IA_TIME_NONE, IA_TIME_NONE, others);
    return talk_finish(&k, ia, e);
}

/* --- rows to conversations --- */

struct group {
    str id;
    struct talk talk;
};

struct groups {
    struct group *list;
    size_t n, cap;
    struct talk_votes *seen;
};

/* The labels of the table of ids are numbered as they come, and so are the groups. */
static struct group *group_of(struct groups *g, str id, struct arena *a)
{
    if (talk_votes_of(g->seen, id) > 0)
        return &g->list[talk_votes_order(g->seen, id)];
    talk_votes_add(g->seen, id);
    ARENA_PUSH(a, g->list, g->n, g->cap) = (struct group){.id = id};
    talk_init(&g->list[g->n - 1].talk, a);
    return &g->list[g->n - 1];
}

static void turn_add(const struct table *t, const struct csv_record *rec, struct groups *g, struct arena *a)
{
    struct group *group = group_of(g, field_of(t, rec, ROLE_CONVERSATION), a);

    talk_add(&group->talk, field_of(t, rec, t->col[ROLE_SPEAKER] != NO_COLUMN ? ROLE_SPEAKER : ROLE_AUTHOR),
             time_of(field_of(t, rec, ROLE_START), t->start_unit_ms),
             time_of(field_of(t, rec, ROLE_END), t->end_unit_ms), field_of(t, rec, ROLE_TEXT));
}

static enum err_code groups_finish(struct groups *g, struct format_result *out, struct arena *a, struct err *e)
{
    for (size_t i = 0; i < g->n; i++) {
        struct interaction *ia = format_item_add(out, a, &format_csv, IA_CALL);
        enum err_code rc;

        ia->external_id = g->list[i].id;
        rc = talk_finish(&g->list[i].talk, ia, e);
        if (rc)
            return rc;
    }
    return ERR_OK;
}

/* --- a table of anything --- */

static enum err_code table_add(struct csv_reader *r, const struct table *t, const struct format_input *in,
                               struct format_result *out, struct err *e)
{
    struct interaction *ia = format_item_add(out, r->a, &format_csv, IA_NOTE);
    struct csv_record rec = {0};
    enum err_code rc;
    struct talk k;

    talk_init(&k, r->a);
    while (csv_record_read(r, &rec, &rc, e)) {
        str lines = rc ? STR_NULL : columns_join(t, &rec, true, r->a);

        if (rc)
            return rc;
        if (k.n >= TABLE_ROWS_MAX)
            return err_set(e, ERR_UNSUPPORTED,
                           "line %zu: a table of more than %d rows without a column of text (text, body, "
                           "note, message ...): records come in through a connector",
                           rec.line, TABLE_ROWS_MAX);
        if (lines.n > 0)
            talk_add(&k, STR_NULL, IA_TIME_NONE, IA_TIME_NONE, lines);
    }
    rc = talk_finish(&k, ia, e);
    if (!rc && k.n == 0)
        return err_set(e, ERR_INVALID, "line 2: a table without rows");
    talk_name_fill(ia, in->name, r->a);
    return rc;
}

/* --- the row of the table of formats --- */

/* The separator that cuts the first lines into the same number of fields, at least two. 0 when there is none. */
static char sep_find(str head)
{
    static const char seps[] = {'\t', ';', ',', '|'};
    char best = 0;
    size_t best_n = 1;

    for (size_t k = 0; k < sizeof seps; k++) {
        str rest = head, line;
        size_t first = 0, records = 0, n = 1;
        bool quotes = false, same = true;

        while (same && records < 5 && str_line_next(&rest, &line)) {
            for (size_t i = 0; i < line.n; i++) {
                quotes ^= line.p[i] == '"';
                n += line.p[i] == seps[k] && !quotes;
            }
            if (quotes || line.n == 0) /* the record goes on in the next line, or there is none */
                continue;
            if (records++ == 0)
                first = n;
            else
                same = n == first || rest.n == 0;
            n = 1;
        }
        if (same && records > 1 && first > best_n) {
            best = seps[k];
            best_n = first;
        }
    }
    return best;
}

/* Does the first line name a column of text and one more that we know? Prose and chats have separators too. */
static bool header_known(str line, char sep)
{
    bool text = false, more = false;

    for (str rest = line; rest.n > 0;) {
        str name = str_trim(str_cut(rest, sep, &rest));

        if (name.n > 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
            name = str_sub(name, 1, name.n - 1);
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
            if (!name_is(name, columns[i].name))
                continue;
            text = text || columns[i].role == ROLE_TEXT;
            more = more || columns[i].role != ROLE_TEXT;
        }
    }
    return text && more;
}

static int csv_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH], sep;
    str head = charset_head(in->bytes, scratch), rest = head, line;
    bool named = str_ends_nocase(in->name, STR(".csv")) || str_ends_nocase(in->name, STR(".tsv")) ||
                 str_ends_nocase(in->name, STR(".tab"));

    if (magic_binary(in->bytes) || magic_not_text(in->bytes))
        return 0;
    if (named)
        return 70;
    sep = sep_find(head);
    return sep != 0 && str_line_next(&rest, &line) && header_known(line, sep) ? 60 : 0;
}

static enum err_code rows_read(struct csv_reader *r, const struct table *t, struct groups *g, bool talk,
                               struct format_result *out, struct err *e)
{
    struct csv_record rec = {0};
    enum err_code rc;

    while (csv_record_read(r, &rec, &rc, e)) {
        if (rc)
            return rc;
        if (rec.n == 1 && str_trim(rec.field[0]).n == 0)
            continue; /* an empty line */
        if (field_of(t, &rec, ROLE_TEXT).n == 0) {
            format_notice_add(out, r->a, str_fmt(r->a, "line %zu", rec.line), STR("no text in this row"));
            continue;
        }
        if (out->items_n + g->n >= FORMAT_ITEMS_MAX)
            return err_set(e, ERR_LIMIT, "line %zu: more than %d notes in one file", rec.line, FORMAT_ITEMS_MAX);
        if (talk)
            turn_add(t, &rec, g, r->a);
        else if (note_add(t, &rec, r->a, out, e))
            return err_wrap(e, "line %zu", rec.line);
        rec.cap = rec.n = 0; /* the fields now belong to the item */
        rec.field = NULL;
    }
    return ERR_OK;
}

static enum err_code csv_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct csv_reader r = {.line = 1, .a = a};
    struct csv_record head = {0};
    struct groups g = {.seen = talk_votes_new(a)};
    struct table *t = ARENA_NEW(a, struct table);
    enum err_code rc;
    bool is_talk;

    rc = charset_open(in->bytes, a, &r.text, e);
    if (rc)
        return rc;
    r.sep = sep_find(str_sub(r.text, 0, CHARSET_HEAD_MAX));
    if (r.sep == 0)
        r.sep = str_ends_nocase(in->name, STR(".tsv")) ? '\t' : ',';
    if (!csv_record_read(&r, &head, &rc, e) || rc)
        return rc ? rc : err_set(e, ERR_INVALID, "line 1: the table is empty");
    table_read(t, &head);
    if (t->col[ROLE_TEXT] == NO_COLUMN)
        return table_add(&r, t, in, out, e);
    is_talk = t->col[ROLE_SPEAKER] != NO_COLUMN || t->col[ROLE_CONVERSATION] != NO_COLUMN ||
              (t->col[ROLE_START] != NO_COLUMN && t->col[ROLE_END] != NO_COLUMN);
    rc = rows_read(&r, t, &g, is_talk, out, e);
    if (rc)
        return rc;
    rc = groups_finish(&g, out, a, e);
    if (!rc && out->items_n == 0)
        return err_set(e, ERR_INVALID, "line 2: a table without a row that has text");
    if (!rc && out->items_n == 1)
        talk_name_fill(&out->items[0], in->name, a);
    return rc;
}

const struct format_ops format_csv = {
    .name = "csv",
    .sniff = csv_sniff,
    .parse = csv_parse,
};
