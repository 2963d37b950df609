/* text/reply.h - the parts of a plain-text mail body: own words, quoted mail, signature, forwarded mail.
 *
 * Nothing is lost: the parts follow each other without gap, in order, and together are the body byte for byte. The
 * split works on lines, knows the quoting habits of the usual clients in some twenty languages, and when in doubt
 * leaves words with their author. Any thread, no state. */
#pragma once
#include "text/uni.h"

enum reply_kind {
    REPLY_OWN,            /* the sender's own new words */
    REPLY_QUOTED,         /* an earlier mail, to the end or above a reply below it */
    REPLY_QUOTE_INLINE,   /* a quoted passage between own words, which answer it */
    REPLY_QUOTE_HEADER,   /* "On Monday, A wrote:", header lines or a divider above quoted words */
    REPLY_SIGNATURE,      /* set off by the mail itself: "-- ", "Sent from my phone" */
    REPLY_SIGNOFF,        /* recognised by its look: "Regards, Ann", name, title, telephone at the end */
    REPLY_FORWARD_HEADER, /* "Forwarded message" and its header lines */
    REPLY_FORWARDED,      /* the words of a forwarded mail */
    REPLY_KINDS
};

struct reply_part {
    enum reply_kind kind;
    str text; /* points into the body */
};

enum { REPLY_LINES_MAX = 200000 }; /* lines beyond join the last part */

/* `sender`: display name or address of the author, may be empty; it helps to tell a name at the end from a sentence. */
void reply_split(str body, str sender, struct arena *a, struct reply_part **out, size_t *out_n);

/* What the author says: own words with the passages they answer; with `signature`, sign-offs and signatures too. A mail
 * that only forwards gives the forwarded words. White space at both ends removed. */
str reply_text(const struct reply_part *parts, size_t n, bool signature, struct arena *a);

static inline bool reply_is_quoted(enum reply_kind k)
{
    return k == REPLY_QUOTED || k == REPLY_QUOTE_INLINE || k == REPLY_QUOTE_HEADER;
}
static inline bool reply_is_signature(enum reply_kind k)
{
    return k == REPLY_SIGNATURE || k == REPLY_SIGNOFF;
}
static inline bool reply_is_forwarded(enum reply_kind k)
{
    return k == REPLY_FORWARD_HEADER || k == REPLY_FORWARDED;
}
