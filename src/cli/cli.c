#include "base/buf.h"
#include "cli/cli.h"
#include "text/uni.h"

#include <stdarg.h>
#include <unistd.h>

#include "cli/commands.h"

const struct cli_command *cli_find(const char *name)
{
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (str_eq(str_of(c->name), str_of(name)))
            return c;
    return NULL;
}

void cli_help(const struct cli_command *c, FILE *to)
{
    if (!c) {
        fprintf(to, "usage: harken COMMAND [OPTION]... [ARGUMENT]...\n\nHarken turns a company's conversations into "
                    "insights that "
                    "point at the words they came from,\non this machine.\n\ncommands:\n");
        for (c = cli_commands; c->name; c++)
            if (!c->hidden)
                fprintf(to, "  %-10s %s\n", c->name, c->summary);
        fprintf(to, "\nharken COMMAND --help tells more. Every command takes --json and --home FOLDER.\n");
        return;
    }
    fprintf(to, "usage: harken %s [OPTION]... %s\n\n%s\n", c->name, c->args, c->summary);
    if (c->text)
        fprintf(to, "\n%s\n", c->text);
    fprintf(to, "\noptions:\n");
    for (const struct cli_opt *o = c->opts; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        fprintf(to, "  %-22s %s\n", left, o->help);
    }
    fprintf(to, "  %-22s %s\n", "--help", "this text");
    fprintf(to, "\nexample:\n  %s\n", c->example);
}

int cli_usage_error(const struct cli_command *c, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "harken %s: ", c->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "; see harken %s --help\n", c->name);
    return CLI_USAGE;
}

/* Bytes of the control character at `i`: C0 but line end and tab, DEL, C1 (two bytes in UTF-8); 0 when there is none. */
static size_t control_at(str s, size_t i)
{
    unsigned char c = (unsigned char)s.p[i];

    if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
        return 1;
    return c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] >= 0x80 && (unsigned char)s.p[i + 1] <= 0x9f ? 2 : 0;
}

void cli_print(const char *fmt, ...)
{
    va_list ap, again;
    size_t from = 0;
    struct buf b;
    char *to;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    buf_init_wiped(&b, (size_t)1 << 30);
    to = n < 0 ? NULL : buf_room(&b, (size_t)n + 1);
    if (to)
        vsnprintf(to, (size_t)n + 1, fmt, again);
    va_end(again);
    for (size_t i = 0; to && i < (size_t)n;) {
        size_t control = control_at(str_n(to, (size_t)n), i);
        if (control) {
            fwrite(to + from, 1, i - from, stdout);
            fputs("\xEF\xBF\xBD", stdout);
            from = i + control;
        }
        i += control ? control : 1;
    }
    if (to)
        fwrite(to + from, 1, (size_t)n - from, stdout);
    buf_done(&b);
}

void cli_column(str s, int width)
{
    int columns = (int)uni_columns(s), room = abs(width) - columns;

    cli_print("%*s%.*s%*s", width < 0 && room > 0 ? room : 0, "", STR_ARG(s), width > 0 && room > 0 ? room : 0, "");
}

int cli_fail(const struct err *e)
{
    fprintf(stderr, "harken: %s\n", e->msg);
    return CLI_FAILED;
}

/* Row of an option given as "--name" or "--name=value"; -1 when there is none. */
static int opt_find(const struct cli_command *c, str arg, str *out_value, bool *out_has)
{
    size_t eq = str_find_char(arg, '=', 0);
    str name = eq == SIZE_MAX ? arg : str_sub(arg, 0, eq);

    *out_has = eq != SIZE_MAX;
    *out_value = *out_has ? str_from(arg, eq + 1) : STR("");
    for (int i = 0; c->opts[i].name; i++)
        if (str_eq(str_of(c->opts[i].name), name))
            return i;
    return -1;
}

bool cli_parse(const struct cli_command *c, int argc, char **argv, struct arena *a, struct cli_args *out, int *out_exit)
{
    *out = (struct cli_args){.command = c, .rest = ARENA_ARRAY(a, char *, (size_t)argc + 1)};
    for (int i = 1; i < argc; i++) {
        str arg = str_of(argv[i]), value;
        bool has;
        int row;
        if (str_eq(arg, STR("--"))) {
            while (++i < argc)
                out->rest[out->rest_n++] = argv[i];
            break;
        }
        if (str_eq(arg, STR("--help")) || str_eq(arg, STR("-h"))) {
            cli_help(c, stdout);
            *out_exit = CLI_OK;
            return false;
        }
        if (arg.n < 2 || *arg.p != '-') {
            out->rest[out->rest_n++] = argv[i];
            continue;
        }
        row = opt_find(c, arg, &value, &has);
        if (row < 0) {
            *out_exit = cli_usage_error(c, "unknown option %s", argv[i]);
            return false;
        }
        if (!c->opts[row].arg && has) {
            *out_exit = cli_usage_error(c, "%s takes no value", c->opts[row].name);
            return false;
        }
        if (c->opts[row].arg && !has) {
            if (++i >= argc) {
                *out_exit = cli_usage_error(c, "%s needs %s", c->opts[row].name, c->opts[row].arg);
                return false;
            }
            value = str_of(argv[i]);
        }
        out->value[row] = c->opts[row].arg ? str_cz(a, value) : "";
    }
    return true;
}

const char *cli_value(const struct cli_args *x, const char *opt)
{
    for (int i = 0; x->command->opts[i].name; i++)
        if (str_eq(str_of(x->command->opts[i].name), str_of(opt)))
            return x->value[i];
    return NULL;
}

bool cli_has(const struct cli_args *x, const char *opt)
{
    return cli_value(x, opt) != NULL;
}

int cli_main(int argc, char **argv)
{
    const struct cli_command *c;
    struct arena *a;
    int rc;

    if (argc < 2 || str_eq(str_of(argv[1]), STR("--help")) || str_eq(str_of(argv[1]), STR("-h")) ||
        (str_eq(str_of(argv[1]), STR("help")) && argc < 3)) {
        cli_help(NULL, argc < 2 ? stderr : stdout);
        return argc < 2 ? CLI_USAGE : CLI_OK;
    }
    if (str_eq(str_of(argv[1]), STR("--version")) || str_eq(str_of(argv[1]), STR("version"))) {
        printf("harken " HARKEN_VERSION "\n");
        return CLI_OK;
    }
    if (str_eq(str_of(argv[1]), STR("help"))) {
        c = cli_find(argv[2]);
        cli_help(c, stdout);
        return c ? CLI_OK : CLI_USAGE;
    }
    c = cli_find(argv[1]);
    if (!c) {
        fprintf(stderr, "harken: there is no command \"%s\"; see harken --help\n", argv[1]);
        return CLI_USAGE;
    }
    a = arena_new_wiped("cli");
    rc = c->run(a, argc - 1, argv + 1);
    arena_free(a);
    return rc;
}
