/* formats/talk.c - see talk.h. */
#include "formats/talk.h"

/* --- collecting turns --- */

void talk_init(struct talk *t, struct arena *a)
{
    *t = (struct talk){.a = a};
}

void talk_add(struct talk *t, str speaker, int64_t start_ms, int64_t end_ms, str text)
{
    t->text_bytes += text.n;
    if (t->n >= IA_TURNS_MAX || t->text_bytes > IA_TEXT_MAX) {
        t->full = true;
        return;
    }
    ARENA_PUSH(t->a, t->turns, t->n, t->cap) = (struct ia_turn){
        .speaker = str_trim(speaker),
        .start_ms = start_ms,
        .end_ms = end_ms,
        .text = text,
    };
}

/* NULL when there are too many. */
static struct ia_participant *participant_push(struct interaction *ia, struct arena *a, str name, str email)
{
    size_t n = ia->participants_n;
    struct ia_participant *grown;

    if (n >= IA_PARTICIPANTS_MAX)
        return NULL;
    if ((n & (n - 1)) == 0) { /* full at every power of two */
        grown = ARENA_ARRAY(a, struct ia_participant, n ? n * 2 : 1);
        if (n > 0)
            memcpy(grown, ia->participants, n * sizeof *grown);
        ia->participants = grown;
    }
    ia->participants[n] = (struct ia_participant){.name = name, .email = email};
    ia->participants_n = n + 1;
    return &ia->participants[n];
}

struct ia_participant *talk_participant(struct interaction *ia, struct arena *a, str name, str email)
{
    for (size_t i = 0; i < ia->participants_n; i++) {
        struct ia_participant *p = &ia->participants[i];
        bool same_mail = email.n > 0 && str_eq_nocase(p->email, email);
        bool same_name = name.n > 0 && str_eq(p->name, name) && (email.n == 0 || p->email.n == 0);

        if (!same_mail && !same_name)
            continue;
        if (p->email.n == 0)
            p->email = email;
        return p;
    }
    return participant_push(ia, a, name, email);
}

static bool participant_known(const struct interaction *ia, size_t n, str name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(ia->participants[i].name, name) || str_eq_nocase(ia->participants[i].email, name))
            return true;
    }
    return false;
}

enum err_code talk_finish(struct talk *t, struct interaction *ia, struct err *e)
{
    struct talk_votes *seen = talk_votes_new(t->a);
    size_t given = ia->participants_n;

    if (t->full)
        return err_set(e, ERR_LIMIT, "turn %zu: more than %d turns or %d MiB of text in one conversation", t->n,
                       IA_TURNS_MAX, IA_TEXT_MAX >> 20);
    for (size_t i = 0; i < t->n; i++) {
        str name = t->turns[i].speaker;

        if (name.n == 0 || talk_votes_of(seen, name) > 0)
            continue;
        talk_votes_add(seen, name);
        if (!participant_known(ia, given, name) && !participant_push(ia, t->a, name, STR_NULL))
            return err_set(e, ERR_LIMIT, "turn %zu: more than %d speakers", i, IA_PARTICIPANTS_MAX);
    }
    ia->turns = t->turns;
    ia->turns_n = t->n;
    return ERR_OK;
}

/* --- votes: an open-addressing table of labels --- */

struct vote {
    str label;
    size_t n;
    size_t order;
};

struct talk_votes {
    struct arena *a;
    struct vote *slots;
    size_t cap, labels, total;
};

struct talk_votes *talk_votes_new(struct arena *a)
{
    struct talk_votes *v = ARENA_NEW(a, struct talk_votes);

    v->a = a;
    v->cap = 64;
    v->slots = ARENA_ARRAY(a, struct vote, v->cap);
    return v;
}

static struct vote *vote_slot(const struct talk_votes *v, str label)
{
    size_t i = str_hash(label) & (v->cap - 1);

    while (v->slots[i].n > 0 && !str_eq(v->slots[i].label, label))
        i = (i + 1) & (v->cap - 1);
    return &v->slots[i];
}

static void votes_grow(struct talk_votes *v)
{
    struct vote *old = v->slots;
    size_t old_cap = v->cap;

    v->cap *= 2;
    v->slots = ARENA_ARRAY(v->a, struct vote, v->cap);
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].n > 0)
            *vote_slot(v, old[i].label) = old[i];
    }
}

