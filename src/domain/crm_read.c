/* domain/crm_read.c - one JSON object of a CRM file to a record. */
#include <math.h>

#include "domain/crm_priv.h"

#define AT_MIN ((int64_t)0)
#define AT_MAX ((int64_t)7258118400000) /* 2200-01-01 */

struct reader {
    struct arena *a;
    struct err *e; /* holds the first complaint */
    char at[64];   /* place of the object being read: "history[3]." */
};

static bool absent(const struct json *v)
{
    return json_kind(v) == JSON_ABSENT || json_kind(v) == JSON_NULL;
}

static bool bad(struct reader *r, const char *key, const char *why)
{
    if (!r->e->code)
        err_set(r->e, ERR_INVALID, "%s%s: %s", r->at, key, why);
    return false;
}

static str text_get(struct reader *r, const struct json *v, const char *key)
{
    const struct json *f = json_get(v, key);
    str s;

    if (absent(f))
        return STR("");
    s = json_str(f, STR_NULL);
    if (json_kind(f) != JSON_STR)
        return bad(r, key, "not a text"), STR("");
    if (s.n > CRM_TEXT_MAX)
        return bad(r, key, "longer than 16 KiB"), STR("");
    return str_utf8_repair(r->a, str_trim(str_dup(r->a, s)));
}

static str text_need(struct reader *r, const struct json *v, const char *key)
{
    str s = text_get(r, v, key);

    if (!s.n)
        bad(r, key, "missing");
    return s;
}

/* An instant; CLOCK_NONE when there is none. */
static int64_t time_get(struct reader *r, const struct json *v, const char *key, bool needed)
{
    str s = needed ? text_need(r, v, key) : text_get(r, v, key);
    int64_t ms;

    if (!s.n)
        return CLOCK_NONE;
    if (clock_parse(s, &ms, NULL) && ms >= AT_MIN && ms <= AT_MAX)
        return ms;
    bad(r, key, "not a time from 1970 to 2200, such as 2026-03-10T16:42:00+01:00");
    return CLOCK_NONE;
}

static int choice_get(struct reader *r, const struct json *v, const char *key, const char *const *names, int n,
                      int fallback)
{
    str s = text_get(r, v, key);

    if (!s.n)
        return fallback;
    for (int i = 0; i < n; i++)
        if (str_eq(s, str_of(names[i])))
            return i;
    bad(r, key, "not one of the known words");
    return fallback;
}

static enum ia_side side_get(struct reader *r, const struct json *v, const char *key)
{
    str s = text_get(r, v, key);
    enum ia_side side = IA_SIDE_UNKNOWN;

    if (s.n && !ia_side_parse(s, &side))
        bad(r, key, "not internal, external or unknown");
    return side;
}

static bool flag_get(struct reader *r, const struct json *v, const char *key, bool fallback)
{
    const struct json *f = json_get(v, key);

    if (absent(f))
        return fallback;
    if (json_kind(f) != JSON_BOOL)
        bad(r, key, "not true or false");
    return json_bool(f, fallback);
}

static unsigned flags_get(struct reader *r, const struct json *v)
{
    return (flag_get(r, v, "champion", false) ? CRM_CHAMPION : 0u) |
           (flag_get(r, v, "economic_buyer", false) ? CRM_ECONOMIC_BUYER : 0u) |
           (flag_get(r, v, "bounced", false) ? CRM_BOUNCED : 0u) | (flag_get(r, v, "left", false) ? CRM_LEFT : 0u);
}

static const struct json *list_get(struct reader *r, const struct json *v, const char *key, size_t max)
{
    const struct json *f = json_get(v, key);

    if (absent(f))
        return NULL;
    if (json_kind(f) != JSON_ARR)
        bad(r, key, "not a list");
    else if (json_len(f) > max)
        bad(r, key, "too many entries");
    else
        return f;
    return NULL;
}

/* ---- values of changes ---- */

