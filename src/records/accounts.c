#include "records/accounts.h"

#include "base/clock.h"
#include "records/people.h"

enum { ACCOUNT_FIND, ACCOUNT_BY_DOMAIN, ACCOUNT_ADD, ACCOUNT_DOMAIN_SET, DEAL_FIND, DEAL_ADD };

const struct db_stmt accounts_sql[] = {
    [ACCOUNT_FIND] = {"account_find", "SELECT id FROM account WHERE workspace_id=$1 AND name_index=$2"},
    [ACCOUNT_BY_DOMAIN] = {"account_by_domain",
                           "SELECT id FROM account WHERE workspace_id=$1 AND domain_index=$2 ORDER BY id LIMIT 1"},
    [ACCOUNT_ADD] = {"account_add",
                     "INSERT INTO account (workspace_id, id, name_index, domain_index, sealed, created_at) "
                     "VALUES ($1, $2, $3, $4, $5, $6)"},
    [ACCOUNT_DOMAIN_SET] = {"account_domain_set", "UPDATE account SET domain_index=$3 WHERE workspace_id=$1 AND id=$2 "
                                                  "AND domain_index IS NULL"},
    /* $2 name, $3 what the CRM calls it; the name goes first */
    [DEAL_FIND] = {"deal_find", "SELECT id FROM deal WHERE workspace_id=$1 AND (name_index=$2 OR external_index=$3) "
                                "ORDER BY name_index IS DISTINCT FROM $2 LIMIT 1"},
    [DEAL_ADD] = {"deal_add", "INSERT INTO deal (workspace_id, id, account_id, name_index, sealed, created_at) "
                              "VALUES ($1, $2, $3, $4, $5, $6)"},
};
const size_t accounts_sql_n = sizeof accounts_sql / sizeof *accounts_sql;

/* Addresses there say nothing about a company. */
static const char *const public_mail[] = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com",    "live.com",
                                          "yahoo.com", "icloud.com",     "me.com",      "aol.com",        "gmx.de",
                                          "gmx.net",   "web.de",         "proton.me",   "protonmail.com", "mail.com",
                                          "orange.fr", "free.fr",        "libero.it",   "t-online.de",    "posteo.de",
                                          "zoho.com",  "qq.com",         "163.com"};

static str domain_of(str email, struct arena *a)
{
    size_t at = str_rfind_char(email, '@');

    return at == SIZE_MAX ? STR("") : str_lower_ascii(a, str_from(email, at + 1));
}

static bool is_public(str domain)
{
    for (size_t i = 0; i < sizeof public_mail / sizeof *public_mail; i++)
        if (str_eq(domain, str_of(public_mail[i])))
            return true;
    return false;
}

/* The one company domain of the external people; empty when there is none or several. */
static str outside_domain(const struct interaction *ia, struct arena *a)
{
    str found = STR("");

    for (size_t i = 0; i < ia->participants_n; i++) {
        str domain = domain_of(ia->participants[i].email, a);
        if (ia->participants[i].side != IA_SIDE_EXTERNAL || !domain.n || is_public(domain))
            continue;
        if (found.n && !str_eq(found, domain))
            return STR("");
        found = domain;
    }
    return found;
}

static enum err_code id_run(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n, struct id *out,
                            struct err *e)
{
    struct db_rows r;

    *out = ID_NIL;
    if (db_run(t, s, v, n, &r, e))
        return e->code;
    if (db_next(&r))
        *out = db_id(&r, 0);
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code name_index(const struct vaulted *v, bool deal, str name, struct arena *a, uint8_t out[BLIND_BYTES],
                                struct err *e)
{
    return blind_index(v->keys, v->workspace, deal ? "deal.name" : "account.name", str_lower_ascii(a, str_trim(name)),
                       out, e);
}

/* The deal of that name, or that the CRM calls so; nil: none. */
static enum err_code deal_find(struct db_tx *t, const struct vaulted *v, str name, struct arena *a,
                               uint8_t index[BLIND_BYTES], struct id *out, struct err *e)
{
    uint8_t external[BLIND_BYTES];

    if (name_index(v, true, name, a, index, e) ||
        blind_index(v->keys, v->workspace, "deal.external", str_trim(name), external, e))
        return e->code;
    return id_run(t, &accounts_sql[DEAL_FIND],
                  DB_ARGS(P_ID(v->workspace), P_BYTES_N(index, BLIND_BYTES), P_BYTES_N(external, BLIND_BYTES)), out, e);
}

static enum err_code account_add(struct db_tx *t, const struct vaulted *v, str name, const uint8_t index[BLIND_BYTES],
                                 struct db_val domain, struct arena *a, struct id *out, struct err *e)
{
    struct seal_at where = {v->workspace, "account", "sealed", id_new(), 0};
    str sealed;

