#include "gateway/oidc.h"

#include <pthread.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/json.h"
#include "gateway/fetch.h"
#include "gateway/users.h"

enum { KEPT = 16, KEEP_MS = 10 * 60 * 1000, REFETCH_MS = 60 * 1000, LEEWAY_S = 60, AGE_S = 3600, SUB_MAX = 255 };

/* ---- configuration ---- */

enum { PROVIDER_ADD, PROVIDER_FIND, PROVIDER_LIST, PROVIDER_DROP };
const struct db_stmt oidc_sql[] = {
    /* $1 workspace, $2 id, $3 name, $4 active, $5 now, $6 sealed */
    [PROVIDER_ADD] = {"provider_add",
                      "INSERT INTO identity_provider (workspace_id, id, name, active, created_at, sealed) "
                      "VALUES ($1, $2, $3, $4, $5, $6)"},
    [PROVIDER_FIND] = {"provider_find",
                       "SELECT id, name, active, sealed FROM identity_provider WHERE workspace_id=$1 AND "
                       "name=$2"},
    [PROVIDER_LIST] = {"provider_list",
                       "SELECT id, name, active, sealed FROM identity_provider WHERE workspace_id=$1 ORDER "
                       "BY name"},
    [PROVIDER_DROP] = {"provider_drop", "DELETE FROM identity_provider WHERE workspace_id=$1 AND id=$2"},
};
const size_t oidc_sql_n = sizeof oidc_sql / sizeof *oidc_sql;

static bool name_ok(str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '_' ||
              name.p[i] == '-'))
            return false;
    return name.n >= 1 && name.n <= 31;
}

enum err_code provider_add(struct db_tx *t, struct keyring *k, struct provider *p, struct arena *a, struct err *e)
{
    struct seal_at at = {.workspace = db_tx_workspace(t), .table = "identity_provider", .column = "sealed"};
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;

    if (!name_ok(p->name))
        return err_set(e, ERR_INVALID, "the name is 1 to 31 of a-z, 0-9, _ and -");
    if (!fetch_url_ok(p->issuer) || str_contains(p->issuer, STR("?")))
        return err_set(e, ERR_INVALID, "the issuer is an https address (or http on this machine)");
    if (!p->client_id.n || p->client_id.n > 512 || p->client_secret.n > 1024)
        return err_set(e, ERR_INVALID, "a client id is needed");
    at.row = p->id = id_new();
    buf_init_wiped(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "issuer", p->issuer);
    jw_kstr(&w, "client_id", p->client_id);
    jw_kstr(&w, "client_secret", p->client_secret);
    jw_kbool(&w, "create", p->create);
    jw_kbool(&w, "match", p->match);
    jw_ki64(&w, "roles", p->roles);
    jw_end(&w);
    rc = seal(k, key_class(KEY_TOKENS), &at, buf_view(&b), a, &sealed, e);
    buf_done(&b);
    if (rc)
        return rc;
    if (db_run(t, &oidc_sql[PROVIDER_ADD],
               DB_ARGS(P_ID(at.workspace), P_ID(p->id), P_TEXT(p->name), P_BOOL(p->active), P_I64(clock_now_ms()),
                       P_BYTES(sealed)),
               NULL, e))
        return e->code == ERR_EXISTS ? err_set(e, ERR_EXISTS, "there is a provider of this name") : e->code;
    return ERR_OK;
}

static enum err_code provider_of(struct keyring *k, struct id workspace, const struct db_rows *r, struct arena *a,
                                 struct provider *out, struct err *e)
{
    struct seal_at at = {.workspace = workspace, .table = "identity_provider", .column = "sealed", .row = db_id(r, 0)};
    struct json_doc *d = NULL;
    const struct json *o;
    str plain;

    *out = (struct provider){.id = at.row, .name = str_dup(a, db_bytes(r, 1)), .active = db_bool(r, 2)};
    if (seal_open(k, &at, db_bytes(r, 3), a, &plain, e) || json_parse(plain, &d, e))
        return e->code;
    o = json_root(d);
    out->issuer = str_dup(a, json_str(json_get(o, "issuer"), STR("")));
    out->client_id = str_dup(a, json_str(json_get(o, "client_id"), STR("")));
    out->client_secret = str_dup(a, json_str(json_get(o, "client_secret"), STR("")));
    out->create = json_bool(json_get(o, "create"), false);
    out->match = json_bool(json_get(o, "match"), false);
    out->roles = (uint32_t)json_i64(json_get(o, "roles"), 0);
    json_free(d);
    return ERR_OK;
}

