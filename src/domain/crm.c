#include "domain/crm_priv.h"

enum { DAY_MIN = 0, DAY_MAX = 84006 }; /* 1970-01-01 .. 2200-01-01 */
#define DAY_MS ((int64_t)86400000)
#define MICROS_MAX ((int64_t)1000000000000000000) /* 10^12 units of a currency */

static const char *const type_names[CRM_TYPES] = {
    [CRM_PIPELINE] = "harken.pipeline/1", [CRM_ACCOUNT] = "harken.account/1", [CRM_CONTACT] = "harken.contact/1",
    [CRM_SELLER] = "harken.seller/1",     [CRM_DEAL] = "harken.deal/1",       [CRM_CHANGE] = "harken.change/1",
    [CRM_ACTIVITY] = "harken.activity/1", [CRM_QUOTA] = "harken.quota/1",
};
const char *const crm_field_names[CRM_FIELDS] = {
    [CRM_F_STAGE] = "stage",
    [CRM_F_AMOUNT] = "amount",
    [CRM_F_CLOSE_DATE] = "close_date",
    [CRM_F_OWNER] = "owner",
    [CRM_F_CATEGORY] = "forecast_category",
    [CRM_F_PIPELINE] = "pipeline",
    [CRM_F_PROBABILITY] = "probability",
    [CRM_F_NAME] = "name",
    [CRM_F_NEXT_STEP] = "next_step",
    [CRM_F_REASON] = "reason",
    [CRM_F_DELETED] = "deleted",
};
const char *const crm_problem_names[CRM_PROBLEMS] = {
    [CRM_P_NONE] = "none",
    [CRM_P_DATE] = "impossible_date",
    [CRM_P_AMOUNT] = "impossible_amount",
    [CRM_P_CURRENCY] = "unknown_currency",
    [CRM_P_STAGE] = "unknown_stage",
    [CRM_P_VALUE] = "unknown_value",
    [CRM_P_CONFLICT] = "contradictory",
};
const char *const crm_category_names[CRM_CATEGORIES] = {"none", "omitted", "pipeline", "best_case", "commit", "closed"};
const char *const crm_activity_names[CRM_ACTIVITY_TYPES] = {
    "meeting",         "call",   "call_attempt", "mail",     "document_sent",
    "document_opened", "bounce", "auto_reply",   "internal", "task"};
const char *const crm_status_names[CRM_STATUSES] = {"done", "planned", "cancelled", "missed"};
const char *const crm_direction_names[CRM_DIRECTIONS] = {"none", "inbound", "outbound", "both"};
const char *const crm_outcome_names[3] = {"open", "won", "lost"};
const char *const crm_phase_names[4] = {"early", "middle", "proposal", "negotiation"};
const char *const crm_seniority_names[CRM_SENIORITIES] = {"unknown", "staff", "manager", "director", "vp", "c_level"};
static const char *const flag_names[] = {"champion", "economic_buyer", "bounced", "left"};

/* Active codes of ISO 4217. */
static const char currencies[] = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD "
                                 "BTN BWP BYN BZD CAD CDF CHF CLP "
                                 "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
                                 "GNF GTQ GYD HKD HNL HTG HUF IDR "
                                 "ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
                                 "LSL LYD MAD MDL MGA MKD MMK MNT "
                                 "MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
                                 "PYG QAR RON RSD RUB RWF SAR SBD "
                                 "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
                                 "TZS UAH UGX USD UYU UZS VED VES "
                                 "VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ";

static int name_index(str s, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, str_of(names[i])))
            return (int)i;
    return -1;
}

bool crm_format_parse(str format, enum crm_type *out)
{
    int i = name_index(format, type_names, CRM_TYPES);

    if (i >= 0)
        *out = (enum crm_type)i;
    return i >= 0;
}

const char *crm_field_name(enum crm_field f)
{
    return crm_field_names[f];
}

bool crm_field_parse(str s, enum crm_field *out)
{
    int i = name_index(s, crm_field_names, CRM_FIELDS);

    if (i >= 0)
        *out = (enum crm_field)i;
    return i >= 0;
}

const char *crm_problem_name(enum crm_problem p)
{
    return crm_problem_names[p];
}

const char *crm_category_name(enum crm_category c)
{
    return crm_category_names[c];
}

const char *crm_activity_name(enum crm_activity_type t)
{
    return crm_activity_names[t];
}

const char *crm_seniority_name(enum crm_seniority s)
{
    return crm_seniority_names[s];
}

bool crm_currency_valid(str s)
{
    if (s.n != 3)
        return false;
    for (size_t i = 0; i + 3 < sizeof currencies; i += 4)
        if (memcmp(currencies + i, s.p, 3) == 0)
            return true;
    return false;
}

