#include "insight/answer_count.h"

#include <stdlib.h>
#include <string.h>

#include "text/words.h"

enum { DAY_MS = 86400000, NAME_WORDS_MAX = 8, WHEN_MAX = 8 };

struct reading {
    struct words w;
    size_t at;
    int64_t today_ms; /* begin of the day of the question */
    struct arena *a;
    struct count_query *q;
    str question;
    str when[WHEN_MAX]; /* times as asked */
    size_t when_n;
};

static bool is(const struct reading *r, size_t i, const char *word)
{
    return i < r->w.n && str_eq(r->w.token[i], str_of(word));
}

static bool is_one_of(const struct reading *r, size_t i, const char *const *words)
{
    for (; *words; words++)
        if (is(r, i, *words))
            return true;
    return false;
}

static bool take(struct reading *r, const char *phrase)
{
    str rest = str_of(phrase);
    size_t n = 0;

    while (rest.n) {
        str word = str_cut(rest, ' ', &rest);
        if (r->at + n >= r->w.n || !str_eq(r->w.token[r->at + n], word))
            return false;
        n++;
    }
    r->at += n;
    return true;
}

static const char *take_any(struct reading *r, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (take(r, *phrases))
            return *phrases;
    return NULL;
}

static const struct count_noun nouns[] = {
    {"calls", 1u << IA_CALL, "call", "calls", false},
    {"call", 1u << IA_CALL, "call", "calls", false},
    {"meetings", 1u << IA_CALL, "meeting", "meetings", false},
    {"meeting", 1u << IA_CALL, "meeting", "meetings", false},
    {"mails", 1u << IA_MAIL, "mail", "mails", false},
    {"mail", 1u << IA_MAIL, "mail", "mails", false},
    {"emails", 1u << IA_MAIL, "email", "emails", false},
    {"email", 1u << IA_MAIL, "email", "emails", false},
    {"e-mails", 1u << IA_MAIL, "e-mail", "e-mails", false},
    {"e-mail", 1u << IA_MAIL, "e-mail", "e-mails", false},
    {"messages", 1u << IA_MAIL, "message", "messages", false},
    {"notes", 1u << IA_NOTE, "note", "notes", false},
    {"note", 1u << IA_NOTE, "note", "notes", false},
    {"documents", 1u << IA_DOCUMENT, "document", "documents", false},
    {"document", 1u << IA_DOCUMENT, "document", "documents", false},
    {"docs", 1u << IA_DOCUMENT, "document", "documents", false},
    {"files", 1u << IA_DOCUMENT, "file", "files", false},
    {"interactions", 0, "interaction", "interactions", false},
    {"interaction", 0, "interaction", "interactions", false},
    {"conversations", 0, "conversation", "conversations", false},
    {"conversation", 0, "conversation", "conversations", false},
    {"anrufe", 1u << IA_CALL, "Anruf", "Anrufe", true},
    {"gespräche", 1u << IA_CALL, "Gespräch", "Gespräche", true},
    {"besprechungen", 1u << IA_CALL, "Besprechung", "Besprechungen", true},
    {"nachrichten", 1u << IA_MAIL, "Nachricht", "Nachrichten", true},
    {"notizen", 1u << IA_NOTE, "Notiz", "Notizen", true},
    {"dokumente", 1u << IA_DOCUMENT, "Dokument", "Dokumente", true},
};

static bool head_read(struct reading *r)
{
    static const char *const polite[] = {"please", "can you", "could you", "in", "so", NULL};
    static const char *const counts[] = {"how many", "count", "number of", "what is the number of", "wie viele", NULL};
    static const char *const lists[] = {"which", "list",    "show me", "show",       "what",
                                        "find",  "give me", "welche",  "in welchen", NULL};
    static const char *const fillers[] = {"all", "the",      "of",    "our",      "my",
                                          "are", "recorded", "sales", "customer", NULL};

    while (take_any(r, polite))
        ;
    if (!take_any(r, counts)) {
        if (!take_any(r, lists))
            return false;
        r->q->list = true;
    }
    while (take_any(r, fillers))
        ;
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++)
        if (is(r, r->at, nouns[i].word)) {
            r->q->kinds = nouns[i].kinds;
            r->q->noun = &nouns[i];
            r->at++;
            return true;
        }
    return false;
}

