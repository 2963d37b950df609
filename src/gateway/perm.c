#include "gateway/perm.h"

struct role_row {
    const char *name, *what;
};

static const struct role_row role_rows[ROLE_END] = {
#define ROLE(number, name, text, what) [number] = {text, what},
#define PERM(...)
#include "gateway/roles.def"
#undef PERM
#undef ROLE
};

struct perm_row {
    const char *name, *what;
    uint8_t reach[ROLE_END];
};

enum { no = REACH_NONE, own = REACH_OWN, team = REACH_TEAM, all = REACH_WORKSPACE }; /* words of roles.def */

static const struct perm_row perm_rows[PERM_END] = {
#define ROLE(number, name, text, what)
#define PERM(number, name, text, rep, mgr, rev, adm, dpo, aud, itg, prv, what)                                         \
    [number] = {text, what, {rep, mgr, rev, adm, dpo, aud, itg, prv}},
#include "gateway/roles.def"
#undef PERM
#undef ROLE
};

_Static_assert(PERM_END < PERM_PUBLIC, "permissions are bits of a signed 64-bit number");

void perms_of_roles(uint32_t roles, struct perms *out)
{
    *out = (struct perms){{0}};
    for (int r = 0; r < ROLE_END; r++)
        for (int p = 1; roles >> r & 1 && p < PERM_END; p++)
            if (perm_rows[p].reach[r] > out->reach[p])
                out->reach[p] = perm_rows[p].reach[r];
}

void perms_all(struct perms *out)
{
    *out = (struct perms){{0}};
    for (int p = 1; p < PERM_END; p++)
        out->reach[p] = REACH_WORKSPACE;
}

void perms_narrow(struct perms *p, uint64_t scopes)
{
    for (int i = 1; i < PERM_END; i++)
        if (!(scopes >> i & 1))
            p->reach[i] = REACH_NONE;
}

uint64_t perms_bits(const struct perms *p)
{
    uint64_t bits = 0;

    for (int i = 1; i < PERM_END; i++)
        if (p->reach[i] != REACH_NONE)
            bits |= perm_bit((enum perm)i);
    return bits;
}

const char *perm_name(enum perm p)
{
    return p < PERM_END ? perm_rows[p].name : NULL;
}

const char *perm_what(enum perm p)
{
    return p < PERM_END ? perm_rows[p].what : NULL;
}

bool perm_parse(str name, enum perm *out)
{
    for (int p = 1; p < PERM_END; p++)
        if (perm_rows[p].name && str_eq(str_of(perm_rows[p].name), name)) {
            *out = (enum perm)p;
            return true;
        }
    return false;
}

const char *role_name(enum role r)
{
    return r < ROLE_END ? role_rows[r].name : NULL;
}

const char *role_what(enum role r)
{
    return r < ROLE_END ? role_rows[r].what : NULL;
}

bool role_parse(str name, enum role *out)
{
    for (int r = 0; r < ROLE_END; r++)
        if (str_eq(str_of(role_rows[r].name), name)) {
            *out = (enum role)r;
            return true;
        }
    return false;
}

enum reach role_reach(enum role r, enum perm p)
{
    return r < ROLE_END && p < PERM_END ? (enum reach)perm_rows[p].reach[r] : REACH_NONE;
}

const char *reach_name(enum reach r)
{
    static const char *const names[] = {"none", "own", "team", "all"};

    return names[r];
}
