#include "text/pii_priv.h"

enum { CORE_WORDS_MAX = 6, TAIL_WORDS_MAX = 12 };

static const char street_after[] = /* English: behind the name */
    "street st ave avenue av road rd boulevard blvd lane ln drive dr way court ct place pl square sq highway hwy "
    "parkway pkwy terrace ter circle cir trail trl loop plaza alley crescent close grove "
    "gardens mews walk row hill heights turnpike expressway freeway route causeway broadway esplanade quay wharf "
    "junction crossing point ridge view vista summit harbor pass gateway path bypass run valley landing common commons "
    "park meadow meadows glen manor estate colony nagar layout";
static const char street_certain[] = "street st ave avenue road rd boulevard blvd lane ln drive dr highway hwy parkway "
                                     "pkwy terrace crescent court square trail colony nagar layout";
static const char street_before[] = /* Romance and Slavic languages: in front of the name */
    "rua rue via viale vicolo calle c avda avenida ave av praca praça plaza piazza piazzetta largo travessa camino "
    "paseo strada corso place chemin impasse allee allée quai route ul ulica ulice aleja al os pl plac boulevard bd "
    "cours square carrer passeig ronda rambla estrada alameda rodovia jalan jl via";
static const char street_word[] = /* behind the name, before the number */
    "ter tér ut út utca korut körút setany sétány fasor sor kapu poik põik tanav tänav mnt maantee iela gatve gatvė g "
    "nam nám namesti náměstí namestie ulice ulica trida třída trg cesta ulitsa ulice sokak caddesi bulvari bulvarı "
    "platz allee strasse straße weg damm ring ufer gasse laan straat weg plein kade gata gatan vagen vägen vej alle "
    "vei gate katu tie kuja str";
static const char *const street_ends[] = {
                                           /* at the end of one word, before the number */
    "strasse", "straße", "str",    "gasse",  "gaesschen", "weg",    "platz", "allee",  "damm",    "ufer",  "laan",
    "straat",  "plein",  "kade",   "gracht", "singel",    "dreef",  "hof",   "gata",   "gatan",   "gade",  "vagen",
    "veien",   "vegen",  "vei",    "vej",    "gate",      "katu",   "tie",   "kuja",   "polku",   "rinne", "braut",
    "brautin", "stigur", "vegur",  "gotu",   "gardur",    "ringen", "stien", "bakken", "parken",  "tan",   "ulica",
    "uulu",    "steeg",  "singel", "pad",    "baan",      "markt",  "wei",   "kalinn", "skalinn", "geata", "brunnen",
    "steig",   "ring",   "hang",   "graben", "wiese",     "feld",   "berg",
};
static const char unit_words[] = "apt apartment suite ste unit flat floor room rm bldg building lot box po pobox";
static const char months[] =
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday";
static const char states[] = "al ak az ar ca co ct de fl ga hi ia id il in ks ky la ma md me mi mn mo ms mt nc nd ne "
                             "nh nj nm nv ny oh ok or pa ri sc sd tn tx ut va vt wa wi wv wy dc aa ae ap";
static const char stop_words[] = "and my is the phone contact number ph thanks thank please to for with i want need "
                                 "order name mobile cell will be on at it can you email mail so that this a an has "
                                 "have was are if from but not your sir also let me do not its would like";

static str word_text(const struct pii_run *r, size_t w)
{
    return str_sub(r->text, r->w[w].start, r->w[w].end);
}

static bool bare_number(const struct pii_run *r, size_t w, size_t max)
{
    return w < r->n && r->w[w].digits && r->w[w].low.n <= max &&
           (!r->w[w].letters || (r->w[w].low.n >= 2 && r->w[w].low.p[0] >= '0' && r->w[w].low.p[0] <= '9'));
}

/* Bytes between word w-1 and w are blanks, commas, dots or line ends only. */
static bool joined(const struct pii_run *r, size_t w, size_t max)
{
    if (w == 0 || w >= r->n || r->w[w].start - r->w[w - 1].end > max)
        return false;
    for (size_t i = r->w[w - 1].end; i < r->w[w].start; i++)
        if (!strchr(" ,.\n\r\t#-/\\", r->text.p[i]))
            return false;
    return true;
}

