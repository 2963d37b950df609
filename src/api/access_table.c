/* api/access_table.c - the addresses of signing in, of one's own things, and of SCIM, whose handlers read and write JSON
 * themselves: what goes in and comes out. */
#include "api/access.h"
#include "api/access_shapes.h"

#define RAW(name_, method_, path_, perm_, about_, run_, ...)                                                           \
    {RES_OP_RAW, name_, HTTP_M_##method_, path_, PERM_##perm_, about_, .raw = run_, __VA_ARGS__}
#define FRESH .flags = RES_OP_FRESH

/* ---- what a security key says, in base64url ---- */

static const struct res_field webauthn_fields[] = {
    {"state", RES_STR, RES_NEEDED, "What came with the question.", "\"c3RhdGU\"", .min = 1, .max = 1024},
    {"credential", RES_STR, RES_NEEDED, "Id of the credential.", "\"Y3JlZA\"", .min = 1, .max = 2048},
    {"client_data", RES_STR, RES_NEEDED, "The browser's clientDataJSON.", "\"e30\"", .min = 1, .max = 8192},
    {"authenticator_data", RES_STR, RES_NEEDED, "What the authenticator says.", "\"AA\"", .min = 1, .max = 8192},
    {"signature", RES_STR, RES_NEEDED, "Over both.", "\"AA\"", .min = 1, .max = 2048},
};
static const struct res_shape webauthn_shape = {"SecurityKeyAnswer", "The answer of a security key or passkey.",
                                                RES_FIELDS(webauthn_fields)};

#define PROOF_FIELDS                                                                                                   \
    {                                                                                                                  \
        "password", RES_STR,   RES_NEEDED | RES_SEALED, "The password.", "\"correct horse battery\"",                  \
        .min = 1,   .max = 256},                                                                                       \
        {"code",       RES_STR,  RES_SEALED, "Six digits of the authenticator app, or a recovery code.",               \
         "\"123456\"", .max = 64},                                                                                     \
    {                                                                                                                  \
        "webauthn", RES_OBJ, 0, "Instead of a code: the answer of a security key.", .of = &webauthn_shape              \
    }
static const struct res_field sign_in_fields[] = {
    {"email", RES_STR, RES_NEEDED | RES_SEALED, "The user's address.", "\"ann@us.example\"", .min = 1, .max = 256},
    PROOF_FIELDS,
};
static const struct res_shape sign_in_shape = {"SignInRequest", "Who signs in, and the proof.",
                                               RES_FIELDS(sign_in_fields)};
static const struct res_field again_fields[] = {PROOF_FIELDS};
static const struct res_shape again_shape = {"SignInAgainRequest", "The proof.", RES_FIELDS(again_fields)};
static const struct res_field signed_fields[] = {
    {"user", RES_ID, 0, "Who is signed in now.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "users"},
};
static const struct res_shape signed_shape = {"SignedIn", "Who is signed in.", RES_FIELDS(signed_fields)};
static const struct res_field names_fields[] = {
    {"providers", RES_STR, RES_LIST, "Names: go on at /sign-in/oidc/{name}.", "\"keycloak\""},
};
static const struct res_shape names_shape = {"IdentityProviderNames", "Where else one can sign in.",
                                             RES_FIELDS(names_fields)};

/* ---- one's own ---- */

static const struct res_field factor_fields[] = {
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"kind", RES_STR, 0, "totp, recovery or webauthn.", "\"totp\""},
    {"name", RES_STR, RES_SEALED, "What the user calls it.", "\"authenticator app\""},
    {"created_at", RES_TIME, 0, "When it was made.", "\"2026-06-10T09:30:00.000Z\""},
    {"used_at", RES_TIME, RES_NULLABLE, "When it was last used.", "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape factor_shape = {"Factor", "A second factor.", RES_FIELDS(factor_fields)};
static const struct res_field factors_fields[] = {
    {"factors", RES_OBJ, RES_LIST, "Those that count.", .of = &factor_shape},
};
static const struct res_shape factors_shape = {"Factors", "Second factors of a user.", RES_FIELDS(factors_fields)};
static const struct res_field password_fields[] = {
    {"password", RES_STR, RES_NEEDED | RES_SEALED, "The new one: long, and none of the usual ones.",
     "\"correct horse battery\"", .min = 1, .max = 256},
};
static const struct res_shape password_shape = {"PasswordRequest", "A password.", RES_FIELDS(password_fields)};
static const struct res_field totp_fields[] = {
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"secret", RES_STR, 0, "What the app must know, in base32.", "\"JBSWY3DPEHPK3PXP\""},
    {"uri", RES_STR, 0, "The same for a QR code.", "\"otpauth://totp/Harken:ann?secret=JBSWY3DPEHPK3PXP\""},
};
static const struct res_shape totp_shape = {"TotpBegun", "What the authenticator app is told.",
                                            RES_FIELDS(totp_fields)};
static const struct res_field code_fields[] = {
    {"code", RES_STR, RES_NEEDED, "Six digits of the app.", "\"123456\"", .min = 1, .max = 64},
};
static const struct res_shape code_shape = {"TotpConfirmRequest", "A code.", RES_FIELDS(code_fields)};
static const struct res_field codes_fields[] = {
    {"recovery_codes", RES_STR, RES_LIST, "Each good once, when the app is lost: shown this once.",
     "\"abcdefghijklmnopqrst\""},
};
static const struct res_shape codes_shape = {"RecoveryCodes", "Ways in without the app.", RES_FIELDS(codes_fields)};
static const struct res_field asked_fields[] = {
    {"challenge", RES_STR, 0, "What to sign, in base64url.", "\"AA\""},
    {"state", RES_STR, 0, "To send along with the answer.", "\"AA\""},
    {"site", RES_STR, 0, "The relying party's id.", "\"harken.example.com\""},
    {"user", RES_STR, 0, "The user's handle, in base64url.", "\"AA\""},
    {"name", RES_STR, RES_SEALED, "The user's address.", "\"ann@us.example\""},
    {"algorithms", RES_INT, RES_LIST, "Numbers of COSE that are taken.", "-8"},
};
static const struct res_shape asked_shape = {"SecurityKeyAsked", "What the browser asks a security key for.",
                                             RES_FIELDS(asked_fields)};
static const struct res_field attest_fields[] = {
    {"state", RES_STR, RES_NEEDED, "What came with the question.", "\"c3RhdGU\"", .min = 1, .max = 1024},
    {"client_data", RES_STR, RES_NEEDED, "The browser's clientDataJSON, in base64url.", "\"e30\"", .min = 1,
     .max = 8192},
    {"attestation", RES_STR, RES_NEEDED, "The attestationObject, in base64url.", "\"oA\"", .min = 1, .max = 16000},
    {"name", RES_STR, RES_SEALED, "What to call it.", "\"blue key\"", .max = 100},
};
static const struct res_shape attest_shape = {"SecurityKeyRequest", "A new security key or passkey.",
                                              RES_FIELDS(attest_fields)};
static const struct res_field made_fields[] = {
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape made_shape = {"FactorMade", "A new second factor.", RES_FIELDS(made_fields)};

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
    {RES_OP_ACT, "get", HTTP_M_GET, "/v1/me", PERM_SELF, "Who the caller is and what the caller may do",
     .answer = &me_shape, .flags = RES_OP_SAFE, .act = me_act},
    RAW("session", GET, "/v1/me/session", STATUS_READ,
        "Which session or key the request comes with: no look into the database", api_me_session,
        .answer = &me_session_shape, .flags = RES_OP_QUICK),
    RAW("factors", GET, "/v1/me/factors", SELF, "List one's second factors", api_factors_list,
        .answer = &factors_shape),
    RAW("factor_delete", DELETE, "/v1/me/factors/{id}", SELF, "Remove a second factor", api_factor_delete,
        .status = 204, FRESH),
    RAW("password", PUT, "/v1/me/password", SELF, "Choose a password", api_password_put, .body = &password_shape,
        .status = 204, FRESH),
    RAW("totp", POST, "/v1/me/totp", SELF, "Begin with an authenticator app", api_totp_post, .answer = &totp_shape,
        .status = 201, FRESH),
    RAW("passkey", POST, "/v1/me/webauthn", SELF, "Begin with a security key or passkey", api_passkey_post,
        .answer = &asked_shape, FRESH),
    RAW("passkey_confirm", POST, "/v1/me/webauthn/confirm", SELF, "Keep the security key or passkey",
        api_passkey_confirm, .body = &attest_shape, .answer = &made_shape, .status = 201, FRESH),
    RAW("totp_confirm", POST, "/v1/me/totp/confirm", SELF, "Confirm the authenticator app", api_totp_confirm,
        .body = &code_shape, .answer = &codes_shape, FRESH),
};
const struct resource res_me = {
    .name = "me", .key = "me", .one = "user", .about = "The signed-in user's own things.", RES_OPS(me_ops)};

static const struct res_op sign_in_ops[] = {
    RAW("password", POST, "/v1/sign-in", PUBLIC, "Sign in by address and password", api_sign_in, .body = &sign_in_shape,
        .answer = &signed_shape),
    RAW("again", POST, "/v1/sign-in/again", SELF, "Prove again who one is", api_sign_in_again, .body = &again_shape,
        .status = 204),
    RAW("providers", GET, "/v1/sign-in/providers", PUBLIC, "Names of the identity providers", api_oidc_names,
        .answer = &names_shape),
    RAW("begin", GET, "/sign-in/oidc/{name}", PUBLIC, "Go to an identity provider", api_oidc_begin, .status = 303,
        .answer_type = "text/html"),
    RAW("end", GET, "/sign-in/oidc/{name}/callback", PUBLIC, "Come back from an identity provider", api_oidc_callback,
        .status = 303, .answer_type = "text/html"),
};
const struct resource res_sign_in = {
    .name = "sign-in", .key = "sign_in", .one = "way in", .about = "Ways to sign in.", RES_OPS(sign_in_ops)};

/* ---- SCIM (RFC 7643, RFC 7644): what must be there; the rest its own schemas say, at /scim/v2/Schemas ---- */

#define SCIM_SCHEMAS                                                                                                   \
    {"schemas", RES_STR, RES_LIST, "URNs of what it is.", "\"urn:ietf:params:scim:schemas:core:2.0:User\""}
static const struct res_field scim_meta_fields[] = {
    {"resourceType", RES_STR, 0, "Its kind.", "\"User\""},
    {"location", RES_STR, 0, "Its address.",
     "\"https://harken.example.com/scim/v2/Users/018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape scim_meta_shape = {"ScimMeta", "About a resource of SCIM.", RES_FIELDS(scim_meta_fields),
                                                 .open = true};
static const struct res_field scim_email_fields[] = {
    {"value", RES_STR, RES_NEEDED, "An address.", "\"ann@us.example\"", .min = 3, .max = 200,
     .pattern = "^[a-z0-9]{1,40}@[a-z0-9]{1,40}(\\.[a-z0-9]{1,20}){1,3}$"},
    {"primary", RES_BOOL, 0, "The one that matters most.", "true"},
};
static const struct res_shape scim_email_shape = {"ScimEmail", "An address of a user.", RES_FIELDS(scim_email_fields),
                                                  .open = true};
static const struct res_field scim_user_in_fields[] = {
    SCIM_SCHEMAS,
    {"userName", RES_STR, RES_NEEDED, "What the user signs in by.", "\"ann@us.example\"", .min = 1, .max = 200},
    {"externalId", RES_STR, RES_NULLABLE, "The id at the provider.", "\"00u1\"", .max = 200},
    {"displayName", RES_STR, RES_NULLABLE, "The name that is shown.", "\"Ann Lee\"", .max = 200},
    {"active", RES_BOOL, 0, "May sign in.", "true"},
    {"emails", RES_OBJ, RES_LIST, "Addresses.", .of = &scim_email_shape, .list_max = 20},
};
static const struct res_shape scim_user_in_shape = {"ScimUserRequest", "A user as an identity provider sends it.",
                                                    RES_FIELDS(scim_user_in_fields), .open = true};
static const struct res_field scim_member_fields[] = {
    {"value", RES_ID, RES_NEEDED, "Id of a user.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape scim_member_shape = {"ScimMember", "A member of a group.", RES_FIELDS(scim_member_fields),
                                                   .open = true};
static const struct res_field scim_group_in_fields[] = {
    SCIM_SCHEMAS,
    {"displayName", RES_STR, RES_NEEDED, "The name of the team.", "\"North\"", .min = 1, .max = 200},
    {"externalId", RES_STR, RES_NULLABLE, "The id at the provider.", "\"00g1\"", .max = 200},
    {"members", RES_OBJ, RES_LIST, "Who belongs to it.", .of = &scim_member_shape},
};
static const struct res_shape scim_group_in_shape = {"ScimGroupRequest", "A group as an identity provider sends it.",
                                                     RES_FIELDS(scim_group_in_fields), .open = true};
static const struct res_field scim_op_fields[] = {
    {"op", RES_STR, RES_NEEDED, "add, replace or remove.", "\"replace\"", .min = 1, .max = 16},
    {"path", RES_STR, 0, "To what.", "\"active\"", .max = 1024},
    {"value", RES_JSON, RES_NULLABLE, "The new value.", "false"},
};
static const struct res_shape scim_op_shape = {"ScimPatchOperation", "One change.", RES_FIELDS(scim_op_fields),
                                               .open = true};
static const struct res_field scim_patch_fields[] = {
    SCIM_SCHEMAS,
    {"Operations", RES_OBJ, RES_LIST | RES_NEEDED, "Changes, in order.", .of = &scim_op_shape, .list_min = 1},
};
static const struct res_shape scim_patch_shape = {"ScimPatchRequest", "Changes of a resource (RFC 7644 section 3.5.2).",
                                                  RES_FIELDS(scim_patch_fields), .open = true};
static const struct res_field scim_search_fields[] = {
    SCIM_SCHEMAS,
    {"filter", RES_STR, 0, "Which (RFC 7644 section 3.4.2.2).", "\"userName eq \\\"ann@us.example\\\"\"", .max = 4096},
    {"startIndex", RES_INT, 0, "The first, from 1.", "1"},
    {"count", RES_INT, 0, "Most in the answer.", "100"},
    {"attributes", RES_STR, RES_LIST, "Only these.", "\"userName\""},
    {"excludedAttributes", RES_STR, RES_LIST, "Not these.", "\"members\""},
};
static const struct res_shape scim_search_shape = {"ScimSearchRequest", "What to look for (RFC 7644 section 3.4.3).",
                                                   RES_FIELDS(scim_search_fields), .open = true};
static const struct res_field scim_list_query_fields[] = {
    {"filter", RES_STR, 0, "Which (RFC 7644 section 3.4.2.2).", "\"userName eq \\\"ann@us.example\\\"\"", .max = 4096},
    {"startIndex", RES_INT, 0, "The first, from 1.", "1"},
    {"count", RES_INT, 0, "Most in the answer.", "100"},
    {"attributes", RES_STR, 0, "Only these, separated by commas.", "\"userName\"", .max = 1024},
    {"excludedAttributes", RES_STR, 0, "Not these, separated by commas.", "\"members\"", .max = 1024},
};
static const struct res_shape scim_list_query = {"ScimListQuery", "", RES_FIELDS(scim_list_query_fields)};
static const struct res_field scim_resource_fields[] = {
    SCIM_SCHEMAS,
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"meta", RES_OBJ, RES_MAYBE, "About it.", .of = &scim_meta_shape},
};
static const struct res_shape scim_resource_shape = {"ScimResource", "A user or a group.",
                                                     RES_FIELDS(scim_resource_fields), .open = true};
static const struct res_field scim_list_fields[] = {
    SCIM_SCHEMAS,
    {"totalResults", RES_INT, 0, "How many there are.", "12"},
    {"startIndex", RES_INT, 0, "The first of those given.", "1"},
    {"itemsPerPage", RES_INT, 0, "How many are given.", "12"},
    {"Resources", RES_JSON, 0, "They.", "[]"},
};
static const struct res_shape scim_list_shape = {"ScimList", "A list of resources.", RES_FIELDS(scim_list_fields)};
static const struct res_field scim_said_fields[] = {SCIM_SCHEMAS};
static const struct res_shape scim_said_shape = {"ScimDescription",
                                                 "What is supported, or a kind of resource, or a schema.",
                                                 RES_FIELDS(scim_said_fields), .open = true};

#define SCIM_RAW(name_, method_, path_, about_, run_, answer_, ...)                                                    \
    RAW(name_, method_, path_, IDENTITY_WRITE, about_, run_, .answer = answer_,                                        \
        .answer_type = "application/scim+json", .flags = RES_OP_OWN, __VA_ARGS__)
#define SCIM(kind, path, many, body_)                                                                                  \
    SCIM_RAW(#kind "_list", GET, path, "List " many " (SCIM)", api_scim_##kind##_list, &scim_list_shape,               \
             .query = &scim_list_query),                                                                               \
        SCIM_RAW(#kind "_create", POST, path, "Make one of " many " (SCIM)", api_scim_##kind##_post,                   \
                 &scim_resource_shape, .body = body_, .status = 201, .body_max = 1 << 20),                             \
        SCIM_RAW(#kind "_search", POST, path "/.search", "Find " many " (SCIM)", api_scim_##kind##_search,             \
                 &scim_list_shape, .body = &scim_search_shape),                                                        \
        SCIM_RAW(#kind "_get", GET, path "/{id}", "Read one of " many " (SCIM)", api_scim_##kind##_get,                \
                 &scim_resource_shape, ),                                                                              \
        SCIM_RAW(#kind "_replace", PUT, path "/{id}", "Replace one of " many " (SCIM)", api_scim_##kind##_put,         \
                 &scim_resource_shape, .body = body_, .body_max = 1 << 20),                                            \
        SCIM_RAW(#kind "_update", PATCH, path "/{id}", "Change one of " many " (SCIM)", api_scim_##kind##_patch,       \
                 &scim_resource_shape, .body = &scim_patch_shape, .body_max = 1 << 20),                                \
        RAW(#kind "_delete", DELETE, path "/{id}", IDENTITY_WRITE, "Delete one of " many " (SCIM)",                    \
            api_scim_##kind##_delete, .status = 204, .flags = RES_OP_OWN)
static const struct res_op scim_ops[] = {
    SCIM(users, "/scim/v2/Users", "users", &scim_user_in_shape),
    SCIM(groups, "/scim/v2/Groups", "groups", &scim_group_in_shape),
    SCIM_RAW("search", POST, "/scim/v2/.search", "Find users and groups (SCIM)", api_scim_search, &scim_list_shape,
             .body = &scim_search_shape),
    SCIM_RAW("discover", GET, "/scim/v2/{name}",
             "What is supported: ServiceProviderConfig, ResourceTypes or Schemas (SCIM)", api_scim_discover,
             &scim_said_shape, ),
    SCIM_RAW("type", GET, "/scim/v2/ResourceTypes/{name}", "One kind of resource (SCIM)", api_scim_type,
             &scim_said_shape, ),
    SCIM_RAW("schema", GET, "/scim/v2/Schemas/{urn}", "One schema (SCIM)", api_scim_schema, &scim_said_shape, ),
};
const struct resource res_scim = {.name = "scim",
                                  .key = "scim",
                                  .one = "resource",
                                  .about = "Provisioning by an identity provider.",
                                  RES_OPS(scim_ops)};
