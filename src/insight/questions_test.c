#include "insight/questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void utterances_are_told_apart(void **state)
{
    static const struct {
        const char *text, *lang;
        enum utterance_kind want;
    } rows[] = {
        {"How long does it take you?", "en", UTTERANCE_OPEN},
        {"What we did is fine.", "en", UTTERANCE_OTHER},
        {"what is your budget", "en", UTTERANCE_OPEN},
        {"Do you have a budget?", "en", UTTERANCE_QUESTION},
        {"do you have a budget", "en", UTTERANCE_QUESTION},
        {"Do it by Friday.", "en", UTTERANCE_OTHER},
        {"You have a budget?", "en", UTTERANCE_QUESTION},
        {"Walk me through your process.", "en", UTTERANCE_OPEN},
        {"Could you tell me about your team?", "en", UTTERANCE_OPEN},
        {"So, and okay, what happens next?", "en", UTTERANCE_OPEN},
        {"In what way?", "en", UTTERANCE_OPEN},
        {"Right?", "en", UTTERANCE_CHECK_IN},
        {"Right.", "en", UTTERANCE_OTHER},
        {"does that make sense", "en", UTTERANCE_CHECK_IN},
        {"Okay?", "", UTTERANCE_CHECK_IN},
        {"You signed the contract in March, didn't you?", "en", UTTERANCE_CHECK_IN},
        {"Is it \"good\"?\"", "en", UTTERANCE_QUESTION},
        {"Was kostet das?", "de", UTTERANCE_OPEN},
        {"Das passt, oder?", "de", UTTERANCE_CHECK_IN},
        {"Koliko to stane?", "sl", UTTERANCE_QUESTION},
        {"価格はいくらですか？", "ja", UTTERANCE_QUESTION},
        {"???", "en", UTTERANCE_QUESTION},
        {"", "en", UTTERANCE_OTHER},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (utterance_classify(str_of(rows[i].text), str_of(rows[i].lang), a) != rows[i].want)
            fail_msg("%s", rows[i].text);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {cmocka_unit_test(utterances_are_told_apart)};

    return cmocka_run_group_tests(t, NULL, NULL);
}