void talk_votes_add(struct talk_votes *v, str label)
{
    struct vote *s;

    if (v->labels * 2 >= v->cap)
        votes_grow(v);
    s = vote_slot(v, label);
    if (s->n == 0) {
        s->label = label;
        s->order = v->labels++;
    }
    s->n++;
    v->total++;
}

size_t talk_votes_of(const struct talk_votes *v, str label)
{
    return vote_slot(v, label)->n;
}

size_t talk_votes_order(const struct talk_votes *v, str label)
{
    return vote_slot(v, label)->order;
}

size_t talk_votes_labels(const struct talk_votes *v)
{
    return v->labels;
}

size_t talk_votes_total(const struct talk_votes *v)
{
    return v->total;
}

/* --- labels --- */

enum { LABEL_BYTES_MAX = 60, LABEL_WORDS_MAX = 8 };

static size_t words_count(str s)
{
    size_t n = 0;
    bool in = false;

    for (size_t i = 0; i < s.n; i++) {
        bool space = s.p[i] == ' ' || s.p[i] == '\t';

        n += !space && !in;
        in = !space;
    }
    return n;
}

static bool label_possible(str s)
{
    int64_t ms;
    unsigned char c;

    if (s.n == 0 || s.n > LABEL_BYTES_MAX || words_count(s) > LABEL_WORDS_MAX)
        return false;
    c = (unsigned char)s.p[0];
    if (!isalnum(c) && c < 0x80 && c != '[' && c != '(' && c != '+' && c != '@' && c != '~')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];

        if (ch == '?' || ch == '!' || ch == ';' || ch == '\n' || ch == '<' || ch == '>' || ch == '"' || ch == '\t')
            return false;
        if (ch == '.' && i + 1 < s.n && s.p[i + 1] == ' ' && i > 4 && s.p[i - 2] != ' ' && s.p[i - 3] != ' ' &&
            s.p[i - 4] != ' ') /* ". " ends a sentence unless the word is short: "Dr. ", "J. " */
            return false;
    }
    return !talk_time_parse(s, &ms) && !str_starts_nocase(s, STR("http"));
}

bool talk_label_split(str line, str *out_label, str *out_rest)
{
    size_t colon;
    bool bold = false;
    str s = line, label, rest;

    if (str_starts(s, STR("**")) || str_starts(s, STR("__"))) {
        bold = true;
        s = str_from(s, 2);
    }
    colon = str_find_char(str_sub(s, 0, LABEL_BYTES_MAX + 8), ':', 0);
    if (colon == SIZE_MAX)
        return false;
    label = str_sub(s, 0, colon);
    rest = str_from(s, colon + 1);
    if (bold) { /* **Name:** words, or **Name**: words */
        if (str_ends(label, STR("**")) || str_ends(label, STR("__")))
            label = str_sub(label, 0, label.n - 2);
        else if (str_starts(rest, STR("**")) || str_starts(rest, STR("__")))
            rest = str_from(rest, 2);
        else
            return false;
    }
    if (rest.n > 0 && !isspace((unsigned char)rest.p[0]) && !str_starts(rest, STR("\xc2\xa0")))
        return false;
    label = str_trim(label);
    if (!label_possible(label))
        return false;
    *out_label = label;
    *out_rest = str_trim(rest);
    return true;
}

static const char *const field_words[] = {
    "action items", "actions",    "address",    "agenda",    "answer",    "attachments", "attendees",   "author",
    "background",   "bcc",        "cc",         "company",   "contact",   "content",     "context",     "conclusion",
    "created",      "customer",   "date",       "deadline",  "decision",  "decisions",   "description", "discussion",
    "duration",     "e-mail",     "email",      "example",   "from",      "goal",        "goals",       "host",
    "id",           "key points", "language",   "link",      "links",     "location",    "meeting",     "minutes",
    "next steps",   "note",       "notes",      "objective", "organizer", "outcome",     "overview",    "owner",
    "participants", "phone",      "place",      "present",   "question",  "recording",   "result",      "risks",
    "sent",         "source",     "start",      "status",    "subject",   "summary",     "team",        "time",
    "title",        "to",         "todo",       "topic",     "topics",    "type",        "update",      "updates",
    "url",          "version",    "warning",    "website",   "when",      "where",       "who",         "why",
    "how",          "what",       "teilnehmer", "datum",     "betreff",   "ort",         "thema",       "protokoll",
    "licence",      "license",    "copyright",
};