static bool ends_as_street(str low)
{
    for (size_t i = 0; i < sizeof street_ends / sizeof street_ends[0]; i++) {
        str e = str_of(street_ends[i]);
        if (low.n >= e.n + 3 && str_ends(low, e))
            return true;
    }
    return false;
}

static bool name_word(const struct pii_run *r, size_t w) /* may stand in the name of a street */
{
    if (w >= r->n)
        return false;
    if (r->chat)
        return !pii_in(r->w[w].low, stop_words) && !pii_in(r->w[w].low, months);
    return (r->w[w].cap && !pii_in(r->w[w].low, months)) || (r->w[w].digits && r->w[w].letters) ||
           pii_in(r->w[w].low, "de da do dos das del della di la le les el van von der den of the al e i y na nad pod");
}

/* What may go on an address behind its core: units, towns, states, countries, one postal code. */
static size_t tail_end(const struct pii_run *r, size_t w)
{
    bool zip = false;
    size_t end = w;

    for (size_t k = 0; k < TAIL_WORDS_MAX && w < r->n; k++) {
        bool after_stop = r->w[w].start > r->w[w - 1].end && r->text.p[r->w[w - 1].end] == '.' && r->w[w - 1].low.n > 4;
        if (!joined(r, w, 16) || zip || pii_in(r->w[w].low, months))
            break;
        if (pii_in(r->w[w].low, unit_words) && w + 1 < r->n && (r->w[w + 1].digits || r->w[w + 1].low.n == 1)) {
            w += 2;
            if (r->chat && w < r->n && r->w[w].low.n == 1 && r->w[w].letters)
                w++;
            end = w;
            continue;
        }
        if (after_stop && !r->w[w].newline)
            break;
        if (r->w[w].digits) {
            if (r->w[w].low.n < 3 || r->w[w].low.n > 8)
                break;
            zip = r->w[w].low.n >= 4 || w + 1 >= r->n || !r->w[w + 1].digits;
            end = ++w;
            if (w < r->n && r->w[w].digits && r->w[w].low.n <= 4 && r->w[w].start == r->w[w - 1].end + 1 &&
                !r->w[w].newline) /* 840 24, 53-320 */
                end = ++w;
            continue;
        }
        if (r->chat ? pii_in(r->w[w].low, stop_words) && !pii_in(r->w[w].low, states)
                    : !r->w[w].cap &&
                          !pii_in(r->w[w].low, "de da do la le el nan in of and the upon am an der u v w nad pod"))
            break;
        if (!r->chat && r->w[w].cap && r->w[w].is.common && !r->w[w].is.place && !pii_in(r->w[w].low, states) &&
            !pii_in(r->w[w].low, street_after) && !(k > 0 && r->w[w].newline == false))
            break;
        w++;
        if (r->w[w - 1].cap || r->chat || pii_in(r->w[w - 1].low, "nan"))
            end = w;
    }
    return end;
}

static size_t head_start(const struct pii_run *r, size_t w)
{
    size_t k = 0;

    while (w > 0 && k++ < 2 && joined(r, w, 2) && !r->w[w].newline && r->w[w - 1].digits && !r->w[w - 1].letters &&
           r->w[w - 1].low.n <= 6)
        w--;
    while (r->chat && w > 0 && joined(r, w, 2) && pii_in(r->w[w - 1].low, "no number door flat house plot h"))
        w--;
    if (w >= 3 && pii_word_is(r, w - 1, "of") && pii_word_is(r, w - 2, "corner"))
        w -= 2 + pii_word_is(r, w - 3, "the");
    return w;
}

static void address_add(struct pii_run *r, size_t from, size_t to, double sure)
{
    size_t end, start = head_start(r, from);

    to = tail_end(r, to);
    /* "corner of A Street and B Road": both are one address */
    if (to + 2 < r->n && pii_word_is(r, to, "and") && start < from && r->w[to + 1].cap && r->w[to + 2].cap)
        to += 3;
    end = r->w[to - 1].end;
    pii_add(r, PII_ADDRESS, r->w[start].start, end, sure);
}

