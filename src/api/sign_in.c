/* api/sign_in.c - signing in with address and password and, where there is one, a second factor; proving it again; the own
 * password and second factors. Whoever guesses learns nothing: an unknown address, a wrong password and a user who may not
 * sign in get the same answer after the same work, and tries are counted by account and by address. */
#include "api/access.h"
#include "api/passkey.h"
#include "gateway/credentials.h"
#include "gateway/password.h"
#include "gateway/totp.h"
#include "gateway/users.h"

enum { TX_MS = 10000, DEVICE_HEX = 32, DEVICE_AGE_S = 365 * 24 * 3600, RECOVERY_CODES = 10, FACTORS_MAX = 10 };
#define DEVICE STR("harken_device")

/* At most ten passwords of an account are looked at in a minute: four at once, then one in ten seconds. An address has more,
 * because a whole office may stand behind it; what succeeds is given back. */
static const struct limit_rule by_account = {.rate = 0.1, .burst = 4}, by_address = {.rate = 0.5, .burst = 20};

/* ---- known devices ---- */

/* Hex of what only we can make for this account and these random digits. */
static bool device_mac(struct call *k, str account, str digits, char out[2 * BLIND_BYTES + 1])
{
    struct api *api = k->app;
    uint8_t mac[BLIND_BYTES];

    if (blind_index(api->core->v.keys, api->core->v.workspace, "sign_in.device",
                    str_fmt(k->a, "%.*s %.*s", STR_ARG(digits), STR_ARG(account)), mac, NULL))
        return false;
    hex_put(mac, sizeof mac, out);
    return true;
}

/* Somebody signed in to this account with this browser before. */
static bool device_known(struct call *k, str account)
{
    str cookie = gateway_cookie_get(k->rq, DEVICE), mac, digits = str_cut(cookie, '.', &mac);
    char want[2 * BLIND_BYTES + 1];

    return digits.n == DEVICE_HEX && mac.n == 2 * BLIND_BYTES && device_mac(k, account, digits, want) &&
           vault_same(want, mac.p, mac.n);
}

static void device_remember(struct call *k, str account)
{
    char digits[DEVICE_HEX + 1], mac[2 * BLIND_BYTES + 1];
    uint8_t random[DEVICE_HEX / 2];

    if (device_known(k, account))
        return;
    vault_random(random, sizeof random);
    hex_put(random, sizeof random, digits);
    if (device_mac(k, account, str_of(digits), mac))
        gateway_cookie_set(k, DEVICE, str_fmt(k->a, "%s.%s", digits, mac), DEVICE_AGE_S);
}

/* ---- one try ---- */

struct try_in {
    str account, bucket, password, code;
    struct json_doc *body; /* holds the answer of a security key */
    struct user user;
    bool known; /* there is such a user */
    str kept;
    struct factor *factors;
    size_t factors_n;
    unsigned methods;
    bool failed; /* what was shown was wrong: to be told to the audit log */
};

static void refuse(struct call *k)
{
    http_problem(k->rep, 401, STR("urn:harken:problem:sign-in"), STR("not signed in"),
                 STR("address, password or code are not right"));
}

/* Who was tried and failed stands in the audit log, with the same work for those that do not exist. Without the record there is no
 * answer about the password either. */
