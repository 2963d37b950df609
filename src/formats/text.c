/* formats/text.c - transcripts, chats and notes as plain text or Markdown.
 *
 * A file is a conversation when it shows speakers: "Name: words" (Google Meet, many others), "[00:01:02] Name: words",
 * "Name  1:02" above the words (Otter, Teams, Zoom's saved captions), or Zoom's chat export. Everything else is a note, one
 * turn a paragraph. In a conversation what stands above the first speaker (or above a heading "Transcript") is kept as
 * turns without speaker and time, in front: agenda, minutes and people are part of what was written down. Lines that only
 * programs write ("Transcribed by ...") are left out, "Meeting ended after 01:02:03" becomes the duration. */
#include "formats/charset.h"
#include "formats/magic.h"
#include "formats/talk.h"

extern const struct format_ops format_text;

enum line_kind {
    LINE_BLANK,
    LINE_TEXT,
    LINE_TIME, /* a time alone: the next turn begins then */
    LINE_SAY,  /* label and words, perhaps with a time */
    LINE_WHO,  /* label and time; the words follow below */
    LINE_TIMED /* time and words, no label */
};

enum { PEOPLE_MAX = 500 }; /* names taken from a list of attendees */

struct line {
    enum line_kind kind;
    str raw;   /* the line, outer space removed */
    str label; /* SAY, WHO */
    str words; /* SAY, TIMED */
    int64_t start_ms, end_ms;
};

/* --- one line --- */

static str marks_skip(str s)
{
    while (s.n > 0 && (s.p[0] == '#' || s.p[0] == '*' || s.p[0] == '_' || s.p[0] == '>' || s.p[0] == ' '))
        s = str_from(s, 1);
    while (s.n > 0 && (s.p[s.n - 1] == '*' || s.p[s.n - 1] == '_' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '#'))
        s.n--;
    return s;
}

/* A time, or two with "-" or "-->" between, at the beginning; brackets around it allowed. *rest begins after it. */
static bool leading_time(str s, struct line *l, str *rest)
{
    char close = 0;
    size_t n, k;
    str after;

    if (s.n > 0 && (s.p[0] == '[' || s.p[0] == '(')) {
        close = s.p[0] == '[' ? ']' : ')';
        s = str_from(s, 1);
    }
    if (!talk_time_prefix(s, &l->start_ms, &n))
        return false;
    after = str_trim(str_from(s, n));
    if (str_starts(after, STR("-")) || str_starts(after, STR("\xe2\x80\x93"))) {
        str to = after;

        while (to.n > 0 && !isdigit((unsigned char)to.p[0]) && !isalpha((unsigned char)to.p[0]))
            to = str_from(to, 1);
        if (talk_time_prefix(to, &l->end_ms, &k)) {
            n = (size_t)(to.p - s.p) + k;
        }
    }
    s = str_from(s, n);
    if (close) {
        if (s.n == 0 || s.p[0] != close)
            return false;
        s = str_from(s, 1);
    } else if (s.n > 0 && s.p[0] != ' ' && s.p[0] != '\t') {
        return false;
    }
    *rest = s;
    return true;
}

/* "From Dana Reyes to Everyone" (Zoom chat of older clients) -> "Dana Reyes". */
static str chat_label(str s)
{
    size_t to;

    if (!str_starts_nocase(s, STR("From ")))
        return s;
    s = str_trim(str_from(s, 5));
    to = str_find_nocase(s, STR(" to "), 0);
    return to == SIZE_MAX ? s : str_trim(str_sub(s, 0, to));
}

