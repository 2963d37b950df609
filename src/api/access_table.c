/* api/access_table.c - the addresses of users, teams, keys, sessions and signing in, with the permission each needs. Their
 * handlers read and write JSON themselves. */
#include "api/access.h"
#include "api/resource.h"

#define RAW(name_, method_, path_, perm_, about_, run_, ...)                                                           \
    {RES_OP_RAW, name_, HTTP_M_##method_, path_, PERM_##perm_, about_, .raw = run_, __VA_ARGS__}
#define FRESH .flags = RES_OP_FRESH

static const struct res_field everybody_fields[] = {
    {"everybody", RES_BOOL, 0, "Those of all users; needs the permission to manage them.", "true"},
};
static const struct res_shape everybody_query = {"EverybodyQuery", "", RES_FIELDS(everybody_fields)};
static const struct res_field page_fields[] = {
    {"limit", RES_INT, 0, "Most in the answer.", "100", .min = 1, .max = 1000},
    {"after", RES_ID, 0, "Id of the last one seen.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape page_query = {"AfterQuery", "", RES_FIELDS(page_fields)};

static const struct res_op user_ops[] = {
    RAW("list", GET, "/v1/users", USERS_READ, "List users", api_users_list, .query = &page_query),
    RAW("create", POST, "/v1/users", USERS_WRITE, "Make a user", api_users_post, .status = 201),
    RAW("get", GET, "/v1/users/{id}", USERS_READ, "Read one user", api_user_get),
    RAW("update", PATCH, "/v1/users/{id}", USERS_WRITE, "Change a user", api_user_patch),
    RAW("delete", DELETE, "/v1/users/{id}", USERS_WRITE, "Delete a user", api_user_delete, .status = 204),
    RAW("link", POST, "/v1/users/{id}/link", USERS_WRITE, "Make a link by which a new user signs in", api_user_link,
        .status = 201, FRESH),
};
const struct resource res_users = {.name = "users",
                                   .key = "users",
                                   .one = "user",
                                   .about = "Who may sign in, and with which roles.",
                                   RES_OPS(user_ops)};

static const struct res_op team_ops[] = {
    RAW("list", GET, "/v1/teams", TEAMS_READ, "List teams and their members", api_teams_list),
    RAW("create", POST, "/v1/teams", TEAMS_WRITE, "Make a team", api_teams_post, .status = 201),
    RAW("get", GET, "/v1/teams/{id}", TEAMS_READ, "Read one team", api_team_get),
    RAW("update", PATCH, "/v1/teams/{id}", TEAMS_WRITE, "Change a team", api_team_patch),
    RAW("delete", DELETE, "/v1/teams/{id}", TEAMS_WRITE, "Delete a team; those below move up", api_team_delete,
        .status = 204),
    RAW("member_put", PUT, "/v1/teams/{id}/members/{user}", TEAMS_WRITE, "Put a user into a team", api_member_put,
        .status = 204),
    RAW("member_delete", DELETE, "/v1/teams/{id}/members/{user}", TEAMS_WRITE, "Take a user out of a team",
        api_member_delete, .status = 204),
};
const struct resource res_teams = {.name = "teams",
                                   .key = "teams",
                                   .one = "team",
                                   .about = "Teams, as a tree, and who belongs to them.",
                                   RES_OPS(team_ops)};

static const struct res_op key_ops[] = {
    RAW("list", GET, "/v1/keys", KEYS_OWN, "List API keys", api_keys_list, .query = &everybody_query),
    RAW("create", POST, "/v1/keys", KEYS_OWN, "Make an API key; it is shown once", api_keys_post, .status = 201, FRESH),
    RAW("delete", DELETE, "/v1/keys/{id}", KEYS_OWN, "Revoke an API key", api_key_delete, .status = 204),
};
const struct resource res_keys = {
    .name = "keys", .key = "keys", .one = "key", .about = "API keys of users and programs.", RES_OPS(key_ops)};

static const struct res_op session_ops[] = {
    RAW("list", GET, "/v1/sessions", SELF, "List sessions", api_sessions_list, .query = &everybody_query),
    RAW("delete", DELETE, "/v1/sessions/{id}", SELF, "End a session", api_session_delete, .status = 204),
};
const struct resource res_sessions = {.name = "sessions",
                                      .key = "sessions",
                                      .one = "session",
                                      .about = "Where users are signed in.",
                                      RES_OPS(session_ops)};

static const char *const token_kinds[] = {"operator", "link", "session", "key", NULL};
static const struct res_field me_session_fields[] = {
    {"id", RES_ID, 0, "Of the session or key.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"kind", RES_ENUM, 0, "What the request came with.", "\"key\"", .words = token_kinds},
    {"user", RES_ID, RES_NULLABLE, "Whose it is; null: the operator's.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"",
     .to = "users"},
    {"roles", RES_STR, RES_LIST, "Roles of that user.", "\"rep\""},
    {"proved_at", RES_TIME, RES_NULLABLE, "When the session's owner last proved who they are; null for keys.",
     "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape me_session_shape = {"CallerSession", "What a request came with.",
                                                  RES_FIELDS(me_session_fields)};
static const struct res_op me_ops[] = {
    RAW("get", GET, "/v1/me", SELF, "Who the caller is and what the caller may do", api_me),
    RAW("session", GET, "/v1/me/session", STATUS_READ,
        "Which session or key the request comes with: no look into the database", api_me_session,
        .answer = &me_session_shape, .flags = RES_OP_QUICK),
    RAW("factors", GET, "/v1/me/factors", SELF, "List one's second factors", api_factors_list),
    RAW("factor_delete", DELETE, "/v1/me/factors/{id}", SELF, "Remove a second factor", api_factor_delete,
        .status = 204, FRESH),
    RAW("password", PUT, "/v1/me/password", SELF, "Choose a password", api_password_put, .status = 204, FRESH),
    RAW("totp", POST, "/v1/me/totp", SELF, "Begin with an authenticator app", api_totp_post, .status = 201, FRESH),
    RAW("passkey", POST, "/v1/me/webauthn", SELF, "Begin with a security key or passkey", api_passkey_post, FRESH),
    RAW("passkey_confirm", POST, "/v1/me/webauthn/confirm", SELF, "Keep the security key or passkey",
        api_passkey_confirm, .status = 201, FRESH),
    RAW("totp_confirm", POST, "/v1/me/totp/confirm", SELF, "Confirm the authenticator app", api_totp_confirm, FRESH),
};
const struct resource res_me = {
    .name = "me", .key = "me", .one = "user", .about = "The signed-in user's own things.", RES_OPS(me_ops)};

static const struct res_op sign_in_ops[] = {
    RAW("password", POST, "/v1/sign-in", PUBLIC, "Sign in by address and password", api_sign_in),
    RAW("again", POST, "/v1/sign-in/again", SELF, "Prove again who one is", api_sign_in_again, .status = 204),
    RAW("providers", GET, "/v1/sign-in/providers", PUBLIC, "Names of the identity providers", api_oidc_names),
    RAW("begin", GET, "/sign-in/oidc/{name}", PUBLIC, "Go to an identity provider", api_oidc_begin, .status = 303,
        .answer_type = "text/html"),
    RAW("end", GET, "/sign-in/oidc/{name}/callback", PUBLIC, "Come back from an identity provider", api_oidc_callback,
        .status = 303, .answer_type = "text/html"),
};
const struct resource res_sign_in = {
    .name = "sign-in", .key = "sign_in", .one = "way in", .about = "Ways to sign in.", RES_OPS(sign_in_ops)};

static const struct res_op provider_ops[] = {
    RAW("list", GET, "/v1/identity-providers", IDENTITY_WRITE, "List identity providers", api_providers_list),
    RAW("create", POST, "/v1/identity-providers", IDENTITY_WRITE, "Let users sign in at an identity provider",
        api_providers_post, .status = 201, FRESH),
    RAW("delete", DELETE, "/v1/identity-providers/{id}", IDENTITY_WRITE, "Forget an identity provider",
        api_provider_delete, .status = 204, FRESH),
};
const struct resource res_identity_providers = {.name = "identity-providers",
                                                .key = "identity_providers",
                                                .one = "identity provider",
                                                .about = "Who else says who somebody is (OpenID Connect).",
                                                RES_OPS(provider_ops)};

static const struct res_op share_ops[] = {
    RAW("put", PUT, "/v1/deals/{id}/access/{user}", DEALS_WRITE, "Share a deal with a user", api_deal_share,
        .status = 204),
    RAW("delete", DELETE, "/v1/deals/{id}/access/{user}", DEALS_WRITE, "Share a deal no longer", api_deal_unshare,
        .status = 204),
};
const struct resource res_deal_access = {.name = "deal-access",
                                         .key = "deal_access",
                                         .one = "deal",
                                         .about = "Whom a deal is shared with.",
                                         RES_OPS(share_ops)};

#define SCIM(kind, path, many)                                                                                         \
    RAW(#kind "_list", GET, path, IDENTITY_WRITE, "List " many " (SCIM)", api_scim_##kind##_list,                      \
        .answer_type = "application/scim+json"),                                                                       \
        RAW(#kind "_create", POST, path, IDENTITY_WRITE, "Make one of " many " (SCIM)", api_scim_##kind##_post,        \
            .answer_type = "application/scim+json", .status = 201, .body_max = 1 << 20),                               \
        RAW(#kind "_search", POST, path "/.search", IDENTITY_WRITE, "Find " many " (SCIM)", api_scim_##kind##_search,  \
            .answer_type = "application/scim+json"),                                                                   \
        RAW(#kind "_get", GET, path "/{id}", IDENTITY_WRITE, "Read one of " many " (SCIM)", api_scim_##kind##_get,     \
            .answer_type = "application/scim+json"),                                                                   \
        RAW(#kind "_replace", PUT, path "/{id}", IDENTITY_WRITE, "Replace one of " many " (SCIM)",                     \
            api_scim_##kind##_put, .answer_type = "application/scim+json", .body_max = 1 << 20),                       \
        RAW(#kind "_update", PATCH, path "/{id}", IDENTITY_WRITE, "Change one of " many " (SCIM)",                     \
            api_scim_##kind##_patch, .answer_type = "application/scim+json", .body_max = 1 << 20),                     \
        RAW(#kind "_delete", DELETE, path "/{id}", IDENTITY_WRITE, "Delete one of " many " (SCIM)",                    \
            api_scim_##kind##_delete, .status = 204)
static const struct res_op scim_ops[] = {
    SCIM(users, "/scim/v2/Users", "users"),
    SCIM(groups, "/scim/v2/Groups", "groups"),
    RAW("search", POST, "/scim/v2/.search", IDENTITY_WRITE, "Find users and groups (SCIM)", api_scim_search,
        .answer_type = "application/scim+json"),
    RAW("unknown", GET, "/scim/v2/{unknown}", IDENTITY_WRITE, "Say that there is no such address (SCIM)",
        api_scim_unknown, .answer_type = "application/scim+json"),
    RAW("types", GET, "/scim/v2/ResourceTypes", IDENTITY_WRITE, "Kinds of resources (SCIM)", api_scim_types,
        .answer_type = "application/scim+json"),
    RAW("type", GET, "/scim/v2/ResourceTypes/{name}", IDENTITY_WRITE, "One kind of resource (SCIM)", api_scim_types,
        .answer_type = "application/scim+json"),
    RAW("schemas", GET, "/scim/v2/Schemas", IDENTITY_WRITE, "Schemas (SCIM)", api_scim_schemas,
        .answer_type = "application/scim+json"),
    RAW("schema", GET, "/scim/v2/Schemas/{urn}", IDENTITY_WRITE, "One schema (SCIM)", api_scim_schemas,
        .answer_type = "application/scim+json"),
    RAW("config", GET, "/scim/v2/ServiceProviderConfig", IDENTITY_WRITE, "What is supported (SCIM)", api_scim_config,
        .answer_type = "application/scim+json"),
};
const struct resource res_scim = {.name = "scim",
                                  .key = "scim",
                                  .one = "resource",
                                  .about = "Provisioning by an identity provider.",
                                  RES_OPS(scim_ops)};
