/* cli/completion.c - what makes a shell complete commands, options and values, written from the table of commands.
 *
 * Each script stands for itself: it needs nothing but its shell, and never asks a server. */
#include "base/buf.h"
#include "cli/cli.h"

/* What may stand in a place. */
enum want { WANT_NOTHING, WANT_WORDS, WANT_LIST, WANT_START, WANT_FILE, WANT_FOLDER };

struct place {
    enum want want;
    struct buf words; /* separated by spaces */
};

static void place_done(struct place *p)
{
    buf_done(&p->words);
}

/* Lines become words separated by spaces. */
static void joined(const struct buf *lines, struct buf *out)
{
    str rest = buf_view(lines);

    for (str one; str_line_next(&rest, &one);)
        buf_fmt(out, "%s%.*s", out->n ? " " : "", STR_ARG(one));
}

static void place_open(struct place *p, struct buf *lines)
{
    *p = (struct place){.want = lines->n ? WANT_WORDS : WANT_NOTHING};
    buf_init(&p->words, 1 << 16);
    joined(lines, &p->words);
    buf_done(lines);
}

static enum want files_of(const char *text)
{
    return strstr(text, "FILE") || strstr(text, "PATH") ? WANT_FILE
           : strstr(text, "FOLDER")                     ? WANT_FOLDER
                                                        : WANT_NOTHING;
}

/* The value of an option. */
static void value_place(const struct cli_opt *o, struct place *out)
{
    struct buf lines;

    buf_init(&lines, 1 << 16);
    cli_opt_words(o, &lines);
    place_open(out, &lines);
    if (out->want == WANT_NOTHING)
        out->want = files_of(o->arg);
    else if (strcmp(o->arg, "LIST") == 0)
        out->want = WANT_LIST;
    else if (strstr(o->arg, "="))
        out->want = WANT_START; /* the word goes on */
}

/* The first argument that is no option; *out_more is what may follow it. */
static void argument_place(const struct cli_command *c, struct place *out)
{
    struct buf lines;

    buf_init(&lines, 1 << 16);
    cli_verbs(c, &lines);
    if (c->offer)
        c->offer(&lines);
    place_open(out, &lines);
    if (out->want == WANT_NOTHING)
        out->want = files_of(c->args);
}

/* `text` with each character of `special` behind a `mark`. */
static void escaped(struct buf *b, const char *text, const char *special, const char *mark)
{
    for (const char *p = text; *p; p++) {
        if (strchr(special, *p))
            buf_str(b, str_of(mark));
        buf_char(b, *p);
    }
}

/* Inside '...' of a POSIX shell. */
static void quoted(struct buf *b, const char *text, const char *special)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'')
            buf_str(b, STR("'\\''"));
        else if (strchr(special, *p))
            buf_fmt(b, "\\%c", *p);
        else
            buf_char(b, *p);
    }
}

/* ---- bash ---- */

static const char bash_head[] =
    "# bash completion for harken. Made by: harken completion bash\n"
    "\n"
    "_harken_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
    "}\n"
    "_harken_start() {\n"
    "    compopt -o nospace\n"
    "    _harken_words \"$1\"\n"
    "}\n"
    "_harken_list() {\n"
    "    local before=\n"
    "    [[ $cur == *,* ]] && before=${cur%,*},\n"
    "    compopt -o nospace\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${cur##*,}\")\n"
    "}\n"
    "_harken_files() {\n"
    "    compopt -o filenames\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "}\n"
    "_harken_folders() {\n"
    "    compopt -o filenames\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
    "}\n"
    "# A command's first argument: nothing more once one of the words was given.\n"
    "_harken_first() {\n"
    "    local word\n"
    "    for word in \"${COMP_WORDS[@]:2:COMP_CWORD-2}\"; do\n"
    "        [[ \" $1 \" == *\" $word \"* ]] && return\n"
    "    done\n"
    "    _harken_words \"$1\"\n"
    "}\n"
    "\n"
    "_harken() {\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
    "    COMPREPLY=()\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == = ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n";