/* "Dana Reyes  1:02", "**Dana** 0:19", "Dana Reyes (00:01:02)", "[Dana Reyes] 15:03:12" */
static bool who_read(str s, struct line *l)
{
    bool bracket, bold = false, wide, comma;
    size_t at, n;
    int64_t ms;
    str label;

    if (s.n < 5 || s.n > 120)
        return false;
    bracket = s.p[s.n - 1] == ')' || s.p[s.n - 1] == ']';
    if (bracket)
        s.n--;
    at = s.n;
    while (at > 0 && (isdigit((unsigned char)s.p[at - 1]) || s.p[at - 1] == ':' || s.p[at - 1] == '.'))
        at--;
    if (bracket && (at == 0 || (s.p[at - 1] != '(' && s.p[at - 1] != '[')))
        return false;
    if (!talk_time_prefix(str_from(s, at), &ms, &n) || at + n != s.n)
        return false;
    label = str_sub(s, 0, bracket ? at - 1 : at);
    wide = str_ends(label, STR("  ")) || str_ends(label, STR("\t")) || str_ends(label, STR("\xc2\xa0"));
    label = str_trim(label);
    comma = label.n > 0 && (label.p[label.n - 1] == ',' || label.p[label.n - 1] == '-' || label.p[label.n - 1] == '|');
    if (comma)
        label = str_trim(str_sub(label, 0, label.n - 1));
    if (str_starts(label, STR("**")) && str_ends(label, STR("**")) && label.n > 4) {
        bold = true;
        label = str_trim(str_sub(label, 2, label.n - 2));
    } else if (label.n > 2 && label.p[0] == '[' && label.p[label.n - 1] == ']') {
        bold = true;
        label = str_trim(str_sub(label, 1, label.n - 1));
    }
    if (label.n == 0 || label.n > 60 || !(bracket || bold || wide || comma || talk_label_is_name(label)) ||
        str_find_char(label, ':', 0) != SIZE_MAX || !(isalnum((unsigned char)label.p[0]) || (label.p[0] & 0x80)))
        return false;
    l->kind = LINE_WHO;
    l->label = label;
    l->start_ms = ms;
    return true;
}

/* "Name (00:01:02)" or "Name [0:15]" in front of the colon: label and time. */
static void label_time_cut(struct line *l)
{
    size_t open = str_rfind_char(l->label, '(');
    int64_t ms;

    if (open == SIZE_MAX)
        open = str_rfind_char(l->label, '[');
    if (open == SIZE_MAX || open == 0 || l->label.n < open + 3)
        return;
    if (talk_time_parse(str_sub(l->label, open + 1, l->label.n - 1), &ms)) {
        l->start_ms = ms;
        l->label = str_trim(str_sub(l->label, 0, open));
    }
}

/* A colon inside the time of "Name (00:01:02): words" stops the general reader: find the closing bracket first. */
static bool bracket_say(str s, struct line *l)
{
    size_t open = str_find_char(str_sub(s, 0, 80), '(', 0), close;
    int64_t ms;

    if (open == SIZE_MAX)
        open = str_find_char(str_sub(s, 0, 80), '[', 0);
    if (open == SIZE_MAX || open == 0)
        return false;
    close = str_find_char(str_sub(s, 0, open + 16), s.p[open] == '(' ? ')' : ']', open);
    if (close == SIZE_MAX || close + 1 >= s.n || s.p[close + 1] != ':' ||
        !talk_time_parse(str_sub(s, open + 1, close), &ms))
        return false;
    l->label = marks_skip(str_sub(s, 0, open));
    l->words = str_trim(str_from(s, close + 2));
    l->start_ms = ms;
    l->kind = LINE_SAY;
    return l->label.n > 0;
}

static struct line line_read(str raw)
{
    struct line l = {.kind = LINE_TEXT, .raw = str_trim(raw), .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE};
    str s = l.raw, rest;
    int64_t ms;

    if (s.n == 0) {
        l.kind = LINE_BLANK;
        return l;
    }
    if (talk_time_parse(marks_skip(s), &ms)) {
        l.kind = LINE_TIME;
        l.start_ms = ms;
        return l;
    }
    if (leading_time(s, &l, &rest)) {
        rest = str_trim(rest);
        if (str_starts(rest, STR("- ")))
            rest = str_trim(str_from(rest, 2));
        l.kind = rest.n == 0 ? LINE_TIME : LINE_TIMED;
        if (talk_label_split(rest, &l.label, &l.words)) {
            l.kind = LINE_SAY;
            l.label = chat_label(l.label);
        } else {
            l.words = rest;
        }
        return l;
    }
    if (bracket_say(s, &l))
        return l;
    if (talk_label_split(s, &l.label, &l.words)) {
        l.kind = LINE_SAY;
        label_time_cut(&l);
        return l;
    }
    (void)who_read(s, &l);
    return l;
}