bool crm_micros_parse(str s, int64_t *out)
{
    str fraction, whole;
    int64_t units, part = 0, scale = 1000000;
    bool minus = s.n && s.p[0] == '-';

    whole = str_cut(minus ? str_from(s, 1) : s, '.', &fraction);
    if (!whole.n || whole.p[0] == '-' || whole.p[0] == '+' || !str_to_i64(whole, &units) ||
        units > MICROS_MAX / 1000000)
        return false;
    if (fraction.n > 6 || (!fraction.n && whole.n + minus != s.n))
        return false;
    for (size_t i = 0; i < fraction.n; i++) {
        if (fraction.p[i] < '0' || fraction.p[i] > '9')
            return false;
        scale /= 10;
        part += (fraction.p[i] - '0') * scale;
    }
    *out = (units * 1000000 + part) * (minus ? -1 : 1);
    return true;
}

str crm_micros_str(struct arena *a, int64_t micros)
{
    uint64_t u = micros < 0 ? -(uint64_t)micros : (uint64_t)micros, part = u % 1000000;
    int digits = 6;

    while (digits > 2 && part % 10 == 0) {
        part /= 10;
        digits--;
    }
    return str_fmt(a, "%s%llu.%0*llu", micros < 0 ? "-" : "", (unsigned long long)(u / 1000000), digits,
                   (unsigned long long)part);
}

bool crm_day_parse(str s, int64_t *out)
{
    int64_t ms;
    int offset = 0;

    if (s.n < 10 || !clock_parse(s, &ms, &offset))
        return false;
    ms += (int64_t)offset * 60000; /* the day of the place where it was written */
    if (ms < DAY_MIN * DAY_MS || ms >= DAY_MAX * DAY_MS)
        return false;
    *out = ms / DAY_MS;
    return true;
}

str crm_day_str(struct arena *a, int64_t day)
{
    char text[CLOCK_TEXT_LEN];

    clock_format(day * DAY_MS, text);
    return str_dup(a, str_n(text, 10));
}

/* ---- writing ---- */

static void kstr_if(struct jw *w, const char *key, str s)
{
    if (s.n)
        jw_kstr(w, key, s);
}

static void kname(struct jw *w, const char *key, const char *name)
{
    jw_kstr(w, key, str_of(name));
}

static void ktime_if(struct jw *w, const char *key, int64_t at_ms)
{
    char text[CLOCK_TEXT_LEN];

    if (at_ms == CLOCK_NONE)
        return;
    clock_format(at_ms, text);
    jw_kstr(w, key, str_of(text));
}

static void micros_write(struct jw *w, const char *key, int64_t micros)
{
    uint64_t u = micros < 0 ? -(uint64_t)micros : (uint64_t)micros;
    char text[40];

    snprintf(text, sizeof text, "%s%llu.%06llu", micros < 0 ? "-" : "", (unsigned long long)(u / 1000000),
             (unsigned long long)(u % 1000000));
    jw_kstr(w, key, str_of(text));
}

static void day_write(struct jw *w, const char *key, int64_t day)
{
    char text[CLOCK_TEXT_LEN];

    clock_format(day * DAY_MS, text);
    jw_kstr(w, key, str_n(text, 10));
}

static void value_write(const struct crm_change *c, struct jw *w)
{
    bool number = c->field == CRM_F_AMOUNT || c->field == CRM_F_CLOSE_DATE || c->field == CRM_F_CATEGORY ||
                  c->field == CRM_F_PROBABILITY || c->field == CRM_F_DELETED;

    if (c->cleared)
        jw_knull(w, "new");
    else if (c->problem || !number)
        jw_kstr(w, "new", c->text);
    else if (c->field == CRM_F_AMOUNT)
        micros_write(w, "new", c->number);
    else if (c->field == CRM_F_CLOSE_DATE)
        day_write(w, "new", c->number);
    else if (c->field == CRM_F_CATEGORY)
        kname(w, "new", crm_category_names[c->number]);
    else if (c->field == CRM_F_PROBABILITY)
        jw_kreal(w, "new", (double)c->number / 1e6);
    else
        jw_kbool(w, "new", c->number != 0);
}

static void change_write(const struct crm_change *c, struct jw *w)
{
    ktime_if(w, "at", c->at_ms);
    kname(w, "field", crm_field_names[c->field]);
    value_write(c, w);
    kstr_if(w, "currency", c->currency);
    kstr_if(w, "by", c->by);
}

static void flags_write(unsigned flags, struct jw *w)
{
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++)
        if (flags >> i & 1u)
            jw_kbool(w, flag_names[i], true);
}

