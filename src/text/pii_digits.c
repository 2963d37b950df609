#include "text/pii_priv.h"

enum { GROUPS_MAX = 10, DIGITS_MAX = 24 };

static const char cue_phone[] =
    "phone phones telephone tel cell cellphone mobile mob fax call called calling dial reach contact whatsapp sms text "
    "answering ph pager callback telefon handy numero portable teléfono celular telefone";
static const char cue_card[] = "card cards visa mastercard amex debit creditcard cardnumber discover";
static const char cue_national[] =
    "ssn ssns social security passport licence license licenses license's driver's drivers dl nino insurance nhs "
    "aadhaar aadhar pan dni nie nif cpf cnpj bsn pesel personnummer cpr sin tin itin steuer steuernummer fiscal "
    "fiscale national identity identification identifier nric";
static const char cue_account[] =
    "account accounts acct a/c policy policyid claim claimid member membership customer booking confirmation reference "
    "ref routing sort iban order case ticket loyalty employee serial";
static const char cue_secret[] = "pin password passcode passwd pwd otp pass pw cvv cvc";
static const char cue_birth[] = "born birth dob birthday birthdate";
static const char not_phone_after[] =
    "million billion thousand percent dollars dollar euros euro pounds rupees usd eur gbp times units people years "
    "year customers employees bps basis items shares hundred mw mwh kwh gb mb tb";