static void failure_note(struct call *k, const struct try_in *x)
{
    struct vaulted *v = &((struct api *)k->app)->core->v;
    struct audit_entry entry = {.act = AUDIT_SIGN_IN_FAILED, .actor = x->known ? x->user.id : ID_NIL};
    struct db_tx *t;
    struct err e;

    if (db_begin(v->db, v->workspace, TX_MS, &t, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    if (audit_append(t, v->keys, &entry, &e)) {
        db_rollback(t);
        http_problem_err(k->rep, &e);
    } else if (db_commit(t, &e)) {
        http_problem_err(k->rep, &e);
    }
}

static enum err_code try_load(struct call *k, struct try_in *x, struct err *e)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    enum err_code rc;
    struct db_tx *t;

    if (db_begin(v->db, v->workspace, TX_MS, &t, e))
        return e->code;
    rc = id_is_nil(k->who.user) ? user_find(t, v->keys, x->account, k->a, &x->user, e)
                                : user_get(t, v->keys, k->who.user, k->a, &x->user, e);
    x->known = rc == ERR_OK;
    if (rc == ERR_NOT_FOUND)
        rc = ERR_OK;
    if (!rc && x->known) /* an unknown user costs the same two questions */
        rc = credential_password_get(t, v->keys, x->user.id, k->a, &x->kept, e);
    else if (!rc)
        rc = credential_password_get(t, v->keys, id_new(), k->a, &x->kept, e);
    if (!rc)
        rc = factor_list(t, v->keys, x->user.id, k->a, &x->factors, &x->factors_n, e);
    db_rollback(t);
    return rc;
}

static bool factors_any(const struct try_in *x, enum factor_kind kind)
{
    for (size_t i = 0; i < x->factors_n; i++)
        if (x->factors[i].kind == kind && x->factors[i].confirmed)
            return true;
    return false;
}

/* The factor that a code fits and its new counter; NULL when there is none. */
static struct factor *code_find(struct try_in *x, int64_t *out_counter, unsigned *out_method)
{
    uint8_t hash[SHA256_BYTES];

    sha256(x->code, hash);
    for (size_t i = 0; i < x->factors_n; i++) {
        struct factor *f = &x->factors[i];
        if (f->kind == FACTOR_TOTP && f->confirmed &&
            totp_verify((const uint8_t *)f->secret.p, f->secret.n, x->code, clock_now_ms(), f->counter, out_counter)) {
            *out_method = TOKEN_BY_TOTP;
            return f;
        }
        if (f->kind == FACTOR_RECOVERY && f->secret.n == sizeof hash && f->counter == 0 &&
            vault_same(f->secret.p, hash, sizeof hash)) {
            *out_counter = 1;
            *out_method = TOKEN_BY_RECOVERY;
            return f;
        }
    }
    return NULL;
}

/* A try that knew the password is not one of a stranger. */
static void try_give(struct call *k, struct try_in *x)
{
    if (gateway_address_counts(k))
        gateway_try_give(k, "sign-in address", k->rq->peer, &by_address);
    gateway_try_give(k, "sign-in account", x->bucket, &by_account);
}

/* Says what is wanted beside the password: 401 with what a security key must answer. */
static enum err_code second_ask(struct call *k, struct try_in *x, struct err *e)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "type", STR("urn:harken:problem:second-factor"));
    jw_kstr(&w, "title", STR("a second factor is needed"));
    jw_ki64(&w, "status", 401);
    jw_kstr(&w, "detail",
            STR("send \"code\" too: six digits of your authenticator app, or a recovery code; or \"webauthn\""));
    if (k->rq->id[0])
        jw_kstr(&w, "instance", str_fmt(k->a, "urn:uuid:%s", k->rq->id));
    if (factors_any(x, FACTOR_WEBAUTHN) && passkey_ask(k, &w, x->user.id, x->factors, x->factors_n, e)) {
        buf_done(&b);
        http_problem_err(k->rep, e);
        return e->code;
    }
    jw_end(&w);
    http_status(k->rep, 401);
    http_body(k->rep, STR("application/problem+json"), str_dup(k->a, buf_view(&b)));
    buf_done(&b);
    try_give(k, x);
    return err_set(e, ERR_DENIED, "second factor needed");
}

/* The second factor, where the user has one. ERR_DENIED: it does not fit, or was used; the reply is filled in any case. */
static enum err_code second_check(struct call *k, struct try_in *x, struct db_tx *t, struct err *e)
{
    const struct json *answer = x->body ? json_get(json_root(x->body), "webauthn") : NULL;
    const struct factor *f = NULL;
    int64_t counter = 0;
    unsigned method = TOKEN_BY_WEBAUTHN;

    if (!factors_any(x, FACTOR_TOTP) && !factors_any(x, FACTOR_WEBAUTHN))
        return ERR_OK;
    if (!x->code.n && json_kind(answer) != JSON_OBJ)
        return second_ask(k, x, e);
    if (json_kind(answer) == JSON_OBJ)
        f = passkey_find(k, x->user.id, answer, x->factors, x->factors_n, &counter);
    else
        f = code_find(x, &counter, &method);
    if (!f) {
        x->failed = true;
        refuse(k);
        return err_set(e, ERR_DENIED, "wrong code");
    }
    if ((method != TOKEN_BY_WEBAUTHN || counter) && factor_used(t, f->id, counter, e)) {
        x->failed = e->code == ERR_CONFLICT;
        if (x->failed)
            refuse(k);
        else
            http_problem_err(k->rep, e);
        return e->code;
    }
    x->methods |= method;
    return ERR_OK;
}