static void stages_write(const struct crm_record *r, struct jw *w)
{
    jw_karr(w, "stages");
    for (size_t i = 0; i < r->stages_n; i++) {
        const struct crm_stage *s = &r->stages[i];
        jw_obj(w);
        jw_kstr(w, "id", s->id);
        kstr_if(w, "name", s->name);
        jw_ki64(w, "order", s->order);
        kname(w, "outcome", crm_outcome_names[s->outcome]);
        kname(w, "phase", crm_phase_names[s->phase]);
        jw_kreal(w, "probability", s->probability);
        jw_end(w);
    }
    jw_end(w);
}

static void settings_write(const struct crm_record *r, struct jw *w)
{
    jw_karr(w, "warnings");
    for (size_t i = 0; i < r->settings_n; i++) {
        const struct crm_setting *s = &r->settings[i];
        char id[8];
        snprintf(id, sizeof id, "W%02d", s->warning % 100);
        jw_obj(w);
        jw_kstr(w, "id", str_of(id));
        kstr_if(w, "stage", s->stage);
        jw_kbool(w, "enabled", s->enabled);
        if (s->severity)
            jw_ki64(w, "severity", s->severity);
        jw_karr(w, "values");
        for (int k = 0; k < CRM_SETTING_VALUES; k++)
            jw_real(w, s->values[k]); /* NaN writes null */
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
}

static void people_write(const struct crm_record *r, struct jw *w)
{
    jw_karr(w, "contacts");
    for (size_t i = 0; i < r->people_n; i++) {
        jw_obj(w);
        jw_kstr(w, "email", r->people[i].email);
        flags_write(r->people[i].flags, w);
        jw_end(w);
    }
    jw_end(w);
}

static void deal_write(const struct crm_record *r, struct jw *w)
{
    ktime_if(w, "created_at", r->at_ms);
    people_write(r, w);
    jw_karr(w, "history");
    for (size_t i = 0; i < r->changes_n; i++) {
        jw_obj(w);
        change_write(&r->changes[i], w);
        jw_end(w);
    }
    jw_end(w);
}

static void person_write(const struct crm_record *r, struct jw *w)
{
    if (r->type == CRM_SELLER) {
        jw_kbool(w, "active", r->active);
        ktime_if(w, "inactive_since", r->at_ms);
        return;
    }
    kname(w, "seniority", crm_seniority_names[r->seniority]);
    flags_write(r->flags, w);
    ktime_if(w, "lost_at", r->at_ms);
}

static void activity_write(const struct crm_record *r, struct jw *w)
{
    ktime_if(w, "at", r->at_ms);
    kname(w, "type", crm_activity_names[r->activity]);
    kname(w, "status", crm_status_names[r->status]);
    kname(w, "direction", crm_direction_names[r->direction]);
    if (r->cancelled_by)
        kname(w, "cancelled_by", ia_side_name(r->cancelled_by));
    people_write(r, w);
}

static void quota_write(const struct crm_record *r, struct jw *w)
{
    day_write(w, "from", r->from_day);
    day_write(w, "to", r->to_day);
    micros_write(w, "amount", r->amount_micros);
}

void crm_json_write(const struct crm_record *r, struct jw *w)
{
    jw_obj(w);
    kname(w, "format", type_names[r->type]);
    kstr_if(w, "id", r->id);
    kstr_if(w, r->type == CRM_ACTIVITY ? "subject" : "name", r->name);
    kstr_if(w, "account", r->account);
    kstr_if(w, "deal", r->deal);
    kstr_if(w, "pipeline", r->pipeline);
    kstr_if(w, "owner", r->owner);
    kstr_if(w, "email", r->email);
    kstr_if(w, "domain", r->domain);
    kstr_if(w, "title", r->title);
    kstr_if(w, "phone", r->phone);
    kstr_if(w, "team", r->team);
    if (r->type != CRM_CHANGE)
        kstr_if(w, "currency", r->currency);
    if (r->type == CRM_PIPELINE) {
        jw_ki64(w, "offset_min", r->offset_min);
        stages_write(r, w);
        settings_write(r, w);
    } else if (r->type == CRM_CONTACT || r->type == CRM_SELLER) {
        person_write(r, w);
    } else if (r->type == CRM_DEAL) {
        deal_write(r, w);
    } else if (r->type == CRM_CHANGE && r->changes_n) {
        change_write(&r->changes[0], w);
    } else if (r->type == CRM_ACTIVITY) {
        activity_write(r, w);
    } else if (r->type == CRM_QUOTA) {
        quota_write(r, w);
    }
    jw_end(w);
}
