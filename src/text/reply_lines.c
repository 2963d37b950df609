#include "text/reply_priv.h"

enum { ATTRIBUTION_LINES_MAX = 5, ATTRIBUTION_BYTES_MAX = 600, HEADER_LINES_MAX = 30 };

/* "wrote" in the languages of the usual clients, lower case; matched as written, anywhere in the line. */
static const char *const verbs[] = {
    "wrote",      " writes",    "a écrit",    "a ecrit",   "escribió",    "escribio", "escribi=c3=b3", "ha escrito",
    "escreveu",   "ha scritto", "scrive",     "schrieb",   "geschrieben", "schreef",  "geschreven",    "napisał",
    "napisal",    "pisze",      "skrev",      "kirjoitti", "написал",     "пишет",    "пише",          "написав",
    "写道",       "寫道",       "書きました", "작성",      "napsal",      "napísal",  "yazdı",         "đã viết",
    "כתב",        "كتب",        "έγραψε",     "írta",      "a scris",     "menulis",  "va escriure",   "je napisao",
    "je napisal", "написа",     "rašė",       "rakstīja",  "kirjutas",
};

/* How such a line begins when it does not begin with a date or a name with an address. */
static const char *const starters[] = {
    "on ", "le ",  "el ",  "em ",  "il ",  "am ",    "op ",   "w dniu ",      "dnia ", "den ",
    "på ", "dne ", "dňa ", "vào ", "în ",  "pada ",  "a(z) ", "στις ",        "ב",     "في ",
    "在",  "于",   "於",   "den ", "kl. ", "date: ", "at ",   "in a message",
};

static const char *const original_words[] = {
    "original message",
    "original appointment",
    "mensaje original",
    "message d'origine",
    "message original",
    "ursprüngliche nachricht",
    "originalnachricht",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "originele bericht",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "ursprungligt meddelande",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "исходное сообщение",
    "оригинальное сообщение",
    "původní zpráva",
    "eredeti üzenet",
    "orijinal mesaj",
    "mesaj original",
    "原始邮件",
    "原始郵件",
    "元のメッセージ",
    "원본 메시지",
    "reply message",
    "reply above this line",
    "αρχικό μήνυμα",
};

static const char *const forward_words[] = {
    "forwarded message",
    "forwarded by",
    "begin forwarded message",
    "forwarded mail",
    "message transféré",
    "début du message",
    "début du message réexpédié",
    "mensaje reenviado",
    "mensagem encaminhada",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "przekazana wiadomość",
    "wiadomość przekazana",
    "vidarebefordrat meddelande",
    "videresendt",
    "välitetty viesti",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "переслане повідомлення",
    "přeposlaná zpráva",
    "továbbított üzenet",
    "yönlendirilmiş ileti",
    "iletilen mesaj",
    "转发的邮件",
    "轉寄郵件",
    "転送メッセージ",
    "전달된 메시지",
    "comienza el mensaje reenviado",
};

/* Field names of the header blocks that clients put above quoted mail. 1: who sent it; 2: any other. */
static const struct {
    const char *name;
    int what;
} fields[] = {
    {"from", 1},         {"de", 1},         {"von", 1},           {"da", 1},
    {"van", 1},          {"od", 1},         {"från", 1},          {"fra", 1},
    {"lähettäjä", 1},    {"от", 1},         {"від", 1},           {"от кого", 1},
    {"feladó", 1},       {"kimden", 1},     {"发件人", 1},        {"寄件者", 1},
    {"寄件人", 1},       {"差出人", 1},     {"보낸 사람", 1},     {"expéditeur", 1},
    {"mittente", 1},     {"remitente", 1},  {"gesendet von", 1},  {"από", 1},
    {"to", 2},           {"cc", 2},         {"bcc", 2},           {"sent", 2},
    {"date", 2},         {"subject", 2},    {"reply-to", 2},      {"importance", 2},
    {"attachments", 2},  {"à", 2},          {"envoyé", 2},        {"envoye", 2},
    {"objet", 2},        {"para", 2},       {"enviado", 2},       {"enviado el", 2},
    {"enviada em", 2},   {"asunto", 2},     {"fecha", 2},         {"assunto", 2},
    {"data", 2},         {"an", 2},         {"gesendet", 2},      {"betreff", 2},
    {"datum", 2},        {"a", 2},          {"inviato", 2},       {"oggetto", 2},
    {"aan", 2},          {"verzonden", 2},  {"onderwerp", 2},     {"do", 2},
    {"wysłano", 2},      {"wysłane", 2},    {"temat", 2},         {"till", 2},
    {"skickat", 2},      {"ämne", 2},       {"til", 2},           {"sendt", 2},
    {"emne", 2},         {"dato", 2},       {"vastaanottaja", 2}, {"lähetetty", 2},
    {"aihe", 2},         {"päivämäärä", 2}, {"кому", 2},          {"дата", 2},
    {"отправлено", 2},   {"тема", 2},       {"копия", 2},         {"надіслано", 2},
    {"címzett", 2},      {"küldve", 2},     {"tárgy", 2},         {"kime", 2},
    {"gönderme", 2},     {"konu", 2},       {"tarih", 2},         {"发送时间", 2},
    {"收件人", 2},       {"主题", 2},       {"日期", 2},          {"收件者", 2},
    {"主旨", 2},         {"送信日時", 2},   {"宛先", 2},          {"件名", 2},
    {"日時", 2},         {"받는 사람", 2},  {"제목", 2},          {"날짜", 2},
    {"předmět", 2},      {"komu", 2},       {"odesláno", 2},      {"θέμα", 2},
    {"organization", 2}, {"newsgroups", 2}, {"message-id", 2},    {"in-reply-to", 2},
    {"when", 2},         {"where", 2},      {"attn", 2},
};

