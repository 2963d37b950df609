#include "gateway/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "vault/seal.h"

uint32_t totp_code(const uint8_t *secret, size_t n, uint64_t step)
{
    uint8_t msg[8], mac[EVP_MAX_MD_SIZE];
    unsigned mac_n = 0;
    size_t at;
    uint32_t bits;

    for (int i = 7; i >= 0; i--, step >>= 8)
        msg[i] = (uint8_t)step;
    if (!HMAC(EVP_sha1(), secret, (int)n, msg, sizeof msg, mac, &mac_n) || mac_n != 20)
        return UINT32_MAX;
    at = mac[19] & 15; /* dynamic truncation, RFC 4226 section 5.3 */
    bits = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    return bits % 1000000;
}

bool totp_verify(const uint8_t *secret, size_t n, str code, int64_t now_ms, int64_t last, int64_t *out_step)
{
    int64_t step = now_ms / 1000 / TOTP_STEP_S, found = -1;

    if (code.n != TOTP_DIGITS)
        return false;
    for (int64_t s = step - 1; s <= step + 1; s++) {
        char want[16];
        snprintf(want, sizeof want, "%06u", totp_code(secret, n, (uint64_t)s));
        if (s > last && strlen(want) == TOTP_DIGITS && vault_same(want, code.p, TOTP_DIGITS))
            found = s;
        vault_clear(want, sizeof want);
    }
    if (found < 0)
        return false;
    *out_step = found;
    return true;
}

str totp_base32(const uint8_t *p, size_t n, struct arena *a)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *out = arena_alloc(a, n * 8 / 5 + 2);
    size_t at = 0;

    for (size_t bit = 0; bit < n * 8; bit += 5) {
        unsigned two = (unsigned)p[bit / 8] << 8 | (bit / 8 + 1 < n ? p[bit / 8 + 1] : 0u);
        out[at++] = digits[two >> (11 - bit % 8) & 31];
    }
    return str_n(out, at);
}

str totp_uri(const uint8_t *secret, size_t n, str account, struct arena *a)
{
    static const char hex[] = "0123456789ABCDEF";
    char *quoted = arena_alloc(a, account.n * 3 + 1);
    size_t at = 0;

    for (size_t i = 0; i < account.n; i++) {
        unsigned char c = (unsigned char)account.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c)) {
            quoted[at++] = (char)c;
        } else {
            quoted[at++] = '%';
            quoted[at++] = hex[c >> 4];
            quoted[at++] = hex[c & 15];
        }
    }
    return str_fmt(a, "otpauth://totp/Harken:%.*s?secret=%.*s&issuer=Harken&algorithm=SHA1&digits=%d&period=%d",
                   (int)at, quoted, STR_ARG(totp_base32(secret, n, a)), TOTP_DIGITS, TOTP_STEP_S);
}