bool talk_label_is_name(str label)
{
    size_t words = words_count(label);
    bool start = true;

    if (words == 0 || words > 4 || str_find_char(label, '_', 0) != SIZE_MAX)
        return false;
    for (size_t i = 0; i < label.n; i++) {
        unsigned char c = (unsigned char)label.p[i];

        if (start && (islower(c) || c == '*' || c == '-' || c == '#'))
            return false;
        start = c == ' ';
    }
    for (size_t i = 0; i < sizeof field_words / sizeof field_words[0];
         i++) { /* asked of every line: most differ at once */
        if (field_words[i][0] == tolower((unsigned char)label.p[0]) && str_eq_nocase(label, str_of(field_words[i])))
            return false;
    }
    return true;
}

/* --- lines --- */

struct talk_lines talk_lines_split(str text, struct arena *a)
{
    struct talk_lines l = {0};
    str rest = text, line;

    while (str_line_next(&rest, &line))
        ARENA_PUSH(a, l.line, l.n, l.cap) = line;
    return l;
}

/* --- times --- */

static size_t digits_read(str s, size_t at, size_t max, int64_t *out)
{
    size_t n = 0;

    *out = 0;
    while (at + n < s.n && n < max && isdigit((unsigned char)s.p[at + n])) {
        *out = *out * 10 + (s.p[at + n] - '0');
        n++;
    }
    return n;
}

bool talk_time_prefix(str s, int64_t *out_ms, size_t *out_n)
{
    int64_t part[3], frac;
    size_t i, n, parts = 0, nd;

    i = digits_read(s, 0, 3, &part[0]);
    if (i == 0)
        return false;
    parts = 1;
    while (parts < 3 && i + 1 < s.n && s.p[i] == ':') {
        n = digits_read(s, i + 1, 2, &part[parts]);
        if (n == 0 || (n == 1 && parts == 1 && !(i + 2 < s.n && s.p[i + 2] == ':')))
            break; /* "1:5" is no time, "0:0:5" (Teams) is */
        i += 1 + n;
        parts++;
    }
    if (parts < 2 || part[parts - 1] > 59 || (parts == 3 && part[1] > 59))
        return false;
    *out_ms = parts == 3 ? ((part[0] * 60 + part[1]) * 60 + part[2]) * 1000 : (part[0] * 60 + part[1]) * 1000;
    if (i + 1 < s.n && (s.p[i] == '.' || s.p[i] == ',') && isdigit((unsigned char)s.p[i + 1])) {
        nd = digits_read(s, i + 1, 3, &frac);
        for (n = nd; n < 3; n++)
            frac *= 10;
        *out_ms += frac;
        i += 1 + nd;
        while (i < s.n && isdigit((unsigned char)s.p[i])) /* finer than a millisecond */
            i++;
    }
    if (i < s.n && (isalnum((unsigned char)s.p[i]) || s.p[i] == ':'))
        return false;
    *out_n = i;
    return true;
}

bool talk_time_parse(str s, int64_t *out_ms)
{
    size_t n;

    return talk_time_prefix(s, out_ms, &n) && n == s.n;
}

/* --- dates --- */

static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};