/* A run of digit groups with the separators between them. */
struct digits {
    size_t start, end; /* with a leading + or ( */
    size_t g_start[GROUPS_MAX], g_end[GROUPS_MAX];
    size_t groups, total;
    char d[DIGITS_MAX + 1];
    char sep; /* '-', '.', ' ', '/' when all separators are the same one, 0 for none, '*' for mixed */
    bool plus, paren, amount;
    size_t word; /* index of its first word */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool luhn(const char *d, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++) {
        int v = d[n - 1 - i] - '0';
        if (i & 1)
            v = v > 4 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return n > 0 && sum % 10 == 0;
}

/* Length of the calling code (ITU E.164) a number begins with, 0 when none is assigned. */
static size_t calling_code(const char *d, size_t n)
{
    static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 "
                              "63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
    static const char three[] = "21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99";

    if (n < 4)
        return 0;
    if (d[0] == '1' || d[0] == '7')
        return 1;
    if (pii_in(str_n(d, 2), two))
        return 2;
    return pii_in(str_n(d, 2), three) ? 3 : 0;
}

int pii_phone_code(str number)
{
    char d[DIGITS_MAX];
    size_t n = 0, k;
    int code = 0;

    for (size_t i = 0; i < number.n && n < DIGITS_MAX; i++)
        if (is_digit(number.p[i]))
            d[n++] = number.p[i];
    if (number.n == 0 || number.p[0] != '+' || n < 6 || n > 15)
        return 0;
    k = calling_code(d, n);
    for (size_t i = 0; i < k; i++)
        code = code * 10 + (d[i] - '0');
    return code;
}

static size_t separator(str t, size_t at, char *sep)
{
    size_t n = 0;

    *sep = 0;
    while (at + n < t.n && n < 4) {
        unsigned char c = (unsigned char)t.p[at + n];
        if (c == 0xC2 && at + n + 1 < t.n && t.p[at + n + 1] == '\xA0') {
            *sep = ' ';
            n += 2;
            continue;
        }
        if (!strchr(" -./()", c) || c == 0)
            break;
        if (c != '(' && c != ')' && (*sep == 0 || *sep == ' '))
            *sep = (char)c;
        n++;
    }
    return at + n < t.n && is_digit(t.p[at + n]) && n > 0 && n <= 3 ? n : 0;
}

static bool digits_read(const struct pii_run *r, size_t at, struct digits *g)
{
    str t = r->text;
    size_t i = at;
    char last = 0;

    *g = (struct digits){.start = at};
    if (at > 0 && (uni_is_alpha((unsigned char)t.p[at - 1]) || t.p[at - 1] == '_'))
        return false;
    while (i < t.n && g->groups < GROUPS_MAX) {
        size_t from = i, skip;
        char sep;
        while (i < t.n && is_digit(t.p[i]))
            i++;
        if (g->total + (i - from) > DIGITS_MAX)
            break;
        memcpy(g->d + g->total, t.p + from, i - from);
        g->total += i - from;
        g->g_start[g->groups] = from;
        g->g_end[g->groups++] = i;
        g->end = i;
        skip = separator(t, i, &sep);
        if (!skip)
            break;
        if (last && last != sep)
            g->sep = '*';
        else
            g->sep = sep;
        last = sep;
        i += skip;
    }
    if (g->groups == 0)
        return false;
    if (g->end < t.n && (t.p[g->end] == ':' || t.p[g->end] == '%') && g->groups > 1 && g->end + 1 < t.n &&
        is_digit(t.p[g->end + 1])) { /* a clock time */
        g->groups--;
        g->total -= g->g_end[g->groups] - g->g_start[g->groups];
        g->end = g->g_end[g->groups - 1];
    }
    g->word = pii_word_at(r, g->start);
    i = g->start;
    while (i > 0 && (t.p[i - 1] == ' ' || t.p[i - 1] == '('))
        i--;
    if (i > 0 && strchr("$#", t.p[i - 1]))
        g->amount = t.p[i - 1] == '$';
    if (i > 2 && (memcmp(t.p + i - 3, "€", 3) == 0 || memcmp(t.p + i - 3, "₹", 3) == 0))
        g->amount = true;
    if (i > 1 && (memcmp(t.p + i - 2, "£", 2) == 0 || memcmp(t.p + i - 2, "¥", 2) == 0))
        g->amount = true;
    if (g->start > 0 && t.p[g->start - 1] == '(') {
        g->paren = true;
        g->start--;
    }
    if (g->start > 0 && t.p[g->start - 1] == '+') {
        g->plus = true;
        g->start--;
    }
    if (g->end < t.n && t.p[g->end] == ')')
        g->end += g->paren && g->groups == 1;
    return true;
}

static size_t g_len(const struct digits *g, size_t i)
{
    return i < g->groups ? g->g_end[i] - g->g_start[i] : 0;
}

static int g_val(const struct pii_run *r, const struct digits *g, size_t i)
{
    int v = 0;

    for (size_t k = g->g_start[i]; k < g->g_end[i] && v < 100000; k++)
        v = v * 10 + (r->text.p[k] - '0');
    return v;
}

/* 2012-10-01, 1.10.2012, 10/01/12: the first three groups. */
static bool is_date(const struct pii_run *r, const struct digits *g)
{
    int a, b, c;

    if (g->groups < 3 || g_len(g, 1) > 2 || g->plus)
        return false;
    a = g_val(r, g, 0);
    b = g_val(r, g, 1);
    c = g_val(r, g, 2);
    if (g_len(g, 0) == 4 && g_len(g, 2) <= 2)
        return a >= 1800 && a < 2200 && b >= 1 && b <= 12 && c >= 1 && c <= 31;
    if (g_len(g, 0) <= 2 && (g_len(g, 2) == 4 || g_len(g, 2) == 2) && g->groups == 3)
        return a >= 1 && a <= 31 && b >= 1 && b <= 31 && (a <= 12 || b <= 12) &&
               (g_len(g, 2) == 2 ? g->sep != ' ' && g->sep != '*' : c >= 1800 && c < 2200);
    return false;
}

static void digits_cut_front(struct digits *g, size_t k)
{
    size_t gone = 0;

    for (size_t i = 0; i < k; i++)
        gone += g_len(g, i);
    memmove(g->d, g->d + gone, g->total - gone);
    g->total -= gone;
    g->groups -= k;
    memmove(g->g_start, g->g_start + k, g->groups * sizeof g->g_start[0]);
    memmove(g->g_end, g->g_end + k, g->groups * sizeof g->g_end[0]);
    g->start = g->g_start[0];
    g->plus = g->paren = false;
}

static bool cued(const struct pii_run *r, const struct digits *g, size_t reach, const char *cues)
{
    return pii_cue_before(r, g->word, reach, cues);
}

static bool is_card(const struct pii_run *r, const struct digits *g)
{
    bool even = g->groups >= 3;

    if (g->total < 12 || g->total > 19 || g->plus || g->paren)
        return false;
    for (size_t i = 0; i + 1 < g->groups; i++)
        even = even && (g_len(g, i) == 4 || (g->groups == 3 && g_len(g, 0) == 4));
    if (g->total >= 13 && luhn(g->d, g->total) && g->d[0] >= '2' && g->d[0] <= '6')
        return g->groups == 1 || even || cued(r, g, 8, cue_card);
    return cued(r, g, 8, cue_card) || (even && g->total >= 15);
}

static bool is_nanp(const struct digits *g)
{
    size_t i = g->groups == 4 && g_len(g, 0) == 1 && g->d[0] == '1';

    return g->groups == i + 3 && g_len(g, i) == 3 && g_len(g, i + 1) == 3 && g_len(g, i + 2) == 4;
}

/* A phone number by its form alone: how sure, 0 when not. */
static double phone_form(const struct pii_run *r, const struct digits *g)
{
    size_t longest = 0, next = pii_word_at(r, g->end);

    for (size_t i = 0; i < g->groups; i++)
        longest = g_len(g, i) > longest ? g_len(g, i) : longest;
    if (g->plus && g->total >= 6 && g->total <= 15 && calling_code(g->d, g->total))
        return 0.95;
    if (g->amount || (next < r->n && r->w[next].start <= g->end + 1 && pii_in(r->w[next].low, not_phone_after)))
        return 0;
    if (is_nanp(g))
        return 0.9;
    if (str_starts(str_n(g->d, g->total), STR("00")) && g->total >= 10 && g->total <= 17 &&
        calling_code(g->d + 2, g->total - 2))
        return 0.85;
    if (g->paren && g->groups >= 2 && g->total >= 7 && g->total <= 13)
        return 0.8;
    if (g->d[0] == '0' && g->total >= 8 && g->total <= 12 && (g->groups >= 2 || g->total >= 10))
        return 0.75;
    if (g->groups >= 2 && g->groups <= 6 && g->total >= 8 && g->total <= 13 && longest <= 6 && g->sep != '/' &&
        g->sep != '*' && !(g->sep == '.' && g->groups == 2))
        return 0.6;
    if (g->groups == 2 && g_len(g, 0) == 3 && g_len(g, 1) == 4 && g->sep == '-')
        return 0.6;
    if (g->groups == 1 && g->total >= 10 && g->total <= 11 && g->d[0] >= '1')
        return 0.6;
    return 0;
}

static size_t extension_end(const struct pii_run *r, size_t end)
{
    size_t w = pii_word_at(r, end);

    if (w >= r->n || r->w[w].start > end + 3)
        return end;
    if (r->w[w].low.n >= 2 && r->w[w].low.n <= 7 && r->w[w].low.p[0] == 'x' && is_digit(r->w[w].low.p[1]))
        return r->w[w].end;
    if (pii_in(r->w[w].low, "x ext extension extn") && w + 1 < r->n && r->w[w + 1].digits &&
        r->w[w + 1].start <= r->w[w].end + 2)
        return r->w[w + 1].end;
    return end;
}

/* 11 or 9 digits with check digits, in the forms of Brazil and Canada. */
static bool is_cpf(const struct digits *g)
{
    int s1 = 0, s2 = 0;

    if (g->total != 11)
        return false;
    for (int i = 0; i < 9; i++)
        s1 += (g->d[i] - '0') * (10 - i);
    for (int i = 0; i < 10; i++)
        s2 += (g->d[i] - '0') * (11 - i);
    return s1 * 10 % 11 % 10 == g->d[9] - '0' && s2 * 10 % 11 % 10 == g->d[10] - '0';
}

static bool national_form(const struct pii_run *r, const struct digits *g)
{
    bool ssn = g->groups == 3 && g_len(g, 0) == 3 && g_len(g, 1) == 2 && g_len(g, 2) == 4;

    if (ssn && (g->sep == '-' || cued(r, g, 6, cue_national)))
        return true;
    if (g->groups == 4 && g_len(g, 0) == 3 && g_len(g, 3) == 2 && is_cpf(g))
        return true;
    if (g->groups == 2 && g->sep == '-' && g_len(g, 0) == 6 && g_len(g, 1) == 4) { /* YYMMDD-NNNN or DDMMYY-NNNN */
        int a = (g->d[0] - '0') * 10 + g->d[1] - '0', b = (g->d[2] - '0') * 10 + g->d[3] - '0',
            c = (g->d[4] - '0') * 10 + g->d[5] - '0';
        return b >= 1 && b <= 12 && ((a >= 1 && a <= 31) || (c >= 1 && c <= 31));
    }
    return false;
}

static bool near_town(const struct pii_run *r, const struct digits *g)
{
    size_t w = g->word;

    return (w > 0 && r->w[w - 1].is.place) || (w + 1 < r->n && r->w[w + 1].is.place) ||
           cued(r, g, 4, "city town village state country");
}

/* 06032018, 061818: six or eight digits that are a day, where a date is talked about or the year says so */
static bool written_date(const struct pii_run *r, const struct digits *g)
{
    int a = (g->d[0] - '0') * 10 + g->d[1] - '0', b = (g->d[2] - '0') * 10 + g->d[3] - '0',
        y = (g->d[4] - '0') * 10 + g->d[5] - '0';

    if (g->groups != 1 || (g->total != 6 && g->total != 8) || a < 1 || a > 31 || b < 1 || b > 31 || (a > 12 && b > 12))
        return false;
    if (g->total == 8)
        return (y == 19 || y == 20) && !cued(r, g, 4, "account ssn card phone number");
    return cued(r, g, 4, "date on dated appeared used since");
}

/* "4.59E+15" and what chat makes of it, "459 e 15": a long number that a spreadsheet has shortened */
static void exponents(struct pii_run *r)
{
    for (size_t i = 0; r->chat && i + 2 < r->n; i++)
        if (pii_word_is(r, i + 1, "e") && r->w[i].digits && !r->w[i].letters && r->w[i + 2].digits &&
            r->w[i + 2].low.n == 2 && r->w[i + 2].low.p[0] == '1')
            pii_add(r, PII_CARD, r->w[i].start, r->w[i + 2].end, 0.9);
}

static void number_judge(struct pii_run *r, struct digits *g)
{
    double sure;
    size_t w = g->word;
    bool year = g->groups == 1 && g->total == 4 &&
                (str_starts(str_n(g->d, 2), STR("19")) || str_starts(str_n(g->d, 2), STR("20")));

    if (is_date(r, g)) {
        if (cued(r, g, 6, cue_birth))
            pii_add(r, PII_BIRTH, g->start, g->g_end[2], 0.9);
        if (g->groups == 3)
            return;
        digits_cut_front(g, 3);
    }
    if (pii_taken(r, g->start, g->end) || written_date(r, g))
        return;
    if (is_card(r, g)) {
        pii_add(r, PII_CARD, g->start, g->end, luhn(g->d, g->total) ? 0.97 : 0.85);
        return;
    }
    if (national_form(r, g)) {
        pii_add(r, PII_NATIONAL_ID, g->start, g->end, 0.93);
        return;
    }
    sure = phone_form(r, g);
    if (sure >= 0.95) {
        pii_add(r, PII_PHONE, g->start, extension_end(r, g->end), sure);
        return;
    }
    if (g->total >= 4 && !g->amount) {
        if (cued(r, g, 5, cue_national) && !(g->total >= 7 && cued(r, g, 2, cue_phone))) {
            pii_add(r, PII_NATIONAL_ID, g->start, g->end, 0.85);
            return;
        }
        if (cued(r, g, 4, cue_secret)) {
            pii_add(r, PII_SECRET, g->start, g->end, 0.85);
            return;
        }
        if (!year && cued(r, g, 5, cue_card)) {
            pii_add(r, PII_CARD, g->start, g->end, 0.75);
            return;
        }
        if (g->total >= 7 && g->total <= 15 && cued(r, g, 5, cue_phone)) {
            pii_add(r, PII_PHONE, g->start, extension_end(r, g->end), sure > 0.85 ? sure : 0.85);
            return;
        }
        if (!year && g->groups <= 5 && cued(r, g, 5, cue_account)) {
            pii_add(r, PII_ACCOUNT, g->start, g->end, 0.8);
            return;
        }
    }
    if (sure > 0) {
        pii_add(r, PII_PHONE, g->start, extension_end(r, g->end), sure);
        return;
    }
    if (g->groups == 1 && (g->total == 5 || g->total == 6) && near_town(r, g)) {
        pii_add(r, PII_ZIP, g->start, g->end, 0.6);
        return;
    }
    if (g->total >= 4 && (r->chat || (g->groups == 1 && g->total >= 12)) && !year && !g->amount && w < r->n)
        pii_add(r, PII_ACCOUNT, g->start, g->end, r->n <= 8 ? 0.6 : 0.5);
}

/* IBAN: country, length (registry), ISO 7064 mod 97. */
static const struct {
    char country[3];
    int length;
} ibans[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
    {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28},
    {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22},
    {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23},
    {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
    {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28},
    {"TL", 23}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30}, {"CI", 28},
    {"CM", 27}, {"DZ", 26}, {"IR", 26}, {"MA", 28}, {"MG", 27}, {"ML", 28}, {"MZ", 25}, {"SN", 28}, {"AX", 18},
    {"GF", 27}, {"GP", 27}, {"MQ", 27}, {"RE", 27}, {"PF", 27}, {"TF", 27}, {"YT", 27}, {"NC", 27}, {"BL", 27},
    {"MF", 27}, {"PM", 27}, {"WF", 27}, {"IM", 22}, {"JE", 22}, {"GG", 22}, {"AO", 25}, {"BF", 28}, {"BJ", 28},
    {"CF", 27}, {"CG", 27}, {"CV", 25}, {"GA", 27}, {"GQ", 27}, {"GW", 25}, {"KM", 27}, {"NE", 28}, {"TD", 27},
    {"TG", 28},
};

bool pii_iban_valid(str s)
{
    char c[40];
    size_t n = 0, k;
    unsigned mod = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ' || s.p[i] == '-')
            continue;
        if (n >= 36 || !uni_is_alnum((unsigned char)s.p[i]) || (s.p[i] & 0x80))
            return false;
        c[n++] = (char)(s.p[i] >= 'a' ? s.p[i] - 32 : s.p[i]);
    }
    for (k = 0; k < sizeof ibans / sizeof ibans[0]; k++)
        if (n > 4 && memcmp(c, ibans[k].country, 2) == 0)
            break;
    if (k == sizeof ibans / sizeof ibans[0] || (int)n != ibans[k].length || !is_digit(c[2]) || !is_digit(c[3]))
        return false;
    for (size_t i = 0; i < n; i++) {
        char x = c[(i + 4) % n];
        mod = is_digit(x) ? (mod * 10 + (unsigned)(x - '0')) % 97 : (mod * 100 + (unsigned)(x - 'A' + 10)) % 97;
    }
    return mod == 1;
}