/* Text of a number or a text, as written. */
static str value_text(struct reader *r, const struct json *f)
{
    str s = json_str(f, STR(""));
    struct buf b;
    struct jw w;

    if (json_kind(f) == JSON_STR)
        return str_utf8_repair(r->a, str_trim(str_dup(r->a, str_sub(s, 0, CRM_TEXT_MAX))));
    buf_init_wiped(&b, CRM_TEXT_MAX);
    jw_init(&w, &b);
    jw_value(&w, f);
    s = buf_ok(&b) ? str_dup(r->a, buf_view(&b)) : STR("");
    buf_done(&b);
    return s;
}

static enum crm_problem number_parse(struct crm_change *c)
{
    double d;

    switch (c->field) {
    case CRM_F_AMOUNT:
        if (c->currency.n && !crm_currency_valid(c->currency))
            return CRM_P_CURRENCY;
        return crm_micros_parse(c->text, &c->number) && c->number >= 0 ? CRM_P_NONE : CRM_P_AMOUNT;
    case CRM_F_CLOSE_DATE:
        return crm_day_parse(c->text, &c->number) ? CRM_P_NONE : CRM_P_DATE;
    case CRM_F_CATEGORY:
        for (int i = 0; i < CRM_CATEGORIES; i++)
            if (str_eq(c->text, str_of(crm_category_name((enum crm_category)i))))
                return c->number = i, CRM_P_NONE;
        return CRM_P_VALUE;
    case CRM_F_PROBABILITY:
        if (!str_to_double(c->text, &d) || !(d >= 0 && d <= 1))
            return CRM_P_VALUE;
        c->number = llround(d * 1e6);
        return CRM_P_NONE;
    case CRM_F_DELETED:
        c->number = str_eq(c->text, STR("true"));
        return CRM_P_NONE;
    case CRM_F_STAGE:
    case CRM_F_PIPELINE:
    case CRM_F_OWNER:
        return c->text.n ? CRM_P_NONE : CRM_P_VALUE;
    default:
        return CRM_P_NONE;
    }
}

static void change_read(struct reader *r, const struct json *v, struct crm_change *out)
{
    const struct json *value = json_get(v, "new");
    str field = text_need(r, v, "field");

    out->at_ms = time_get(r, v, "at", true);
    if (field.n && !crm_field_parse(field, &out->field))
        bad(r, "field", "not a field of a deal");
    if (json_kind(value) == JSON_ABSENT)
        bad(r, "new", "missing");
    else if (json_kind(value) == JSON_ARR || json_kind(value) == JSON_OBJ)
        bad(r, "new", "neither text nor number");
    out->by = text_get(r, v, "by");
    out->currency = text_get(r, v, "currency");
    out->cleared = json_kind(value) == JSON_NULL;
    if (out->cleared || r->e->code)
        return;
    out->text = value_text(r, value);
    out->problem = number_parse(out);
    if (!out->problem &&
        (out->field == CRM_F_AMOUNT || out->field == CRM_F_CLOSE_DATE || out->field == CRM_F_CATEGORY ||
         out->field == CRM_F_PROBABILITY || out->field == CRM_F_DELETED))
        out->text = STR("");
}

static void changes_read(struct reader *r, const struct json *list, struct crm_record *out)
{
    struct json_it it;

    out->changes = ARENA_ARRAY(r->a, struct crm_change, json_len(list));
    for (json_it_init(&it, list); !r->e->code && json_it_next(&it); out->changes_n++) {
        snprintf(r->at, sizeof r->at, "history[%zu].", out->changes_n);
        change_read(r, it.val, &out->changes[out->changes_n]);
    }
    r->at[0] = 0;
}

static void people_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    const struct json *list = list_get(r, v, "contacts", CRM_PEOPLE_MAX);
    struct json_it it;

    out->people = ARENA_ARRAY(r->a, struct crm_person_ref, json_len(list));
    for (json_it_init(&it, list); !r->e->code && json_it_next(&it); out->people_n++) {
        struct crm_person_ref *p = &out->people[out->people_n];
        snprintf(r->at, sizeof r->at, "contacts[%zu].", out->people_n);
        if (json_kind(it.val) == JSON_STR) {
            p->email = str_trim(str_dup(r->a, json_str(it.val, STR(""))));
            if (p->email.n > 320)
                bad(r, "email", "not a mail address");
        } else {
            p->email = text_need(r, it.val, "email");
            p->flags = flags_get(r, it.val);
        }
    }
    r->at[0] = 0;
}

