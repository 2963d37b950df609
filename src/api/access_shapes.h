/* api/access_shapes.h - shapes and small helpers that the resources of users, teams, keys and signing in share. */
#pragma once
#include "api/resource.h"

extern const char *const access_roles[]; /* names of the roles, in the order of enum role; ends with NULL */
struct res_val access_roles_of(struct arena *a, uint32_t roles);
uint32_t access_roles_read(const struct res_val *v);
/* After the commit: what changed counts for the next request. */
void access_after(struct res_ctx *c, struct id object);

extern const struct res_shape user_shape, me_shape, link_shape;

enum err_code me_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                     struct res_val **out, struct err *e);
