/* formats/warm.h - loads what the parsers' libraries would load on first use, because a confined process opens nothing. */
#pragma once

/* GMime, libxml2, ICU with its time zones. */
void warm_libraries(void);
/* The character sets of iconv, which large libraries use: each is a file that is mapped, and makes every fork dearer. Some tens
 * of milliseconds, once; one thread. */
void warm_tables(void);