static bool civil_ok(int64_t y, int64_t m, int64_t d)
{
    return y >= 1970 && y <= 2100 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

/* " 16:04", "T16:04:05", "-160405" and a zone "GMT+1", "Z", "+02:00" after a date that ends at `at`. */
static size_t clock_after(str s, size_t at, int64_t *out_ms, int *out_offset)
{
    int64_t h = 0, m = 0, sec = 0, oh = 0, om = 0;
    size_t i = at, n;

    *out_ms = 0;
    *out_offset = 0;
    if (i >= s.n || !(s.p[i] == ' ' || s.p[i] == 'T' || s.p[i] == '_' || s.p[i] == '-' || s.p[i] == ','))
        return at;
    i += 1 + (s.p[i] == ',' && i + 1 < s.n && s.p[i + 1] == ' ');
    n = digits_read(s, i, 2, &h);
    if (n == 0)
        return at;
    i += n;
    if (i < s.n && (s.p[i] == ':' || (n == 2 && isdigit((unsigned char)s.p[i])))) {
        bool colon = s.p[i] == ':';

        i += colon;
        n = digits_read(s, i, 2, &m);
        if (n != 2)
            return at;
        i += 2;
        if (i < s.n && colon == (s.p[i] == ':')) {
            n = digits_read(s, i + colon, 2, &sec);
            if (n == 2)
                i += 2 + colon;
            else
                sec = 0;
        }
    } else {
        return at;
    }
    if (h > 23 || m > 59 || sec > 59 || (i < s.n && isdigit((unsigned char)s.p[i])))
        return at;
    *out_ms = ((h * 60 + m) * 60 + sec) * 1000;
    if (i < s.n && s.p[i] == 'Z')
        return i + 1;
    n = i < s.n && s.p[i] == ' ' ? i + 1 : i;
    if (str_starts(str_from(s, n), STR("GMT")) || str_starts(str_from(s, n), STR("UTC")))
        i = n + 3, n = i;
    if (n < s.n && (s.p[n] == '+' || s.p[n] == '-')) {
        int sign = s.p[n] == '-' ? -1 : 1;
        size_t k = digits_read(s, n + 1, 2, &oh);

        if (k > 0 && oh <= 14) {
            i = n + 1 + k;
            if (i + 2 < s.n && s.p[i] == ':' && digits_read(s, i + 1, 2, &om) == 2 && om < 60)
                i += 3;
            *out_offset = sign * (int)(oh * 60 + om);
        }
    }
    return i;
}

static bool iso_date_at(str s, size_t at, int64_t *y, int64_t *m, int64_t *d, size_t *out_n)
{
    char sep;

    if (at > 0 && isdigit((unsigned char)s.p[at - 1]))
        return false;
    if (digits_read(s, at, 4, y) != 4 || at + 8 > s.n)
        return false;
    sep = s.p[at + 4];
    if (isdigit((unsigned char)sep)) { /* 20260314 */
        if (digits_read(s, at + 4, 2, m) != 2 || digits_read(s, at + 6, 2, d) != 2)
            return false;
        *out_n = 8;
    } else {
        if ((sep != '-' && sep != '_' && sep != '.') || at + 10 > s.n || s.p[at + 7] != sep ||
            digits_read(s, at + 5, 2, m) != 2 || digits_read(s, at + 8, 2, d) != 2)
            return false;
        *out_n = 10;
    }
    if (at + *out_n < s.n && isdigit((unsigned char)s.p[at + *out_n]))
        return false;
    return civil_ok(*y, *m, *d);
}

static size_t ordinal_skip(str s, size_t i)
{
    static const char *const ends[] = {"st", "nd", "rd", "th"};

    for (size_t k = 0; k < 4; k++) {
        if (str_starts_nocase(str_from(s, i), str_of(ends[k])))
            return i + 2;
    }
    return i;
}

static size_t blank_skip(str s, size_t i)
{
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == ',' || s.p[i] == '.'))
        i++;
    return i;
}

/* The month's name (or its first three letters) at `at`; returns its length. */
static size_t month_at(str s, size_t at, int64_t *out)
{
    for (size_t i = 0; i < 12; i++) {
        str name = str_of(months[i]);

        if (str_starts_nocase(str_from(s, at), str_sub(name, 0, 3))) {
            size_t n = str_starts_nocase(str_from(s, at), name) ? name.n : 3;

            *out = (int64_t)i + 1;
            return at + n < s.n && isalpha((unsigned char)s.p[at + n]) ? 0 : n;
        }
    }
    return 0;
}

static bool named_date_at(str s, size_t at, int64_t *y, int64_t *m, int64_t *d, size_t *out_n)
{
    size_t i, n;

    if (at > 0 && isalnum((unsigned char)s.p[at - 1]))
        return false;
    n = month_at(s, at, m);
    if (n > 0) { /* March 14, 2026 */
        i = blank_skip(s, at + n);
        n = digits_read(s, i, 2, d);
        if (n == 0)
            return false;
        i = ordinal_skip(s, i + n);
    } else { /* 14 March 2026 */
        n = digits_read(s, at, 2, d);
        if (n == 0)
            return false;
        i = blank_skip(s, ordinal_skip(s, at + n));
        n = month_at(s, i, m);
        if (n == 0)
            return false;
        i += n;
    }
    i = blank_skip(s, i);
    if (digits_read(s, i, 4, y) != 4 || (i + 4 < s.n && isdigit((unsigned char)s.p[i + 4])))
        return false;
    *out_n = i + 4 - at;
    return civil_ok(*y, *m, *d);
}

