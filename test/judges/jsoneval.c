/* jsoneval.c - reads JSON files with our parser, for the outside judge: one line a file, "read PATH" or "refused PATH why". */
#include <stdio.h>

#include "base/fs.h"
#include "base/json.h"

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct arena *a = arena_new("jsoneval");
        struct json_doc *d = NULL;
        struct err e = {0};
        str bytes;

        if (fs_read(argv[i], 16 << 20, a, &bytes, &e) || json_parse(bytes, &d, &e))
            printf("refused %s %s\n", argv[i], e.msg);
        else
            printf("read %s\n", argv[i]);
        json_free(d);
        arena_free(a);
    }
    return 0;
}