static void iban_at(struct pii_run *r, size_t w)
{
    str t = r->text;
    size_t s = r->w[w].start, i = s, n = 0, best = 0;

    if (r->w[w].low.n < 4 || !uni_is_alpha((unsigned char)t.p[s]) || !uni_is_alpha((unsigned char)t.p[s + 1]) ||
        !is_digit(t.p[s + 2]) || !is_digit(t.p[s + 3]))
        return;
    while (i < t.n && n < 36) {
        if (uni_is_alnum((unsigned char)t.p[i]) && !(t.p[i] & 0x80)) {
            n++;
            i++;
            if (n >= 15 && (i == t.n || !uni_is_alnum((unsigned char)t.p[i])) && pii_iban_valid(str_sub(t, s, i)))
                best = i;
        } else if ((t.p[i] == ' ' || t.p[i] == '-') && i + 1 < t.n && uni_is_alnum((unsigned char)t.p[i + 1])) {
            i++;
        } else {
            break;
        }
    }
    if (best)
        pii_add(r, PII_IBAN, s, best, 0.99);
    else if (r->w[w].low.n >= 15 && r->w[w].low.n <= 34 && pii_cue_before(r, w, 5, "iban account konto transfer"))
        pii_add(r, PII_IBAN, s, r->w[w].end, 0.8);
}

