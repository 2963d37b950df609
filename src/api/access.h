/* api/access.h - signing in, one's own things and SCIM over REST: what handlers that write their replies themselves share. */
#pragma once
#include "api/api.h"

/* The body as a JSON object whose keys are all in `keys` (NULL-terminated); fills the reply and answers false otherwise. */
bool access_body(struct call *k, const char *const *keys, struct json_doc **out);
/* Begins a transaction; NULL with the reply filled when the database is not there. */
struct db_tx *access_begin(struct call *k);
/* Rolls back and fills the reply. */
void access_fail(struct call *k, struct db_tx *t, const struct err *e);
/* Writes the audit record of a change, commits, and lets it count for the next request. False with the reply filled. */
bool access_commit(struct call *k, struct db_tx *t, enum audit_act act, struct id object);
/* Is there a user? The operator of the machine is none: 403 in the reply. */
bool access_user(struct call *k);
struct keyring *access_keys(struct call *k);
/* The id in a part of the path; 404 in the reply and false when it is none. `what`: "user". */
bool access_id(struct call *k, int part, const char *what, struct id *out);
void access_missing(struct call *k, const char *what); /* 404, the same for what is not there and what is not for you */
void access_time(struct call *k, struct jw *w, const char *key, int64_t at_ms); /* null for CLOCK_NONE */

/* Handlers of access_table.c. */
void api_sign_in(struct call *k);
void api_sign_in_again(struct call *k);
void api_password_put(struct call *k);
void api_factors_list(struct call *k);
void api_factor_delete(struct call *k);
void api_totp_post(struct call *k);
void api_passkey_post(struct call *k);
void api_passkey_confirm(struct call *k);
void api_totp_confirm(struct call *k);
void api_scim_search(struct call *k);
void api_scim_discover(struct call *k);
void api_scim_type(struct call *k);
void api_scim_schema(struct call *k);
void api_scim_users_list(struct call *k);
void api_scim_users_search(struct call *k);
void api_scim_users_post(struct call *k);
void api_scim_users_get(struct call *k);
void api_scim_users_put(struct call *k);
void api_scim_users_patch(struct call *k);
void api_scim_users_delete(struct call *k);
void api_scim_groups_list(struct call *k);
void api_scim_groups_search(struct call *k);
void api_scim_groups_post(struct call *k);
void api_scim_groups_get(struct call *k);
void api_scim_groups_put(struct call *k);
void api_scim_groups_patch(struct call *k);
void api_scim_groups_delete(struct call *k);
void api_oidc_begin(struct call *k);
void api_oidc_callback(struct call *k);
void api_oidc_names(struct call *k);
void api_me_session(struct call *k);
