/* formats/docx.c - Word documents, and the transcripts Microsoft Teams saves as Word documents.
 *
 * A document becomes one turn a block (see blocks.h), its footnotes and endnotes after the text. A transcript becomes a
 * call. Two shapes of transcript are written by Teams: a paragraph of "0:0:3.270 --> 0:0:4.250", speaker, words, one a
 * line; and a paragraph whose first line is the speaker, spaces and the start ("Dana Reyes   0:03"), then the words. */
#include "formats/office.h"
#include "formats/wordml.h"

const struct format_ops format_docx;

static int docx_sniff(const struct format_input *in)
{
    if (office_is_ole(in->bytes))
        return 60; /* to refuse it with the right words */
    return zip_smells_of(in->bytes, "word/") ? 95 : 0;
}

static bool docx_want(str name)
{
    return str_eq(name, STR("word/document.xml")) || str_eq(name, STR("word/footnotes.xml")) ||
           str_eq(name, STR("word/endnotes.xml")) || str_eq(name, STR("docProps/core.xml"));
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

static enum err_code docx_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    static const char *const notes[] = {"word/footnotes.xml", "word/endnotes.xml"};
    const struct zip_member *main_part;
    struct interaction *ia;
    struct blocks b;
    struct zip z;
    size_t i;

    if (office_open(in->bytes, docx_want, a, &z, e))
        return err_wrap(e, "document");
    main_part = zip_find(&z, STR("word/document.xml"));
    if (!main_part)
        return err_set(e, ERR_INVALID, "document: the archive holds no word/document.xml");
    blocks_init(&b, a);
    if (wordml_blocks(main_part->bytes, "word/document.xml", &b, e))
        return err_wrap(e, "document");
    ia = format_item_add(out, a, &format_docx, IA_DOCUMENT);
    office_props(&z, a, ia);
    if (is_transcript(&b)) {
        transcript_read(&b, out, ia);
        return ERR_OK;
    }
    for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        const struct zip_member *m = zip_find(&z, str_of(notes[i]));
        struct err why;
        if (m && wordml_blocks(m->bytes, notes[i], &b, &why))
            format_problem_add(out, a, str_of(notes[i]), str_dup(a, str_of(why.msg)));
    }
    if (ia->title.n == 0)
        ia->title = blocks_title(&b);
    blocks_to_turns(&b, out, ia);
    return ERR_OK;
}

const struct format_ops format_docx = {
    .name = "docx",
    .flags = FORMAT_SANDBOX,
    .sniff = docx_sniff,
    .parse = docx_parse,
};
