/* insight/discourse_test.h - what Ann says to Ben, read as a discourse: for tests of single sentences. */
#pragma once
#include "insight/discourse.h"

static inline const struct discourse *discourse_of(const char *text, enum ia_kind kind, struct arena *a)
{
    static struct ia_participant people[] = {{.name = STR("Ann Lee"), .side = IA_SIDE_INTERNAL},
                                             {.name = STR("Ben Cole"), .side = IA_SIDE_EXTERNAL}};
    struct ia_turn *turns = ARENA_ARRAY(a, struct ia_turn, 2);
    struct interaction *ia = ARENA_NEW(a, struct interaction);
    struct discourse *d = ARENA_NEW(a, struct discourse);

    for (int i = 0; i < 2; i++)
        turns[i] = (struct ia_turn){.speaker = people[i].name,
                                    .text = i ? STR("Good.") : str_of(text),
                                    .start_ms = IA_TIME_NONE,
                                    .end_ms = IA_TIME_NONE};
    *ia = (struct interaction){.kind = kind,
                               .turns = turns,
                               .turns_n = 2,
                               .participants = people,
                               .participants_n = 2,
                               .language = STR("en"),
                               .started_at_ms = CLOCK_NONE,
                               .duration_ms = IA_TIME_NONE};
    discourse_make(ia, a, d);
    return d;
}