/* --- the whole file --- */

struct doc {
    struct arena *a;
    struct line *lines;
    size_t n;
    struct talk_votes *votes; /* labels of LINE_SAY */
    size_t timed, whos, says, filled;
    size_t paragraphs, paragraphs_said; /* those that begin with a SAY */
    size_t heading;                     /* line of the heading "Transcript"; n when there is none */
};

static bool heading_is_transcript(str raw)
{
    str s = marks_skip(raw);

    return str_eq_nocase(s, STR("transcript")) || str_eq_nocase(s, STR("transcript:")) ||
           str_eq_nocase(s, STR("transcription")) || str_eq_nocase(s, STR("transkript"));
}

static void doc_read(struct doc *d, str text, struct arena *a)
{
    struct talk_lines l = talk_lines_split(text, a);
    bool fresh = true;

    *d = (struct doc){.a = a, .n = l.n, .heading = l.n, .votes = talk_votes_new(a)};
    d->lines = ARENA_ARRAY(a, struct line, l.n + 1);
    for (size_t i = 0; i < l.n; i++) {
        struct line *x = &d->lines[i];

        *x = line_read(l.line[i]);
        if (x->kind == LINE_BLANK) {
            fresh = true;
            continue;
        }
        d->filled++;
        if (x->kind == LINE_SAY)
            talk_votes_add(d->votes, x->label);
        d->says += x->kind == LINE_SAY;
        d->whos += x->kind == LINE_WHO;
        d->timed += x->kind == LINE_TIMED || (x->kind == LINE_SAY && x->start_ms != IA_TIME_NONE);
        if (fresh && x->kind != LINE_TIME) {
            d->paragraphs++;
            d->paragraphs_said += x->kind == LINE_SAY;
        }
        fresh = false;
        if (d->heading == l.n && heading_is_transcript(x->raw))
            d->heading = i;
    }
}

/* Prose has colons too: without a time a label must look like a name or come back. */
static bool say_counts(const struct doc *d, const struct line *l)
{
    if (l->kind != LINE_SAY)
        return false;
    if (l->start_ms == IA_TIME_NONE && (d->timed * 2 > d->says || d->whos > 1))
        return false; /* where turns carry times, a colon in a line without one is the speaker's own */
    return l->start_ms != IA_TIME_NONE || talk_label_is_name(l->label) ||
           (talk_votes_of(d->votes, l->label) > 1 && l->label.n <= 40);
}

static size_t names_said(const struct doc *d, size_t *out_twice)
{
    size_t n = 0;

    *out_twice = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct line *l = &d->lines[i];

        if (l->kind != LINE_SAY || !talk_label_is_name(l->label))
            continue;
        n++;
        *out_twice += talk_votes_of(d->votes, l->label) > 1;
    }
    return n;
}

static bool doc_is_talk(const struct doc *d)
{
    size_t twice, names = names_said(d, &twice);

    if (d->whos >= 2 || (d->whos == 1 && d->filled > 1 && d->lines[0].kind == LINE_WHO))
        return true;
    if (d->timed >= 2 && d->timed * 10 >= d->says && (d->says + d->timed) * 3 >= d->filled)
        return true;
    if (d->timed == 1 && d->filled == 1)
        return true;
    if (d->heading < d->n && names >= 1)
        return true;
    if (names >= 2 && names == d->filled)
        return true;
    return twice >= 2 && names * 2 >= d->says && (twice * 2 >= d->filled || twice * 2 >= d->paragraphs);
}

/* --- building --- */

struct builder {
    const struct doc *d;
    struct talk t;
    struct buf words;
    bool open; /* a turn is being collected */
    str speaker;
    int64_t start_ms, end_ms;
    int64_t pending_ms; /* a time that stood alone */
};

static void turn_close(struct builder *b)
{
    str text = str_trim(buf_view(&b->words));

    if (b->open && (text.n > 0 || b->speaker.n > 0))
        talk_add(&b->t, b->speaker, b->start_ms, b->end_ms, str_dup(b->d->a, text));
    buf_reset(&b->words);
    b->open = false;
}

