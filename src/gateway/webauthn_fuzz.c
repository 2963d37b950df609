/* What authenticators send: the bytes are client data up to the first line feed, the rest an attestation object and, once more,
 * authenticator data of a use. */
#include "gateway/webauthn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct webauthn_site site = {{"localhost", 9}, {"http://localhost", 16}};
    str rest, client = str_cut(str_n((const char *)data, size), '\n', &rest);
    struct arena *a = arena_new_wiped("fuzz");
    struct webauthn_key key;
    uint32_t counter;
    struct err e;

    if (webauthn_made(&site, client, rest, STR("challenge"), a, &key, &e))
        key = (struct webauthn_key){.cose = rest};
    webauthn_used(&site, client, rest, rest, STR("challenge"), &key, a, &counter, &e);
    arena_free(a);
    return 0;
}
