/* formats/docx.c - Word documents, and the transcripts Microsoft Teams saves as Word documents.
 *
 * A document becomes one turn a block (see blocks.h): what its pages carry at the top, the text, footnotes and endnotes
 * with their marks, what pages carry at the bottom. A transcript becomes a call. Two shapes of transcript are written by Teams: a paragraph of "0:0:3.270 --> 0:0:4.250", speaker, words, one a
 * line; and a paragraph whose first line is the speaker, spaces and the start ("Dana Reyes   0:03"), then the words. */
#include <ctype.h>

#include "base/sort.h"
#include "formats/office.h"
#include "formats/wordml.h"

const struct format_ops format_docx;

static int docx_sniff(const struct format_input *in)
{
    if (office_is_ole(in->bytes))
        return 60; /* to refuse it with the right words */
    return zip_smells_of(in->bytes, "word/") ? 95 : 0;
}

/* Parts are found by relations, not by name; what never holds words a reader sees is left packed. */
static bool docx_want(str name)
{
    static const char *const parts[] = {"word/theme/", "word/glossary/", "word/media/", "word/embeddings/",
                                        "word/fontTable"};
    size_t i;

    if (str_eq(name, STR("docProps/core.xml")) || str_eq(name, STR("_rels/.rels")))
        return true;
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (str_starts(name, str_of(parts[i])))
            return false;
    return str_starts(name, STR("word/")) && (str_ends(name, STR(".xml")) || str_ends(name, STR(".rels")));
}

/* "0:0:3.270", "00:03", "1:02:03": hours are optional. */
static bool stamp_parse(str s, int64_t *out_ms)
{
    int64_t parts[3] = {0}, ms = 0;
    int n = 0;
    bool negative = s.n > 0 && s.p[0] == '-';
    str rest = str_from(s, negative), part;

    if (rest.n == 0)
        return false;
    while (rest.n > 0) {
        str frac = STR_NULL;

        if (n == 3)
            return false;
        part = str_cut(rest, ':', &rest);
        if (rest.n == 0)
            part = str_cut(part, '.', &frac);
        if (!str_to_i64(part, &parts[n]) || parts[n] < 0 || parts[n] > 100000)
            return false;
        n++;
        frac = str_sub(frac, 0, 3);
        if (frac.n > 0 && (!str_to_i64(frac, &ms) || ms < 0))
            return false;
        ms *= frac.n == 1 ? 100 : frac.n == 2 ? 10 : 1;
    }
    if (n < 2)
        return false;
    *out_ms =
        n == 2 ? (parts[0] * 60 + parts[1]) * 1000 + ms : ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + ms;
    if (negative) /* Teams writes slightly negative starts: they are the beginning */
        *out_ms = 0;
    return true;
}

static bool turn_with_range(str first, str rest, struct ia_turn *t)
{
    size_t arrow = str_find(first, STR("-->"), 0);
    str speaker;

    if (arrow == SIZE_MAX || !stamp_parse(str_trim(str_sub(first, 0, arrow)), &t->start_ms) ||
        !stamp_parse(str_trim(str_from(first, arrow + 3)), &t->end_ms))
        return false;
    speaker = str_cut(rest, '\n', &rest);
    t->speaker = str_trim(speaker);
    t->text = str_trim(rest);
    return true;
}

static bool turn_with_start(str first, str rest, struct ia_turn *t)
{
    size_t space = str_rfind_char(first, ' '), tab = str_rfind_char(first, '\t');
    size_t at = space == SIZE_MAX || (tab != SIZE_MAX && tab > space) ? tab : space;

    if (at == SIZE_MAX || at == 0 || !stamp_parse(str_from(first, at + 1), &t->start_ms))
        return false;
    if (first.p[at] == ' ' && first.p[at - 1] != ' ' && first.p[at - 1] != '\t')
        return false; /* one space only: "we meet at 10:30" */
    t->end_ms = IA_TIME_NONE;
    t->speaker = str_trim(str_sub(first, 0, at));
    t->text = str_trim(rest);
    return t->speaker.n > 0;
}

static bool turn_parse(str block, struct ia_turn *t)
{
    str rest, first = str_trim(str_cut(block, '\n', &rest));

    *t = (struct ia_turn){.start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE};
    return turn_with_range(first, rest, t) || turn_with_start(first, rest, t);
}

