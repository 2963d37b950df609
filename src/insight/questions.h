/* insight/questions.h - is an utterance a question, an open one, or a check whether the listener follows?
 *
 * Rules over the lists text/lists/questions.LANG.txt, whose numbers say what a word can be; doc/definitions.md tells the
 * rules to users. A language without a list has only the question mark. Any thread; no state. */
#pragma once
#include "base/arena.h"
#include "base/str.h"

enum utterance_kind {
    UTTERANCE_OTHER,
    UTTERANCE_QUESTION, /* yes-no, or none of the open patterns */
    UTTERANCE_OPEN,     /* what, how, tell me ... */
    UTTERANCE_CHECK_IN, /* "right?", "does that make sense?": never also a question */
};

/* `utterance`: one sentence. `lang`: BCP 47 primary tag; "" and "und" read as "en". */
enum utterance_kind utterance_classify(str utterance, str lang, struct arena *scratch);
/* The same for an utterance whose words are known already. */
struct words;
enum utterance_kind utterance_classify_words(str utterance, const struct words *w, str lang);
int questions_version(str lang); /* 0 without list */
