#include "text/pii_priv.h"

enum { CHUNK_WORDS_MAX = 6, PEOPLE_TOKENS_MAX = 256 };

static const char titles[] = "mr mrs ms mx miss dr prof professor sir madam dame lord lady rev reverend fr sr hon "
                             "judge senator president herr frau hr dhr mevrouw mevr monsieur mme mlle m. senor señor "
                             "senora señora sra srta signor signora sig dott ing shri smt sri uncle aunt";
static const char particles[] =
    "van von der den de da do dos das di del della la le el al bin ibn ben y e ter ten zu zur af av o mac mc st";
static const char org_words[] =
    "inc ltd llc llp corp corporation company co gmbh ag sa plc bv nv group holdings partners capital bank university "
    "college school institute hospital foundation association society consulting consultants services "
    "solutions systems software technologies technology labs industries international global media press records "
    "studios pictures entertainment airlines motors energy research hathaway committee commission council ministry "
    "department agency union club team league "
    "church museum library centre center hotel restaurant cafe store shop market street road avenue park city county "
    "state river lake mountain island airport station bridge building tower times post journal news magazine network "
    "channel act law treaty cup award prize festival war revolution party court house "
    "economic fund trust insurance financial securities management marketing advisors ventures data cloud digital "
    "explorer investor relations officer director manager chief executive senior vice president chairman quarter first "
    "second third fourth fiscal";
static const char relatives[] =
    "kid son daughter wife husband brother sister mother father mom dad partner grandfather grandmother grandson uncle "
    "aunt cousin nephew niece fiance girlfriend boyfriend";
static const char place_cues[] = "in from at to near of around through visit visiting across";
/* Capitalised in English, but nobody's name; and what chat writes for words. */
static const char not_names[] =
    "company pvt ltd solutions softwares byee bye haha hahaha hehe lol yesresolved nothanks thankyou thanku hmm "
    "english french german spanish italian portuguese dutch russian polish swedish danish norwegian finnish greek "
    "turkish czech hungarian chinese japanese korean indian american british canadian australian irish scottish welsh "
    "european african asian mexican brazilian "
    "swiss austrian belgian israeli arabic hebrew latin romanian ukrainian croatian serbian slovak slovenian estonian "
    "latvian lithuanian icelandic iban ssn ok okay hai hii hlo hy helo heloo gud mrg mrng gm pls plz thx ty tq acc "
    "acct zip cal mac usd inr eur gbp llc ceo cfo coo cto vp hr it faq pin otp id";
/* How family names end in several languages. */
static const char *const family_ends[] = {
    "ovic",   "evic",  "ova",  "eva",   "ov",    "ev",  "enko", "sson",    "dottir", "nen", "ski",  "sky",
    "ska",    "stein", "berg", "mann",  "ez",    "yan", "ian",  "elli",    "etti",   "ini", "oglu", "adze",
    "shvili", "vich",  "czyk", "quist", "gaard", "sen", "escu", "opoulos", "idis",   "akis"};
static const char months_days[] = "january february march april may june july august september october november "
                                  "december monday tuesday wednesday thursday friday saturday sunday";
static const char cue_word[] = "name named called calls i'm im this dear hi hello hey thanks regards cheers sincerely "
                               "says said asked told ask tell mr with and from speak contact by brother sister mother "
                               "father son daughter kid child wife husband partner friend colleague boss";

static const char lead_words[] =
    "a an the this that these those and but or so if when while why who what where how is are was were did does do can "
    "could will would should has have had please ask tell call because yes no not for from with by in on at to of as "
    "then now just my our your his her their its it we you they he she uh um well okay";

static const char *const sets[PII_SETS] = {
    [PII_SET_TITLE] = titles,
    [PII_SET_PARTICLE] = particles,
    [PII_SET_ORGANISATION] = org_words,
    [PII_SET_NOT_NAME] = not_names,
    [PII_SET_CALENDAR] = months_days,
    [PII_SET_LEAD] = lead_words,
    [PII_SET_NAME_CUE] = "name names named nam username",
    [PII_SET_I_AM] = "im i'm",
    [PII_SET_BE] = "is am myself",
    [PII_SET_GREETS] = "myself hi hello",
    [PII_SET_ADDRESS] = "address adress addres adddress addrss",
    [PII_SET_LIVES] = "live lives living located residing reside deliver delivered ship corner",
    [PII_SET_SECRET] = "password passwords passcode passwd pwd pw passphrase otp pin",
    [PII_SET_SCHEME] = "http https ftp ftps sftp",
};