static bool is_transcript(const struct blocks *b)
{
    size_t i, turns = 0, paragraphs = 0;
    struct ia_turn t;

    for (i = 0; i < b->n; i++) {
        paragraphs += b->at[i].kind != BLOCK_ROW;
        turns += turn_parse(b->at[i].text, &t);
    }
    return turns >= 2 && turns * 2 >= paragraphs;
}

// NOLINTNEXTLINE(readability-non-const-parameter): ARENA_PUSH writes *cap
static void participant_note(struct arena *a, struct interaction *ia, size_t *cap, str name)
{
    size_t i;

    for (i = 0; i < ia->participants_n; i++)
        if (str_eq(ia->participants[i].name, name))
            return;
    if (name.n > 0 && ia->participants_n < IA_PARTICIPANTS_MAX)
        ARENA_PUSH(a, ia->participants, ia->participants_n, *cap) = (struct ia_participant){.name = name};
}

static void transcript_read(const struct blocks *b, struct format_result *r, struct interaction *ia)
{
    size_t i, cap = 0, people = 0, outside = 0;
    struct ia_turn t;

    ia->kind = IA_CALL;
    for (i = 0; i < b->n; i++) {
        if (turn_parse(b->at[i].text, &t)) {
            ARENA_PUSH(b->a, ia->turns, ia->turns_n, cap) = t;
            participant_note(b->a, ia, &people, t.speaker);
        } else if (ia->turns_n == 0 && ia->title.n == 0 && b->at[i].kind != BLOCK_ROW) {
            ia->title = text_squeeze(b->a, b->at[i].text, false);
        } else if (ia->turns_n > 0 && b->at[i].kind != BLOCK_ROW && ia->turns[ia->turns_n - 1].end_ms == IA_TIME_NONE) {
            struct ia_turn *last = &ia->turns[ia->turns_n - 1]; /* a turn of several paragraphs */
            last->text =
                last->text.n ? str_fmt(b->a, "%.*s\n%.*s", STR_ARG(last->text), STR_ARG(b->at[i].text)) : b->at[i].text;
        } else {
            outside++;
        }
    }
    if (outside > 0)
        format_notice_add(r, b->a, STR("transcript"),
                          str_fmt(b->a, "%zu paragraphs or table rows outside the transcript were left out", outside));
}

static const struct zip_member *main_part_find(const struct zip *z, struct arena *a)
{
    struct office_rels top = office_rels_read(z, STR(""), a);
    const struct zip_member *m = office_rel_of_type(z, &top, "officeDocument");

    return m ? m : zip_find(z, STR("word/document.xml"));
}

static void part_problem(struct format_result *r, struct arena *a, str part, const struct err *why)
{
    format_problem_add(r, a, part, str_dup(a, str_of(why->msg)));
}

static void notes_read(struct word_doc *d, const char *type, const char *element, struct arena *a,
                       struct word_notes *out)
{
    const struct zip_member *m = office_rel_of_type(d->zip, &d->rels, type);
    struct err why;

    if (m && wordml_notes(m->bytes, type, element, a, out, &why))
        part_problem(d->result, a, m->name, &why);
}

static str member_bytes(const struct zip_member *m)
{
    return m ? m->bytes : STR_NULL;
}

static int note_cmp(const void *x, const void *y)
{
    const struct word_note *p = x, *q = y;

    return (p->number > q->number) - (p->number < q->number);
}

/* Those with a mark in the text, in its order. */
static void notes_put(struct word_notes *notes, bool roman, struct blocks *b)
{
    size_t i;

    list_sort(notes->at, notes->n, sizeof(*notes->at), note_cmp);
    for (i = 0; i < notes->n; i++) {
        const struct word_note *note = &notes->at[i];
        str number = roman ? word_roman(b->a, note->number) : str_fmt(b->a, "%d", note->number);
        if (note->number > 0)
            blocks_add(b, BLOCK_TEXT, true, str_fmt(b->a, "[%.*s] %.*s", STR_ARG(number), STR_ARG(note->text)));
    }
}

static bool has_letter(str s)
{
    size_t i;

    for (i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80 || isalpha((unsigned char)s.p[i]))
            return true;
    return false;
}