/* 12 North Main Street; 5th Avenue 3 */
static bool english_street(struct pii_run *r, size_t w)
{
    size_t i = w + 1, names = 0;

    if (!bare_number(r, w, 6) || !name_word(r, i) || (i < r->n && r->w[i].newline))
        return false;
    for (; i < r->n && i <= w + CORE_WORDS_MAX && joined(r, i, 3) && !(r->w[i].newline); i++) {
        if (names && pii_in(r->w[i].low, street_after) &&
            (r->w[i].cap || r->chat || pii_in(r->w[i].low, street_certain))) {
            if (i + 1 < r->n && pii_in(r->w[i + 1].low, street_after) && r->w[i + 1].cap && joined(r, i + 1, 2))
                i++;
            if (r->chat && !pii_in(r->w[i].low, street_certain) &&
                !pii_cue_before(r, w, 6, "address live lives at to street home"))
                return false;
            address_add(r, w, i + 1, 0.9);
            return true;
        }
        if (!name_word(r, i) && !bare_number(r, i, 5))
            return false;
        names++;
    }
    return false;
}

/* Rua Igreja 25; ul. Cicha 86 */
static bool romance_street(struct pii_run *r, size_t w)
{
    size_t i = w + 1, names = 0;

    if (!pii_in(r->w[w].low, street_before) || !(r->w[w].cap || pii_in(r->w[w].low, "ul rua via calle rue")) ||
        (r->w[w].low.n < 3 && !pii_in(r->w[w].low, "ul jl")))
        return false;
    for (; i < r->n && i <= w + CORE_WORDS_MAX && joined(r, i, 3); i++) {
        if (names && bare_number(r, i, 5)) {
            address_add(r, w, i + 1, 0.9);
            return true;
        }
        if (!name_word(r, i) || r->w[i].newline)
            break;
        names++;
    }
    if (names >= 1 && r->w[w].low.n >= 3 && pii_in(r->w[w].low, "rua rue via calle avenida piazza") && !r->chat &&
        w > 0 && bare_number(r, w - 1, 6)) {
        address_add(r, w, i, 0.75);
        return true;
    }
    return false;
}

/* Parijsstraat 8; Hegyalja út 98 */
static bool compound_street(struct pii_run *r, size_t w)
{
    size_t from = w;

    if (w + 1 >= r->n || !bare_number(r, w + 1, 5) || !joined(r, w + 1, 2) || r->w[w + 1].newline || !r->w[w].letters ||
        r->w[w].digits)
        return false;
    if (ends_as_street(r->w[w].low) && (r->w[w].cap || r->chat) && r->w[w].low.n >= 6 && !r->w[w].is.common) {
        address_add(r, w, w + 2, 0.88);
        return true;
    }
    if (w > 0 && pii_in(r->w[w].low, street_word) && r->w[w].low.n >= 2 && (r->w[w - 1].cap || r->chat) &&
        !r->w[w].is.common && joined(r, w, 2)) {
        while (from > 0 && w - from < 3 && joined(r, from, 2) && r->w[from - 1].cap && !r->w[from].newline)
            from--;
        if (from < w) {
            address_add(r, from, w + 2, 0.85);
            return true;
        }
    }
    return false;
}

/* 353 Buerlia 227 / Apt. 391; 87331 Dunajska 56, Studenec: numbers around a name, and an address goes on behind them */
static bool numbered_name(struct pii_run *r, size_t w)
{
    size_t i = w + 1, next;

    if (!bare_number(r, w, 6) || r->w[w].letters || r->chat)
        return false;
    while (i < r->n && i <= w + 5 && joined(r, i, 2) && name_word(r, i) && !r->w[i].digits && !r->w[i].newline)
        i++;
    if (i == w + 1 || !bare_number(r, i, 5) || !joined(r, i, 2) || r->w[i].newline || r->w[w + 1].is.common)
        return false;
    next = i + 1;
    if (next < r->n && joined(r, next, 12) &&
        (pii_in(r->w[next].low, unit_words) || r->w[next].newline ||
         (r->text.p[r->w[i].end] == ',' && r->w[next].cap))) {
        address_add(r, w, next, 0.85);
        return true;
    }
    if (r->w[w].low.n >= 2) {
        address_add(r, w, i + 1, 0.65);
        return true;
    }
    return false;
}

