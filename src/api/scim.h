/* api/scim.h - the two kinds of resource behind /scim/v2. */
#pragma once
#include "api/api.h"
#include "api/scim_node.h"

struct scim_kind {
    const char *plural, *name, *urn;
    enum err_code (*read)(struct call *k, struct db_tx *t, struct id id, struct node **out, struct err *e);
    enum err_code (*list)(struct call *k, struct db_tx *t, struct node ***out, size_t *out_n, struct err *e);
    /* Makes (id nil; then it is set) or replaces. ERR_INVALID, ERR_EXISTS. */
    enum err_code (*write)(struct call *k, struct db_tx *t, struct id *id, struct node *o, struct err *e);
    enum err_code (*drop)(struct call *k, struct db_tx *t, struct id id, struct err *e);
};
extern const struct scim_kind scim_users, scim_groups;

void scim_error(struct call *k, int status, const char *scim_type, const char *detail);
void scim_common(struct call *k, struct node *o, const struct scim_kind *kind, struct id id, int64_t created_ms,
                 int64_t updated_ms, int64_t version);

enum err_code scim_user_read(struct call *k, struct db_tx *t, struct id id, struct node **out, struct err *e);
enum err_code scim_user_list(struct call *k, struct db_tx *t, struct node ***out, size_t *out_n, struct err *e);
enum err_code scim_user_write(struct call *k, struct db_tx *t, struct id *id, struct node *o, struct err *e);
enum err_code scim_user_drop(struct call *k, struct db_tx *t, struct id id, struct err *e);
enum err_code scim_group_read(struct call *k, struct db_tx *t, struct id id, struct node **out, struct err *e);
enum err_code scim_group_list(struct call *k, struct db_tx *t, struct node ***out, size_t *out_n, struct err *e);
enum err_code scim_group_write(struct call *k, struct db_tx *t, struct id *id, struct node *o, struct err *e);
enum err_code scim_group_drop(struct call *k, struct db_tx *t, struct id id, struct err *e);
