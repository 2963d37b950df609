/* insight/findings_attitude.c - attitude of the customer's words, never of our own people's: definitions.md section 2.
 *
 * Three classes by a word list with turning words; a supporting signal, and said to be one. */
#include <math.h>

#include "insight/cues.h"
#include "insight/findings_priv.h"
#include "text/word_set.h"

enum { UTTERANCES_MIN = 5, TREND_MIN = 20 };

/* "Good morning.": manners, no attitude. */
static bool greets(const struct sentence *s, size_t i)
{
    WORD_SET(times, "morning", "afternoon", "evening", "day");

    return i + 1 < s->words_n && str_eq(s->token[i], STR("good")) && word_set_has(&times, s->atom[i + 1]);
}

/* -1, 0, 1; *out_p: how sure. */
static int attitude_of(const struct sentence *s, const struct said *said, double *out_p)
{
    const struct word_list *l = LIST("attitude.en");
    int sum = 0, v;
    size_t turned = 0;
    bool judges = false, greeting = false;

    for (size_t i = 0; i < s->words_n; i++) {
        size_t n = cue_at(l, s, i, &v);
        if (turned)
            turned--;
        greeting |= greets(s, i);
        if (!n || greets(s, i))
            continue;
        if (v == 3)
            turned = 4;
        else
            sum += (v == 1 ? 1 : -1) * (turned ? -1 : 1);
        judges |= v != 3;
    }
    if (judges && !sum) /* "I don't like it, but I appreciate it." */
        return 0;
    if (said->attitude && sum * said->attitude <= 0 && !greeting) {
        *out_p = (double)said->attitude_chance;
        return said->attitude;
    }
    *out_p = 1 / (1 + exp(-0.6 - 0.8 * (sum < 0 ? -sum : sum)));
    return sum > 0 ? 1 : sum < 0 ? -1 : 0;
}

struct tally {
    size_t n[3]; /* negative, neutral, positive */
};

static double net(const struct tally *t)
{
    size_t all = t->n[0] + t->n[1] + t->n[2];

    return all ? ((double)t->n[2] - (double)t->n[0]) / (double)all : 0;
}

void analysis_attitude(struct analysis *an)
{
    struct tally all = {0}, third[3] = {0};
    size_t *place = ARENA_ARRAY(an->a, size_t, an->d.n + 1), n = 0;
    struct ia_span first = {0}, last = {0};
    struct record_finding *f;
    double p;

    for (size_t i = 0; i < an->d.n; i++)
        if (discourse_side(&an->d, an->d.s[i].voice) == IA_SIDE_EXTERNAL && an->d.s[i].words_n > 1)
            place[n++] = i;
    if (n < UTTERANCES_MIN)
        return;
    for (size_t k = 0; k < n; k++) {
        int a = attitude_of(&an->d.s[place[k]], &an->said[place[k]], &p);
        all.n[a + 1]++;
        third[3 * k / n].n[a + 1]++;
        if (a) {
            struct ia_span span = sentence_span(&an->d.s[place[k]]);
            f = analysis_add(an, "attitude", str_of(a > 0 ? "pos" : "neg"), &span, 1);
            f->has_value = true;
            f->value = a;
            f->confidence = p;
        }
    }
    first = sentence_span(&an->d.s[place[0]]);
    last = sentence_span(&an->d.s[place[n - 1]]);
    f = analysis_add(an, "attitude", STR("call"), (struct ia_span[]){first, last}, 2);
    f->has_value = true;
    f->value = net(&all);
    f->confidence = 0.5;
    if (n >= TREND_MIN && net(&third[2]) - net(&third[0]) <= -0.3)
        f->modality = STR("FALLING");
    f->attributes = str_fmt(
        an->a, "{\"net\":%.6f,\"neg\":%.6f,\"neu\":%.6f,\"pos\":%.6f,\"n\":%zu,\"trend\":%.6f,\"flag\":%s}", net(&all),
        (double)all.n[0] / (double)n, (double)all.n[1] / (double)n, (double)all.n[2] / (double)n, n,
        net(&third[2]) - net(&third[0]), n >= TREND_MIN && net(&third[2]) - net(&third[0]) <= -0.3 ? "true" : "false");
}