/* Lines that clients add by themselves. */
static const char *const stamps[] = {
    "sent from my ",
    "sent from mobile",
    "sent from outlook",
    "sent from mail for",
    "sent from yahoo",
    "sent from samsung",
    "sent from android",
    "sent from a ",
    "sent from gmail",
    "sent from proton",
    "sent from the",
    "sent via ",
    "sent with ",
    "sent on the",
    "sent using ",
    "get outlook for",
    "sent by ",
    "sent through ",
    "sent off the",
    "envoyé de mon",
    "envoyé depuis",
    "envoyé à partir de",
    "envoyé avec",
    "obtenir outlook",
    "von meinem ",
    "gesendet von meinem",
    "gesendet mit ",
    "gesendet von mail",
    "gesendet via",
    "diese nachricht wurde von meinem",
    "holen sie sich outlook",
    "outlook für",
    "enviado desde",
    "enviado do meu",
    "enviado a partir",
    "enviado con ",
    "enviado por ",
    "enviado via ",
    "obtener outlook",
    "obter o outlook",
    "inviato da",
    "scarica outlook",
    "verzonden vanaf",
    "verstuurd vanaf",
    "verzonden met",
    "verstuurd met",
    "skickat från",
    "sendt fra",
    "sendt med",
    "lähetetty ",
    "отправлено с",
    "отправлено из",
    "надіслано з",
    "wysłane z ",
    "wysłano z ",
    "发自我的",
    "發自我的",
    "发送自",
    "iphoneから送信",
    "나의 iphone",
    "odesláno z",
    "iphone'umdan gönderildi",
    "iphone'dan gönderildi",
    "trimis de pe",
    "von unterwegs gesendet",
    "sent wirelessly",
    "sent while mobile",
    "εστάλη από",
};

static bool any_in(str low, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_contains(low, str_of(list[i])))
            return true;
    return false;
}

static bool any_starts(str low, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(low, str_of(list[i])))
            return true;
    return false;
}
#define IN(s, list) any_in((s), (list), sizeof(list) / sizeof((list)[0]))
#define STARTS(s, list) any_starts((s), (list), sizeof(list) / sizeof((list)[0]))

static str strip_marks(str s) /* "*From:*", "_From_", "| From" as text converters write bold */
{
    while (s.n && strchr("*_|# \t", s.p[0]))
        s = str_from(s, 1);
    while (s.n && strchr("*_| \t", s.p[s.n - 1]))
        s.n--;
    return s;
}

static bool is_rule(str t)
{
    size_t i = 0, marks = 0;

    while (i < t.n) {
        uint32_t c = uni_next(t, &i);
        if (uni_is_space(c))
            continue;
        if (!(c < 0x80 && strchr("-_=~*#+", (int)c)) && !(c >= 0x2010 && c <= 0x2015) &&
            !(c >= 0x2500 && c <= 0x2501) && c != 0x1427 && c != 0x2E3A && c != 0x2E3B)
            return false;
        marks++;
        if (c == 0x1427)
            marks += 2;
    }
    return marks >= 2 || (marks == 1 && t.n >= 3); /* one wide dash counts, one hyphen does not */
}

static bool is_quote(str raw, str t)
{
    size_t i = 0;

    if (t.n && t.p[0] == '>')
        return raw.p[0] == '>' || str_trim(raw).p - raw.p <= 3;
    if (str_starts(t, STR("&gt;")))
        return true;
    if (raw.n && (raw.p[0] == ' ' || raw.p[0] == '\t'))
        return false;
    while (i < t.n && i < 16 && uni_is_alnum((unsigned char)t.p[i]))
        i++;
    return i > 0 && i < t.n && t.p[i] == '>' && (t.p[0] >= 'A' && t.p[0] <= 'Z') &&
           (i + 1 == t.n || t.p[i + 1] == ' ' || t.p[i + 1] == '>');
}

