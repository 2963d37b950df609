/* insight/acts_test.c - what a sentence does, who is to do it and by when; modality decided by its words alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "insight/acts.h"
#include "insight/discourse_test.h"

enum { TODAY = 20523 /* Wednesday 2026-03-11 */, ANN = 0, BEN = 1 };

static struct arena *a;

static struct act_list acts(const char *text)
{
    struct act_list out = {0};

    acts_find(discourse_of(text, IA_CALL, a), 0, TODAY, &out);
    return out;
}

static struct act one(const char *text)
{
    struct act_list l = acts(text);

    assert_int_equal(l.n, 1);
    return l.v[0];
}

static void modality_is_decided_by_the_words(void **state)
{
    (void)state;
    assert_int_equal(one("I'll send you the offer.").kind, ACT_PROMISE);
    assert_int_equal(one("I might send you the offer.").kind, ACT_HEDGED);
    assert_int_equal(one("I'll send you the offer if the board agrees.").kind, ACT_HEDGED);
    assert_int_equal(one("I won't send you the offer.").kind, ACT_NEGATED);
    assert_int_equal(one("Could you send me the offer?").kind, ACT_REQUEST);
    assert_int_equal(one("Shall I send you the offer?").kind, ACT_OFFER);
}

static void what_is_said_of_others_or_of_this_call_is_no_act(void **state)
{
    (void)state;
    assert_int_equal(acts("He said I'll send it.").n, 0);
    assert_int_equal(acts("Let me share my screen.").n, 0);
    assert_int_equal(acts("The offer is on the table.").n, 0);
    assert_int_equal(acts("I usually send it on Mondays.").n, 0);
}

static void owners_are_those_the_words_name(void **state)
{
    struct act x = one("I'll send you the offer.");

    (void)state;
    assert_int_equal(x.owner, ANN);
    assert_int_equal(one("Ben, could you send me the contract?").owner, BEN);
    x = one("Our legal team will send it on Friday.");
    assert_int_equal(x.owner, VOICE_NONE);
    assert_true(x.team);
}

static void days_are_resolved_from_the_day_of_the_call(void **state)
{
    struct act x = one("I'll send you the offer by Friday.");

    (void)state;
    assert_int_equal(x.due, TODAY + 2);
    assert_true(x.dated);
    x = one("I'll send you the offer.");
    assert_int_equal(x.due, ACT_NO_DAY);
    assert_false(x.dated);
}

static void one_sentence_may_ask_and_promise(void **state)
{
    struct act_list l = acts("Please send me the list and I'll call them.");

    (void)state;
    assert_int_equal(l.n, 2);
    assert_int_equal(l.v[0].kind, ACT_REQUEST);
    assert_int_equal(l.v[0].owner, BEN);
    assert_int_equal(l.v[1].owner, ANN);
}

static void a_promise_needs_no_will(void **state)
{
    struct act x = one("The invoice question, just leave it with me.");

    (void)state;
    assert_int_equal(x.kind, ACT_PROMISE);
    assert_int_equal(x.owner, ANN);
    x = one("The redlines will be in your inbox by Friday.");
    assert_int_equal(x.kind, ACT_PROMISE);
    assert_int_equal(x.due, TODAY + 2);
    x = one("The test data gets uploaded by me on Friday.");
    assert_int_equal(x.kind, ACT_PROMISE);
    assert_int_equal(x.due, TODAY + 2);
    assert_int_equal(one("I'm wiring the deposit on Friday.").due, TODAY + 2);
    assert_int_equal(one("On Friday I walk the director through your numbers.").due, TODAY + 2);
    assert_int_equal(one("We'll have the form signed by Friday.").kind, ACT_PROMISE);
    assert_int_equal(acts("I walk to the office every day.").n, 0);
    assert_int_equal(acts("The data gets synchronised every night.").n, 0);
    assert_int_equal(acts("We're building a new plant in Lyon.").n, 0);
}

static void what_has_to_be_granted_first_is_open(void **state)
{
    (void)state;
    assert_int_equal(one("Given a green light from my boss, I'll send you the offer.").kind, ACT_HEDGED);
    assert_int_equal(one("With my director's approval I'll sign the order.").kind, ACT_HEDGED);
    assert_int_equal(one("If the committee says yes, I'll send you the order.").kind, ACT_HEDGED);
    assert_int_equal(one("Even if it rains, I'll send you the offer.").kind, ACT_PROMISE);
    assert_int_equal(one("I'll send you the offer as soon as possible.").kind, ACT_PROMISE);
    assert_int_equal(one("I'll send you the offer on Friday, sorry, on Monday.").due, TODAY + 5);
}

static void tasks_are_given_out(void **state)
{
    struct act x = one("Ben, you take the minutes, yeah?");

    (void)state;
    assert_int_equal(x.kind, ACT_REQUEST);
    assert_int_equal(x.owner, BEN);
    assert_int_equal(one("Send me the drawings, would you.").kind, ACT_REQUEST);
    assert_int_equal(one("If you could send me the drawings, that would be great.").kind, ACT_REQUEST);
    x = one("Ben's going to send us the floor plan.");
    assert_int_equal(x.kind, ACT_REQUEST); /* of the other side: he has to agree */
    assert_int_equal(x.owner, BEN);
    x = one("One of our engineers will call you tomorrow.");
    assert_int_equal(x.owner, VOICE_NONE);
    assert_int_equal(x.due, TODAY + 1);
}

static void what_goes_without_is_taken_back(void **state)
{
    (void)state;
    assert_int_equal(one("So no pilot, I'm afraid.").kind, ACT_CANCEL);
    assert_int_equal(one("Then I'm skipping the call.").kind, ACT_CANCEL);
    assert_int_equal(one("Count us out for the beta.").kind, ACT_NEGATED);
    assert_int_equal(acts("No problem.").n, 0);
}

static int up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modality_is_decided_by_the_words),
        cmocka_unit_test(what_is_said_of_others_or_of_this_call_is_no_act),
        cmocka_unit_test(owners_are_those_the_words_name),
        cmocka_unit_test(days_are_resolved_from_the_day_of_the_call),
        cmocka_unit_test(one_sentence_may_ask_and_promise),
        cmocka_unit_test(a_promise_needs_no_will),
        cmocka_unit_test(what_has_to_be_granted_first_is_open),
        cmocka_unit_test(tasks_are_given_out),
        cmocka_unit_test(what_goes_without_is_taken_back),
    };

    return cmocka_run_group_tests(tests, up, down);
}