static void turn_open(struct builder *b, str speaker, int64_t start_ms, int64_t end_ms, str words)
{
    turn_close(b);
    b->open = true;
    b->speaker = speaker;
    b->start_ms = start_ms != IA_TIME_NONE ? start_ms : b->pending_ms;
    b->end_ms = end_ms;
    b->pending_ms = IA_TIME_NONE;
    buf_str(&b->words, words);
}

static void words_add(struct builder *b, str words)
{
    if (b->words.n > 0)
        buf_char(&b->words, '\n');
    buf_str(&b->words, words);
}

/* "Meeting ended after 02:01:19" */
static bool ending_read(str raw, struct interaction *ia)
{
    size_t at = str_find_nocase(raw, STR(" ended after "), 0), n;
    int64_t ms;

    if (at == SIZE_MAX || !talk_time_prefix(str_from(raw, at + 13), &ms, &n))
        return false;
    ia->duration_ms = ms;
    return true;
}

static bool boilerplate(str raw)
{
    str s = marks_skip(raw);

    return str_starts_nocase(s, STR("This editable transcript was computer generated")) ||
           str_starts_nocase(s, STR("Transcribed by https://otter.ai"));
}

static void talk_line(struct builder *b, const struct line *l, struct interaction *ia)
{
    if (l->kind == LINE_BLANK || boilerplate(l->raw) || ending_read(l->raw, ia))
        return;
    if (l->kind == LINE_TIME) {
        str speaker = b->speaker;

        turn_close(b);
        b->speaker = speaker;
        b->pending_ms = l->start_ms;
    } else if (l->kind == LINE_WHO || say_counts(b->d, l)) {
        turn_open(b, l->label, l->start_ms, l->end_ms, l->words);
    } else if (l->kind == LINE_TIMED && b->d->whos == 0) {
        turn_open(b, STR_NULL, l->start_ms, l->end_ms, l->words);
    } else if (!b->open) {
        turn_open(b, b->speaker, IA_TIME_NONE, IA_TIME_NONE, l->raw);
    } else {
        words_add(b, l->raw);
    }
}

/* Paragraphs as turns without speaker; a heading stays with what follows it. */
static void notes_add(struct builder *b, size_t from, size_t to)
{
    bool heading = false;

    for (size_t i = from; i < to; i++) {
        const struct line *l = &b->d->lines[i];

        if (l->kind == LINE_BLANK) {
            if (!heading)
                turn_close(b);
            continue;
        }
        if (boilerplate(l->raw))
            continue;
        if (l->raw.p[0] == '#' && b->open && !heading)
            turn_close(b);
        heading = l->raw.p[0] == '#';
        if (!b->open)
            turn_open(b, STR_NULL, IA_TIME_NONE, IA_TIME_NONE, l->raw);
        else
            words_add(b, l->raw);
    }
    turn_close(b);
}

/* --- what the head says: title, date, people --- */

static void title_fill(str raw, struct interaction *ia)
{
    str s = marks_skip(raw);
    size_t at, n;
    int64_t ms;
    int offset;

    if (str_ends_nocase(s, STR("- transcript")))
        s = str_trim(str_sub(s, 0, s.n - 12));
    if (talk_date_find(s, &ms, &offset, &at, &n)) {
        if (ia->started_at_ms == CLOCK_NONE) {
            ia->started_at_ms = ms;
            ia->started_offset_min = offset;
        }
        if (at > 1 && s.p[at - 1] == '(' && at + n < s.n && s.p[at + n] == ')')
            s = str_trim(str_sub(s, 0, at - 1));
    }
    if (ia->title.n == 0 && s.n <= 200)
        ia->title = s;
}

static str bullet_skip(str s)
{
    s = str_trim(s);
    while (s.n > 0 && (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '+' || s.p[0] == ' ' ||
                       isdigit((unsigned char)s.p[0]) || s.p[0] == '.'))
        s = str_from(s, 1);
    return s;
}

