/* Checkpoints and packed tree edges come from files and from other machines. */
#include <stdlib.h>

#include "vault/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t pub[32] = {9};
    str bytes = str_n((const char *)data, size);
    uint8_t packed[MERKLE_PACKED_MAX], root[32];
    struct checkpoint c;
    struct merkle m;
    struct err e;

    if (checkpoint_verify(bytes, pub, &c, &e) == ERR_OK)
        abort(); /* nobody holds the secret of this key */
    if (merkle_unpack(bytes, &m)) {
        if (merkle_pack(&m, packed) != size || memcmp(packed, data, size) != 0)
            abort();
        merkle_root(&m, root);
    }
    return 0;
}
