#include "text/lists.h"
#include "text/reply_priv.h"

enum { SIGNOFF_LINES_MAX = 16, WORDS_MAX = 12, SENDER_NAMES_MAX = 8 };

/* What a line near the end of a mail looks like. */
enum look { LOOK_OTHER, LOOK_CLOSING, LOOK_CLOSING_NAME, LOOK_NAME, LOOK_MAYBE_NAME, LOOK_CONTACT, LOOK_TITLE };

struct sender {
    str name[SENDER_NAMES_MAX];
    size_t n;
};

static const char *const closings[] = {
    "thanks",
    "thank you",
    "many thanks",
    "thx",
    "tks",
    "best",
    "best regards",
    "kind regards",
    "warm regards",
    "regards",
    "with regards",
    "rgds",
    "cheers",
    "sincerely",
    "yours",
    "take care",
    "talk to you",
    "talk soon",
    "cordially",
    "respectfully",
    "love",
    "all the best",
    "have a great",
    "have a good",
    "have a nice",
    "your friend",
    "your pal",
    "later",
    "ciao",
    "ta",
    "bye",
    "see you",
    "see ya",
    "speak soon",
    "warmly",
    "looking forward",
    "in advance",
    "many thanks",
    "appreciate it",
    "much appreciated",
    "kindest",
    "best wishes",
    "very truly",
    "peace",
    "mit freundlichen",
    "freundliche",
    "viele grüße",
    "beste grüße",
    "liebe grüße",
    "gruß",
    "grüße",
    "schöne grüße",
    "mfg",
    "vg",
    "lg",
    "danke",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "merci",
    "salutations",
    "amicalement",
    "bonne journée",
    "saludos",
    "un saludo",
    "gracias",
    "atentamente",
    "cordialmente",
    "un abrazo",
    "saluti",
    "cordiali saluti",
    "grazie",
    "distinti saluti",
    "atenciosamente",
    "obrigado",
    "obrigada",
    "abraço",
    "abraços",
    "met vriendelijke",
    "groet",
    "groeten",
    "mvg",
    "bedankt",
    "med vänliga",
    "vänliga hälsningar",
    "mvh",
    "med venlig",
    "venlig hilsen",
    "hilsen",
    "med vennlig",
    "vennlig hilsen",
    "terveisin",
    "ystävällisin",
    "pozdrawiam",
    "z poważaniem",
    "dziękuję",
    "с уважением",
    "спасибо",
    "з повагою",
    "дякую",
    "s pozdravem",
    "děkuji",
    "üdvözlettel",
    "saygılarımla",
    "teşekkürler",
    "iyi çalışmalar",
};

static size_t words_of(str t, str *w, size_t max)
{
    size_t n = 0, i = 0;

    while (i < t.n && n < max) {
        size_t start;
        while (i < t.n && strchr(" \t,", t.p[i]))
            i++;
        start = i;
        while (i < t.n && !strchr(" \t,", t.p[i]))
            i++;
        if (i > start)
            w[n++] = str_sub(t, start, i);
    }
    return n;
}

static struct sender sender_of(str s, struct arena *a)
{
    struct sender out = {0};
    size_t i = 0, start;
    str low = uni_fold(a, s);

    while (i < low.n && out.n < SENDER_NAMES_MAX) {
        while (i < low.n && !uni_is_alpha((unsigned char)low.p[i]) && !(low.p[i] & 0x80))
            i++;
        start = i;
        while (i < low.n && (uni_is_alpha((unsigned char)low.p[i]) || (low.p[i] & 0x80) || low.p[i] == '\''))
            i++;
        if (i > start)
            out.name[out.n++] = str_sub(low, start, i);
        if (i < low.n && low.p[i] == '@')
            break; /* the domain names nobody */
    }
    return out;
}

static bool sender_has(const struct sender *s, str word, struct arena *a)
{
    str w = uni_fold(a, word);

    while (w.n && strchr(".,:;!-~/*", w.p[w.n - 1]))
        w.n--;
    if (w.n < 2)
        return false;
    for (size_t i = 0; i < s->n; i++) {
        str x = s->name[i];
        if (str_eq(x, w) ||
            (w.n >= 3 && x.n >= 3 && str_starts(x, str_sub(w, 0, 3)) && (x.n <= w.n + 4 || str_starts(x, w))))
            return true;
    }
    return false;
}

static bool sender_initials(const struct sender *s, str word)
{
    char have[SENDER_NAMES_MAX], want[4];
    size_t n = 0, k = 0;

    for (size_t i = 0; i < word.n && n < 4; i++)
        if (uni_is_upper((unsigned char)word.p[i]))
            want[n++] = (char)(word.p[i] | 32);
        else if (word.p[i] != '.')
            return false;
    for (size_t i = 0; i < s->n; i++)
        have[k++] = s->name[i].p[0];
    if (n < 1 || n > 3 || k < n || (n == 1 && word.n > 2))
        return false;
    for (size_t i = 0; i < n; i++) /* "BT" for "Tycholiz, Barry" as for "Barry Tycholiz" */
        if (!memchr(have, want[i], k))
            return false;
    return true;
}

