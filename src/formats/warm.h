/* formats/warm.h - loads what the parsers' libraries would load on first use, because a confined process opens nothing. */
#pragma once

/* Character set tables of ICU and iconv, GMime, libxml2, time zones. Some tens of milliseconds, once. */
void warm_libraries(void);