static void bash_call(struct buf *b, const struct place *p, bool first)
{
    static const char *const calls[] = {
        [WANT_WORDS] = "_harken_words", [WANT_LIST] = "_harken_list",      [WANT_START] = "_harken_start",
        [WANT_FILE] = "_harken_files",  [WANT_FOLDER] = "_harken_folders", [WANT_NOTHING] = ":"};

    buf_str(b, str_of(first && p->want == WANT_WORDS ? "_harken_first" : calls[p->want]));
    if (p->words.n)
        buf_fmt(b, " \"%.*s\"", STR_ARG(buf_view(&p->words)));
}

static void bash_command(struct buf *b, const struct cli_command *c)
{
    struct place p;

    buf_fmt(b, "    %s)\n        case $prev in\n", c->name);
    for (const struct cli_opt *o = c->opts; o->name; o++) {
        if (!o->arg)
            continue;
        value_place(o, &p);
        buf_fmt(b, "        %s) ", o->name);
        bash_call(b, &p, false);
        buf_str(b, STR("; return ;;\n"));
        place_done(&p);
    }
    buf_str(b, STR("        esac\n        case $cur in\n        -*) _harken_words \""));
    for (const struct cli_opt *o = c->opts; o->name; o++)
        buf_fmt(b, "%s ", o->name);
    buf_str(b, STR("--help\" ;;\n        *) "));
    argument_place(c, &p);
    bash_call(b, &p, true);
    place_done(&p);
    buf_str(b, STR(" ;;\n        esac\n        ;;\n"));
}

static void bash_write(struct buf *b)
{
    buf_str(b, str_of(bash_head));
    buf_str(b, STR("    if ((COMP_CWORD == 1)); then\n        _harken_words \""));
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            buf_fmt(b, "%s ", c->name);
    buf_str(b, STR("--help --version\"\n        return\n    fi\n    case $command in\n"));
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            bash_command(b, c);
    buf_str(b, STR("    esac\n}\n\ncomplete -F _harken harken\n"));
}

/* ---- zsh ---- */

/* `:message:action` of _arguments. */
static void zsh_action(struct buf *b, const char *message, const struct place *p)
{
    str words = buf_view(&p->words);

    buf_char(b, ':');
    quoted(b, message, ":\\");
    buf_char(b, ':');
    switch (p->want) {
    case WANT_WORDS:
        buf_fmt(b, "(%.*s)", STR_ARG(words));
        break;
    case WANT_LIST:
        buf_fmt(b, "_values -s , word %.*s", STR_ARG(words));
        break;
    case WANT_START:
        buf_fmt(b, "{compadd -S \"\" -- %.*s}", STR_ARG(words));
        break;
    case WANT_FILE:
        buf_str(b, STR("_files"));
        break;
    case WANT_FOLDER:
        buf_str(b, STR("_files -/"));
        break;
    case WANT_NOTHING:
        buf_char(b, ' ');
        break;
    }
}

static void zsh_command(struct buf *b, const struct cli_command *c)
{
    struct place p;

    buf_fmt(b, "    %s)\n        _arguments", c->name);
    for (const struct cli_opt *o = c->opts; o->name; o++) {
        buf_fmt(b, " \\\n            '%s%s[", o->name, o->arg ? "=" : "");
        quoted(b, o->help, "[]\\:");
        buf_char(b, ']');
        if (o->arg) {
            value_place(o, &p);
            zsh_action(b, o->arg, &p);
            place_done(&p);
        }
        buf_char(b, '\'');
    }
    buf_str(b, STR(" \\\n            '--help[tell about the command]'"));
    argument_place(c, &p);
    if (p.want != WANT_NOTHING) {
        buf_fmt(b, " \\\n            '%s", p.want == WANT_WORDS ? "1" : "*");
        zsh_action(b, p.want == WANT_WORDS ? "what" : c->args, &p);
        buf_char(b, '\'');
    }
    place_done(&p);
    buf_str(b, STR("\n        ;;\n"));
}

static void zsh_write(struct buf *b)
{
    buf_str(b, STR("#compdef harken\n# zsh completion for harken. Made by: harken completion zsh\n\n"
                   "_harken() {\n    local -a commands\n    commands=("));
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        if (c->hidden)
            continue;
        buf_fmt(b, "\n        '%s:", c->name);
        quoted(b, c->summary, ":\\");
        buf_char(b, '\'');
    }
    buf_str(b,
            STR("\n    )\n    if ((CURRENT == 2)); then\n        _describe command commands\n        return\n    fi\n"
                "    shift words\n    ((CURRENT--))\n    case $words[1] in\n"));
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            zsh_command(b, c);
    buf_str(
        b, STR("    esac\n}\n\n# As a file in $fpath it is called; sourced it makes itself known.\n"
               "if [ \"$funcstack[1]\" = _harken ]; then\n    _harken \"$@\"\nelse\n    compdef _harken harken\nfi\n"));
}

