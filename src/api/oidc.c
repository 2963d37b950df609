/* api/oidc.c - signing in at an identity provider, and the providers there are.
 *
 *   GET /sign-in/oidc/{name}            remembers a secret in the browser, goes on to the provider
 *   GET /sign-in/oidc/{name}/callback   comes back with a code, which is worth something only to this browser
 *
 * Who somebody is says (issuer, sub) and nothing else. An address is what a provider claims: two providers may claim the same
 * one, and it opens nobody's door. Somebody unknown becomes the signed-in user's second way in (when somebody is signed in and
 * has just proved it), the user whose external id the subject is (provider with "match"), a new user ("create"), or is
 * refused. */
#include "api/access.h"
#include "api/access_shapes.h"
#include "base/log.h"
#include "gateway/credentials.h"
#include "gateway/fetch.h"
#include "gateway/oidc.h"
#include "gateway/users.h"

enum { TRY_MS = 10 * 60 * 1000, VALUE_MAX = 2048 };
#define COOKIE STR("harken_oidc")

/* What the browser remembers, sealed. */
struct walk {
    str provider, state, nonce, verifier;
    int64_t until_ms;
};

static struct seal_at cookie_at(struct call *k)
{
    struct api *api = k->app;

    return (struct seal_at){.workspace = api->core->v.workspace, .table = "cookie", .column = "oidc"};
}

static enum err_code walk_put(struct call *k, const struct walk *x, struct err *e)
{
    struct seal_at at = cookie_at(k);
    enum err_code rc;
    struct buf b;
    struct jw w;
    str sealed;

    buf_init_wiped(&b, 4096);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "provider", x->provider);
    jw_kstr(&w, "state", x->state);
    jw_kstr(&w, "nonce", x->nonce);
    jw_kstr(&w, "verifier", x->verifier);
    jw_ki64(&w, "until", x->until_ms);
    jw_end(&w);
    rc = seal(access_keys(k), key_class(KEY_TOKENS), &at, buf_view(&b), k->a, &sealed, e);
    buf_done(&b);
    if (!rc)
        gateway_cookie_set(k, COOKIE, base64url_write(sealed.p, sealed.n, k->a), TRY_MS / 1000);
    return rc;
}

static bool walk_get(struct call *k, struct walk *out)
{
    struct seal_at at = cookie_at(k);
    struct json_doc *d = NULL;
    const struct json *o;
    struct err e;
    str sealed, plain, text = gateway_cookie_get(k->rq, COOKIE);

    if (!text.n || text.n > 4096 || !base64url_read(text, k->a, &sealed) ||
        seal_open(access_keys(k), &at, sealed, k->a, &plain, &e) || json_parse(plain, &d, &e))
        return false;
    o = json_root(d);
    *out = (struct walk){.provider = str_dup(k->a, json_str(json_get(o, "provider"), STR(""))),
                         .state = str_dup(k->a, json_str(json_get(o, "state"), STR(""))),
                         .nonce = str_dup(k->a, json_str(json_get(o, "nonce"), STR(""))),
                         .verifier = str_dup(k->a, json_str(json_get(o, "verifier"), STR(""))),
                         .until_ms = json_i64(json_get(o, "until"), 0)};
    json_free(d);
    return true;
}

/* The provider of the path. Fills the reply and answers false when there is none. */
static bool provider_of_path(struct call *k, struct provider *out)
{
    struct db_tx *t = access_begin(k);
    struct err e;

    if (!t)
        return false;
    if (provider_find(t, access_keys(k), k->part[0], k->a, out, &e) || !out->active) {
        db_rollback(t);
        access_missing(k, "way to sign in");
        return false;
    }
    db_rollback(t);
    return true;
}

static str redirect_uri(struct call *k, const struct provider *p)
{
    return str_fmt(k->a, "%s/sign-in/oidc/%.*s/callback", gateway_public(k->g), STR_ARG(p->name));
}

/* Logs the reason, tells the person that it did not work and nothing else. */
static void refuse(struct call *k, const struct err *e)
{
    LOG_WARN("sign_in.oidc.refused", F_CZ("request_id", k->rq->id), F_ERR(e));
    if (e->code == ERR_BUSY || e->code == ERR_TIMEOUT || e->code == ERR_IO) {
        http_retry_after(k->rep, 5);
        http_problem(k->rep, 503, STR_NULL, STR("the identity provider does not answer"), STR("try again in a moment"));
    } else {
        http_problem(k->rep, 403, STR("urn:harken:problem:sign-in"), STR("not signed in"),
                     STR("what the identity provider says does not fit; begin again"));
    }
    gateway_cookie_set(k, COOKIE, STR(""), 0);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
}