/* Chat: 3264 terrell shores jenniferville georgia 18007 - a house number, words, and a place among them */
static bool chat_address(struct pii_run *r, size_t w)
{
    size_t i = w + 1, place = 0;

    if (!r->chat || !bare_number(r, w, 5) || r->n < 4)
        return false;
    for (; i < r->n && i <= w + 9 && joined(r, i, 3) && !pii_in(r->w[i].low, stop_words) && r->w[i].low.n < 9; i++) {
        if (i > w + 1 && r->w[i].letters && !r->w[i].digits &&
            (r->w[i].is.place || (i + 1 < r->n && r->w[i + 1].digits && pii_in(r->w[i].low, states))))
            place = i;
    }
    if (!place || place < w + 2)
        return false;
    address_add(r, w, place + 1, 0.7);
    return true;
}

/* Name 12 / Suite 4: a unit makes the line before it an address */
static bool unit_address(struct pii_run *r, size_t w)
{
    size_t from = w;

    if (!pii_in(r->w[w].low, "apt apartment suite ste flat") || !(r->w[w].cap || r->chat) || w + 1 >= r->n ||
        !bare_number(r, w + 1, 6))
        return false;
    while (from > 0 && w - from < 9 && joined(r, from, 12) && (name_word(r, from - 1) || r->w[from - 1].digits) &&
           (from == w || !r->w[from].newline || pii_in(r->w[from].low, unit_words)))
        from--;
    address_add(r, from, w + 2, 0.85);
    return true;
}

/* PSC 1437, Box 3833 / APO AA 66791; Unit 5146 Box 1772; P.O. Box 12 */
static bool box_address(struct pii_run *r, size_t w)
{
    size_t from = w;

    if (pii_in(r->w[w].low, "apo fpo dpo") && w + 2 < r->n && pii_in(r->w[w + 1].low, "aa ae ap") &&
        r->w[w + 2].digits) {
        while (from > 0 && w - from < 6 && joined(r, from, 4) &&
               (r->w[from - 1].cap || r->w[from - 1].digits || (r->chat && !pii_in(r->w[from - 1].low, stop_words))))
            from--;
        pii_add(r, PII_ADDRESS, r->w[from].start, r->w[w + 2].end, 0.95);
        return true;
    }
    if (pii_word_is(r, w, "box") && w + 1 < r->n && r->w[w + 1].digits && w > 0 &&
        (pii_in(r->w[w - 1].low, "po p.o") || (w > 1 && pii_word_is(r, w - 1, "o") && pii_word_is(r, w - 2, "p")))) {
        address_add(r, w - 1 - pii_word_is(r, w - 1, "o"), w + 2, 0.85);
        return true;
    }
    return false;
}

/* "my address is ...": up to the end of the sentence, when a number is in it */
static void cued_addresses(struct pii_run *r)
{
    for (size_t i = 0; i + 2 < r->n; i++) {
        size_t w = i + 1, end, digits = 0, from;
        bool address = pii_of(r, i, PII_SET_ADDRESS),
             lives = pii_of(r, i, PII_SET_LIVES) && pii_in(r->w[i + 1].low, "at to of");
        if (!address && !lives)
            continue;
        while (w < r->n && w < i + 8 &&
               pii_in(r->w[w].low, "is to at of as the same new it it's my will be in for this and same here linked "
                                   "credit card change a from are was"))
            w++;
        from = end = w;
        if (r->chat && address) {
            while (end < r->n && end < w + 16 && joined(r, end, 4) &&
                   !pii_in(r->w[end].low,
                           "and my phone contact number ph name mobile cell thanks please zip email mail i want")) {
                digits += r->w[end].digits && r->w[end].low.n <= 6;
                end++;
            }
            while (end > w && r->w[end - 1].digits && r->w[end - 1].low.n >= 9)
                end--;
            if (digits && end - w >= 2 && (bare_number(r, w, 6) || end - w >= 3))
                pii_add(r, PII_ADDRESS, r->w[w].start, r->w[end - 1].end, 0.8);
            continue;
        }
        while (end < r->n && end < w + 16 && (end == w || joined(r, end, 8)) &&
               (r->w[end].cap || r->w[end].digits ||
                (end > w && pii_in(r->w[end].low, "de da do la le and of the nan st"))) &&
               !(end > w && r->w[end].first && !r->w[end].newline)) {
            digits += r->w[end].digits;
            end++;
        }
        if (digits && end - from >= 2)
            pii_add(r, PII_ADDRESS, r->w[from].start, r->w[end - 1].end, 0.82);
    }
}

