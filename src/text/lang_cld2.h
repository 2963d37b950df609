/* text/lang_cld2.h - the one C++ call behind lang.c. */
#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif
/* Fills tag ("" when unknown), share in percent and whether the detector trusts itself. `n` bytes of valid UTF-8. */
void lang_cld2(const char *p, int n, char tag[16], int *share_pct, bool *reliable);
#ifdef __cplusplus
}
#endif
