/* insight/acts_answer.c - what a sentence says of the one before it: answers, moved days, words that take back or soften. */
#include "insight/acts_priv.h"
#include "insight/cues.h"

enum answer answer_of(const struct discourse *d, size_t sentence, bool *out_strong)
{
    WORD_SET(strongs, "please", "go", "do");
    WORD_SET(selves, "i", "i've", "we", "we've");
    WORD_SET(others, "everyone", "everybody", "people", "nobody", "they", "he", "she");
    WORD_SET(pities, "about", "for");
    WORD_SET(topics, "changing", "switching", "different");
    WORD_SET(topic, "topic", "topics", "subject", "subjects");
    WORD_SET(knows, "heard", "hear", "know", "seen", "see", "saw", "noticed", "remember");
    WORD_SET(leads, "but", "then", "uh", "um", "er", "so", "oh", "well", "ah");
    const struct sentence *s = &d->s[sentence];
    enum answer found = ANSWER_NONE;
    bool soft = false;
    struct marked k;

    *out_strong = false;
    marks_make(d, sentence, ACT_NO_DAY, &k);
    for (size_t i = 0; i < s->words_n && i < 6; i++) {
        size_t no = mark_at(&k, i, C_NO), yes = mark_at(&k, i, C_YES);
        if (yes == 2 && str_eq(s->token[i], STR("i'm")) && i + 2 < s->words_n && !s->word[i + 1].after)
            yes = 0; /* "I'm in Berlin" */
        if (no && no >= yes && found != ANSWER_YES &&
            !(str_eq(s->token[i], STR("sorry")) &&
              (mark_at(&k, i + 1, C_YES) || word_is(&k, i + 1, &pities)))) /* "sorry, yes", "sorry about that" */
            return ANSWER_NO;
        if (yes && (i == 0 || found == ANSWER_YES || s->word[i - 1].after || word_is(&k, i - 1, &leads))) {
            if (word_is(&k, i + yes, &selves) && word_is(&k, i + yes + 1, &knows)) /* "yeah, I've heard that before" */
                return ANSWER_NONE;
            if (word_is(&k, i + yes, &others)) /* "yeah, everyone wants that one" */
                return ANSWER_NONE;
            if (word_is(&k, i + yes, &topics) && word_is(&k, i + yes + 1, &topic)) /* "OK, changing topic" */
                return ANSWER_NONE;
            found = ANSWER_YES;
            for (size_t w = i; w < i + yes; w++)
                *out_strong |= word_is(&k, w, &strongs);
            *out_strong |= str_eq(k.s->token[i], STR("yes"));
        } else if (found == ANSWER_NONE && i > 1) {
            break;
        }
    }
    for (size_t i = 0; i < s->words_n && !soft; i++) {
        size_t yes = mark_at(&k, i, C_YES), hedge = mark_at(&k, i, C_HEDGE | C_MIGHT);
        soft = hedge > yes;
        i += yes > 1 ? yes - 1 : 0; /* "consider it done" */
    }
    if (soft && (found != ANSWER_NONE || s->words_n <= 8))
        return ANSWER_HEDGED;
    for (size_t i = 0; i < s->words_n; i++)
        if (found == ANSWER_YES && mark_at(&k, i, C_COND | C_TIMECOND) &&
            !(i > 0 && !s->word[i - 1].after && mark_at(&k, i - 1, C_INDIRECT) == 1))
            return ANSWER_HEDGED;
    return found;
}

bool sentence_moves_date(const struct discourse *d, size_t sentence)
{
    const struct when *w;
    struct marked k;
    size_t n;

    marks_make(d, sentence, ACT_NO_DAY, &k);
    w = marks_when(&k, &n);
    if (n && w[n - 1].to + 1 == k.s->words_n && str_eq(k.s->token[w[n - 1].to], STR("then"))) /* "..., Tuesday then." */
        return true;
    return n > 0 && (mark_in(&k, 0, k.s->words_n, C_MOVE) || k.s->words_n <= 4);
}

bool sentence_softens(const struct discourse *d, size_t sentence)
{
    const struct sentence *s = &d->s[sentence];
    WORD_SET(leads, "well", "at", "least", "or", "but", "that", "is", "though", "only");
    struct marked k;
    size_t i = 0;

    if (!s->words_n || s->asks)
        return false;
    if (cues_of(LIST("doubt.en"), s)) /* "Although I'm really not sure that works." */
        return true;
    if (s->words_n > 9)
        return false;
    marks_make(d, sentence, ACT_NO_DAY, &k);
    while (i < s->words_n && word_is(&k, i, &leads) && !mark_at(&k, i, C_HEDGE))
        i++;
    if (mark_at(&k, i, C_COND))
        return !mark_in(&k, i, s->words_n, C_ACTION | C_ASK) || i > 0;
    return s->words_n <= 6 && mark_in(&k, 0, s->words_n, C_HEDGE) && !mark_in(&k, 0, s->words_n, C_ASK | C_I | C_WE);
}

bool sentence_objects(const struct discourse *d, size_t sentence)
{
    WORD_SET(nos, "no", "nope", "nein", "non");
    const struct sentence *s = &d->s[sentence];
    struct marked k = {.d = d, .s = s};

    return s->words_n > 1 && word_is(&k, 0, &nos);
}

bool sentence_lets_off(const struct discourse *d, size_t sentence)
{
    WORD_SET(leads, "oh", "actually", "ah", "sorry", "please", "wait", "no", "well", "okay", "then", "so");
    struct marked k;
    size_t i = 0;

    marks_make(d, sentence, ACT_NO_DAY, &k);
    while (i < k.s->words_n && word_is(&k, i, &leads) && !mark_at(&k, i, C_CANCEL))
        i++;
    return mark_at(&k, i, C_CANCEL) != 0;
}

