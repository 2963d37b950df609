/* gateway/users.h - users, their addresses, teams and who belongs to them, and whom a deal is shared with.
 *
 * Everything runs in the caller's transaction; whoever changes something calls access_changed() (store/reader.h) after the
 * commit, so that it counts for the next request. Names and addresses are sealed under the metadata key and found by blind
 * index. Memory of results is in `a`, which should be wiped. */
#pragma once
#include "store/reader.h"
#include "vault/seal.h"

enum { USER_TEXT_MAX = 1024, USER_ADDRESSES_MAX = 20, TEAM_DEPTH_MAX = 16 };

struct user {
    struct id id;
    str email; /* as given; signs in by it */
    str name, given, family;
    str external_id; /* at the identity provider (SCIM) */
    str scim;        /* what the provider sent, as JSON; empty: nothing */
    str *addresses;  /* others the user takes part in conversations by */
    size_t addresses_n;
    uint32_t roles; /* bits 1 << enum role */
    bool active, service;
    int64_t version, created_at_ms, updated_at_ms, seen_at_ms; /* CLOCK_NONE: never */
};

/* A mailbox in the form that is compared, or empty when it is none. */
str user_email_fold(struct arena *a, str email);

/* A new id is set. ERR_EXISTS: an address is taken; ERR_INVALID: no address, or something is too long. */
enum err_code user_add(struct db_tx *t, struct keyring *k, struct user *u, struct arena *a, struct err *e);
/* ERR_NOT_FOUND. */
enum err_code user_get(struct db_tx *t, struct keyring *k, struct id id, struct arena *a, struct user *out,
                       struct err *e);
/* By sign-in address or any other one. ERR_NOT_FOUND. */
enum err_code user_find(struct db_tx *t, struct keyring *k, str email, struct arena *a, struct user *out,
                        struct err *e);
enum err_code user_find_external(struct db_tx *t, struct keyring *k, str external_id, struct arena *a, struct user *out,
                                 struct err *e);
/* Everything of `u` but id, version, created_at and seen_at. ERR_CONFLICT: u->version is not the stored one any more (0: do
 * not look). The sessions of a user who is made inactive, or whose roles change, end here. */
enum err_code user_put(struct db_tx *t, struct keyring *k, struct user *u, struct arena *a, struct err *e);
enum err_code user_drop(struct db_tx *t, struct id id, struct err *e);
/* Ascending by id, after `after` (nil: from the start). */
enum err_code user_list(struct db_tx *t, struct keyring *k, struct id after, size_t limit, struct arena *a,
                        struct user **out, size_t *out_n, struct err *e);
/* Those of `ids` that there are, in any order, by one statement. */
enum err_code user_load(struct db_tx *t, struct keyring *k, const struct id *ids, size_t n, struct arena *a,
                        struct user **out, size_t *out_n, struct err *e);
enum err_code user_count(struct db_tx *t, int64_t *out, struct err *e);
/* The user and, where the user manages teams, everybody in them and below. */
enum err_code user_below(struct db_tx *t, struct id id, struct arena *a, struct id_set *out, struct err *e);

struct team {
    struct id id, parent; /* nil: on top */
    str name, external_id;
    int64_t version, created_at_ms, updated_at_ms;
};
struct member {
    struct id team, user;
    bool manager; /* of the team and all below it */
};
/* ERR_EXISTS: the name is taken; ERR_INVALID: no such parent, a circle, too deep. */
enum err_code team_add(struct db_tx *t, struct keyring *k, struct team *m, struct arena *a, struct err *e);
enum err_code team_get(struct db_tx *t, struct keyring *k, struct id id, struct arena *a, struct team *out,
                       struct err *e);
enum err_code team_find(struct db_tx *t, struct keyring *k, str name, struct arena *a, struct team *out, struct err *e);
enum err_code team_put(struct db_tx *t, struct keyring *k, struct team *m, struct arena *a, struct err *e);
/* Teams below move up to the parent. */
enum err_code team_drop(struct db_tx *t, struct id id, struct err *e);
enum err_code team_list(struct db_tx *t, struct keyring *k, struct arena *a, struct team **out, size_t *out_n,
                        struct err *e);
enum err_code member_put(struct db_tx *t, const struct member *m, struct err *e); /* ERR_NOT_FOUND: team or user */
enum err_code member_drop(struct db_tx *t, struct id team, struct id user, struct err *e);
/* Of a team, of a user, or (both nil) all. */
enum err_code member_list(struct db_tx *t, struct id team, struct id user, struct arena *a, struct member **out,
                          size_t *out_n, struct err *e);

/* ERR_NOT_FOUND: deal or user. */
enum err_code deal_share(struct db_tx *t, struct id deal, struct id user, struct err *e);
enum err_code deal_unshare(struct db_tx *t, struct id deal, struct id user, struct err *e);

extern const struct db_stmt users_sql[], teams_sql[];
extern const size_t users_sql_n, teams_sql_n;