/* Ids that mix letters and digits, each with its form: 'A' a letter, '0' a digit. */
static const char *const id_forms[] = {
    "AA000000A",        /* national insurance, United Kingdom */
    "00000000A",        /* DNI, Spain */
    "A0000000A",        /* NIE, Spain */
    "AAAAAA00A00A000A", /* codice fiscale, Italy */
    "AAAAA0000A",       /* PAN, India */
    "AA0000000",        /* passports of several countries */
};

static bool has_form(str s, const char *form)
{
    for (size_t i = 0; i < s.n; i++)
        if (!form[i] || (form[i] == 'A') != uni_is_alpha((unsigned char)s.p[i]) || (form[i] == '0') != is_digit(s.p[i]))
            return false;
    return form[s.n] == 0;
}

static void mixed_ids(struct pii_run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct pii_word *w = &r->w[i];
        if (!w->digits || !w->letters || w->low.n < 4 || w->low.n > 34)
            continue;
        iban_at(r, i);
        if (w->low.n < 5 || pii_taken(r, w->start, w->end))
            continue;
        for (size_t k = 0; k < sizeof id_forms / sizeof id_forms[0]; k++)
            if (has_form(w->low, id_forms[k]) && (w->all_caps || r->chat))
                pii_add(r, PII_NATIONAL_ID, w->start, w->end, 0.8);
        if (pii_cue_before(r, i, 5, cue_national))
            pii_add(r, PII_NATIONAL_ID, w->start, w->end, 0.85);
        else if (pii_cue_before(r, i, 4, cue_secret))
            pii_add(r, PII_SECRET, w->start, w->end, 0.85);
        else if (pii_cue_before(r, i, 4, cue_account))
            pii_add(r, PII_ACCOUNT, w->start, w->end, 0.7);
    }
}

