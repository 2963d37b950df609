// CLD2 has only a C++ interface.
#include <cstdio>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <cstring>

#include "text/lang_cld2.h"

extern "C" void lang_cld2(const char *p, int n, char tag[16], int *share_pct, bool *reliable)
{
    CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language three[3];
    int percent[3], text_bytes = 0;
    double score[3];
    bool sure = false;
    CLD2::Language lang = CLD2::ExtDetectLanguageSummary(p, n, true, &hints, CLD2::kCLDFlagBestEffort, three, percent,
                                                         score, nullptr, &text_bytes, &sure);
    (void)lang;
    tag[0] = 0;
    *share_pct = 0;
    *reliable = false;
    if (three[0] == CLD2::UNKNOWN_LANGUAGE || text_bytes == 0)
        return;
    std::strncpy(tag, CLD2::LanguageCode(three[0]), 15);
    tag[15] = 0;
    *share_pct = percent[0];
    *reliable = sure;
}