static int month_of(const struct reading *r, size_t i)
{
    static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
    static const char *const german[] = {"januar", "februar", "märz",      "april",   "mai",      "juni",
                                         "juli",   "august",  "september", "oktober", "november", "dezember"};

    for (int m = 0; m < 12; m++)
        if (is(r, i, names[m]) || is(r, i, german[m]) ||
            (i < r->w.n && r->w.token[i].n == 3 && str_eq(r->w.token[i], str_n(names[m], 3))))
            return m + 1;
    return 0;
}

static bool number(const struct reading *r, size_t i, int64_t lo, int64_t hi, int64_t *out)
{
    str s = i < r->w.n ? r->w.token[i] : STR_NULL;
    int64_t v;

    if (s.n > 2 &&
        (str_ends(s, STR("st")) || str_ends(s, STR("nd")) || str_ends(s, STR("rd")) || str_ends(s, STR("th"))))
        s.n -= 2;
    if (!str_to_i64(s, &v) || v < lo || v > hi)
        return false;
    *out = v;
    return true;
}

static int64_t civil(int64_t year, int month, int64_t day)
{
    while (month > 12) {
        month -= 12;
        year++;
    }
    while (month < 1) {
        month += 12;
        year--;
    }
    return clock_from_civil((int)year, month, (int)day, 0, 0, 0, 0);
}

static void today_parts(const struct reading *r, int64_t *year, int *month)
{
    int y, d, h, mi, s, ms;

    clock_to_civil(r->today_ms, &y, month, &d, &h, &mi, &s, &ms);
    *year = y;
}

/* A month without a year is the last one that has begun. */
static int64_t year_of(const struct reading *r, int month)
{
    int64_t year;
    int now;

    today_parts(r, &year, &now);
    return month > now ? year - 1 : year;
}