static void people_add(str list, struct arena *a, struct interaction *ia)
{
    while (list.n > 0 && ia->participants_n < PEOPLE_MAX) {
        str name = str_trim(marks_skip(str_cut(list, ',', &list)));

        if (name.n > 1 && name.n <= 60 && !str_contains(name, STR("://")) && str_find_char(name, '\t', 0) == SIZE_MAX)
            (void)talk_participant(ia, a, name, STR_NULL);
    }
}

static bool people_word(str s)
{
    return str_eq_nocase(s, STR("attendees")) || str_eq_nocase(s, STR("participants")) ||
           str_eq_nocase(s, STR("present")) || str_eq_nocase(s, STR("attendance")) ||
           str_eq_nocase(s, STR("teilnehmer"));
}

static void date_fill(str s, struct interaction *ia)
{
    int64_t ms;
    size_t at, n;
    int offset;

    if (ia->started_at_ms == CLOCK_NONE && talk_date_find(s, &ms, &offset, &at, &n)) {
        ia->started_at_ms = ms;
        ia->started_offset_min = offset;
    }
}

static void head_read(const struct doc *d, size_t to, struct interaction *ia)
{
    bool people = false;

    for (size_t i = 0; i < to; i++) {
        const struct line *l = &d->lines[i];
        str rest, key = marks_skip(str_cut(bullet_skip(l->raw), ':', &rest));

        if (l->kind == LINE_BLANK)
            continue;
        if (l->raw.p[0] == '#') {
            people = people_word(marks_skip(l->raw));
            if (ia->title.n == 0 && !people)
                title_fill(l->raw, ia);
        } else if (people_word(key)) {
            people = rest.n == 0;
            people_add(rest, d->a, ia);
        } else if (people) {
            people_add(bullet_skip(l->raw), d->a, ia);
        } else if (str_eq_nocase(key, STR("date")) || str_eq_nocase(key, STR("datum"))) {
            date_fill(rest, ia);
        } else if (str_eq_nocase(key, STR("title")) && ia->title.n == 0 && i < 10) {
            ia->title = str_trim(rest);
        }
    }
}

static size_t talk_begin(const struct doc *d)
{
    if (d->heading < d->n)
        return d->heading + 1;
    for (size_t i = 0; i < d->n; i++) {
        const struct line *l = &d->lines[i];

        if (l->kind == LINE_WHO || say_counts(d, l) || l->kind == LINE_TIMED || l->kind == LINE_TIME)
            return i;
    }
    return d->n;
}

static enum err_code text_parse(const struct format_input *in, struct arena *a, struct format_result *out,
                                struct err *e)
{
    struct interaction *ia;
    struct builder b;
    struct doc d;
    enum err_code rc;
    size_t begin;
    bool is_talk;
    str text;

    rc = charset_open(in->bytes, a, &text, e);
    if (rc)
        return rc;
    doc_read(&d, text, a);
    is_talk = doc_is_talk(&d);
    begin = is_talk ? talk_begin(&d) : d.n;
    ia = format_item_add(out, a, &format_text, is_talk ? IA_CALL : IA_NOTE);
    head_read(&d, begin, ia);
    b = (struct builder){.d = &d, .start_ms = IA_TIME_NONE, .end_ms = IA_TIME_NONE, .pending_ms = IA_TIME_NONE};
    talk_init(&b.t, a);
    buf_init_wiped(&b.words, IA_TEXT_MAX);
    notes_add(&b, 0, is_talk && d.heading < d.n ? d.heading : begin);
    b.speaker = STR_NULL;
    for (size_t i = begin; i < d.n; i++)
        talk_line(&b, &d.lines[i], ia);
    turn_close(&b);
    if (!buf_ok(&b.words))
        b.t.full = true;
    buf_done(&b.words);
    rc = talk_finish(&b.t, ia, e);
    talk_name_fill(ia, in->name, a);
    return rc;
}

/* The last resort: anything that is text and that no program wrote for another program. */
static int text_sniff(const struct format_input *in)
{
    char scratch[CHARSET_SCRATCH];

    if (magic_binary(in->bytes) || magic_not_text(in->bytes))
        return 0;
    return magic_machine_text(charset_head(in->bytes, scratch)) ? 0 : 5;
}

const struct format_ops format_text = {
    .name = "text",
    .sniff = text_sniff,
    .parse = text_parse,
};
