/* records/vaulted.h - what every record function needs: the database, the keys and the workspace they work in. */
#pragma once
#include "store/db.h"
#include "vault/seal.h"

struct vaulted {
    struct db *db;
    struct keyring *keys;
    struct id workspace;
};
