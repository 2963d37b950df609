#include "formats/warm.h"

#include <gmime/gmime.h>
#include <iconv.h>
#include <libxml/parser.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "formats/labelled.h"
#include "formats/eml.h"

/* The tables stay loaded as long as a descriptor is open, so these are never closed. GMime decodes header words with
 * them; bodies go through ICU. */
void warm_tables(void)
{
    static bool warm;
    static const char *const names[] = {
        "ISO-8859-1",  "ISO-8859-2", "ISO-8859-3",  "ISO-8859-4",  "ISO-8859-5",  "ISO-8859-6",  "ISO-8859-7",
        "ISO-8859-8",  "ISO-8859-9", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15",
        "ISO-8859-16", "CP1250",     "CP1251",      "CP1252",      "CP1253",      "CP1254",      "CP1255",
        "CP1256",      "CP1257",     "CP1258",      "KOI8-R",      "KOI8-U",      "BIG5",        "BIG5-HKSCS",
        "GB18030",     "GBK",        "EUC-CN",      "EUC-JP",      "SHIFT_JIS",   "CP932",       "ISO-2022-JP",
        "EUC-KR",      "UHC",        "ISO-2022-KR", "TIS-620",     "MACINTOSH",   "CP850",       "CP437",
        "UTF-7",       "UTF-16",     "UTF-16LE",    "UTF-16BE",    "UTF-32",
    };
    size_t i;

    if (warm)
        return;
    warm = true;
    xmlInitParser();
    eml_library_init();
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (iconv_open("UTF-8", names[i]) == (iconv_t)-1)
            continue; /* not on this system */
}

static void warm_zones(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar zone[32];
    UCalendar *c;

    u_uastrcpy(zone, "Europe/Berlin");
    c = ucal_open(zone, -1, "en_US", UCAL_GREGORIAN, &status);
    if (U_SUCCESS(status)) {
        ucal_setDateTime(c, 2026, 6, 1, 12, 0, 0, &status);
        ucal_getMillis(c, &status);
        ucal_close(c);
    }
}

void warm_libraries(void)
{
    labelled_warm();
    warm_zones();
}
