/* formats/format.c - the table of formats, finding the right row, and what rows share. */
#include "formats/format.h"

#include "formats/charset.h"
#include "formats/magic.h"

#define FORMAT(name) extern const struct format_ops format_##name;
#include "formats/format_tab.h"
#undef FORMAT

#define FORMAT(name) &format_##name,
const struct format_ops *const format_rows[] = {
#include "formats/format_tab.h"
    NULL,
};
#undef FORMAT

enum { PROBLEMS_MAX = 100 }; /* a file that is wrong everywhere says so a hundred times, not a million */

const struct format_ops *format_find(const struct format_input *in, struct err *e)
{
    const struct format_ops *best = NULL;
    const char *what;
    int best_sure = 0;

    if (in->bytes.n == 0) {
        err_set(e, ERR_INVALID, "byte 0: the file is empty");
        return NULL;
    }
    if (in->bytes.n > FORMAT_BYTES_MAX) {
        err_set(e, ERR_LIMIT, "byte %d: larger than %d MiB", FORMAT_BYTES_MAX, FORMAT_BYTES_MAX >> 20);
        return NULL;
    }
    for (size_t i = 0; format_rows[i]; i++) {
        int sure = format_rows[i]->sniff(in);

        if (sure > best_sure) {
            best_sure = sure;
            best = format_rows[i];
        }
    }
    if (best)
        return best;
    what = magic_binary(in->bytes);
    if (!what) {
        char scratch[CHARSET_SCRATCH];

        what = magic_machine_text(charset_head(in->bytes, scratch));
    }
    err_set(e, ERR_UNSUPPORTED, "byte 0: not a transcript, mail or document: %s", what ? what : "binary data");
    return NULL;
}

/* A name longer than any name is cut between characters. True when it was. */
static bool name_cut(str *name)
{
    size_t n = FORMAT_NAME_MAX;

    if (name->n <= n)
        return false;
    while (n > 0 && ((unsigned char)name->p[n] & 0xC0) == 0x80)
        n--;
    name->n = n;
    return true;
}

static void names_cut(struct interaction *ia, str place, struct arena *a, struct format_result *out)
{
    bool cut = false;

    for (size_t i = 0; i < ia->participants_n; i++)
        cut = name_cut(&ia->participants[i].name) || cut;
    for (size_t i = 0; i < ia->participants_n; i++)
        cut = name_cut(&ia->participants[i].email) || cut;
    for (size_t i = 0; i < ia->turns_n; i++)
        cut = name_cut(&ia->turns[i].speaker) || cut;
    if (cut)
        format_notice_add(out, a, place, STR("a name longer than 1000 bytes was cut"));
}

/* Rows leave these to us. */
static void items_complete(const struct format_input *in, const struct format_ops *ops, struct arena *a,
                           struct format_result *out)
{
    for (size_t i = 0; i < out->items_n; i++) {
        struct interaction *ia = &out->items[i];

        if (ia->source.n == 0)
            ia->source = in->name;
        if (ia->format.n == 0)
            ia->format = str_of(ops->name);
        if (ia->language.n == 0)
            ia->language = STR("und");
    }
}

static void (*before_parse)(const struct format_ops *ops);

void format_before_set(void (*before)(const struct format_ops *ops))
{
    before_parse = before;
}

enum err_code format_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e)
{
    struct err local = {.code = ERR_OK};
    const struct format_ops *ops;
    enum err_code rc;

    if (!e)
        e = &local;
    ops = format_find(in, e);
    *out = (struct format_result){0};
    if (!ops)
        return e->code;
    if (before_parse)
        before_parse(ops);
    rc = ops->parse(in, a, out, e);
    if (rc)
        return rc;
    format_items_vet(out, a, 0, STR_NULL);
    if (out->items_n + out->crm_n == 0) {
        if (out->problems_n == 0)
            return err_set(e, ERR_INVALID, "line 1: nothing to read in this %s file", ops->name);
        return err_set(e, ERR_INVALID, "%.*s: %.*s", STR_ARG(out->problems[0].place), STR_ARG(out->problems[0].reason));
    }
    items_complete(in, ops, a, out);
    return ERR_OK;
}

struct interaction *format_item_add(struct format_result *r, struct arena *a, const struct format_ops *ops,
                                    enum ia_kind k)
{
    struct interaction *ia;

    ARENA_PUSH(a, r->items, r->items_n, r->items_cap) = (struct interaction){
        .kind = k,
        .format = str_of(ops->name),
        .started_at_ms = CLOCK_NONE,
        .duration_ms = IA_TIME_NONE,
    };
    ia = &r->items[r->items_n - 1];
    return ia;
}

void format_items_vet(struct format_result *r, struct arena *a, size_t from, str place)
{
    size_t kept = from, n = r->items_n;
    struct err e;

    for (size_t i = from; i < n; i++) {
        str at = place.n ? place : n == 1 ? STR("file") : str_fmt(a, "conversation %zu", i + 1);

        names_cut(&r->items[i], at, a, r);
        if (!ia_limits_check(&r->items[i], &e))
            r->items[kept++] = r->items[i];
        else
            format_problem_add(r, a, at, str_dup(a, str_of(e.msg)));
    }
    r->items_n = kept;
}

void format_problem_add(struct format_result *r, struct arena *a, str place, str reason)
{
    if (r->problems_n >= PROBLEMS_MAX)
        return;
    if (r->problems_n == PROBLEMS_MAX - 1)
        reason = STR("and more problems after this one, not listed");
    ARENA_PUSH(a, r->problems, r->problems_n, r->problems_cap) =
        (struct format_problem){.place = place, .reason = reason};
}

void format_notice_add(struct format_result *r, struct arena *a, str place, str reason)
{
    if (r->notices_n >= PROBLEMS_MAX)
        return;
    if (r->notices_n == PROBLEMS_MAX - 1)
        reason = STR("and more notices after this one, not listed");
    ARENA_PUSH(a, r->notices, r->notices_n, r->notices_cap) = (struct format_problem){.place = place, .reason = reason};
}