/* ---- fish ---- */

static void fish_place(struct buf *b, const struct place *p, bool option)
{
    str words = buf_view(&p->words);

    switch (p->want) {
    case WANT_WORDS:
    case WANT_START:
        buf_fmt(b, "%s -a '%.*s'", option ? " -x" : "", STR_ARG(words));
        break;
    case WANT_LIST:
        buf_fmt(b, " -x -a '(__fish_append , %.*s)'", STR_ARG(words));
        break;
    case WANT_FILE:
        buf_str(b, option ? STR(" -r -F") : STR(" -F"));
        break;
    case WANT_FOLDER:
        buf_str(b, STR(" -x -a '(__fish_complete_directories)'"));
        break;
    case WANT_NOTHING:
        buf_str(b, option ? STR(" -x") : STR(""));
        break;
    }
}

static void fish_about(struct buf *b, const char *about)
{
    buf_str(b, STR(" -d '"));
    escaped(b, about, "'\\", "\\");
    buf_str(b, STR("'\n"));
}

static void fish_command(struct buf *b, const struct cli_command *c)
{
    struct place p;

    for (const struct cli_opt *o = c->opts; o->name; o++) {
        buf_fmt(b, "complete -c harken -n '__harken_at %s' -l %s", c->name, o->name + 2);
        if (o->arg) {
            value_place(o, &p);
            fish_place(b, &p, true);
            place_done(&p);
        }
        fish_about(b, o->help);
    }
    buf_fmt(b, "complete -c harken -n '__harken_at %s' -l help -d 'tell about the command'\n", c->name);
    argument_place(c, &p);
    if (p.want == WANT_WORDS)
        buf_fmt(b, "complete -c harken -n '__harken_at %s; and not __harken_had %.*s'", c->name,
                STR_ARG(buf_view(&p.words)));
    else if (p.want != WANT_NOTHING)
        buf_fmt(b, "complete -c harken -n '__harken_at %s'", c->name);
    if (p.want != WANT_NOTHING) {
        fish_place(b, &p, false);
        fish_about(b, c->args);
    }
    place_done(&p);
}

static void fish_write(struct buf *b)
{
    buf_str(b, STR("# fish completion for harken. Made by: harken completion fish\n\n"
                   "function __harken_at\n    set -l words (commandline -opc)\n"
                   "    test (count $words) -gt 1; and test $words[2] = $argv[1]\nend\n"
                   "function __harken_had\n    set -l words (commandline -opc)\n"
                   "    for word in $words[3..-1]\n        contains -- $word $argv; and return 0\n    end\n"
                   "    return 1\nend\n"
                   "function __harken_first\n    test (count (commandline -opc)) -eq 1\nend\n\n"
                   "complete -c harken -f\n"
                   "complete -c harken -n __harken_first -l version -d 'which Harken this is'\n"
                   "complete -c harken -n __harken_first -l help -d 'tell about the commands'\n"));
    for (const struct cli_command *c = cli_commands; c->name; c++) {
        if (c->hidden)
            continue;
        buf_fmt(b, "complete -c harken -n __harken_first -a %s", c->name);
        fish_about(b, c->summary);
        fish_command(b, c);
    }
}

int cli_completion(struct arena *a, int argc, char **argv)
{
    static const struct {
        const char *shell;
        void (*write)(struct buf *b);
    } shells[] = {{"bash", bash_write}, {"zsh", zsh_write}, {"fish", fish_write}};
    struct cli_args x;
    struct buf b;
    int rc;

    if (!cli_parse(cli_find("completion"), argc, argv, a, &x, &rc))
        return rc;
    for (size_t i = 0; x.rest_n == 1 && i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(x.rest[0], shells[i].shell) != 0)
            continue;
        buf_init(&b, 1 << 20);
        shells[i].write(&b);
        fwrite(b.p, 1, b.n, stdout);
        buf_done(&b);
        return CLI_OK;
    }
    return cli_usage_error(x.command, "say bash, zsh or fish");
}
