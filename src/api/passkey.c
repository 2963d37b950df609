/* api/passkey.c - security keys and passkeys: adding one, and answering with one when signing in. What is asked stands sealed in
 * what the browser brings back, with the user it is for and until when; nothing is kept here in between. */
#include "api/access.h"
#include "api/passkey.h"
#include "gateway/credentials.h"
#include "gateway/jose.h"
#include "gateway/users.h"
#include "gateway/webauthn.h"

enum { CHALLENGE_BYTES = 32, ASKED_MS = 5 * 60 * 1000, KEYS_MAX = 10, NAME_MAX = 100 };

static struct webauthn_site site_of(struct call *k)
{
    str host = k->rq->host, port;

    if (str_starts(host, STR("[")))
        port = str_from(host, str_find_char(host, ']', 0) + 1);
    else
        host = str_cut(host, ':', &port);
    return (struct webauthn_site){
        .id = host, .origin = str_fmt(k->a, "%s://%.*s", k->rq->tls ? "https" : "http", STR_ARG(k->rq->host))};
}

static struct seal_at state_at(struct call *k, struct id user)
{
    struct api *api = k->app;

    return (struct seal_at){.workspace = api->core->v.workspace, .table = "passkey", .column = "asked", .row = user};
}

/* A new challenge and the state that goes with it. */
static enum err_code ask(struct call *k, struct id user, str *out_challenge, str *out_state, struct err *e)
{
    struct seal_at at = state_at(k, user);
    uint8_t *challenge = arena_alloc(k->a, CHALLENGE_BYTES + sizeof(int64_t));
    int64_t until = clock_now_ms() + ASKED_MS;
    str sealed;

    vault_random(challenge, CHALLENGE_BYTES);
    memcpy(challenge + CHALLENGE_BYTES, &until, sizeof until);
    if (seal(access_keys(k), key_class(KEY_TOKENS), &at, str_n((const char *)challenge, CHALLENGE_BYTES + sizeof until),
             k->a, &sealed, e))
        return e->code;
    *out_challenge = str_n((const char *)challenge, CHALLENGE_BYTES);
    *out_state = base64url_write(sealed.p, sealed.n, k->a);
    return ERR_OK;
}

static bool asked(struct call *k, struct id user, str state, str *out_challenge)
{
    struct seal_at at = state_at(k, user);
    struct err e;
    int64_t until;
    str sealed, plain;

    if (state.n > 1024 || !base64url_read(state, k->a, &sealed) ||
        seal_open(access_keys(k), &at, sealed, k->a, &plain, &e) || plain.n != CHALLENGE_BYTES + sizeof until)
        return false;
    memcpy(&until, plain.p + CHALLENGE_BYTES, sizeof until);
    *out_challenge = str_sub(plain, 0, CHALLENGE_BYTES);
    return until > clock_now_ms();
}

static bool member(struct call *k, const struct json *o, const char *name, str *out)
{
    return base64url_read(json_str(json_get(o, name), STR("")), k->a, out) && out->n;
}

/* ---- adding ---- */

void api_passkey_post(struct call *k)
{
    struct webauthn_site site = site_of(k);
    struct user u;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    struct err e;
    str challenge = STR(""), state = STR("");

    if (!access_user(k) || !(t = access_begin(k)))
        return;
    if (user_get(t, access_keys(k), k->who.user, k->a, &u, &e) || ask(k, u.id, &challenge, &state, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    buf_init_wiped(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "challenge", base64url_write(challenge.p, challenge.n, k->a));
    jw_kstr(&w, "state", state);
    jw_kstr(&w, "site", site.id);
    jw_kstr(&w, "user", base64url_write(u.id.b, sizeof u.id.b, k->a));
    jw_kstr(&w, "name", u.email);
    jw_karr(&w, "algorithms");
    jw_i64(&w, -8);
    jw_i64(&w, -7);
    jw_i64(&w, -257);
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

static void refuse(struct call *k, const char *why)
{
    http_problem(k->rep, 422, STR_NULL, STR("this security key does not fit"), str_of(why));
}

void api_passkey_confirm(struct call *k)
{
    static const char *const keys[] = {"state", "client_data", "attestation", "name", NULL};
    struct webauthn_site site = site_of(k);
    struct factor f = {.user = k->who.user, .kind = FACTOR_WEBAUTHN, .confirmed = true}, *list;
    struct webauthn_key made;
    struct json_doc *d;
    struct db_tx *t;
    size_t n;
    struct err e = {0};
    str client, attestation, challenge;
    bool ok;

    if (!access_body(k, keys, &d))
        return;
    ok = member(k, json_root(d), "client_data", &client) && member(k, json_root(d), "attestation", &attestation) &&
         asked(k, k->who.user, json_str(json_get(json_root(d), "state"), STR("")), &challenge);
    f.name = str_dup(k->a, str_utf8_repair(k->a, str_sub(json_str(json_get(json_root(d), "name"), STR("security key")),
                                                         0, NAME_MAX)));
    json_free(d);
    if (!ok) {
        refuse(k, "begin again: it took too long, or something is missing");
        return;
    }
    if (webauthn_made(&site, client, attestation, challenge, k->a, &made, &e)) {
        refuse(k, str_cz(k->a, str_of(e.msg)));
        return;
    }
    f.secret = made.cose;
    f.handle = made.credential;
    f.counter = made.counter;
    if (!(t = access_begin(k)))
        return;
    if (factor_list(t, access_keys(k), k->who.user, k->a, &list, &n, &e) ||
        (n > KEYS_MAX + 12 && err_set(&e, ERR_CONFLICT, "there are too many second factors already")) ||
        factor_add(t, access_keys(k), &f, k->a, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (access_commit(k, t, AUDIT_ADMIN, f.id))
        http_json(k->rep, 201, str_fmt(k->a, "{\"id\":\"%.*s\"}\n", STR_ARG(id_str(k->a, f.id))));
}

/* ---- answering ---- */

enum err_code passkey_ask(struct call *k, struct jw *w, struct id user, const struct factor *list, size_t n,
                          struct err *e)
{
    str challenge = STR(""), state = STR("");

    if (ask(k, user, &challenge, &state, e))
        return e->code;
    jw_kobj(w, "webauthn");
    jw_kstr(w, "challenge", base64url_write(challenge.p, challenge.n, k->a));
    jw_kstr(w, "state", state);
    jw_kstr(w, "site", site_of(k).id);
    jw_karr(w, "credentials");
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == FACTOR_WEBAUTHN)
            jw_str(w, base64url_write(list[i].handle.p, list[i].handle.n, k->a));
    jw_end(w);
    jw_end(w);
    return ERR_OK;
}

const struct factor *passkey_find(struct call *k, struct id user, const struct json *answer, const struct factor *list,
                                  size_t n, int64_t *out_counter)
{
    struct webauthn_site site = site_of(k);
    str credential, client, auth, signature, challenge;
    uint32_t counter;
    struct err e;

    if (!member(k, answer, "credential", &credential) || !member(k, answer, "client_data", &client) ||
        !member(k, answer, "authenticator_data", &auth) || !member(k, answer, "signature", &signature) ||
        !asked(k, user, json_str(json_get(answer, "state"), STR("")), &challenge))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        struct webauthn_key key = {.cose = list[i].secret, .counter = (uint32_t)list[i].counter};
        if (list[i].kind != FACTOR_WEBAUTHN || !str_eq(list[i].handle, credential))
            continue;
        if (webauthn_used(&site, client, auth, signature, challenge, &key, k->a, &counter, &e))
            return NULL;
        *out_counter = counter;
        return &list[i];
    }
    return NULL;
}