/* Puts it down under today's parameters. */
static enum err_code password_renew(struct call *k, struct try_in *x, struct db_tx *t, struct err *e)
{
    struct api *api = k->app;
    str kept;

    if (password_hash(x->password, k->a, &kept, e))
        return e->code;
    return credential_password_put(t, api->core->v.keys, x->user.id, kept, k->a, e);
}

/* The part of a try that changes something: the factor is used, the session opened, in one transaction. */
static enum err_code try_finish(struct call *k, struct try_in *x, bool weak,
                                enum err_code (*then)(struct call *k, struct try_in *x, struct db_tx *t, struct err *e),
                                struct err *e)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct db_tx *t;

    if (db_begin(v->db, v->workspace, TX_MS, &t, e)) {
        http_problem_err(k->rep, e);
        return e->code;
    }
    if (second_check(k, x, t, e)) {
        db_rollback(t);
        if (x->failed)
            failure_note(k, x);
        return e->code;
    }
    if ((weak && password_renew(k, x, t, e)) || then(k, x, t, e)) {
        db_rollback(t);
        http_problem_err(k->rep, e);
        return e->code;
    }
    if (db_commit(t, e))
        http_problem_err(k->rep, e);
    return e->code;
}

static bool try_read(struct call *k, struct try_in *x, bool with_account)
{
    static const char *const keys[] = {"email", "password", "code", "webauthn", NULL}, *const own[] = {
                                                                                           "password", "code",
                                                                                           "webauthn", NULL};
    struct json_doc *d;

    if (!access_body(k, with_account ? keys : own, &d))
        return false;
    x->account = user_email_fold(k->a, json_str(json_get(json_root(d), "email"), STR("")));
    x->password = str_dup(k->a, json_str(json_get(json_root(d), "password"), STR("")));
    x->code = str_dup(k->a, str_trim(json_str(json_get(json_root(d), "code"), STR(""))));
    x->body = d;
    if (x->password.n && x->password.n <= PASSWORD_BYTES_MAX && x->code.n <= 64)
        return true;
    http_problem(k->rep, 400, STR_NULL, STR("bad field"), STR("\"password\" must be a text"));
    return false;
}

/* Looks at the password, after counting the try. Fills the reply and answers false when it does not open. */
static bool try_password(struct call *k, struct try_in *x, bool *out_weak)
{
    enum err_code rc;
    struct err e;

    x->bucket = str_fmt(k->a, "%.*s%s", STR_ARG(x->account), device_known(k, x->account) ? " known" : "");
    if (device_known(k, x->account)) /* a device of the owner's own: strangers cannot use up its tries */
        x->bucket = str_fmt(k->a, "%.*s %.*s", STR_ARG(x->account), STR_ARG(gateway_cookie_get(k->rq, DEVICE)));
    if ((gateway_address_counts(k) && !gateway_try_take(k, "sign-in address", k->rq->peer, &by_address)) ||
        !gateway_try_take(k, "sign-in account", x->bucket, &by_account))
        return false;
    if (try_load(k, x, &e)) {
        http_problem_err(k->rep, &e);
        return false;
    }
    rc = password_verify(x->kept, x->password, out_weak, &e);
    if (rc == ERR_OK && x->known && x->user.active && !x->user.service)
        return true;
    if (rc == ERR_BUSY) {
        http_problem_err(k->rep, &e);
        return false;
    }
    refuse(k);
    failure_note(k, x);
    return false;
}

static void try_succeeded(struct call *k, struct try_in *x)
{
    try_give(k, x);
    device_remember(k, x->account);
}

static enum err_code session_make(struct call *k, struct try_in *x, struct db_tx *t, struct err *e)
{
    struct id session;

    return gateway_session_open(k, t, x->user.id, x->user.roles, x->methods, &session, e);
}

void api_sign_in(struct call *k)
{
    struct try_in x = {.methods = TOKEN_BY_PASSWORD};
    bool weak = false;
    struct err e = {0};

    if (try_read(k, &x, true) && try_password(k, &x, &weak) && try_finish(k, &x, weak, session_make, &e) == ERR_OK) {
        try_succeeded(k, &x);
        http_json(k->rep, 200, str_fmt(k->a, "{\"user\":\"%.*s\"}\n", STR_ARG(id_str(k->a, x.user.id))));
    }
    json_free(x.body);
}