static bool blocks_have(const struct blocks *b, str text)
{
    size_t i;

    for (i = 0; i < b->n; i++)
        if (str_eq(b->at[i].text, text))
            return true;
    return false;
}

/* What pages carry at the top ("header") or bottom ("footer"), once however many sections repeat it; numbers alone are
 * pages counted. */
static void margins_put(const struct word_doc *d, const char *type, struct blocks *out)
{
    enum { MARGINS_MAX = 64 };
    struct blocks all;
    size_t i, k, parts = 0;

    blocks_init(&all, out->a);
    for (i = 0; i < d->rels.n && parts < MARGINS_MAX; i++) {
        const struct zip_member *m = zip_find(d->zip, d->rels.at[i].target);
        struct word_doc one = {.zip = d->zip, .lists = d->lists, .drawings = d->drawings, .result = d->result};
        struct blocks b;
        struct err why;

        if (!m || !str_eq(d->rels.at[i].type, str_of(type)))
            continue;
        parts++;
        one.rels = office_rels_read(d->zip, m->name, out->a);
        blocks_init(&b, out->a);
        if (wordml_blocks(m->bytes, type, &one, &b, &why))
            part_problem(d->result, out->a, m->name, &why);
        for (k = 0; k < b.n; k++)
            if (has_letter(b.at[k].text) && !blocks_have(&all, b.at[k].text))
                blocks_add(&all, BLOCK_TEXT, true, b.at[k].text);
    }
    for (k = 0; k < all.n; k++)
        blocks_add(out, BLOCK_TEXT, k == 0, all.at[k].text);
}

static enum err_code text_read(struct word_doc *d, const struct zip_member *m, struct blocks *text, struct err *e)
{
    struct arena *a = text->a;

    d->rels = office_rels_read(d->zip, m->name, a);
    d->lists = word_lists_new(a, member_bytes(office_rel_of_type(d->zip, &d->rels, "styles")),
                              member_bytes(office_rel_of_type(d->zip, &d->rels, "numbering")));
    notes_read(d, "footnotes", "footnote", a, &d->footnotes);
    notes_read(d, "endnotes", "endnote", a, &d->endnotes);
    notes_read(d, "comments", "comment", a, &d->comments);
    return wordml_blocks(m->bytes, "word/document.xml", d, text, e);
}

static void document_put(struct word_doc *d, const struct blocks *text, struct blocks *out)
{
    size_t i;

    margins_put(d, "header", out);
    for (i = 0; i < text->n; i++)
        blocks_add(out, text->at[i].kind, text->at[i].gap, text->at[i].text);
    out->full = out->full || text->full;
    notes_put(&d->footnotes, false, out);
    notes_put(&d->endnotes, true, out);
    margins_put(d, "footer", out);
    if (d->hidden_bytes > 0)
        format_notice_add(d->result, out->a, STR("document"),
                          str_fmt(out->a, "%zu bytes formatted as hidden were left out", d->hidden_bytes));
}

static enum err_code docx_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    const struct zip_member *main_part;
    struct drawings drawings = {.n = 0};
    struct word_doc d = {.drawings = &drawings, .result = out};
    struct blocks text, all;
    struct interaction *ia;
    struct zip z;

    if (office_open(in->bytes, docx_want, a, &z, e))
        return err_wrap(e, "document");
    main_part = main_part_find(&z, a);
    if (!main_part)
        return err_set(e, ERR_INVALID, "document: the archive holds no word/document.xml");
    d.zip = &z;
    blocks_init(&text, a);
    if (text_read(&d, main_part, &text, e))
        return err_wrap(e, "document");
    ia = format_item_add(out, a, &format_docx, IA_DOCUMENT);
    office_props(&z, a, ia);
    if (is_transcript(&text)) {
        transcript_read(&text, out, ia);
        return ERR_OK;
    }
    if (ia->title.n == 0)
        ia->title = blocks_title(&text);
    blocks_init(&all, a);
    document_put(&d, &text, &all);
    blocks_to_turns(&all, out, ia);
    return ERR_OK;
}

const struct format_ops format_docx = {
    .name = "docx",
    .flags = FORMAT_SANDBOX,
    .sniff = docx_sniff,
    .parse = docx_parse,
};
