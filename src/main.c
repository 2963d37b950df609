/* main.c - one program, several processes: the command line, and the two children that serve starts. */
#include "cli/cli.h"
#include "engine/module.h"
#include "formats/sandbox.h"

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "parser") == 0)
        return sandbox_child_main();
    if (argc > 1 && strcmp(argv[1], "engine") == 0)
        return engine_process_main(argc - 1, argv + 1);
    return cli_main(argc, argv);
}
