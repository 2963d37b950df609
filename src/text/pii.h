/* text/pii.h - marking personal data in text, and masking it with typed placeholders.
 *
 * Found by form and check digits (mail, card, IBAN, ids), by what stands around (account numbers, passwords, addresses),
 * and names by lists, titles, context and the known participants. Works on written text and on lower-case chat. Marks
 * are proposals with a confidence: recall comes first, because what is marked can be opened again by those entitled.
 * All calls: any thread; a struct pii_mask belongs to one thread at a time. */
#pragma once
#include "base/buf.h"
#include "text/offmap.h"

enum pii_type {
    PII_MAIL,
    PII_PHONE,
    PII_IBAN,
    PII_CARD,
    PII_NATIONAL_ID, /* social security, tax, passport, driving licence numbers */
    PII_ACCOUNT,     /* account, policy, claim, booking numbers; numbers given in answer */
    PII_SECRET,      /* passwords, PINs */
    PII_ADDRESS,     /* street, house, unit, town and postal code where they stand together */
    PII_ZIP,         /* a postal code by itself */
    PII_NAME,        /* of a person */
    PII_IP,
    PII_URL,         /* web addresses and host names */
    PII_BIRTH,       /* date of birth or age */
    PII_PLACE,       /* towns and countries: marked, by default not masked */
    PII_TYPES
};
#define PII_BIT(type) (1u << (type))
#define PII_MASKED_BY_DEFAULT (PII_BIT(PII_TYPES) - 1u - PII_BIT(PII_PLACE))

struct pii_span {
    enum pii_type type;
    uint32_t start, end; /* bytes */
    float confidence;    /* 0..1 */
};

struct pii_ask {
    const str *people; /* names or addresses of those who take part; may be NULL */
    size_t people_n;
    str lang;  /* BCP 47 primary tag; lists are English first, forms are international */
    const str *tokens; /* pii_ask_prepare: words of people's names, folded; NULL when not prepared */
    size_t tokens_n;
    bool chat; /* short answers of one person to another: a bare number or name is taken as the answer to a question */
};

/* Reads `people` once for all the texts of an interaction. Memory in `a`; the answers are the same without it. */
void pii_ask_prepare(struct pii_ask *ask, struct arena *a);
/* Spans sorted by start, not overlapping. Memory in `a`. */
void pii_find(str text, const struct pii_ask *ask, struct arena *a, struct pii_span **out, size_t *out_n);
const char *pii_type_name(enum pii_type t); /* "mail", "phone", "iban", ... stable */

/* The calling code of a number written with +, 0 when it has none that is assigned. */
int pii_phone_code(str number);
/* Country known, its length, and check digits right; spaces and hyphens are ignored. */
bool pii_iban_valid(str s);

/* Placeholders "[MAIL_1]", "[NAME_2]": the same value gets the same one through all texts given to one mask (one
 * interaction); "Ann" and "Ann Bell" are the same person when only one person fits. Memory is cleared on free. */
struct pii_mask;
struct pii_mask *pii_mask_new(void);
void pii_mask_free(struct pii_mask *m);
/* `types`: bits of the types to mask (pii_mask_text: PII_MASKED_BY_DEFAULT). `map` may be NULL. */
str pii_mask_types(struct pii_mask *m, unsigned types, str text, const struct pii_span *s, size_t n, struct arena *a,
                   struct offmap *map);
str pii_mask_text(struct pii_mask *m, str text, const struct pii_span *s, size_t n, struct arena *a,
                  struct offmap *map);
size_t pii_mask_count(const struct pii_mask *m);
/* i < count, in order of first use; both live as long as the mask. */
void pii_mask_item(const struct pii_mask *m, size_t i, str *out_placeholder, str *out_value);
/* Puts the values back, for those entitled: in the masked text itself, or in anything that quotes its placeholders. */
str pii_unmask(const struct pii_mask *m, str masked, struct arena *a);