bool sentence_jokes(const struct discourse *d, size_t sentence)
{
    struct marked k;

    marks_make(d, sentence, ACT_NO_DAY, &k);
    return mark_in(&k, 0, k.s->words_n, C_JOKE);
}

bool sentence_confirms(const struct discourse *d, size_t sentence)
{
    WORD_SET(rights, "right", "correct", "exactly", "true", "absolutely");
    const struct sentence *s = &d->s[sentence];

    return s->words_n == 1 && word_set_has(&rights, s->atom[0]);
}

/* ---- taken back ---- */

/* Words of taking back at i; 0: none. "Leave it with me" is the contrary. */
static size_t cancel_at(const struct marked *k, size_t i)
{
    size_t n = mark_at(k, i, C_CANCEL);

    return n && cue_at(LIST("deed.en"), k->s, i, NULL) >= n ? 0 : n;
}

/* "All right, I won't.", "Then I don't have to anymore.", "No printing then.", "Actually no, nobody's coming." */
static bool off_at_end(const struct sentence *s)
{
    WORD_SET(begins, "actually", "wait", "sorry");
    WORD_SET(drops, "drop", "skip", "scrap", "cancel", "shelve", "forget", "bin");
    WORD_SET(wonts, "won't", "don't", "needn't");
    WORD_SET(ourselves, "i", "we");
    WORD_SET(firm, "don't", "there's");
    size_t n = s->words_n;

    if (n > 1 && word_set_has(&wonts, s->atom[n - 1]) && word_set_has(&ourselves, s->atom[n - 2]))
        return true;
    if (n > 1 && word_set_has(&begins, s->atom[0]) && str_eq(s->token[1], STR("no")))
        return true;
    for (size_t i = 0; sentence_any(s, &drops) && i < 3 && i + 1 < n; i++) /* "Then let's drop the visit." */
        if (str_eq(s->token[i], STR("let's")) && word_set_has(&drops, s->atom[i + 1]))
            return true;
    if (n >= 12)
        return false;
    for (size_t i = 0; sentence_any(s, &firm) && i + 3 < n; i++) {
        if (word_set_has(&ourselves, s->atom[i]) && str_eq(s->token[i + 1], STR("don't")) &&
            (str_eq(s->token[i + 2], STR("have")) || str_eq(s->token[i + 2], STR("need"))) &&
            str_eq(s->token[i + 3], STR("to")))
            return i + 4 == n || str_starts(s->token[i + 4], STR("any"));
        if (str_eq(s->token[i], STR("then")) && str_eq(s->token[i + 1], STR("there's")) &&
            (str_eq(s->token[i + 2], STR("nothing")) || str_eq(s->token[i + 2], STR("no"))))
            return true;
    }
    for (size_t i = 0; n > 2 && str_eq(s->token[n - 1], STR("then")) && i + 2 < n; i++)
        if (str_eq(s->token[i], STR("no")) && (!i || s->word[i - 1].after))
            return true;
    return false;
}

/* "So no pilot, I'm afraid.", "I'm skipping the call then.": a promise of that is off. */
static bool goes_without(const struct marked *k)
{
    WORD_SET(leads, "so", "then", "okay", "sorry", "therefore", "hence");
    WORD_SET(ams, "i'm", "we're");
    WORD_SET(drops, "leaving", "dropping", "skipping", "scrapping", "cancelling", "canceling", "shelving", "binning");
    WORD_SET(answers, "problem", "worries", "doubt", "idea", "rush", "hurry", "need", "way", "chance", "wonder",
             "questions", "issue", "issues", "thanks", "offence", "offense", "sweat", "trouble", "bother", "matter");
    const struct sentence *s = k->s;

    if (!s->asks && off_at_end(s))
        return true;
    for (size_t i = 0; (k->bits & C_NO) && !s->asks && i + 1 < s->words_n && s->words_n < 16; i++) {
        if (!str_eq(s->token[i], STR("no")) || word_is(k, i + 1, &answers) || s->word[i].after)
            continue;
        if (i && str_eq(s->token[i - 1], STR("no")))
            continue;
        if ((i && word_is(k, i - 1, &leads)) || (i && s->word[i - 1].after == ',' && i + 3 > s->words_n))
            return true;
    }
    for (size_t i = 0; sentence_any(s, &drops) && i + 1 < s->words_n; i++)
        if (word_is(k, i, &ams) && word_is(k, i + 1, &drops))
            return true;
    return false;
}

/* "I promised to send it on Friday": says itself what was promised before. */
bool marked_restates(const struct marked *k)
{
    WORD_SET(said, "promised", "said", "told");

    WORD_SET(you, "you", "them", "that");

    for (size_t i = 0; sentence_any(k->s, &said) && i + 2 < k->s->words_n; i++) {
        size_t next;
        if (!str_eq(word_at(k, i), STR("i")) || !word_is(k, i + 1, &said))
            continue;
        next = i + 2 + word_is(k, i + 2, &you);
        if ((str_eq(word_at(k, i + 1), STR("promised")) || str_starts(word_at(k, next), STR("i'")) ||
             (str_eq(word_at(k, next), STR("i")) && str_eq(word_at(k, next + 1), STR("would")))))
            return true;
    }
    return false;
}

size_t marked_takes_back(const struct marked *k)
{
    size_t most = 0;

    for (size_t i = 0; (k->bits & C_CANCEL) && i < k->s->words_n; i++) {
        size_t n = cancel_at(k, i);
        most = n > most ? n : most;
    }
    if (most)
        return most;
    return !goes_without(k) ? 0 : off_at_end(k->s) || k->s->words_n <= 4 ? 2 : 1;
}
