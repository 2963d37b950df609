/* gateway/perm.h - permissions, roles, and how far a role's permission reaches: the table is roles.def.
 *
 * A route names one permission. Sets of permissions are bits (an API key's scopes stand in the database so), and what a
 * caller may do is, for each permission, the widest reach of the caller's roles, narrowed by the scopes of a key. */
#pragma once
#include "store/reader.h"

enum perm {
    PERM_UNSET = 0, /* a route with it is refused by gateway_new; ROUTE() does not compile without a permission */
#define ROLE(number, name, text, what)
#define PERM(number, name, text, rep, mgr, rev, adm, dpo, aud, itg, prv, what) PERM_##name = number,
#include "gateway/roles.def"
#undef PERM
#undef ROLE
    PERM_END, /* one past the last */
    PERM_PUBLIC = 63, /* nobody needs to be known */
};

enum role {
#define ROLE(number, name, text, what) ROLE_##name = number,
#define PERM(...)
#include "gateway/roles.def"
#undef PERM
#undef ROLE
    ROLE_END
};

static inline uint64_t perm_bit(enum perm p)
{
    return (uint64_t)1 << p;
}
#define PERM_BITS_ALL ((((uint64_t)1 << PERM_END) - 1) & ~(uint64_t)1)

/* Reach of each permission. */
struct perms {
    uint8_t reach[PERM_END]; /* enum reach */
};

/* What somebody with these roles (bits 1 << enum role) may do. */
void perms_of_roles(uint32_t roles, struct perms *out);
/* Every permission for the whole workspace: the operator. */
void perms_all(struct perms *out);
/* Takes away what is not in `scopes` (bits of perm_bit). */
void perms_narrow(struct perms *p, uint64_t scopes);
static inline enum reach perms_reach(const struct perms *p, enum perm which)
{
    return which < PERM_END ? (enum reach)p->reach[which] : REACH_NONE;
}
uint64_t perms_bits(const struct perms *p); /* those with any reach */

const char *perm_name(enum perm p); /* "interactions.read"; NULL when there is none of this number */
const char *perm_what(enum perm p);
bool perm_parse(str name, enum perm *out);
const char *role_name(enum role r);
const char *role_what(enum role r);
bool role_parse(str name, enum role *out);
enum reach role_reach(enum role r, enum perm p);
const char *reach_name(enum reach r); /* "none", "own", "team", "all" */