static bool ends_as_family(str low)
{
    for (size_t i = 0; i < sizeof family_ends / sizeof family_ends[0]; i++)
        if (low.n >= strlen(family_ends[i]) + 3 && str_ends(low, str_of(family_ends[i])))
            return true;
    return false;
}

/* Does the list have the word without its ending: "pizzas", "called"? */
static bool common_without_end(const struct pii_run *r, str low)
{
    static const char *const ends[] = {"s", "es", "ed", "d", "ing", "ly", "er", "in"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (low.n >= strlen(ends[i]) + 3 && str_ends(low, str_of(ends[i])) &&
            list_value(r->common, str_sub(low, 0, low.n - strlen(ends[i]))))
            return true;
    return false;
}

struct pii_facts pii_facts_make(const struct pii_run *r, str low)
{
    uint32_t atom = list_atom(low);
    struct pii_facts f = {.atom = atom,
                          .given = (uint8_t)list_value_atom(r->given, atom),
                          .family = (uint8_t)list_value_atom(r->family, atom),
                          .common = (uint8_t)list_value_atom(r->common, atom),
                          .place = (uint8_t)list_value_atom(r->places, atom)};

    f.place_begins = list_begins(r->places, atom);
    f.common_form = f.common || common_without_end(r, low);
    if (!f.family && !f.common && ends_as_family(low))
        f.family = 1;
    for (int i = 0; i < PII_SETS; i++)
        f.sets |= (uint16_t)(pii_in(low, sets[i]) << i);
    return f;
}

static int given(const struct pii_run *r, size_t w)
{
    return r->w[w].is.given;
}

static int family(const struct pii_run *r, size_t w)
{
    return r->w[w].is.family;
}

static bool common(const struct pii_run *r, size_t w)
{
    return r->w[w].is.common != 0;
}

/* The same for chat, where the list has only one form of a word. */
static bool common_form(const struct pii_run *r, size_t w)
{
    return r->w[w].is.common_form;
}

static bool initial(const struct pii_run *r, size_t w)
{
    return r->w[w].end - r->w[w].start <= 2 && r->w[w].cap && !r->w[w].digits && r->w[w].low.n == 1 &&
           r->w[w].low.p[0] != 'i';
}

/* Bytes between w-1 and w: one blank, perhaps after the dot of an initial. */
static bool adjoins(const struct pii_run *r, size_t w)
{
    size_t gap;

    if (w == 0 || w >= r->n || r->w[w].newline)
        return false;
    gap = r->w[w].start - r->w[w - 1].end;
    if (gap == 1)
        return r->text.p[r->w[w - 1].end] == ' ';
    return gap == 2 && r->text.p[r->w[w - 1].end] == '.' && r->text.p[r->w[w - 1].end + 1] == ' ' &&
           (r->w[w - 1].low.n == 1 || pii_of(r, w - 1, PII_SET_TITLE) || r->w[w - 1].low.n == 2);
}

/* 1 a town, 3 a state or country, 0 neither. */
static int known_place(const struct pii_run *r, size_t from, size_t to)
{
    uint32_t next[4];
    size_t n = 0;
    int value = 0;

    for (size_t i = from; i < to && n < 4; i++)
        next[n++] = r->w[i].is.atom;
    return n && list_match_atoms(r->places, next, n, &value) == n ? (value == 2 ? 0 : value) : 0;
}

/* End of the run of capitalised words (and name particles between them) that begins at w. */
static size_t chunk_end(const struct pii_run *r, size_t w)
{
    size_t end = w + 1, i;

    for (i = w + 1; i < r->n && i < w + CHUNK_WORDS_MAX && adjoins(r, i); i++) {
        if (r->w[i].cap && r->w[i].letters && !r->w[i].digits) {
            end = i + 1;
            continue;
        }
        if (!(pii_of(r, i, PII_SET_PARTICLE) && i + 1 < r->n && r->w[i + 1].cap))
            break;
    }
    return end;
}

static bool organisation(const struct pii_run *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (pii_of(r, i, PII_SET_ORGANISATION) && !(i == from && given(r, i) == 1))
            return true;
    if (to < r->n && r->w[to].start <= r->w[to - 1].end + 2 &&
        pii_in(r->w[to].low, "inc ltd llc corp gmbh plc group & bank company"))
        return true;
    return r->w[to - 1].end + 2 < r->text.n && r->text.p[r->w[to - 1].end] == ' ' &&
           r->text.p[r->w[to - 1].end + 1] == '&';
}

/* What the words before say: 2 a person must follow, 1 may, 0 nothing. */
static int cue(const struct pii_run *r, size_t w, size_t to)
{
    str t = r->text;
    size_t e = r->w[to - 1].end;

    if (w > 0 && pii_of(r, w - 1, PII_SET_TITLE) && r->w[w].start <= r->w[w - 1].end + 2 &&
        (r->w[w - 1].cap || r->chat))
        return 2;
    if (w > 0 && r->w[w].start <= r->w[w - 1].end + 3) {
        str p = r->w[w - 1].low;
        if (pii_in(p, "thanks thank hi hello hey dear morning afternoon evening thx") && given(r, w) && e < t.n)
            return 2;
        if (pii_in(p, "named dear") || (pii_in(p, "called") && !r->w[w].first))
            return 2;
        if (pii_in(p, "i'm im says said") && (!common(r, w) || given(r, w) || family(r, w)))
            return 2;
        if (pii_in(p, "name") || (pii_in(p, "is") && w > 1 &&
                                  (pii_in(r->w[w - 2].low, "name this here") ||
                                   (w > 2 && pii_word_is(r, w - 2, "it") == false && pii_word_is(r, w - 3, "name")))))
            return 2;
        if (pii_in(p, "name's"))
            return 2;
        if (pii_in(p, relatives) && !common(r, w))
            return 2;
        if (pii_in(p, cue_word))
            return 1;
    }
    if ((w == 0 || r->w[w].newline) && e < t.n && t.p[e] == ':' && to - w <= 3 && !(common(r, w) && given(r, w) != 1))
        return 2; /* a speaker's label */
    if (to < r->n && r->w[to].start <= e + 2 &&
        pii_in(r->w[to].low, "says said asked replied told wrote speaking thinks lives from"))
        return 1;
    return 0;
}

/* "Bill, maybe I should": a name that is a word too, at the start of a sentence, with a comma behind it */
static bool vocative(const struct pii_run *r, size_t from, size_t to)
{
    size_t e = r->w[from].end;

    return to == from + 1 && given(r, from) && e < r->text.n && r->text.p[e] == ',' && !pii_of(r, from, PII_SET_LEAD) &&
           !r->w[from].all_caps;
}

/* "Ann Bell from Acme": behind a name these lead to a company */
static bool behind_name(const struct pii_run *r, size_t from)
{
    size_t i = from;

    if (i < 2 || !pii_in(r->w[i - 1].low, "from with of at"))
        return false;
    for (size_t k = r->span_n; k-- > 0 && r->span_n - k < 4;)
        if (r->span[k].type == PII_NAME && r->span[k].end == r->w[i - 2].end)
            return true;
    return false;
}

static void chunk_judge(struct pii_run *r, size_t from, size_t to)
{
    double sure = 0;
    int g, f, k, c;
    size_t n;

    /* a sentence begins with a capital too: "Why is", "Please ask"; and titles are not part of the name */
    c = cue(r, from, to);
    while (from < to && c < 2 &&
           (pii_of(r, from, PII_SET_TITLE) || pii_in(r->w[from].low, "hi hello hey dear thanks thank good") ||
            (r->w[from].first && (common(r, from) || from + 1 == to) && given(r, from) != 1 && !vocative(r, from, to) &&
             !(to - from >= 2 &&
               ((given(r, from) && !common(r, to - 1)) || initial(r, from + 1) ||
                (family(r, to - 1) == 1 && !common(r, from))) &&
               !pii_of(r, from, PII_SET_LEAD)))))
        if (++from == to || !r->w[from].cap)
            break;
    while (to > from && (pii_of(r, to - 1, PII_SET_CALENDAR) || pii_of(r, to - 1, PII_SET_PARTICLE)))
        to--;
    if (from >= to)
        return;
    n = to - from;
    c = cue(r, from, to);
    if (n == 1 && (pii_of(r, from, PII_SET_NOT_NAME) || str_starts(r->w[from].low, STR("i'"))))
        return;
    if (behind_name(r, from) && c < 2)
        return;
    if (r->w[from].all_caps && c < 2 && !r->shouted && (r->w[from].low.n <= 3 || given(r, from) != 1))
        return;
    if (organisation(r, from, to) && c < 2)
        return;
    if (known_place(r, from, to) && c < 2 &&
        (given(r, from) != 1 || n > 1 || known_place(r, from, to) == 3 ||
         (from > 0 && pii_in(r->w[from - 1].low, place_cues))))
        return;
    g = given(r, from);
    f = family(r, to - 1);
    k = common(r, from);
    if (n == 1) {
        bool sound = !common(r, from) && r->w[from].low.n >= 3 && !r->w[from].all_caps;
        if (c == 2 && !(k && !g && !f))
            sure = 0.9;
        else if (g == 1 && sound)
            sure = 0.75;
        else if (f == 1 && sound && (c == 1 || r->w[from].first == false))
            sure = c == 1 ? 0.7 : 0.55;
        else if (c == 1 && sound && (g || f))
            sure = 0.6;
        else if (g && !r->w[from].all_caps && r->w[from].low.n >= 3 &&
                 (vocative(r, from, to) ||
                  (!r->w[from].first && from > 0 &&
                   !pii_in(r->w[from - 1].low, "the a an this that our your my new each per every"))))
            sure = 0.65; /* a word with a capital inside a sentence */
    } else {
        bool last_common = common(r, to - 1) && !f;
        if (c == 2)
            sure = 0.92;
        else if (g == 1 && (!last_common || n == 2))
            sure = f ? 0.92 : 0.85;
        else if (g == 2 && !last_common)
            sure = f ? 0.8 : 0.7;
        else if (!k && ((!last_common && n >= 3 && pii_of(r, from + 1, PII_SET_PARTICLE)) || (n >= 2 && f == 1)))
            sure = 0.75;
        else if (!k && !last_common && (g || f || c == 1 || initial(r, from) || initial(r, from + 1)))
            sure = 0.65;
        else if (!k && !last_common && n <= 3 && !r->w[from].all_caps)
            sure = 0.5;
    }
    if (sure > 0)
        pii_add(r, PII_NAME, r->w[from].start, r->w[to - 1].end, sure);
}

static void capitalised(struct pii_run *r)
{
    for (size_t i = 0; i < r->n;) {
        size_t to;
        if (!r->w[i].cap || r->w[i].digits || !r->w[i].letters || pii_of(r, i, PII_SET_CALENDAR) ||
            str_eq(r->w[i].low, STR("i")) || (r->w[i].low.n == 1 && !initial(r, i))) {
            i++;
            continue;
        }
        to = chunk_end(r, i);
        chunk_judge(r, i, to);
        i = to;
    }
}

static bool near_name(const struct pii_run *r, size_t w)
{
    for (size_t k = r->span_n; k-- > 0 && r->span_n - k < 64;)
        if (r->span[k].type == PII_NAME && r->span[k].start <= r->w[w].start && r->span[k].end >= r->w[w].end)
            return true;
    return false;
}

/* "Torpy, Salinas and Dale": what stands in one list with a name is a name */
static void listed(struct pii_run *r)
{
    bool more = true;

    for (int round = 0; more && round < 3; round++) {
        more = false;
        for (size_t i = 0; i < r->n; i++) {
            size_t other = SIZE_MAX;
            if (!r->w[i].cap || r->w[i].all_caps || !r->w[i].letters || r->w[i].low.n < 3 ||
                pii_of(r, i, PII_SET_NOT_NAME) || pii_of(r, i, PII_SET_LEAD) || pii_of(r, i, PII_SET_ORGANISATION) ||
                (common(r, i) && !given(r, i) && !family(r, i)) || r->w[i].is.place ||
                (i > 0 && adjoins(r, i) && r->w[i - 1].cap) || (i + 1 < r->n && adjoins(r, i + 1) && r->w[i + 1].cap) ||
                pii_taken(r, r->w[i].start, r->w[i].end))
                continue;
            if (i + 2 < r->n && pii_word_is(r, i + 1, "and") && r->w[i + 2].cap)
                other = i + 2;
            else if (i + 1 < r->n && r->w[i + 1].cap && r->w[i + 1].start == r->w[i].end + 2 &&
                     r->text.p[r->w[i].end] == ',')
                other = i + 1;
            if (!(other != SIZE_MAX && pii_taken(r, r->w[other].start, r->w[other].end) && near_name(r, other)) &&
                !(i >= 2 && pii_word_is(r, i - 1, "and") && near_name(r, i - 2)) &&
                !(i >= 1 && r->w[i].start == r->w[i - 1].end + 2 && r->text.p[r->w[i - 1].end] == ',' &&
                  near_name(r, i - 1)))
                continue;
            more = true;
            pii_add(r, PII_NAME, r->w[i].start, r->w[i].end, 0.5);
        }
    }
}

static bool chat_name_word(const struct pii_run *r, size_t w, bool lenient)
{
    if (w >= r->n || !r->w[w].letters || r->w[w].digits || r->w[w].low.n < 2 || pii_of(r, w, PII_SET_NOT_NAME))
        return false;
    if ((r->w[w].is.place == 3 || (r->w[w].is.place && !given(r, w))))
        return false;
    return lenient ? !common_form(r, w) || given(r, w) || family(r, w) == 1 : !common(r, w) && given(r, w) == 1;
}

static size_t chat_cued(struct pii_run *r, size_t i)
{
    size_t v = i + 1, end;

    while (v < r->n && v < i + 4 && pii_in(r->w[v].low, "is was as be will on the account it it's for order are to"))
        v++;
    for (end = v;
         end < r->n && end < v + 3 && (end == v || adjoins(r, end)) && chat_name_word(r, end, true) &&
         !pii_in(r->w[end].low,
                 "and my is the account card number email address ssn password phone first last please sir change");
         end++)
        ;
    if (end > v)
        pii_add(r, PII_NAME, r->w[v].start, r->w[end - 1].end, 0.85);
    return end > v ? end - 1 : i;
}

static void chat_names(struct pii_run *r)
{
    size_t letters = 0, unknown = 0, amounts = 0, digits = 0;

    for (size_t i = 0; i < r->n; i++) {
        letters += r->w[i].letters;
        unknown += r->w[i].letters && !r->w[i].digits && !common_form(r, i);
        amounts += r->w[i].digits && r->w[i].low.n <= 3;
        digits += r->w[i].digits && r->w[i].low.n >= 4;
    }
    for (size_t i = 0; i < r->n; i++) {
        bool me = pii_of(r, i, PII_SET_NAME_CUE) &&
                  !(i > 0 && pii_in(r->w[i - 1].low, "company city town village file user's business"));
        bool self =
            (pii_of(r, i, PII_SET_I_AM) || (pii_of(r, i, PII_SET_BE) && i > 0 && pii_in(r->w[i - 1].low, "this i")) ||
             pii_of(r, i, PII_SET_GREETS)) &&
            i + 1 < r->n && chat_name_word(r, i + 1, pii_in(r->w[i].low, "am myself")) && !common_form(r, i + 1) &&
            (given(r, i + 1) || i + 3 >= r->n);
        if (me || self ||
            (pii_of(r, i, PII_SET_TITLE) && r->w[i].low.n > 1 && chat_name_word(r, i + 1, true) &&
             !pii_in(r->w[i].low, "sir madam lady president miss")))
            i = chat_cued(r, i);
        else if (chat_name_word(r, i, false) && r->w[i].low.n >= 3 && !pii_taken(r, r->w[i].start, r->w[i].end)) {
            size_t end = i + 1; /* the family name behind it */
            while (end < r->n && end < i + 3 && adjoins(r, end) &&
                   (chat_name_word(r, end, true) || r->w[end].low.n == 1) && !pii_in(r->w[end].low, "a i and"))
                end++;
            pii_add(r, PII_NAME, r->w[i].start, r->w[end - 1].end, 0.6);
            i = end - 1;
        } else if (i == 0 && r->n >= 2 && r->n <= 12 && digits && r->w[0].letters && !r->w[0].digits &&
                   r->w[0].low.n >= 4 && !common_form(r, 0) && r->w[0].is.place != 3 &&
                   !pii_of(r, 0, PII_SET_NOT_NAME) &&
                   (r->w[1].digits || pii_in(r->w[1].low, "and ssn account acc address password")))
            pii_add(r, PII_NAME, r->w[0].start, r->w[0].end, 0.5); /* "velmurugan and 7842" */
        else if (letters <= 2 && unknown == letters && !amounts && r->w[i].letters && !r->w[i].digits &&
                 r->w[i].low.n >= 4 && !r->w[i].is.place && r->n <= 4 && !pii_of(r, i, PII_SET_NOT_NAME))
            pii_add(r, PII_NAME, r->w[i].start, r->w[i].end, 0.5); /* "kumars", "royal 568923": the whole answer */
    }
}

static size_t people_split(const struct pii_ask *ask, const struct word_list *common_words, str *token, size_t max,
                           struct arena *a)
{
    size_t n = 0;

    for (size_t p = 0; p < ask->people_n; p++) {
        str low = uni_fold(a, ask->people[p]);
        size_t at = str_find_char(low, '@', 0), s = 0;
        if (at != SIZE_MAX)
            low.n = at;
        while (s < low.n && n < max) {
            size_t e = s;
            while (e < low.n &&
                   ((low.p[e] & 0x80) || uni_is_alpha((unsigned char)low.p[e]) || low.p[e] == '\'' || low.p[e] == '-'))
                e++;
            if (e - s >= 3 && list_value(common_words, str_sub(low, s, e)) == 0)
                token[n++] = str_sub(low, s, e);
            s = e > s ? e : s + 1;
        }
    }
    return n;
}

void pii_ask_prepare(struct pii_ask *ask, struct arena *a)
{
    str *token = ARENA_ARRAY(a, str, PEOPLE_TOKENS_MAX);

    ask->tokens_n = people_split(ask, list_get("common.en"), token, PEOPLE_TOKENS_MAX, a);
    ask->tokens = token;
}

/* Names of those who take part, and of people already found: every later mention of one of their words. */
static void known_people(struct pii_run *r)
{
    str token[PEOPLE_TOKENS_MAX];
    uint64_t lengths = 0; /* bit n: some token has n bytes (the last bit: 63 or more) */
    size_t n = 0, found = r->span_n;

    if (r->ask->tokens) {
        n = r->ask->tokens_n;
        memcpy(token, r->ask->tokens, n * sizeof *token);
    } else {
        n = people_split(r->ask, r->common, token, PEOPLE_TOKENS_MAX, r->a);
    }
    for (size_t i = 0; i < found && n < PEOPLE_TOKENS_MAX; i++)
        if (r->span[i].type == PII_NAME && r->span[i].confidence >= 0.74f)
            for (size_t w = pii_word_at(r, r->span[i].start);
                 w < r->n && r->w[w].start < r->span[i].end && n < PEOPLE_TOKENS_MAX; w++)
                if (r->w[w].low.n >= 3 && !common(r, w) && !pii_of(r, w, PII_SET_PARTICLE))
                    token[n++] = r->w[w].low;
    for (size_t k = 0; k < n; k++)
        lengths |= 1ull << (token[k].n < 63 ? token[k].n : 63);
    for (size_t w = 0; n && w < r->n; w++) {
        if (!(r->w[w].cap || r->chat) || r->w[w].is.common ||
            !(lengths >> (r->w[w].low.n < 63 ? r->w[w].low.n : 63) & 1) || pii_taken(r, r->w[w].start, r->w[w].end))
            continue;
        for (size_t k = 0; k < n; k++)
            if (str_eq(token[k], r->w[w].low)) {
                size_t s = w;
                while (w + 1 < r->n && adjoins(r, w + 1) && r->w[w + 1].cap &&
                       (initial(r, w + 1) || family(r, w + 1) == 1))
                    w++;
                pii_add(r, PII_NAME, r->w[s].start, r->w[w].end, 0.85);
                break;
            }
    }
}

void pii_find_names(struct pii_run *r)
{
    if (r->chat)
        chat_names(r);
    capitalised(r);
    if (r->n <= 200) /* a list of names is short; long texts have the words elsewhere */
        listed(r);
    known_people(r);
}
