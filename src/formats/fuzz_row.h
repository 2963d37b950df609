/* formats/fuzz_row.h - one fuzz harness for every row of the table of formats.
 *
 * Whatever the bytes, a parser either refuses them with a message that names a place, or gives items that hold to
 * domain/interaction.h: valid UTF-8 without NUL, times not negative, and our own JSON that reads back the same. */
#pragma once
#include "formats/format.h"

static inline void fuzz_check(bool ok)
{
    if (!ok)
        __builtin_trap();
}

static inline void fuzz_text(str s)
{
    fuzz_check(str_utf8_valid(s) && str_find_char(s, 0, 0) == SIZE_MAX);
}

static inline void fuzz_item(const struct interaction *ia, struct arena *a)
{
    struct interaction back;
    struct json_doc *doc;
    struct err e;
    struct buf b;
    struct jw w;

    fuzz_text(ia->title);
    for (size_t i = 0; i < ia->turns_n; i++) {
        const struct ia_turn *t = &ia->turns[i];

        fuzz_text(t->text);
        fuzz_text(t->speaker);
        fuzz_check(t->start_ms >= IA_TIME_NONE && t->end_ms >= IA_TIME_NONE);
    }
    for (size_t i = 0; i < ia->participants_n; i++) {
        fuzz_text(ia->participants[i].name);
        fuzz_text(ia->participants[i].email);
    }
    buf_init(&b, 64 << 20);
    jw_init(&w, &b);
    ia_json_write(ia, &w);
    if (buf_ok(&b)) {
        fuzz_check(json_parse(buf_view(&b), &doc, &e) == ERR_OK);
        fuzz_check(ia_json_read(json_root(doc), a, &back, &e) == ERR_OK);
        fuzz_check(ia_same(ia, &back));
        json_free(doc);
    }
    buf_done(&b);
}

/* What was written reads back, and writes the same again. */
static inline void fuzz_record(const struct crm_record *rec, struct arena *a)
{
    struct crm_record back;
    struct json_doc *doc = NULL;
    struct buf one, two;
    struct err e;
    struct jw w;

    buf_init(&one, 64 << 20);
    buf_init(&two, 64 << 20);
    jw_init(&w, &one);
    crm_json_write(rec, &w);
    fuzz_check(buf_ok(&one) && json_parse(buf_view(&one), &doc, &e) == ERR_OK);
    fuzz_check(crm_json_read(json_root(doc), a, &back, &e) == ERR_OK);
    jw_init(&w, &two);
    crm_json_write(&back, &w);
    fuzz_check(str_eq(buf_view(&one), buf_view(&two)));
    json_free(doc);
    buf_done(&one);
    buf_done(&two);
}

static inline int fuzz_row(const struct format_ops *ops, const char *name, const uint8_t *p, size_t n)
{
    struct format_input in = {.bytes = str_n((const char *)p, n), .name = str_of(name)};
    struct arena *a = arena_new("fuzz");
    struct format_result r = {0};
    struct err e = {.msg = ""};

    (void)ops->sniff(&in);
    if (ops->parse(&in, a, &r, &e)) {
        fuzz_check(e.code != ERR_OK && strstr(e.msg, ": "));
    } else {
        for (size_t i = 0; i < r.items_n && i < 50; i++)
            fuzz_item(&r.items[i], a);
        for (size_t i = 0; i < r.crm_n && i < 50; i++)
            fuzz_record(&r.crm[i], a);
        for (size_t i = 0; i < r.problems_n; i++)
            fuzz_check(r.problems[i].place.n > 0 && r.problems[i].reason.n > 0);
    }
    arena_free(a);
    return 0;
}
