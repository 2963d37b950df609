/* store/workspace_store.h - workspaces: rows in the database, keys in the key ring. */
#pragma once
#include "store/db.h"
#include "vault/keyring.h"

/* The first workspace, made when there is none. Its key is durable before its row is.
 * ERR_CORRUPT: the database knows a workspace whose key is not in the ring (keys folder lost or of another installation). */
enum err_code workspace_default(struct db *d, struct keyring *k, struct id *out, struct err *e);
/* All of them, oldest first; memory in `a`. */
enum err_code workspace_list(struct db *d, struct arena *a, struct id **out, size_t *out_n, struct err *e);

extern const struct db_stmt workspace_sql[];
extern const size_t workspace_sql_n;