static bool is_contact(str t, str low)
{
    size_t digits = 0, letters = 0;
    static const char *const words[] = {"phone",  "tel",     "fax",    "mobile", "cell",  "email",
                                        "e-mail", "office:", "direct", "mob:",   "http",  "www.",
                                        "skype",  "telefon", "pager",  "work:",  "home:", "ext."};

    for (size_t i = 0; i < t.n; i++) {
        digits += t.p[i] >= '0' && t.p[i] <= '9';
        letters += uni_is_alpha((unsigned char)t.p[i]) || (t.p[i] & 0x80);
    }
    if (t.n <= 90 && str_contains(t, STR("@")) && !str_contains(t, STR(". ")))
        return true;
    if (t.n <= 70 && digits >= 4 && digits >= letters && (digits >= 7 || letters <= 8))
        return true;
    for (size_t i = 0; t.n <= 80 && i < sizeof words / sizeof words[0]; i++)
        if (str_starts(low, str_of(words[i])))
            return true;
    return t.n <= 40 && digits >= 4 && (t.p[0] == 'x' || t.p[0] == 'X' || t.p[0] == '+' || t.p[0] == '(');
}

static bool closing_line(str low, size_t words)
{
    if (words > 6)
        return false;
    for (size_t i = 0; i < sizeof closings / sizeof closings[0]; i++) {
        str c = str_of(closings[i]);
        if (str_starts(low, c) && (low.n == c.n || !uni_is_alnum((unsigned char)low.p[c.n])))
            return true;
    }
    return false;
}

static bool capital_word(str w)
{
    size_t i = 0;

    while (i < w.n && strchr("-~/\"'(*", w.p[i]))
        i++;
    return i < w.n && uni_is_upper(uni_next(w, &i));
}

static enum look look_of(str t, const struct sender *s, struct arena *a)
{
    str w[WORDS_MAX + 1], low = uni_lower(a, t);
    size_t n, capitals = 0, named = 0, digits = 0;
    bool sentence;

    while (t.n && strchr("-~/*_ \xE2", t.p[0]) && t.n > 1 && !(t.p[0] & 0x80))
        t = str_from(t, 1);
    n = words_of(t, w, WORDS_MAX + 1);
    if (t.n > 100 || n == 0 || n > WORDS_MAX)
        return LOOK_OTHER;
    for (size_t i = 0; i < n; i++) {
        capitals += capital_word(w[i]);
        named += sender_has(s, w[i], a);
    }
    for (size_t i = 0; i < t.n; i++)
        digits += t.p[i] >= '0' && t.p[i] <= '9';
    sentence = n > 3 && strchr(".?!:", t.p[t.n - 1]);
    if (closing_line(low, n)) {
        if (n >= 2 &&
            (named || (n <= 4 && (sender_initials(s, w[n - 1]) ||
                                  (capital_word(w[n - 1]) && str_contains(t, STR(",")) && t.p[t.n - 1] != ',')))))
            return LOOK_CLOSING_NAME;
        return n <= 5 ? LOOK_CLOSING : LOOK_OTHER;
    }
    if (named && n <= 4 && (capitals == n || n == 1) && digits == 0 && t.p[t.n - 1] != ':' && t.p[t.n - 1] != '?')
        return LOOK_NAME;
    if (named && (sender_has(s, w[0], a) || n <= 6) && digits >= 7)
        return LOOK_NAME;
    if (n == 1 && sender_initials(s, w[0]))
        return LOOK_NAME;
    if (is_contact(t, low))
        return LOOK_CONTACT;
    if (!sentence && digits == 0 && n >= 2 && n <= 4 && capitals == n && !strchr(".?!:,;", t.p[t.n - 1]))
        return LOOK_MAYBE_NAME;
    if (n == 1 && digits == 0 && capital_word(w[0]) && list_value(list_get("names.given"), uni_fold(a, str_trim(w[0]))))
        return LOOK_MAYBE_NAME;
    if (!sentence && capitals * 2 >= n && t.n <= 70 && !strchr("?!;", t.p[t.n - 1]))
        return LOOK_TITLE;
    return LOOK_OTHER;
}

size_t reply_signoff_find(const struct line *l, size_t from, size_t end, str sender, struct arena *a)
{
    struct sender s = sender_of(sender, a);
    size_t start = end, seen = 0, below_contact = 0;
    bool certain = false, name_below = false;

    for (size_t i = end; i-- > from && seen < SIGNOFF_LINES_MAX;) {
        enum look k;
        bool set_off;
        if (l[i].text.n == 0)
            continue;
        seen++;
        k = look_of(l[i].text, &s, a);
        set_off = i == from || l[i - 1].text.n == 0 || strchr(".?!:", l[i - 1].text.p[l[i - 1].text.n - 1]);
        if (k == LOOK_OTHER)
            break;
        if (k == LOOK_CLOSING && (name_below || certain)) { /* "Regards," above the name */
            start = i;
            break;
        }
        if (k == LOOK_CLOSING)
            break; /* thanks without a name are words of the mail */
        if (k == LOOK_CLOSING_NAME) {
            start = i;
            break;
        }
        if (k == LOOK_NAME) {
            start = i;
            certain = name_below = true;
        } else if (k == LOOK_MAYBE_NAME) {
            name_below = true;
            if (!certain &&
                (below_contact || (set_off && seen == 1 && (s.n == 0 || !str_contains(l[i].text, STR(" "))))))
                start = i;
        } else {
            below_contact += k == LOOK_CONTACT;
        }
    }
    return start;
}
