/* formats/warm.h - loads what the parsers' libraries would load on first use, because a confined process opens nothing. */
#pragma once

/* What every reader uses: ICU with its character sets and time zones. */
void warm_libraries(void);
/* GMime, libxml2 and the character sets of iconv, which they use: each is a file that is mapped, and makes every fork dearer. Some
 * tens of milliseconds, once; one thread. */
void warm_tables(void);