/* "password is Rose 12", "pwd: hunter2": the value behind the cue, whatever it is made of. */
static void secrets(struct pii_run *r)
{
    for (size_t i = 0; i + 1 < r->n; i++) {
        size_t v = i + 1, end;
        bool linked = false;
        if (!pii_of(r, i, PII_SET_SECRET) && !(pii_word_is(r, i, "word") && i && pii_word_is(r, i - 1, "pass")))
            continue;
        while (v < r->n && v < i + 4 &&
               pii_in(r->w[v].low, "is was are as to number no code be will it's its for this")) {
            linked = linked || pii_in(r->w[v].low, "is was as to be");
            v++;
        }
        linked = linked || (r->w[i].end < r->text.n && strchr(":=", r->text.p[r->w[i].end]));
        if (v >= r->n || r->w[v].newline ||
            (!r->w[v].digits && (!linked || r->w[v].is.common || pii_in(r->w[v].low, "not"))))
            continue;
        end = r->w[v].end;
        if (v + 1 < r->n && r->w[v + 1].digits && r->w[v + 1].start == end + 1)
            end = r->w[v + 1].end;
        while (end < r->text.n && (unsigned char)r->text.p[end] > ' ' && !strchr(".,;:!?)\"'", r->text.p[end]))
            end++;
        pii_add(r, PII_SECRET, r->w[v].start, end, 0.85);
    }
}

