/* insight/prompts.h - what language models are asked and the grammars they answer in: the files of insight/prompts/, embedded by the
 * build. */
#pragma once

extern const char findings_prompt[], findings_grammar[], summary_prompt[], summary_grammar[];