/* The session gets a new reference: one that was stolen before is worth nothing afterwards. */
static enum err_code session_renew(struct call *k, struct try_in *x, struct db_tx *t, struct err *e)
{
    int64_t n;

    if (token_end(t, TOKEN_SESSION, k->who.user, k->who.token, ID_NIL, &n, e))
        return e->code;
    return session_make(k, x, t, e);
}

void api_sign_in_again(struct call *k)
{
    struct try_in x = {.methods = TOKEN_BY_PASSWORD};
    bool weak = false;
    struct err e = {0};

    if (k->who.kind != TOKEN_SESSION || id_is_nil(k->who.user)) {
        http_problem(k->rep, 403, STR_NULL, STR("no session of a user"),
                     STR("only a user who signed in can do so again"));
        return;
    }
    if (try_read(k, &x, false)) {
        x.account = id_str(k->a, k->who.user);
        if (try_password(k, &x, &weak) && try_finish(k, &x, weak, session_renew, &e) == ERR_OK) {
            access_changed();
            try_succeeded(k, &x);
            http_status(k->rep, 204);
        }
    }
    json_free(x.body);
}

/* ---- the own password ---- */

static enum err_code password_set(struct call *k, str password, struct err *e)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct audit_entry entry = {.act = AUDIT_ADMIN, .actor = k->who.user, .object = k->who.user};
    struct user u;
    struct db_tx *t;
    int64_t ended;
    str kept, context[4];

    if (db_begin(v->db, v->workspace, TX_MS, &t, e))
        return e->code;
    if (user_get(t, v->keys, k->who.user, k->a, &u, e))
        goto fail;
    context[0] = u.email;
    context[1] = u.name;
    context[2] = u.given;
    context[3] = u.family;
    if (password_check(password, context, 4, k->a, e) || password_hash(password, k->a, &kept, e) ||
        credential_password_put(t, v->keys, k->who.user, kept, k->a, e) ||
        token_end(t, TOKEN_SESSION, k->who.user, ID_NIL, k->who.token, &ended, e) ||
        audit_append(t, v->keys, &entry, e))
        goto fail;
    return db_commit(t, e);
fail:
    db_rollback(t);
    return e->code;
}

void api_password_put(struct call *k)
{
    static const char *const keys[] = {"password", NULL};
    struct json_doc *d;
    struct err e;
    str password;

    if (!access_user(k) || !access_body(k, keys, &d))
        return;
    password = str_dup(k->a, json_str(json_get(json_root(d), "password"), STR("")));
    json_free(d);
    if (password_set(k, password, &e)) {
        if (e.code == ERR_INVALID)
            http_problem(k->rep, 422, STR_NULL, STR("choose another password"), str_dup(k->a, str_of(e.msg)));
        else
            http_problem_err(k->rep, &e);
        return;
    }
    access_changed(); /* other sessions have ended */
    http_status(k->rep, 204);
}

/* ---- second factors ---- */