/* ---- pipelines ---- */

static double probability_get(struct reader *r, const struct json *v, double fallback)
{
    const struct json *f = json_get(v, "probability");
    double p = json_real(f, NAN);

    if (absent(f))
        return fallback;
    if (!(p >= 0 && p <= 1))
        bad(r, "probability", "not from 0 to 1");
    return p;
}

static void stage_read(struct reader *r, const struct json *v, struct crm_stage *out)
{
    int64_t order = json_i64(json_get(v, "order"), -1);

    out->id = text_need(r, v, "id");
    out->name = text_get(r, v, "name");
    if (order < 0 || order > 10000)
        bad(r, "order", "not a whole number from 0 to 10000");
    out->order = (int)order;
    out->outcome = (enum crm_outcome)choice_get(r, v, "outcome", crm_outcome_names, 3, CRM_OPEN);
    out->phase = (enum crm_phase)choice_get(r, v, "phase", crm_phase_names, 4, CRM_EARLY);
    out->probability = probability_get(r, v, out->outcome == CRM_WON ? 1 : 0);
}

static void setting_read(struct reader *r, const struct json *v, struct crm_setting *out)
{
    str id = text_need(r, v, "id");
    const struct json *list = list_get(r, v, "values", CRM_SETTING_VALUES);
    struct json_it it;
    int64_t n = 0;
    size_t k = 0;

    if (id.n != 3 || id.p[0] != 'W' || !str_to_i64(str_from(id, 1), &n) || n < 1 || n > 99)
        bad(r, "id", "not the id of a warning, such as W01");
    out->warning = (int)n;
    out->stage = text_get(r, v, "stage");
    out->enabled = flag_get(r, v, "enabled", true);
    out->severity = (int)json_i64(json_get(v, "severity"), 0);
    if (out->severity < 0 || out->severity > 3)
        bad(r, "severity", "not 1, 2 or 3");
    for (k = 0; k < CRM_SETTING_VALUES; k++)
        out->values[k] = NAN;
    for (k = 0, json_it_init(&it, list); json_it_next(&it); k++)
        out->values[k] = json_real(it.val, NAN);
}

static void pipeline_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    const struct json *stages = list_get(r, v, "stages", CRM_STAGES_MAX);
    const struct json *settings = list_get(r, v, "warnings", CRM_SETTINGS_MAX);
    int64_t offset = json_i64(json_get(v, "offset_min"), 0);
    struct json_it it;

    if (!json_len(stages))
        bad(r, "stages", "missing");
    if (offset < -840 || offset > 840)
        bad(r, "offset_min", "not from -840 to 840");
    out->offset_min = (int)offset;
    if (!crm_currency_valid(out->currency))
        bad(r, "currency", "not a currency, such as EUR");
    out->stages = ARENA_ARRAY(r->a, struct crm_stage, json_len(stages));
    for (json_it_init(&it, stages); !r->e->code && json_it_next(&it); out->stages_n++) {
        snprintf(r->at, sizeof r->at, "stages[%zu].", out->stages_n);
        stage_read(r, it.val, &out->stages[out->stages_n]);
    }
    out->settings = ARENA_ARRAY(r->a, struct crm_setting, json_len(settings));
    for (json_it_init(&it, settings); !r->e->code && json_it_next(&it); out->settings_n++) {
        snprintf(r->at, sizeof r->at, "warnings[%zu].", out->settings_n);
        setting_read(r, it.val, &out->settings[out->settings_n]);
    }
    r->at[0] = 0;
}

/* ---- records ---- */

static void contact_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    out->seniority =
        (enum crm_seniority)choice_get(r, v, "seniority", crm_seniority_names, CRM_SENIORITIES, CRM_S_UNKNOWN);
    out->flags = flags_get(r, v);
    out->at_ms = time_get(r, v, "lost_at", false);
    if (!out->email.n && !out->name.n)
        bad(r, "email", "missing");
}

static void seller_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    out->active = flag_get(r, v, "active", true);
    out->at_ms = time_get(r, v, "inactive_since", false);
    if (!out->email.n)
        bad(r, "email", "missing");
}