static void ages(struct pii_run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        if (!r->w[i].digits && r->w[i].low.n < 8)
            continue;
        bool after = i + 2 < r->n && pii_in(r->w[i + 1].low, "year years yr yrs") && pii_in(r->w[i + 2].low, "old");
        bool before = i > 0 && (pii_in(r->w[i - 1].low, "turned turn aged age") ||
                                (i > 1 && pii_word_is(r, i - 1, "is") && pii_word_is(r, i - 2, "age")));
        if (r->w[i].digits && !r->w[i].letters && r->w[i].low.n <= 3 && (after || before))
            pii_add(r, PII_BIRTH, r->w[i].start, r->w[i].end, 0.8);
        else if (i + 1 < r->n && pii_in(r->w[i].low, "year-old years-old") && i > 0 && r->w[i - 1].digits)
            pii_add(r, PII_BIRTH, r->w[i - 1].start, r->w[i - 1].end, 0.8);
    }
}

static void numbers(struct pii_run *r)
{
    str t = r->text;
    struct digits g;

    for (size_t i = 0; i < t.n;) {
        if (!is_digit(t.p[i])) {
            i++;
            continue;
        }
        if (digits_read(r, i, &g)) {
            size_t end = g.end;
            number_judge(r, &g);
            i = end > i ? end : i + 1;
        } else {
            while (i < t.n && is_digit(t.p[i]))
                i++;
        }
    }
}

void pii_find_digits(struct pii_run *r)
{
    if (r->numbers) {
        mixed_ids(r);
        exponents(r);
        numbers(r);
    }
    secrets(r);
    if (r->numbers)
        ages(r);
}
