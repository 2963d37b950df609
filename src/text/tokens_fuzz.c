#include <assert.h>

#include "text/sentences.h"
#include "text/tokens.h"
#include "text/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const str langs[] = {{"en", 2}, {"de", 2}, {"ru", 2}, {"zh", 2}, {"und", 3}};
    struct arena *a = arena_new("fuzz");
    struct tokens *t = tokens_new();
    str text = str_n((const char *)data, size);
    struct token_it it;
    struct token tok;
    struct text_span *s;
    struct words ws;
    size_t n, end = 0;

    for (token_it_init(&it, t, text, langs[size % 5]); token_it_next(&it, &tok);)
        assert(tok.end > tok.start && tok.end <= size && tok.text.n > 0 && tok.text.n <= TOKEN_BYTES_MAX);
    sentences_split(text, a, &s, &n);
    for (size_t i = 0; i < n; i++) {
        assert(s[i].start >= end && s[i].end > s[i].start && s[i].end <= size);
        end = s[i].end;
    }
    ws = words_split(text, a);
    for (size_t i = 0; i < ws.n; i++)
        assert(ws.word[i].end <= size && ws.word[i].inner_end <= ws.word[i].end);
    tokens_free(t);
    arena_free(a);
    return 0;
}
