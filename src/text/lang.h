/* text/lang.h - which language a text is in (Compact Language Detector 2).
 *
 * Any thread; the detector's tables are read-only. Give it the whole interaction rather than one turn: below some
 * 20 words the answer is often a guess, and `reliable` says so. */
#pragma once
#include "text/uni.h"

struct lang_guess {
    char tag[9];   /* BCP 47 primary tag in lower case: "en", "zh"; "und" when nothing can be said */
    bool reliable; /* the detector itself trusts it and enough of the text is in that language */
    int share_pct; /* of the text in that language, 0..100 */
};

struct lang_guess lang_detect(str text);
/* For texts in pieces (turns): reads at most the first 6 KiB. */
struct lang_guess lang_detect_parts(const str *parts, size_t n);
/* True for languages written without spaces between words (zh ja th lo km my). */
bool lang_unspaced(str tag);