void api_factors_list(struct call *k)
{
    struct factor *list;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    size_t n;
    struct err e;

    if (!(t = access_begin(k)))
        return;
    if (factor_list(t, access_keys(k), k->who.user, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    buf_init_wiped(&b, 1 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "factors");
    for (size_t i = 0; i < n; i++) {
        if (!list[i].confirmed)
            continue;
        jw_obj(&w);
        jw_kstr(&w, "id", id_str(k->a, list[i].id));
        jw_kstr(&w, "kind", str_of(factor_kind_name(list[i].kind)));
        jw_kstr(&w, "name", list[i].name);
        access_time(k, &w, "created_at", list[i].created_at_ms);
        access_time(k, &w, "used_at", list[i].used_at_ms);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

/* POST /v1/me/totp: a new secret, which counts once a code of it was sent to .../confirm. */
void api_totp_post(struct call *k)
{
    uint8_t *secret = arena_alloc(k->a, TOTP_SECRET_BYTES);
    struct factor f = {.user = k->who.user,
                       .kind = FACTOR_TOTP,
                       .name = STR("authenticator app"),
                       .secret = str_n((const char *)secret, TOTP_SECRET_BYTES)};
    struct factor *list;
    struct user u;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    size_t n;
    struct err e;

    vault_random(secret, TOTP_SECRET_BYTES);
    if (!access_user(k) || !(t = access_begin(k)))
        return;
    if (user_get(t, access_keys(k), k->who.user, k->a, &u, &e) ||
        factor_list(t, access_keys(k), k->who.user, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    for (size_t i = 0; i < n; i++) /* one that was begun and not confirmed gives way */
        if (!list[i].confirmed && list[i].kind == FACTOR_TOTP)
            factor_drop(t, k->who.user, list[i].id, FACTOR_TOTP, &e);
    if (n > FACTORS_MAX + RECOVERY_CODES) {
        err_set(&e, ERR_CONFLICT, "there are too many second factors already");
        access_fail(k, t, &e);
        return;
    }
    if (factor_add(t, access_keys(k), &f, k->a, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (!access_commit(k, t, AUDIT_ADMIN, f.id))
        return;
    buf_init_wiped(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "id", id_str(k->a, f.id));
    jw_kstr(&w, "secret", totp_base32(secret, TOTP_SECRET_BYTES, k->a));
    jw_kstr(&w, "uri", totp_uri(secret, TOTP_SECRET_BYTES, u.email, k->a));
    jw_end(&w);
    api_reply(k, 201, &b);
}

static enum err_code recovery_make(struct call *k, struct db_tx *t, struct jw *w, struct err *e)
{
    enum err_code rc = factor_drop(t, k->who.user, ID_NIL, FACTOR_RECOVERY, e);

    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    jw_karr(w, "recovery_codes");
    for (int i = 0; i < RECOVERY_CODES; i++) {
        uint8_t *hash = arena_alloc(k->a, SHA256_BYTES);
        str code = str_sub(token_text_make(k->a, STR("")), 0, 20); /* 120 bits */
        struct factor f = {
            .user = k->who.user, .kind = FACTOR_RECOVERY, .name = STR("recovery code"), .confirmed = true};
        sha256(code, hash);
        f.secret = str_n((const char *)hash, SHA256_BYTES);
        if (factor_add(t, access_keys(k), &f, k->a, e))
            return e->code;
        jw_str(w, code);
    }
    jw_end(w);
    return ERR_OK;
}

/* POST /v1/me/totp/confirm {"code"}: from here on it is asked for; answers with recovery codes, shown once. */
void api_totp_confirm(struct call *k)
{
    static const char *const keys[] = {"code", NULL};
    struct factor *list, *f = NULL;
    struct json_doc *d;
    int64_t step = 0;
    struct db_tx *t;
    struct buf b;
    struct jw w;
    size_t n = 0;
    struct err e;
    str code;

    if (!access_body(k, keys, &d))
        return;
    code = str_dup(k->a, json_str(json_get(json_root(d), "code"), STR("")));
    json_free(d);
    if (!gateway_try_take(k, "totp confirm", str_n((const char *)k->who.user.b, sizeof k->who.user.b), &by_account) ||
        !(t = access_begin(k)))
        return;
    if (factor_list(t, access_keys(k), k->who.user, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == FACTOR_TOTP && !list[i].confirmed)
            f = &list[i];
    if (!f || !totp_verify((const uint8_t *)f->secret.p, f->secret.n, code, clock_now_ms(), f->counter, &step)) {
        db_rollback(t);
        http_problem(k->rep, 422, STR_NULL, STR("this code does not fit"),
                     STR("see that the clocks agree, and try the next one"));
        return;
    }
    buf_init_wiped(&b, 16 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    if (factor_used(t, f->id, step, &e) || factor_confirm(t, f->id, &e) || recovery_make(k, t, &w, &e)) {
        buf_done(&b);
        access_fail(k, t, &e);
        return;
    }
    jw_end(&w);
    if (access_commit(k, t, AUDIT_ADMIN, f->id))
        api_reply(k, 200, &b);
    else
        buf_done(&b);
}

void api_factor_delete(struct call *k)
{
    struct db_tx *t;
    struct id id;
    struct err e;

    if (!access_id(k, 0, "second factor", &id) || !(t = access_begin(k)))
        return;
    if (factor_drop(t, k->who.user, id, FACTOR_TOTP, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (access_commit(k, t, AUDIT_ADMIN, id))
        http_status(k->rep, 204);
}
