#include "text/lang.h"
#include "text/lang_cld2.h"

enum { LANG_BYTES_MAX = 6 << 10, LANG_SURE_BYTES = 40 };

/* CLD2 still answers with some withdrawn codes, and with a script subtag for Chinese. */
static const struct {
    const char *from, *to;
} renamed[] = {{"iw", "he"}, {"in", "id"}, {"ji", "yi"},  {"jw", "jv"},
               {"no", "no"}, {"mo", "ro"}, {"un", "und"}, {"xxx", "und"}};

static struct lang_guess guess_of(const char *tag, int share, bool sure, size_t bytes)
{
    struct lang_guess g = {.tag = "und"};
    size_t n = 0;

    while (tag[n] && tag[n] != '-' && n + 1 < sizeof g.tag)
        n++;
    if (n < 2)
        return g;
    memcpy(g.tag, tag, n);
    g.tag[n] = 0;
    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
        if (strcmp(g.tag, renamed[i].from) == 0)
            memcpy(g.tag, renamed[i].to, strlen(renamed[i].to) + 1);
    g.share_pct = share;
    g.reliable = sure && share >= 60 && bytes >= LANG_SURE_BYTES;
    return g;
}

struct lang_guess lang_detect(str text)
{
    char tag[16];
    int share;
    bool sure;

    if (text.n > LANG_BYTES_MAX) {
        text.n = LANG_BYTES_MAX;
        while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xC0) == 0x80)
            text.n--;
    }
    if (text.n == 0 || !str_utf8_valid(text))
        return (struct lang_guess){.tag = "und"};
    lang_cld2(text.p, (int)text.n, tag, &share, &sure);
    return guess_of(tag, share, sure, text.n);
}

struct lang_guess lang_detect_parts(const str *parts, size_t n)
{
    struct arena *a = arena_new_wiped("text.lang");
    char *all = arena_alloc(a, LANG_BYTES_MAX + 1);
    size_t used = 0;
    struct lang_guess g;

    for (size_t i = 0; i < n && used < LANG_BYTES_MAX; i++) {
        size_t k = parts[i].n < LANG_BYTES_MAX - used ? parts[i].n : LANG_BYTES_MAX - used;
        while (k > 0 && k < parts[i].n && ((unsigned char)parts[i].p[k] & 0xC0) == 0x80)
            k--;
        memcpy(all + used, parts[i].p, k);
        used += k;
        if (used < LANG_BYTES_MAX)
            all[used++] = ' ';
    }
    g = lang_detect(str_n(all, used));
    arena_free(a);
    return g;
}

bool lang_unspaced(str tag)
{
    static const char *const tags[] = {"zh", "ja", "th", "lo", "km", "my"};

    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (str_eq(tag, str_of(tags[i])))
            return true;
    return false;
}
