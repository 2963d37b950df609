/* test/eval/formateval.c - reads files the way ingest does and prints what came out, for the scorers beside it.
 *
 *   harken_formateval FILE...          one JSON line a file: {"path","format","items":[our own JSON],"problems":[...]} or
 *                                      {"path","error"}
 *   harken_formateval --cues FILE...   WebVTT only: the standard's cues, raw: {"path","cues":[{"id","start","end","text",
 *                                      "plain"}]} with times in seconds
 *   harken_formateval --sandbox FILE...  like the first, each file in the confined child; adds "ms"
 *   harken_formateval --mime FILE...     mail only: the tree of parts: {"path","tree":{"type","name","bytes","parts"}}
 *
 * Exit 0 always, unless it was called wrongly (2): a refused file is an answer. */
#include "base/fs.h"
#include "formats/charset.h"
#include "formats/eml.h"
#include "formats/format.h"
#include "formats/sandbox.h"
#include "formats/vtt.h"

static void cues_print(str path, str bytes, struct arena *a, struct jw *w)
{
    struct vtt_file f;
    struct err e;
    str text;

    jw_obj(w);
    jw_kstr(w, "path", path);
    if (charset_to_utf8(bytes, a, &text, NULL, &e) || vtt_read(text, 0, a, &f, &e)) {
        f.cues_n = 0;
        jw_kstr(w, "error", str_of(e.msg));
    }
    jw_karr(w, "cues");
    for (size_t i = 0; i < f.cues_n; i++) {
        jw_obj(w);
        jw_kstr(w, "id", f.cues[i].id);
        jw_kreal(w, "start", (double)f.cues[i].start_ms / 1000);
        jw_kreal(w, "end", (double)f.cues[i].end_ms / 1000);
        jw_kstr(w, "text", f.cues[i].text);
        jw_kstr(w, "plain", vtt_plain(f.cues[i].text, a));
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static void mime_print(str path, str bytes, struct jw *w)
{
    struct buf tree;

    buf_init(&tree, (size_t)1 << 30);
    eml_structure_write(bytes, &tree);
    jw_obj(w);
    jw_kstr(w, "path", path);
    jw_key(w, "tree");
    jw_raw(w, buf_view(&tree));
    jw_end(w);
    buf_done(&tree);
}

static void notes_print(const char *key, const struct format_problem *list, size_t n, struct jw *w)
{
    jw_karr(w, key);
    for (size_t i = 0; i < n; i++) {
        jw_obj(w);
        jw_kstr(w, "place", list[i].place);
        jw_kstr(w, "reason", list[i].reason);
        jw_end(w);
    }
    jw_end(w);
}

static void items_print(str path, str bytes, bool sandbox, struct arena *a, struct jw *w)
{
    struct format_input in = {.bytes = bytes, .name = path};
    struct format_result r = {0};
    struct err e = {0};
    int64_t from_us = clock_mono_us();
    enum err_code code = sandbox ? sandbox_format_parse(&in, a, &r, &e) : format_parse(&in, a, &r, &e);

    jw_obj(w);
    jw_kstr(w, "path", path);
    if (sandbox)
        jw_kreal(w, "ms", (double)(clock_mono_us() - from_us) / 1000);
    if (code) {
        jw_kstr(w, "error", str_of(e.msg));
        jw_kstr(w, "code", str_of(err_name(e.code)));
        jw_end(w);
        return;
    }
    jw_karr(w, "items");
    for (size_t i = 0; i < r.items_n; i++)
        ia_json_write(&r.items[i], w);
    jw_end(w);
    notes_print("problems", r.problems, r.problems_n, w);
    notes_print("notices", r.notices, r.notices_n, w);
    jw_end(w);
}

int main(int argc, char **argv)
{
    bool cues = argc > 1 && strcmp(argv[1], "--cues") == 0, mime = argc > 1 && strcmp(argv[1], "--mime") == 0;
    bool sandbox = argc > 1 && strcmp(argv[1], "--sandbox") == 0;
    struct arena *a = arena_new("formateval");
    struct buf b;

    if (argc > 1 && strcmp(argv[1], "parser") == 0)
        return sandbox_child_main();
    if (argc < 2 + (cues || mime || sandbox)) {
        fprintf(stderr, "usage: harken_formateval [--cues|--mime|--sandbox] FILE...\n");
        return 2;
    }
    buf_init(&b, (size_t)2 << 30);
    for (int i = 1 + (cues || mime || sandbox); i < argc; i++) {
        struct err e;
        struct jw w;
        str bytes;

        buf_reset(&b);
        jw_init(&w, &b);
        if (fs_read(argv[i], FORMAT_BYTES_MAX, a, &bytes, &e)) {
            jw_obj(&w);
            jw_kstr(&w, "path", str_of(argv[i]));
            jw_kstr(&w, "error", str_of(e.msg));
            jw_end(&w);
        } else if (cues) {
            cues_print(str_of(argv[i]), bytes, a, &w);
        } else if (mime) {
            mime_print(str_of(argv[i]), bytes, &w);
        } else {
            items_print(str_of(argv[i]), bytes, sandbox, a, &w);
        }
        fwrite(b.p, 1, b.n, stdout);
        fputc('\n', stdout);
        fflush(stdout);
        arena_reset(a);
    }
    buf_done(&b);
    arena_free(a);
    return 0;
}