/* 0 none, 1 sender field, 2 other field */
static int field_kind(str t, struct arena *a)
{
    size_t colon;
    str name;

    if (t.n < 3 || t.n > 2000)
        return 0;
    t = strip_marks(t);
    for (colon = 0; colon < t.n && colon < 40; colon++)
        if (t.p[colon] == ':' || (t.n - colon >= 3 && memcmp(t.p + colon, "：", 3) == 0))
            break;
    if (colon >= t.n || colon >= 40)
        return 0;
    name = uni_lower(a, str_trim(strip_marks(str_sub(t, 0, colon))));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (str_eq(name, str_of(fields[i].name)))
            return fields[i].what;
    return 0;
}

/* A block of header fields: a sender field and one more within the next lines. Returns its lines, 0 for none. */
static uint32_t header_block(const struct line *l, size_t n, size_t at, bool led, struct arena *a)
{
    int senders = 0, others = 0;
    size_t i, last = at, gap = 0;

    if (!field_kind(l[at].text, a))
        return 0;
    for (i = at; i < n && i < at + HEADER_LINES_MAX; i++) {
        int k = field_kind(l[i].text, a);
        if (k) {
            senders += k == 1;
            others += k == 2;
            last = i;
            gap = 0;
            continue;
        }
        if (l[i].text.n == 0) { /* blank lines between fields come from text converters; one ends a proper block */
            if (senders && others)
                break;
            if (++gap > 1)
                break;
            continue;
        }
        /* a folded field goes on in the next line, but only between fields */
        if (i + 1 < n && field_kind(l[i + 1].text, a) && others + senders > 0)
            continue;
        break;
    }
    if (senders && others && (led || senders + others >= 3 || str_contains(l[at].text, STR("@"))))
        return (uint32_t)(last - at + 1);
    return led && senders + others >= 2 ? (uint32_t)(last - at + 1) : 0;
}

static bool has_date(str s)
{
    size_t digits = 0;

    for (size_t i = 0; i < s.n; i++)
        digits += s.p[i] >= '0' && s.p[i] <= '9';
    return digits >= 3;
}

static bool ends_as_attribution(str low, bool *colon)
{
    low = strip_marks(low);
    while (low.n && strchr("-> \t", low.p[low.n - 1]))
        low.n--;
    *colon = str_ends(low, STR(":")) || str_ends(low, STR("："));
    if (*colon)
        return true;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (str_ends(low, str_of(verbs[i])))
            return true;
    return false;
}

/* "2016-03-03 17:21 GMT+01:00 Some One <a@b.c>:" - no verb at all */
static bool dated_name(str t)
{
    size_t i = 0, digits = 0, colons = 0;

    if (!(t.n > 16 && t.n < 200 && t.p[0] >= '0' && t.p[0] <= '9'))
        return false;
    while (i < t.n && (strchr("0123456789-/.: T,", t.p[i]))) {
        digits += t.p[i] >= '0' && t.p[i] <= '9';
        colons += t.p[i] == ':';
        i++;
    }
    t = str_from(t, i);
    if (digits < 10 || colons < 1 || colons > 2)
        return false;
    return str_starts(t, STR("GMT")) || str_starts(t, STR("UTC")) || str_starts(t, STR("+0")) ||
           str_starts(t, STR("-0")) ||
           (str_contains(t, STR("@")) && str_contains(t, STR("<")) && (str_ends(t, STR(">")) || str_ends(t, STR(":"))));
}

static bool name_with_address(str t)
{
    size_t lt = str_find_char(t, '<', 0), at = str_find_char(t, '@', 0);

    return at != SIZE_MAX && at > 0 && at < 120 &&
           (lt != SIZE_MAX || str_find_char(t, ' ', 0) > at || str_contains(t, STR("(")));
}

static bool attribution_text(str joined, bool quote_follows, struct arena *a)
{
    str low = uni_lower(a, joined);
    bool colon, starts, date = has_date(low), verb = IN(low, verbs);
    size_t words = 1;

    if (dated_name(joined))
        return true;
    if (!verb || !ends_as_attribution(low, &colon))
        return false;
    while (low.n && strchr("-*_> \t\"'", low.p[0]))
        low = str_from(low, 1);
    for (size_t i = 0; i < low.n; i++)
        words += low.p[i] == ' ';
    starts = STARTS(low, starters);
    if (starts && date)
        return colon || str_contains(joined, STR("--")) || quote_follows;
    if (low.n && low.p[0] >= '0' && low.p[0] <= '9' && date)
        return true;
    if (name_with_address(joined) && colon)
        return true;
    if (date && colon && (str_contains(joined, STR("<")) || str_contains(joined, STR("\""))))
        return true;
    return quote_follows && colon && words <= 10; /* "John Smith wrote:" right above a quotation */
}