/* A known town right before, or some unknown name behind "in": "in Bjert 6091" */
static bool town_before(const struct pii_run *r, size_t i)
{
    size_t k = i - 1;

    if (r->w[k].is.place)
        return true;
    if (r->w[k].is.common || pii_in(r->w[k].low, months))
        return false;
    for (; k > 0 && i - k < 5; k--)
        if (pii_word_is(r, k - 1, "in"))
            return true;
        else if (!(r->w[k - 1].cap || pii_in(r->w[k - 1].low, "de da do la le del sur am an")))
            return false;
    return false;
}

static void zips(struct pii_run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct pii_word *w = &r->w[i];
        str t = word_text(r, i);
        size_t end = w->end;
        if (!w->digits || w->low.n < 3 || w->low.n > 9)
            continue;
        if (i + 1 < r->n && r->w[i + 1].digits && r->w[i + 1].start == end + 1 && r->w[i + 1].low.n <= 4 &&
            !r->w[i + 1].newline)
            end = r->w[i + 1].end;
        if (pii_cue_before(r, i, 4, "zip zipcode postal postcode pincode plz zipcodes"))
            pii_add(r, PII_ZIP, w->start, end, 0.9);
        else if ((i > 0 && w->low.n == 5 && !w->letters && joined(r, i, 3) && r->w[i - 1].all_caps &&
                  pii_in(r->w[i - 1].low, states)) ||
                 (w->letters && w->all_caps && i + 1 < r->n && r->w[i + 1].digits && r->w[i + 1].letters &&
                  r->w[i + 1].low.n == 3 && t.n <= 4 && end == r->w[i + 1].end)) /* United Kingdom, Canada */
            pii_add(r, PII_ZIP, w->start, end, 0.8);
        else if (i > 0 && !w->letters && w->low.n >= 4 && w->low.n <= 6 && joined(r, i, 1) && r->w[i - 1].cap &&
                 town_before(r, i) && !(w->low.n == 4 && pii_in(str_sub(w->low, 0, 2), "19 20"))) /* "in Boston 2024" */
            pii_add(r, PII_ZIP, w->start, end, 0.6);
    }
}

static void towns(struct pii_run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        uint32_t next[4];
        size_t k = 0, m;
        int value = 0;
        if (!r->w[i].is.place_begins || (!r->w[i].cap && !(r->chat && r->w[i].letters)))
            continue;
        while (k < 4 && i + k < r->n && (k == 0 || (joined(r, i + k, 1) && !r->w[i + k].newline)) &&
               (r->w[i + k].cap || r->chat)) {
            next[k] = r->w[i + k].is.atom;
            k++;
        }
        m = list_match_atoms(r->places, next, k, &value);
        if (m && (value != 2 || m > 1) && !(r->chat && m == 1 && r->w[i].is.given)) {
            pii_add(r, PII_PLACE, r->w[i].start, r->w[i + m - 1].end, 0.6);
            i += m - 1;
        }
    }
}

/* Streets, boxes, units: all of them have a number. */
static void numbered_addresses(struct pii_run *r)
{
    size_t number = r->n; /* the next number; found from behind */
    size_t *next_number = ARENA_ARRAY(r->a, size_t, r->n);

    for (size_t i = r->n; i-- > 0;) {
        if (r->w[i].digits)
            number = i;
        next_number[i] = number;
    }
    for (size_t i = 0; i < r->n; i++) {
        size_t before = r->span_n;
        if (next_number[i] > i + CORE_WORDS_MAX + 1)
            continue;
        if (!(box_address(r, i) || english_street(r, i) || romance_street(r, i) || compound_street(r, i) ||
              numbered_name(r, i) || unit_address(r, i) || chat_address(r, i)))
            continue;
        if (r->span_n > before)
            while (i + 1 < r->n && r->w[i + 1].start < r->span[r->span_n - 1].end)
                i++;
    }
}

void pii_find_places(struct pii_run *r)
{
    if (r->numbers) {
        numbered_addresses(r);
        cued_addresses(r);
        zips(r);
    }
    towns(r);
}