    if (seal(v->keys, key_class(KEY_METADATA), &where, name, a, &sealed, e))
        return e->code;
    *out = where.row;
    return db_send(t, &accounts_sql[ACCOUNT_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(*out), P_BYTES_N(index, BLIND_BYTES), domain, P_BYTES(sealed),
                           P_I64(clock_now_ms())),
                   e);
}

static enum err_code account_resolve(struct db_tx *t, const struct vaulted *v, str name, str domain, struct arena *a,
                                     struct id *out, struct err *e)
{
    uint8_t by_name[BLIND_BYTES], by_domain[BLIND_BYTES];
    struct db_val domain_v = P_NULL(DB_BYTES);

    *out = ID_NIL;
    if (domain.n) {
        if (blind_index(v->keys, v->workspace, "account.domain", domain, by_domain, e))
            return e->code;
        domain_v = P_BYTES_N(by_domain, BLIND_BYTES);
    }
    if (!str_trim(name).n && domain.n) {
        if (id_run(t, &accounts_sql[ACCOUNT_BY_DOMAIN], DB_ARGS(P_ID(v->workspace), domain_v), out, e))
            return e->code;
        name = domain;
    }
    if (!str_trim(name).n || !id_is_nil(*out))
        return ERR_OK;
    if (name_index(v, false, name, a, by_name, e) ||
        id_run(t, &accounts_sql[ACCOUNT_FIND], DB_ARGS(P_ID(v->workspace), P_BYTES_N(by_name, BLIND_BYTES)), out, e))
        return e->code;
    if (id_is_nil(*out))
        return account_add(t, v, name, by_name, domain_v, a, out, e);
    if (!domain.n)
        return ERR_OK;
    return db_send(t, &accounts_sql[ACCOUNT_DOMAIN_SET], DB_ARGS(P_ID(v->workspace), P_ID(*out), domain_v), e);
}

static enum err_code deal_resolve(struct db_tx *t, const struct vaulted *v, str name, struct id account,
                                  struct arena *a, struct id *out, struct err *e)
{
    struct seal_at where = {v->workspace, "deal", "sealed", id_new(), 0};
    uint8_t index[BLIND_BYTES];
    str sealed;

    *out = ID_NIL;
    if (!str_trim(name).n)
        return ERR_OK;
    if (deal_find(t, v, name, a, index, out, e))
        return e->code;
    if (!id_is_nil(*out))
        return ERR_OK;
    if (seal(v->keys, key_class(KEY_METADATA), &where, name, a, &sealed, e))
        return e->code;
    *out = where.row;
    return db_send(t, &accounts_sql[DEAL_ADD],
                   DB_ARGS(P_ID(v->workspace), P_ID(*out), P_ID_OR_NULL(account), P_BYTES_N(index, sizeof index),
                           P_BYTES(sealed), P_I64(clock_now_ms())),
                   e);
}

enum err_code accounts_resolve(struct db_tx *t, const struct vaulted *v, const struct interaction *ia, struct arena *a,
                               struct id *out_account, struct id *out_deal, struct err *e)
{
    if (account_resolve(t, v, ia->account, outside_domain(ia, a), a, out_account, e))
        return e->code;
    return deal_resolve(t, v, ia->deal, *out_account, a, out_deal, e);
}

enum err_code named_find(struct db_tx *t, const struct vaulted *v, enum named_kind kind, str name, struct arena *a,
                         struct id *out, struct err *e)
{
    uint8_t index[BLIND_BYTES];

    if (kind == NAMED_PERSON) {
        if (people_find(t, v, name, a, out, e))
            return e->code;
    } else if (kind == NAMED_DEAL) {
        if (deal_find(t, v, name, a, index, out, e))
            return e->code;
    } else if (name_index(v, false, name, a, index, e) ||
               id_run(t, &accounts_sql[ACCOUNT_FIND], DB_ARGS(P_ID(v->workspace), P_BYTES_N(index, sizeof index)), out,
                      e)) {
        return e->code;
    }
    return id_is_nil(*out) ? err_set(e, ERR_NOT_FOUND, "nobody and nothing of that name") : ERR_OK;
}