static void deal_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    if (!out->name.n)
        bad(r, "name", "missing");
    out->at_ms = time_get(r, v, "created_at", false);
    people_read(r, v, out);
    if (!r->e->code)
        changes_read(r, list_get(r, v, "history", CRM_CHANGES_MAX), out);
}

static void single_change_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    out->changes = ARENA_NEW(r->a, struct crm_change);
    out->changes_n = 1;
    if (!out->deal.n)
        bad(r, "deal", "missing");
    change_read(r, v, &out->changes[0]);
    out->currency = STR("");
}

static void activity_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    if (!text_need(r, v, "type").n)
        return;
    out->name = text_get(r, v, "subject");
    out->at_ms = time_get(r, v, "at", true);
    out->activity =
        (enum crm_activity_type)choice_get(r, v, "type", crm_activity_names, CRM_ACTIVITY_TYPES, CRM_A_TASK);
    out->status = (enum crm_status)choice_get(r, v, "status", crm_status_names, CRM_STATUSES, CRM_DONE);
    out->direction = (enum crm_direction)choice_get(r, v, "direction", crm_direction_names, CRM_DIRECTIONS, CRM_D_NONE);
    out->cancelled_by = side_get(r, v, "cancelled_by");
    people_read(r, v, out);
}

static void quota_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    if (!crm_day_parse(text_need(r, v, "from"), &out->from_day))
        bad(r, "from", "not a day, such as 2026-01-01");
    if (!crm_day_parse(text_need(r, v, "to"), &out->to_day) || out->to_day <= out->from_day)
        bad(r, "to", "not a day after \"from\"");
    if (!crm_micros_parse(value_text(r, json_get(v, "amount")), &out->amount_micros) || out->amount_micros < 0)
        bad(r, "amount", "not an amount, such as 250000.00");
    if (!crm_currency_valid(out->currency))
        bad(r, "currency", "not a currency, such as EUR");
}

static void kind_read(struct reader *r, const struct json *v, struct crm_record *out)
{
    switch (out->type) {
    case CRM_PIPELINE:
        pipeline_read(r, v, out);
        break;
    case CRM_ACCOUNT:
        if (!out->name.n)
            bad(r, "name", "missing");
        break;
    case CRM_CONTACT:
        contact_read(r, v, out);
        break;
    case CRM_SELLER:
        seller_read(r, v, out);
        break;
    case CRM_DEAL:
        deal_read(r, v, out);
        break;
    case CRM_CHANGE:
        single_change_read(r, v, out);
        break;
    case CRM_ACTIVITY:
        activity_read(r, v, out);
        break;
    default:
        quota_read(r, v, out);
    }
}

enum err_code crm_json_read(const struct json *v, struct arena *a, struct crm_record *out, struct err *e)
{
    struct err local = {0};
    struct reader r = {.a = a, .e = e ? e : &local};
    struct crm_record rec = {.at_ms = CLOCK_NONE};

    r.e->code = ERR_OK;
    if (json_kind(v) != JSON_OBJ || !crm_format_parse(json_str(json_get(v, "format"), STR("")), &rec.type))
        return err_set(r.e, ERR_INVALID, "format: not a record of a CRM, such as harken.deal/1");
    rec.id = text_get(&r, v, "id");
    if (!rec.id.n && rec.type != CRM_CHANGE)
        bad(&r, "id", "missing");
    rec.name = text_get(&r, v, "name");
    rec.account = text_get(&r, v, "account");
    rec.deal = text_get(&r, v, "deal");
    rec.pipeline = text_get(&r, v, "pipeline");
    rec.owner = text_get(&r, v, "owner");
    rec.email = text_get(&r, v, "email");
    rec.domain = str_lower_ascii(a, text_get(&r, v, "domain"));
    rec.title = text_get(&r, v, "title");
    rec.phone = text_get(&r, v, "phone");
    rec.team = text_get(&r, v, "team");
    rec.currency = text_get(&r, v, "currency");
    if (!r.e->code)
        kind_read(&r, v, &rec);
    if (r.e->code)
        return r.e->code;
    *out = rec;
    return ERR_OK;
}