void api_oidc_begin(struct call *k)
{
    struct walk x = {.state = token_text_make(k->a, STR("")),
                     .nonce = token_text_make(k->a, STR("")),
                     .verifier = token_text_make(k->a, STR("")),
                     .until_ms = clock_now_ms() + TRY_MS};
    uint8_t hash[SHA256_BYTES];
    struct provider p;
    struct oidc_meta m;
    struct err e = {0};
    str query = STR("");

    if (!provider_of_path(k, &p))
        return;
    if (oidc_meta_get(&p, k->a, &m, &e)) {
        refuse(k, &e);
        return;
    }
    x.provider = id_str(k->a, p.id);
    if (walk_put(k, &x, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    sha256(x.verifier, hash);
    fetch_form_add(k->a, &query, "response_type", STR("code"));
    fetch_form_add(k->a, &query, "client_id", p.client_id);
    fetch_form_add(k->a, &query, "redirect_uri", redirect_uri(k, &p));
    fetch_form_add(k->a, &query, "scope", STR("openid email profile"));
    fetch_form_add(k->a, &query, "state", x.state);
    fetch_form_add(k->a, &query, "nonce", x.nonce);
    fetch_form_add(k->a, &query, "code_challenge", base64url_write(hash, sizeof hash, k->a));
    fetch_form_add(k->a, &query, "code_challenge_method", STR("S256"));
    http_status(k->rep, 303);
    http_header_fmt(k->rep, STR("location"), "%.*s%s%.*s", STR_ARG(m.authorization),
                    str_contains(m.authorization, STR("?")) ? "&" : "?", STR_ARG(query));
    http_header(k->rep, STR("cache-control"), STR("no-store"));
}

static str parameter(struct call *k, const char *name)
{
    bool found = false;
    str value = STR("");
    struct err e;

    if (http_query_get(k->rq, str_of(name), &value, &found, &e) || value.n > VALUE_MAX)
        return STR("");
    return value;
}

/* A parameter that comes twice could be read in two ways. */
static bool once_each(struct call *k)
{
    static const char *const names[] = {"code", "state", "iss", "error"};
    int seen[4] = {0};
    str at = k->rq->query, name, value;
    struct err e = {0};

    while (http_query_next(&at, k->a, &name, &value, &e))
        for (int i = 0; i < 4; i++)
            seen[i] += str_eq(name, str_of(names[i]));
    return !e.code && seen[0] <= 1 && seen[1] <= 1 && seen[2] <= 1 && seen[3] <= 1;
}

/* Is this the answer to what this browser asked, and from whom it asked? */
static enum err_code answer_check(struct call *k, const struct provider *p, const struct oidc_meta *m,
                                  const struct walk *x, struct err *e)
{
    str state = parameter(k, "state"), iss = parameter(k, "iss");

    if (!once_each(k))
        return err_set(e, ERR_DENIED, "a parameter comes twice");
    if (!str_eq(x->provider, id_str(k->a, p->id)))
        return err_set(e, ERR_DENIED, "the answer comes from another provider than was asked");
    if (x->until_ms < clock_now_ms())
        return err_set(e, ERR_DENIED, "this sign-in took too long");
    if (!state.n || state.n != x->state.n || !vault_same(state.p, x->state.p, state.n))
        return err_set(e, ERR_DENIED, "the answer does not belong to this browser");
    if ((m->says_iss || iss.n) && !str_eq(iss, p->issuer))
        return err_set(e, ERR_DENIED, "the answer is of another issuer");
    if (parameter(k, "error").n || !parameter(k, "code").n)
        return err_set(e, ERR_DENIED, "the provider did not let them in");
    return ERR_OK;
}

/* ---- who that is ---- */

/* A new user. The address is taken over when nobody has it; otherwise one that opens nothing. */
static enum err_code user_make(struct call *k, struct db_tx *t, const struct provider *p, const struct oidc_claims *c,
                               struct user *out, struct err *e)
{
    struct user other;
    uint8_t hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];

    *out = (struct user){.active = true, .roles = p->roles, .name = str_sub(c->name, 0, USER_TEXT_MAX)};
    if (c->email_verified && user_email_fold(k->a, c->email).n)
        out->email = c->email;
    if (!out->email.n || user_find(t, access_keys(k), out->email, k->a, &other, e) == ERR_OK) {
        sha256(str_fmt(k->a, "%.*s %.*s", STR_ARG(p->issuer), STR_ARG(c->sub)), hash);
        hex_put(hash, sizeof hash, hex);
        out->email = str_fmt(k->a, "%.16s@%.*s.invalid", hex, STR_ARG(p->name));
    }
    return user_add(t, access_keys(k), out, k->a, e);
}

static enum err_code user_of(struct call *k, struct db_tx *t, const struct provider *p, const struct oidc_claims *c,
                             struct user *out, struct err *e)
{
    struct keyring *keys = access_keys(k);
    struct id known, signed_in = gateway_signed_in(k);
    enum err_code rc = identity_find(t, keys, p->issuer, c->sub, &known, e);

    if (rc != ERR_NOT_FOUND)
        return rc ? rc : user_get(t, keys, known, k->a, out, e);
    if (!id_is_nil(signed_in))
        rc = user_get(t, keys, signed_in, k->a, out, e);
    else if (p->match)
        rc = user_find_external(t, keys, c->sub, k->a, out, e);
    if (rc == ERR_NOT_FOUND && p->create)
        rc = user_make(k, t, p, c, out, e);
    if (rc == ERR_NOT_FOUND)
        return err_set(e, ERR_DENIED, "nobody here is known by this subject");
    return rc ? rc : identity_add(t, keys, p->issuer, c->sub, out->id, k->a, e);
}

static enum err_code session_make(struct call *k, const struct provider *p, const struct oidc_claims *c, struct err *e)
{
    struct api *api = k->app;
    struct db_tx *t;
    struct user u = {0};
    struct id session;

    if (db_begin(api->core->v.db, api->core->v.workspace, 20000, &t, e))
        return e->code;
    if (user_of(k, t, p, c, &u, e))
        goto fail;
    if (!u.active || u.service) {
        err_set(e, ERR_DENIED, "the user may not sign in");
        goto fail;
    }
    if (gateway_session_open(k, t, u.id, u.roles, TOKEN_BY_PROVIDER, &session, e))
        goto fail;
    if (db_commit(t, e))
        return e->code;
    access_changed();
    return ERR_OK;
fail:
    db_rollback(t);
    return e->code;
}

void api_oidc_callback(struct call *k)
{
    struct oidc_claims c;
    struct oidc_meta m;
    struct provider p;
    struct walk x;
    struct err e = {0};

    if (!provider_of_path(k, &p))
        return;
    if (!walk_get(k, &x)) {
        err_set(&e, ERR_DENIED, "this browser began no sign-in");
        refuse(k, &e);
        return;
    }
    if (oidc_meta_get(&p, k->a, &m, &e) || answer_check(k, &p, &m, &x, &e) ||
        oidc_code_redeem(&p, &m, parameter(k, "code"), x.verifier, redirect_uri(k, &p), x.nonce, k->a, &c, &e) ||
        session_make(k, &p, &c, &e)) {
        refuse(k, &e);
        return;
    }
    gateway_cookie_set(k, COOKIE, STR(""), 0); /* good once */
    http_status(k->rep, 303);
    http_header(k->rep, STR("location"), STR("/"));
}

/* ---- which providers ---- */

/* GET /v1/sign-in/providers: for the page where people sign in. */
void api_oidc_names(struct call *k)
{
    struct db_tx *t = access_begin(k);
    struct provider *list;
    struct buf b;
    struct jw w;
    size_t n;
    struct err e;

    if (!t)
        return;
    if (provider_list(t, access_keys(k), k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    buf_init(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "providers");
    for (size_t i = 0; i < n; i++)
        if (list[i].active)
            jw_str(&w, list[i].name);
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

enum { F_ID_, F_NAME, F_ISSUER, F_CLIENT, F_SECRET, F_HAS_SECRET, F_CREATE, F_MATCH, F_ROLES, F_REDIRECT, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY | RES_SORT, "Its id; later ones are greater.",
               "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_NEEDED | RES_FILTER, "Its name, as in the address that leads to it.",
                "\"keycloak\"", .min = 1, .max = 31, .pattern = "^[a-z0-9_-]{1,31}$"},
    [F_ISSUER] = {"issuer", RES_STR, RES_NEEDED,
                  "Its issuer, as OpenID Connect has it: https, or http on this machine.", "\"https://id.example.com\"",
                  .min = 9, .max = 1024,
                  .pattern = "^(https://[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?(\\.[a-z]{2,10}){1,3}|http://"
                             "(127\\.0\\.0\\.1|localhost))(:[1-9][0-9]{1,3})?(/[A-Za-z0-9_~-]{1,60}){0,9}/?$"},
    [F_CLIENT] = {"client_id", RES_STR, RES_NEEDED, "As what Harken is registered there.", "\"harken\"", .min = 1,
                  .max = 128},
    [F_SECRET] = {"client_secret", RES_STR, RES_WRITE_ONLY | RES_SEALED, "The secret of that registration, if any.",
                  "\"a secret\"", .max = 256},
    [F_HAS_SECRET] = {"has_secret", RES_BOOL, RES_READ_ONLY, "Whether one was given.", "true"},
    [F_CREATE] = {"create", RES_BOOL, 0, "Somebody unknown gets a new user.", "false"},
    [F_MATCH] = {"match", RES_BOOL, 0, "Somebody unknown is the user whose external id (SCIM) is the subject.",
                 "false"},
    [F_ROLES] = {"roles", RES_ENUM, RES_LIST, "Roles of users that are made; not admin and not dpo.", "\"rep\"",
                 .words = access_roles, .list_max = ROLE_END},
    [F_REDIRECT] = {"redirect_uri", RES_STR, RES_READ_ONLY, "What to register there as the address to come back to.",
                    "\"https://harken.example.com/sign-in/oidc/keycloak/callback\""},
};
static const struct res_shape shape = {"IdentityProvider", "Who else says who somebody is.", RES_FIELDS(fields)};

static enum err_code rows_load(struct res_ctx *c, struct res_val ***out, size_t *out_n, struct err *e)
{
    struct provider *list = NULL;

    if (provider_list(c->t, c->v->keys, c->a, &list, out_n, e))
        return e->code;
    *out = ARENA_ARRAY(c->a, struct res_val *, *out_n + 1);
    for (size_t i = 0; i < *out_n; i++) {
        struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
        const struct provider *p = &list[i];
        item[F_ID_] = res_id(p->id);
        item[F_NAME] = res_str(p->name);
        item[F_ISSUER] = res_str(p->issuer);
        item[F_CLIENT] = res_str(p->client_id);
        item[F_HAS_SECRET] = res_bool(p->client_secret.n > 0);
        item[F_CREATE] = res_bool(p->create);
        item[F_MATCH] = res_bool(p->match);
        item[F_ROLES] = access_roles_of(c->a, p->roles);
        item[F_REDIRECT] = res_str(redirect_uri(c->k, p));
        (*out)[i] = item;
    }
    return ERR_OK;
}
RES_ROWS_FUNCTIONS

static str text_of(const struct res_val *v)
{
    return v->is == RES_SET ? v->v.s : STR("");
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct provider p = {.active = true,
                         .name = in[F_NAME].v.s,
                         .issuer = in[F_ISSUER].v.s,
                         .client_id = in[F_CLIENT].v.s,
                         .client_secret = text_of(&in[F_SECRET]),
                         .create = in[F_CREATE].is == RES_SET && in[F_CREATE].v.b,
                         .match = in[F_MATCH].is == RES_SET && in[F_MATCH].v.b,
                         .roles = access_roles_read(&in[F_ROLES])};

    if (p.roles & (1u << ROLE_ADMIN | 1u << ROLE_DPO))
        return res_say(c, 403, "not for strangers",
                       STR("\"roles\" may hold roles that a stranger may have: not admin, not dpo"), e);
    if (provider_add(c->t, c->v->keys, &p, c->a, e))
        return e->code;
    *out_id = p.id;
    access_after(c, p.id);
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    access_after(c, id);
    return provider_drop(c->t, id, e);
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/identity-providers", PERM_IDENTITY_WRITE, "List identity providers"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/identity-providers", PERM_IDENTITY_WRITE,
     "Let users sign in at an identity provider", .flags = RES_OP_FRESH},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/identity-providers/{id}", PERM_IDENTITY_WRITE,
     "Forget an identity provider", .flags = RES_OP_FRESH},
};
const struct resource res_identity_providers = {
    .name = "identity-providers",
    .key = "identity_providers",
    .one = "identity provider",
    .about = "Who else says who somebody is (OpenID Connect).",
    .flags = RES_ADMIN,
    .shape = &shape,
    .sort = "id",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .drop = drop,
};
