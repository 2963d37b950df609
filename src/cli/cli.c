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

/* Prints `text` from column `at` on, which the cursor has reached, in lines of at most CLI_COLUMNS; its own line ends stay. */
static void wrapped_print(FILE *to, int at, str text)
{
    int column = at;

    for (str line; str_line_next(&text, &line);) {
        for (str word, rest = line; rest.n;) {
            word = str_cut(rest, ' ', &rest);
            if (column > at && column + 1 + (int)word.n > CLI_COLUMNS) {
                fprintf(to, "\n%*s", at, "");
                column = at;
            }
            column += fprintf(to, "%s%.*s", column > at ? " " : "", STR_ARG(word));
        }
        fprintf(to, text.n ? "\n%*s" : "\n", text.n ? at : 0, "");
        column = at;
    }
}

static void row_print(FILE *to, int width, const char *left, const char *right)
{
    int n = fprintf(to, "  %-*s ", width, left);

    if (n > width + 3)
        fprintf(to, "\n%*s", width + 3, "");
    wrapped_print(to, width + 3, str_of(right));
}

static void overview_print(FILE *to)
{
    fprintf(to,
            "usage: harken COMMAND [OPTION]... [ARGUMENT]...\n\nHarken turns a company's conversations into insights "
            "that point at the words they came from,\non this machine.\n\ncommands:\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            row_print(to, 10, c->name, c->summary);
    fprintf(to, "\nharken COMMAND --help tells more. What talks to a server takes --json and --home FOLDER.\n"
                "To begin: harken serve, and in another window harken ingest FOLDER.\n");
}

void cli_help(const struct cli_command *c, FILE *to)
{
    if (!c) {
        overview_print(to);
        return;
    }
    fprintf(to, "usage: harken %s %s%s\n\n%s\n", c->name, c->opts->name ? "[OPTION]... " : "", c->args, c->summary);
    if (c->text) {
        fprintf(to, "\n");
        wrapped_print(to, 0, str_of(c->text));
    }
    fprintf(to, "\noptions:\n");
    for (const struct cli_opt *o = c->opts; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        row_print(to, 22, left, o->help);
    }
    row_print(to, 22, "--help", "this text");
    fprintf(to, "\nexample:\n  %s\n", c->example);
}

void cli_verbs(const struct cli_command *c, struct buf *out)
{
    for (str one, rest = str_of(c->args); rest.n;) {
        one = str_cut(rest, '|', &rest);
        one = str_sub(one, 0, str_find_char(one, ' ', 0));
        if (one.n && *one.p >= 'a' && *one.p <= 'z')
            buf_fmt(out, "%.*s\n", STR_ARG(one));
    }
}

void cli_opt_words(const struct cli_opt *o, struct buf *out)
{
    for (str rest = str_of(o->choices ? o->choices : ""); rest.n;) {
        str one = str_cut(rest, '|', &rest);
        buf_fmt(out, "%.*s\n", STR_ARG(one));
    }
    if (!o->choices && o->offer)
        o->offer(out);
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

const char *cli_meant(str typed, const struct buf *words, char out[64])
{
    size_t least = 3;
    str rest = buf_view(words);

    *out = 0;
    for (str one; str_line_next(&rest, &one);) {
        size_t d = str_distance(typed, one);
        if (d < least && d < one.n) {
            least = d;
            snprintf(out, 64, " (did you mean %.*s?)", STR_ARG(one));
        }
    }
    return out;
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

static int unknown_option(const struct cli_command *c, const char *arg)
{
    struct buf names;
    char hint[64];
    int rc;

    buf_init(&names, 1 << 16);
    for (const struct cli_opt *o = c->opts; o->name; o++)
        buf_fmt(&names, "%s\n", o->name);
    str typed = str_of(arg), name = str_sub(typed, 0, str_find_char(typed, '=', 0));
    rc = cli_usage_error(c, "unknown option %.*s%s", STR_ARG(name), cli_meant(name, &names, hint));
    buf_done(&names);
    return rc;
}

/* Is `value` one of "a|b|c"? */
static bool choice_is(const char *choices, str value)
{
    for (str rest = str_of(choices); rest.n;)
        if (str_eq(str_cut(rest, '|', &rest), value))
            return true;
    return false;
}

/* "a, b or c" */
static str choices_say(struct arena *a, const char *choices)
{
    str out = STR("");

    for (str one, rest = str_of(choices); rest.n;) {
        one = str_cut(rest, '|', &rest);
        out = str_fmt(a, "%.*s%s%.*s", STR_ARG(out), !out.n ? "" : rest.n ? ", " : " or ", STR_ARG(one));
    }
    return out;
}

/* Is every word of a value one that is offered? */
static bool offered(const struct cli_command *c, const struct cli_opt *o, str value, int *out_exit)
{
    struct buf words;
    char hint[64];
    bool found = true;

    buf_init(&words, 1 << 16);
    o->offer(&words);
    for (str one, rest = value; found && rest.n;) {
        one = strcmp(o->arg, "LIST") == 0 ? str_trim(str_cut(rest, ',', &rest)) : rest;
        rest = strcmp(o->arg, "LIST") == 0 ? rest : STR("");
        found = false;
        for (str word, all = buf_view(&words); !found && str_line_next(&all, &word);)
            found = str_eq(word, one);
        if (!found)
            *out_exit = cli_usage_error(c, "%s cannot be \"%.*s\"%s", o->name, STR_ARG(str_sub(one, 0, 80)),
                                        cli_meant(one, &words, hint));
    }
    buf_done(&words);
    return found;
}

/* Does a value suit its row? If not, *out_exit is what to end with. */
static bool value_suits(const struct cli_command *c, const struct cli_opt *o, str value, struct arena *a, int *out_exit)
{
    int64_t n;
    str rest = value;

    if (strcmp(o->arg, "N") == 0 && (!str_to_i64(value, &n) || n < 1 || (o->max && n > o->max))) {
        if (!o->max)
            *out_exit = cli_usage_error(c, "%s must be a whole number from 1 on", o->name);
        else
            *out_exit = cli_usage_error(c, "%s must be a whole number from 1 to %lld", o->name, (long long)o->max);
        return false;
    }
    while (o->choices && rest.n) {
        str one = rest;
        one = strcmp(o->arg, "LIST") == 0 ? str_trim(str_cut(rest, ',', &rest)) : (rest = STR(""), one);
        if (!choice_is(o->choices, one)) {
            *out_exit = cli_usage_error(c, "%s is %.*s, not \"%.*s\"", o->name, STR_ARG(choices_say(a, o->choices)),
                                        STR_ARG(str_sub(one, 0, 80)));
            return false;
        }
    }
    if (o->only_offered && !offered(c, o, value, out_exit))
        return false;
    if (!value.n) {
        *out_exit = cli_usage_error(c, "%s needs %s", o->name, o->arg);
        return false;
    }
    return true;
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
            *out_exit = unknown_option(c, argv[i]);
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
        if (c->opts[row].arg && !value_suits(c, &c->opts[row], value, a, out_exit))
            return false;
        if (c->opts[row].many && out->value[row])
            value = str_fmt(a, "%s\n%.*s", out->value[row], STR_ARG(value));
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

static int unknown_command(const char *name)
{
    struct buf names;
    char hint[64];

    buf_init(&names, 1 << 16);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            buf_fmt(&names, "%s\n", c->name);
    fprintf(stderr, "harken: there is no command \"%s\"%s; see harken --help\n", name,
            cli_meant(str_of(name), &names, hint));
    buf_done(&names);
    return CLI_USAGE;
}

int cli_help_run(struct arena *a, int argc, char **argv)
{
    const struct cli_command *c;
    struct cli_args x;
    int rc;

    if (!cli_parse(cli_find("help"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n > 1)
        return cli_usage_error(x.command, "name one command");
    c = x.rest_n ? cli_find(x.rest[0]) : NULL;
    if (x.rest_n && !c)
        return unknown_command(x.rest[0]);
    cli_help(c, stdout);
    return CLI_OK;
}

int cli_main(int argc, char **argv)
{
    const struct cli_command *c;
    struct arena *a;
    int rc;

    if (argc < 2 || str_eq(str_of(argv[1]), STR("--help")) || str_eq(str_of(argv[1]), STR("-h"))) {
        cli_help(NULL, argc < 2 ? stderr : stdout);
        return argc < 2 ? CLI_USAGE : CLI_OK;
    }
    if (str_eq(str_of(argv[1]), STR("--version")) || str_eq(str_of(argv[1]), STR("version"))) {
        printf("harken " HARKEN_VERSION "\n");
        return CLI_OK;
    }
    c = cli_find(argv[1]);
    if (!c)
        return unknown_command(argv[1]);
    a = arena_new_wiped("cli");
    rc = c->run(a, argc - 1, argv + 1);
    arena_free(a);
    return rc;
}