bool talk_date_find(str s, int64_t *out_ms, int *out_offset_min, size_t *out_at, size_t *out_n)
{
    int64_t y, m, d, day_ms;
    size_t n, end;

    for (size_t i = 0; i < s.n; i++) {
        if (!iso_date_at(s, i, &y, &m, &d, &n) && !named_date_at(s, i, &y, &m, &d, &n))
            continue;
        end = clock_after(s, i + n, &day_ms, out_offset_min);
        *out_ms = clock_from_civil((int)y, (int)m, (int)d, 0, 0, 0, 0) + day_ms - (int64_t)*out_offset_min * 60000;
        *out_at = i;
        *out_n = end - i;
        return true;
    }
    return false;
}

/* --- names of files --- */

static const char *const plain_names[] = {"transcript", "transcription", "captions", "subtitles",
                                          "chat",       "recording",     "meeting",  "audio_transcript",
                                          "call",       "notes",         "audio",    "closed_caption"};

static bool name_is_plain(str s)
{
    for (size_t i = 0; i < sizeof plain_names / sizeof plain_names[0]; i++) {
        if (str_eq_nocase(s, str_of(plain_names[i])))
            return true;
    }
    return false;
}

static bool sep_is(char c)
{
    return c == ' ' || c == '_' || c == '-' || c == '.';
}

/* The last part of a path without its extension; *out_folder is the part before it. */
static str path_stem(str path, str *out_folder)
{
    size_t slash, dot;
    str base = path, dir = STR_NULL;

    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    slash = str_rfind_char(base, '/');
    if (slash != SIZE_MAX) {
        dir = str_sub(base, 0, slash);
        base = str_from(base, slash + 1);
        slash = str_rfind_char(dir, '/');
        if (slash != SIZE_MAX)
            dir = str_from(dir, slash + 1);
    }
    *out_folder = dir;
    dot = str_rfind_char(base, '.');
    if (dot != SIZE_MAX && dot > 0 && base.n - dot <= 6)
        base = str_sub(base, 0, dot);
    if (str_ends_nocase(base, STR(".transcript"))) /* Zoom: GMT20260314-160400_Recording.transcript.vtt */
        base = str_sub(base, 0, base.n - 11);
    return base;
}

void talk_name_fill(struct interaction *ia, str path, struct arena *a)
{
    str folder, stem = path_stem(path, &folder), full;
    int64_t at_ms;
    int offset;
    size_t at, n;

    if (stem.n == 0)
        return;
    full = name_is_plain(stem) && folder.n > 0 && !str_eq(folder, STR("."))
               ? str_fmt(a, "%.*s %.*s", STR_ARG(folder), STR_ARG(stem))
               : str_dup(a, stem);
    full = str_utf8_repair(a, full);
    if (talk_date_find(full, &at_ms, &offset, &at, &n)) {
        if (ia->started_at_ms == CLOCK_NONE) {
            ia->started_at_ms = at_ms;
            ia->started_offset_min = offset;
        }
        if (at == 0 && n < full.n && sep_is(full.p[n])) { /* only a leading date is taken off */
            while (n < full.n && sep_is(full.p[n]))
                n++;
            if (n < full.n)
                full = str_from(full, n);
        }
    }
    if (ia->title.n == 0)
        ia->title = full;
}

str talk_language(str tag, struct arena *a)
{
    static const char *const three[][2] = {{"eng", "en"}, {"deu", "de"}, {"ger", "de"}, {"fra", "fr"}, {"fre", "fr"},
                                           {"spa", "es"}, {"por", "pt"}, {"ita", "it"}, {"nld", "nl"}, {"dut", "nl"},
                                           {"pol", "pl"}, {"rus", "ru"}, {"jpn", "ja"}, {"zho", "zh"}, {"chi", "zh"},
                                           {"kor", "ko"}, {"swe", "sv"}, {"dan", "da"}, {"nor", "no"}, {"fin", "fi"},
                                           {"tur", "tr"}, {"ara", "ar"}, {"heb", "he"}, {"hin", "hi"}, {"ces", "cs"}};
    size_t n = 0;

    tag = str_trim(tag);
    while (n < tag.n && isalpha((unsigned char)tag.p[n]))
        n++;
    if (n < 2 || n > 3 || (n < tag.n && tag.p[n] != '-' && tag.p[n] != '_'))
        return STR_NULL;
    tag = str_lower_ascii(a, str_sub(tag, 0, n));
    for (size_t i = 0; i < sizeof three / sizeof three[0]; i++) {
        if (str_eq(tag, str_of(three[i][0])))
            return str_of(three[i][1]);
    }
    return str_eq(tag, STR("und")) || str_eq(tag, STR("zxx")) || str_eq(tag, STR("mul")) ? STR_NULL : tag;
}
