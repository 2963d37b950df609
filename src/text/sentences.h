/* text/sentences.h - sentences by Unicode Standard Annex 29 (ICU, root rules).
 *
 * ASCII, most of what is said, is split without ICU, by the same rules. Each calling thread keeps one ICU break iterator until it
 * ends; there is no other state. Spans are without outer white space, in order, and never empty; what lies between them is white
 * space only. Line feeds end a sentence only where UAX 29 says so (paragraph separators: LF, CR, NEL, U+2028, U+2029). */
#pragma once
#include "text/uni.h"

/* Memory in `a`. Text that is not valid UTF-8 is split all the same (bad bytes count as U+FFFD). */
void sentences_split(str text, struct arena *a, struct text_span **out, size_t *out_n);