enum err_code provider_find(struct db_tx *t, struct keyring *k, str name, struct arena *a, struct provider *out,
                            struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    struct db_rows r;
    enum err_code rc;

    if (!name_ok(name))
        return err_set(e, ERR_NOT_FOUND, "no such provider");
    if (db_run(t, &oidc_sql[PROVIDER_FIND], DB_ARGS(P_ID(workspace), P_TEXT(name)), &r, e))
        return e->code;
    rc = db_next(&r) ? provider_of(k, workspace, &r, a, out, e) : err_set(e, ERR_NOT_FOUND, "no such provider");
    db_rows_done(&r);
    return rc;
}

enum err_code provider_list(struct db_tx *t, struct keyring *k, struct arena *a, struct provider **out, size_t *out_n,
                            struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    enum err_code rc = ERR_OK;
    struct db_rows r;
    size_t n = 0;

    if (db_run(t, &oidc_sql[PROVIDER_LIST], DB_ARGS(P_ID(workspace)), &r, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct provider, (size_t)r.rows_n + 1);
    while (!rc && db_next(&r))
        rc = provider_of(k, workspace, &r, a, &(*out)[n++], e);
    db_rows_done(&r);
    *out_n = n;
    return rc;
}

enum err_code provider_drop(struct db_tx *t, struct id id, struct err *e)
{
    struct db_rows r;
    int64_t n;

    if (db_run(t, &oidc_sql[PROVIDER_DROP], DB_ARGS(P_ID(db_tx_workspace(t)), P_ID(id)), &r, e))
        return e->code;
    n = r.affected;
    db_rows_done(&r);
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such provider");
}

/* ---- what a provider says of itself ---- */

static str endpoint(const struct json *o, const char *name, struct arena *a)
{
    str url = str_dup(a, json_str(json_get(o, name), STR("")));

    return fetch_url_ok(url) ? url : STR("");
}

/* Without a list everything is taken to be there. */
static bool lists(const struct json *o, const char *name, const char *word, bool without)
{
    const struct json *list = json_get(o, name);
    struct json_it it;

    if (json_kind(list) != JSON_ARR)
        return without;
    for (json_it_init(&it, list); json_it_next(&it);)
        if (str_eq(json_str(it.val, STR("")), str_of(word)))
            return true;
    return false;
}

enum err_code oidc_meta_read(str json, str issuer, struct arena *a, struct oidc_meta *out, struct err *e)
{
    bool plain = str_starts(issuer, STR("http://")), ok;
    struct json_doc *d = NULL;
    const struct json *o;

    if (json_parse(json, &d, NULL))
        return err_set(e, ERR_DENIED, "what the provider says of itself is not JSON");
    o = json_root(d);
    *out =
        (struct oidc_meta){.authorization = endpoint(o, "authorization_endpoint", a),
                           .token = endpoint(o, "token_endpoint", a),
                           .jwks = endpoint(o, "jwks_uri", a),
                           .says_iss = json_bool(json_get(o, "authorization_response_iss_parameter_supported"), false),
                           .basic = lists(o, "token_endpoint_auth_methods_supported", "client_secret_basic", true)};
    if (!str_eq(json_str(json_get(o, "issuer"), STR("")), issuer)) {
        json_free(d);
        return err_set(e, ERR_DENIED, "the provider says that it is another issuer");
    }
    ok = out->authorization.n && out->token.n && out->jwks.n &&
         lists(o, "code_challenge_methods_supported", "S256", true) &&
         lists(o, "response_types_supported", "code", true);
    json_free(d);
    if (!ok)
        return err_set(e, ERR_DENIED, "the provider lacks an address, the code flow or PKCE");
    if (!plain && (!str_starts(out->authorization, STR("https://")) || !str_starts(out->token, STR("https://")) ||
                   !str_starts(out->jwks, STR("https://"))))
        return err_set(e, ERR_DENIED, "the provider names an address without TLS");
    return ERR_OK;
}

/* Documents of providers that were fetched a moment ago. */
static struct kept {
    char *url, *body;
    int64_t at_ms; /* monotonic */
} kept[KEPT];
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER; /* guards kept */

static bool kept_get(str url, int64_t age_ms, struct arena *a, str *out)
{
    bool found = false;

    pthread_mutex_lock(&kept_lock);
    for (int i = 0; i < KEPT && !found; i++)
        if (kept[i].url && str_eq(str_of(kept[i].url), url) && kept[i].at_ms + age_ms > clock_mono_ms()) {
            *out = str_dup(a, str_of(kept[i].body));
            found = true;
        }
    pthread_mutex_unlock(&kept_lock);
    return found;
}

static void kept_put(str url, str body)
{
    struct kept *place = &kept[0];

    pthread_mutex_lock(&kept_lock);
    for (int i = 0; i < KEPT; i++) {
        if (kept[i].url && str_eq(str_of(kept[i].url), url)) {
            place = &kept[i];
            break;
        }
        if (kept[i].at_ms < place->at_ms)
            place = &kept[i];
    }
    free(place->url);
    free(place->body);
    *place = (struct kept){strndup(url.p, url.n), strndup(body.p, body.n), clock_mono_ms()};
    pthread_mutex_unlock(&kept_lock);
}

/* A JSON document of the provider, from memory unless it is older than that. */
static enum err_code document_get(str url, int64_t age_ms, struct arena *a, str *out, struct err *e)
{
    struct fetch_call c = {.url = url};
    struct fetch_answer r;

    if (kept_get(url, age_ms, a, out))
        return ERR_OK;
    if (fetch(&c, a, &r, e))
        return e->code;
    if (r.status != 200)
        return err_set(e, ERR_IO, "the identity provider answered %d", r.status);
    kept_put(url, r.body);
    *out = r.body;
    return ERR_OK;
}

enum err_code oidc_meta_get(const struct provider *p, struct arena *a, struct oidc_meta *out, struct err *e)
{
    str base = str_ends(p->issuer, STR("/")) ? str_sub(p->issuer, 0, p->issuer.n - 1) : p->issuer, body;

    if (document_get(str_fmt(a, "%.*s/.well-known/openid-configuration", STR_ARG(base)), KEEP_MS, a, &body, e))
        return e->code;
    return oidc_meta_read(body, p->issuer, a, out, e);
}

/* ---- tokens ---- */

static bool audience_is(const struct json *aud, str client)
{
    if (json_kind(aud) == JSON_STR)
        return str_eq(json_str(aud, STR("")), client);
    if (json_kind(aud) == JSON_ARR && json_len(aud) == 1) { /* nobody else is trusted to be there */
        struct json_it it;
        json_it_init(&it, aud);
        return json_it_next(&it) && str_eq(json_str(it.val, STR("")), client);
    }
    return false;
}

/* Left half of the hash of the access token, where the ID token names one (Core 3.1.3.8). */
static bool access_fits(const struct json *o, str alg, str access_token, struct arena *a)
{
    const struct json *want = json_get(o, "at_hash");
    const char *name = str_ends(alg, STR("384")) ? "SHA384" : str_ends(alg, STR("256")) ? "SHA256" : "SHA512";
    uint8_t hash[EVP_MAX_MD_SIZE];
    size_t n = 0;
    str made;

    if (json_kind(want) == JSON_ABSENT)
        return true;
    if (!EVP_Q_digest(NULL, name, NULL, access_token.p ? access_token.p : "", access_token.n, hash, &n))
        return false;
    made = base64url_write(hash, n / 2, a);
    return str_eq(json_str(want, STR("")), made);
}

static enum err_code times_check(const struct json *o, int64_t now_ms, struct err *e)
{
    int64_t now = now_ms / 1000, exp = json_i64(json_get(o, "exp"), -1), iat = json_i64(json_get(o, "iat"), -1);
    const struct json *nbf = json_get(o, "nbf");

    if (exp < 0 || exp + LEEWAY_S <= now)
        return err_set(e, ERR_DENIED, "the token has expired, or does not say when it does");
    if (iat < 0 || iat > now + LEEWAY_S || iat + AGE_S < now)
        return err_set(e, ERR_DENIED, "the token was not made just now");
    if (json_kind(nbf) != JSON_ABSENT && json_i64(nbf, INT64_MAX) > now + LEEWAY_S)
        return err_set(e, ERR_DENIED, "the token does not count yet");
    return ERR_OK;
}

static enum err_code claims_check(const struct provider *p, const struct json *o, str nonce, int64_t now_ms,
                                  struct err *e)
{
    const struct json *azp = json_get(o, "azp");
    str sub = json_str(json_get(o, "sub"), STR("")), said = json_str(json_get(o, "nonce"), STR(""));

    if (json_kind(o) != JSON_OBJ)
        return err_set(e, ERR_DENIED, "the token's words are not a JSON object");
    if (!str_eq(json_str(json_get(o, "iss"), STR("")), p->issuer))
        return err_set(e, ERR_DENIED, "the token is of another issuer");
    if (!audience_is(json_get(o, "aud"), p->client_id))
        return err_set(e, ERR_DENIED, "the token is for somebody else");
    if (json_kind(azp) != JSON_ABSENT && !str_eq(json_str(azp, STR("")), p->client_id))
        return err_set(e, ERR_DENIED, "the token was asked for by somebody else");
    if (!nonce.n || said.n != nonce.n || !vault_same(said.p, nonce.p, nonce.n))
        return err_set(e, ERR_DENIED, "the token does not answer this sign-in");
    if (!sub.n || sub.n > SUB_MAX)
        return err_set(e, ERR_DENIED, "the token has no subject");
    return times_check(o, now_ms, e);
}

static bool names_differ(const struct json *o)
{
    struct json_it it, other;
    size_t at = 0;

    for (json_it_init(&it, o); json_it_next(&it); at++) {
        size_t k = 0;
        for (json_it_init(&other, o); k < at && json_it_next(&other); k++)
            if (str_eq(json_str(other.key, STR("")), json_str(it.key, STR(""))))
                return false;
    }
    return true;
}

enum err_code oidc_token_check(const struct provider *p, str id_token, str access_token, const struct jwks *keys,
                               str nonce, int64_t now_ms, struct arena *a, struct oidc_claims *out, struct err *e)
{
    struct json_doc *d = NULL;
    const struct json *o;
    struct jws j;

    if (jws_verify(id_token, keys, NULL, a, &j, e))
        return e->code;
    if (j.typ.n && !str_eq_nocase(j.typ, STR("JWT")))
        return err_set(e, ERR_DENIED, "the token is of another kind");
    if (json_parse(j.payload, &d, NULL))
        return err_set(e, ERR_DENIED, "the token's words are not JSON");
    o = json_root(d);
    if (claims_check(p, o, nonce, now_ms, e) == ERR_OK) {
        if (json_len(o) > 256 || !names_differ(o))
            err_set(e, ERR_DENIED, "the token says a thing twice");
        else if (!access_fits(o, j.alg, access_token, a))
            err_set(e, ERR_DENIED, "the token belongs to another access token");
        else
            e->code = ERR_OK;
    }
    *out = (struct oidc_claims){.sub = str_dup(a, json_str(json_get(o, "sub"), STR(""))),
                                .email = str_dup(a, json_str(json_get(o, "email"), STR(""))),
                                .name = str_dup(a, json_str(json_get(o, "name"), STR(""))),
                                .email_verified = json_bool(json_get(o, "email_verified"), false)};
    json_free(d);
    return e->code;
}

/* With the keys of now; when they do not fit, once more with fresh ones: providers change keys. */
static enum err_code token_check_fetching(const struct provider *p, const struct oidc_meta *m, str id_token,
                                          str access_token, str nonce, struct arena *a, struct oidc_claims *out,
                                          struct err *e)
{
    static const int64_t ages[] = {KEEP_MS, REFETCH_MS};
    enum err_code rc = ERR_DENIED;
    str first = STR("");

    for (size_t i = 0; i < 2 && rc == ERR_DENIED; i++) {
        struct jwks *keys = NULL;
        str body;
        if (document_get(m->jwks, ages[i], a, &body, e) || (i && str_eq(body, first)))
            return e->code ? e->code : rc;
        first = body;
        if (jwks_parse(body, &keys, e))
            return e->code;
        *e = (struct err){0};
        rc = oidc_token_check(p, id_token, access_token, keys, nonce, clock_now_ms(), a, out, e);
        jwks_free(keys);
    }
    return rc;
}

enum err_code oidc_code_redeem(const struct provider *p, const struct oidc_meta *m, str code, str verifier,
                               str redirect_uri, str nonce, struct arena *a, struct oidc_claims *out, struct err *e)
{
    struct fetch_call c = {.url = m->token};
    struct fetch_answer r;
    struct json_doc *d = NULL;
    str id_token, access_token, kind;

    fetch_form_add(a, &c.form, "grant_type", STR("authorization_code"));
    fetch_form_add(a, &c.form, "code", code);
    fetch_form_add(a, &c.form, "redirect_uri", redirect_uri);
    fetch_form_add(a, &c.form, "code_verifier", verifier);
    if (p->client_secret.n && m->basic) {
        str user = STR(""), password = STR("");
        fetch_form_add(a, &user, "", p->client_id); /* encoded before it goes into the head (RFC 6749 2.3.1) */
        fetch_form_add(a, &password, "", p->client_secret);
        c.user = str_from(user, 1);
        c.password = str_from(password, 1);
    } else {
        fetch_form_add(a, &c.form, "client_id", p->client_id);
        if (p->client_secret.n)
            fetch_form_add(a, &c.form, "client_secret", p->client_secret);
    }
    if (fetch(&c, a, &r, e))
        return e->code;
    if (r.status != 200 || !str_eq(r.type, STR("application/json")) || json_parse(r.body, &d, NULL))
        return err_set(e, ERR_DENIED, "the provider gives no tokens for this code (%d)", r.status);
    id_token = str_dup(a, json_str(json_get(json_root(d), "id_token"), STR("")));
    access_token = str_dup(a, json_str(json_get(json_root(d), "access_token"), STR("")));
    kind = str_dup(a, json_str(json_get(json_root(d), "token_type"), STR("")));
    json_free(d);
    if (!id_token.n || !str_eq_nocase(kind, STR("bearer")))
        return err_set(e, ERR_DENIED, "the provider's answer has no ID token");
    return token_check_fetching(p, m, id_token, access_token, nonce, a, out, e);
}