/* "today", "1 September 2026", "September 1, 2026", "2026-09-01", "October 2026", "2026", "monday": [from, to). */
static bool date_read(struct reading *r, int64_t *from, int64_t *to)
{
    static const char *const days[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday",    NULL};
    int64_t day = 0, year = 0;
    int month;
    size_t i;

    take(r, "the");
    i = r->at;
    if (is(r, i, "today") || is(r, i, "yesterday")) {
        *from = r->today_ms - (is(r, i, "today") ? 0 : DAY_MS);
        *to = *from + DAY_MS;
        r->at = i + 1;
        return true;
    }
    for (int d = 0; days[d]; d++)
        if (is(r, i, days[d])) {
            *from = r->today_ms - (int64_t)((clock_weekday(r->today_ms) - d + 7) % 7) * DAY_MS;
            *to = *from + DAY_MS;
            r->at = i + 1;
            return true;
        }
    if (i < r->w.n && r->w.token[i].n == 10 && clock_parse(r->w.token[i], from, NULL)) {
        *to = *from + DAY_MS;
        r->at = i + 1;
        return true;
    }
    if (number(r, i, 1, 31, &day) && month_of(r, i + 1 + (is(r, i + 1, "of") ? 1 : 0))) {
        i += is(r, i + 1, "of") ? 2 : 1;
        month = month_of(r, i++);
    } else if ((month = month_of(r, i)) != 0) {
        i++;
        if (number(r, i, 1, 31, &day))
            i++;
    } else if (number(r, i, 1900, 2200, &year)) {
        *from = civil(year, 1, 1);
        *to = civil(year + 1, 1, 1);
        r->at = i + 1;
        return true;
    } else {
        return false;
    }
    if (number(r, i, 1900, 2200, &year))
        i++;
    else
        year = year_of(r, month);
    *from = civil(year, month, day ? day : 1);
    *to = day ? *from + DAY_MS : civil(year, month + 1, 1);
    r->at = i;
    return true;
}

/* "last month", "this week", "last 30 days", "past two weeks" (as a number). */
static bool relative_read(struct reading *r, int64_t *from, int64_t *to)
{
    size_t i = r->at + (is(r, r->at, "the") ? 1 : 0);
    bool last = is(r, i, "last") || is(r, i, "past") || is(r, i, "previous"), now = is(r, i, "this");
    int64_t year, n;
    int month;

    if (!last && !now)
        return false;
    today_parts(r, &year, &month);
    i++;
    if (last && number(r, i, 1, 1000, &n)) {
        static const char *const d[] = {"days", "day", NULL}, *const w[] = {"weeks", "week", NULL},
                                 *const m[] = {"months", "month", NULL};
        *to = r->today_ms + DAY_MS;
        if (is_one_of(r, i + 1, d))
            *from = r->today_ms - n * DAY_MS;
        else if (is_one_of(r, i + 1, w))
            *from = r->today_ms - 7 * n * DAY_MS;
        else if (is_one_of(r, i + 1, m))
            *from = civil(year, month, 1) - (civil(year, month, 1) - civil(year, month - (int)(n % 1200), 1)) +
                    (r->today_ms - civil(year, month, 1));
        else
            return false;
        r->at = i + 2;
        return true;
    }
    if (is(r, i, "week")) {
        *from = r->today_ms - (int64_t)clock_weekday(r->today_ms) * DAY_MS - (last ? 7 * (int64_t)DAY_MS : 0);
        *to = *from + 7 * (int64_t)DAY_MS;
    } else if (is(r, i, "month")) {
        *from = civil(year, month - last, 1);
        *to = civil(year, month - last + 1, 1);
    } else if (is(r, i, "quarter")) {
        int first = (month - 1) / 3 * 3 + 1 - 3 * last;
        *from = civil(year, first, 1);
        *to = civil(year, first + 3, 1);
    } else if (is(r, i, "year")) {
        *from = civil(year - last, 1, 1);
        *to = civil(year - last + 1, 1, 1);
    } else {
        return false;
    }
    r->at = i + 1;
    return true;
}

static void range_narrow(struct count_query *q, int64_t from, int64_t to)
{
    if (from != CLOCK_NONE && (q->from_ms == CLOCK_NONE || from > q->from_ms))
        q->from_ms = from;
    if (to != CLOCK_NONE && (q->to_ms == CLOCK_NONE || to < q->to_ms))
        q->to_ms = to;
}

static bool time_read(struct reading *r)
{
    static const char *const at[] = {"in", "on", "during", "from", "im", "am", NULL};
    int64_t from, to, from2, to2;
    size_t begin = r->at;

    if (relative_read(r, &from, &to)) {
        range_narrow(r->q, from, to);
        return true;
    }
    if ((take(r, "since") || take(r, "seit")) && date_read(r, &from, &to)) {
        range_narrow(r->q, from, CLOCK_NONE);
        return true;
    }
    r->at = begin;
    if (take(r, "after") && date_read(r, &from, &to)) {
        range_narrow(r->q, to, CLOCK_NONE);
        return true;
    }
    r->at = begin;
    if ((take(r, "before") || take(r, "vor")) && date_read(r, &from, &to)) {
        range_narrow(r->q, CLOCK_NONE, from);
        return true;
    }
    r->at = begin;
    if (take(r, "until") && date_read(r, &from, &to)) {
        range_narrow(r->q, CLOCK_NONE, to);
        return true;
    }
    r->at = begin;
    if ((take(r, "between") || take(r, "from")) && date_read(r, &from, &to) &&
        (take(r, "and") || take(r, "to") || take(r, "until")) && date_read(r, &from2, &to2)) {
        range_narrow(r->q, from, to2);
        return true;
    }
    r->at = begin;
    if (take_any(r, at) && (relative_read(r, &from, &to) || date_read(r, &from, &to))) {
        range_narrow(r->q, from, to);
        return true;
    }
    r->at = begin;
    if (is(r, r->at, "today") || is(r, r->at, "yesterday"))
        if (date_read(r, &from, &to)) {
            range_narrow(r->q, from, to);
            return true;
        }
    r->at = begin;
    return false;
}

/* Where a name ends: at the next word that begins something else. */
static bool ends_name(struct reading *r)
{
    static const char *const ends[] = {
        "in",        "on",         "since",     "before", "after",    "between", "during",   "last",       "this",
        "with",      "by",         "from",      "to",     "mention",  "about",   "that",     "take",       "took",
        "attend",    "attended",   "send",      "sent",   "write",    "wrote",   "use",      "uses",       "mentions",
        "mentioned", "mentioning", "are",       "were",   "have",     "has",     "had",      "do",         "did",
        "until",     "today",      "yesterday", "join",   "joined",   "contain", "contains", "containing", "there",
        "is",        "was",        "the last",  "where",  "happened", "happen",  "we",       NULL};

    return r->at >= r->w.n || is_one_of(r, r->at, ends);
}

/* For words "in" and the like may belong to what is looked for; a date ends them. */
static bool name_read(struct reading *r, enum count_role role)
{
    static const char *const articles[] = {"the",    "a",    "an", "our", "word", "words",
                                           "phrase", "term", "of", "any", NULL};
    size_t first, n;
    str name, said;

    while (take_any(r, articles))
        ;
    first = r->at;
    while (r->at < r->w.n && r->at - first < NAME_WORDS_MAX && !ends_name(r))
        r->at++;
    n = r->at - first;
    if (n == 0 || r->q->names_n == COUNT_NAMES_MAX)
        return false;
    said = str_sub(r->question, r->w.word[first].inner_start, r->w.word[r->at - 1].inner_end);
    name = str_join(r->a, r->w.token + first, n, STR(" "));
    if (str_ends(name, STR("'s")))
        name.n -= 2;
    if (str_ends(said, STR("'s")))
        said.n -= 2;
    r->q->names[r->q->names_n].role = role;
    r->q->names[r->q->names_n].said = said;
    r->q->names[r->q->names_n++].name = name;
    return true;
}

/* "did Priya Raman take part in", "did Lucy send", "Priya attended" */
static bool did_read(struct reading *r)
{
    static const char *const part[] = {
        "take part in",   "take part",   "took part in", "took part", "attend",   "attended", "join", "joined",
        "participate in", "participate", "have",         "had",       "speak in", "do",       NULL};
    static const char *const wrote[] = {"send", "sent", "write", "wrote", "make", "made", NULL};
    size_t begin = r->at;

    if (!(take(r, "did") || take(r, "has") || take(r, "have") || take(r, "was") || take(r, "does")))
        return false;
    if (name_read(r, COUNT_PERSON)) {
        if (take_any(r, wrote)) {
            r->q->names[r->q->names_n - 1].role = COUNT_BY;
            return true;
        }
        if (take_any(r, part) || (is(r, r->at, "in") && ++r->at))
            return true;
        r->q->names_n--;
    }
    r->at = begin;
    return false;
}

static bool clause_read(struct reading *r)
{
    static const char *const empty[] = {
        "were there",  "are there", "there were", "there are",   "there is",    "there",  "do we have", "did we have",
        "have we had", "we had",    "we have",    "are",         "were",        "was",    "is",         "did we get",
        "happened",    "happen",    "took place", "of any kind", "in total",    "in all", "altogether", "that",
        "which",       "and",       "exist",      "recorded",    "do you have", "have",   "has been",   "been",
        "gab es",      "gibt es",   "us",         "did we",      NULL};
    static const char *const words[] = {"mention",    "mentions",   "mentioned",        "mentioning", "about",
                                        "contain",    "contains",   "containing",       "use",        "uses",
                                        "using",      "talk about", "talked about",     "discuss",    "discussed",
                                        "discussing", "say",        "where we mention", "erwähnen",   NULL};
    static const char *const with[] = {"with", "mit", "involving", NULL};
    static const char *const by[] = {"sent by", "written by", "by", "from", "von", NULL};
    static const char *const to[] = {"sent to", "to", "an", NULL};

    size_t begin = r->at;

    if (time_read(r)) {
        if (r->when_n < WHEN_MAX)
            r->when[r->when_n++] = str_sub(r->question, r->w.word[begin].inner_start, r->w.word[r->at - 1].inner_end);
        return true;
    }
    if (did_read(r))
        return true;
    if (take_any(r, words))
        return name_read(r, COUNT_WORDS);
    if (take_any(r, with))
        return name_read(r, COUNT_WITH);
    if (take_any(r, by))
        return name_read(r, COUNT_BY);
    if (take_any(r, to))
        return name_read(r, COUNT_TO);
    return take_any(r, empty) != NULL;
}

bool count_parse(str question, int64_t now_ms, struct arena *a, struct count_query *out)
{
    struct reading r = {.w = words_split(question, a), .a = a, .q = out, .question = question};

    *out = (struct count_query){.from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    r.today_ms = now_ms - ((now_ms % DAY_MS) + DAY_MS) % DAY_MS;
    if (!head_read(&r))
        return false;
    while (r.at < r.w.n)
        if (!clause_read(&r))
            return false;
    out->when = str_join(a, r.when, r.when_n, STR(" "));
    return true;
}