static bool begins_attribution(str t, struct arena *a)
{
    str low = uni_lower(a, t);

    return (STARTS(low, starters) || (t.n && t.p[0] >= '0' && t.p[0] <= '9')) && has_date(low);
}

/* Does an attribution begin later among these lines? Then what stands above it is somebody's last sentence. */
static bool later_start(const struct line *l, size_t from, size_t to, struct arena *a)
{
    for (size_t i = from; i <= to; i++) {
        size_t at = 0;
        if (begins_attribution(l[i].text, a))
            return true;
        if (i == to && uni_is_alnum(uni_next(l[i].text, &at)) && attribution_text(l[i].text, false, a))
            return true;
    }
    return false;
}

/* Lines of an attribution that begins at `at`; 0 for none. Inside a quotation the marks are taken off first. */
static uint32_t attribution_lines(const struct line *l, size_t n, size_t at, struct arena *a)
{
    char all[ATTRIBUTION_BYTES_MAX + 4];
    size_t used = 0;

    for (size_t i = at; i < n && i < at + ATTRIBUTION_LINES_MAX; i++) {
        str t = l[i].text;
        size_t next = i + 1;
        if (t.n == 0 || used + t.n + 1 > ATTRIBUTION_BYTES_MAX ||
            (i > at && l[i].kind == LINE_QUOTE && l[at].kind != LINE_QUOTE))
            return 0;
        if (used)
            all[used++] = ' ';
        memcpy(all + used, t.p, t.n);
        used += t.n;
        while (next < n && l[next].text.n == 0)
            next++;
        if (attribution_text(str_n(all, used), next < n && l[next].kind == LINE_QUOTE, a))
            return i > at && !begins_attribution(l[at].text, a) && later_start(l, at + 1, i, a)
                       ? 0
                       : (uint32_t)(i - at + 1);
        if (i == at && t.n < 6)
            return 0;
    }
    return 0;
}

static enum line_kind simple_kind(const struct line *l, struct arena *a)
{
    str t = l->text, low;

    if (t.n == 0)
        return LINE_EMPTY;
    if (is_quote(l->raw, t))
        return LINE_QUOTE;
    if (str_eq(t, STR("--")) || str_eq(t, STR("\u2014")) || str_eq(t, STR("\u2013")) || str_eq(t, STR("- --")))
        return LINE_DASHES;
    if (is_rule(t))
        return LINE_RULE;
    if (t.n > 200)
        return LINE_TEXT;
    low = uni_lower(a, strip_marks(t));
    if (STARTS(low, stamps) && low.n < 120)
        return LINE_STAMP;
    while (low.n && strchr("-_=*>~ \t", low.p[0]))
        low = str_from(low, 1);
    if (low.n < 90 && STARTS(low, original_words))
        return low.p != t.p || str_ends(t, STR("-")) || str_ends(t, STR(":")) || str_ends(t, STR("*")) ? LINE_ORIGINAL
                                                                                                       : LINE_TEXT;
    if (low.n < 120 && STARTS(low, forward_words) && (strchr("-_=*>", t.p[0]) || str_ends(t, STR(":"))))
        return LINE_FORWARD;
    return LINE_TEXT;
}

void reply_lines_classify(struct line *l, size_t n, struct arena *a)
{
    struct arena *scratch = arena_new_wiped("text.reply.line");
    bool code = false;

    (void)a;
    for (size_t i = 0; i < n; i++) {
        l[i].span = 1;
        if (str_starts(l[i].text, STR("```"))) {
            code = !code;
            l[i].kind = LINE_TEXT;
        } else {
            l[i].kind = code && l[i].text.n ? LINE_TEXT : simple_kind(&l[i], scratch);
        }
        arena_reset(scratch);
    }
    for (size_t i = 0; i < n; i++) {
        bool led = false;
        uint32_t k;
        if (l[i].kind != LINE_TEXT && !(l[i].kind == LINE_STAMP))
            continue;
        for (size_t j = i; j-- > 0;) {
            if (l[j].kind == LINE_EMPTY)
                continue;
            led = l[j].kind == LINE_RULE || l[j].kind == LINE_ORIGINAL || l[j].kind == LINE_FORWARD ||
                  l[j].kind == LINE_DASHES;
            break;
        }
        k = header_block(l, n, i, led, scratch);
        if (k) {
            l[i].kind = LINE_HEADER;
        } else if (l[i].kind == LINE_TEXT) {
            k = attribution_lines(l, n, i, scratch);
            if (k)
                l[i].kind = LINE_ATTRIBUTION;
        }
        if (k) {
            l[i].span = k;
            i += k - 1;
        }
        arena_reset(scratch);
    }
    arena_free(scratch);
}
