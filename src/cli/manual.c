/* cli/manual.c - the manual page harken(1), written from the tables of commands and settings in the man macros of roff. */
#include "base/buf.h"
#include "base/settings.h"
#include "cli/cli.h"
#include "roles/serve.h"

/* Words as roff prints them: a hyphen is one, no line begins with a control character. */
static void roff_text(struct buf *b, str text)
{
    bool start = true;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (start && (c == '.' || c == '\''))
            buf_str(b, STR("\\&"));
        start = c == '\n';
        if (c == '\\')
            buf_str(b, STR("\\e"));
        else if (c == '-')
            buf_str(b, STR("\\-"));
        else if (c == '~')
            buf_str(b, STR("\\(ti"));
        else if (c == '^')
            buf_str(b, STR("\\(ha"));
        else if (c == '`')
            buf_str(b, STR("\\(ga"));
        else if (c == '\'')
            buf_str(b, STR("\\(aq"));
        else
            buf_char(b, c);
    }
}

static void line(struct buf *b, const char *before, const char *text, const char *after)
{
    buf_str(b, str_of(before));
    roff_text(b, str_of(text));
    buf_str(b, str_of(after));
    buf_char(b, '\n');
}

/* A tagged paragraph: the tag, in bold, and what it takes. */
static void tag(struct buf *b, const char *name, const char *arg)
{
    buf_str(b, STR(".TP\n\\fB"));
    roff_text(b, str_of(name));
    buf_str(b, STR("\\fR"));
    if (arg) {
        buf_str(b, STR(" \\fI"));
        roff_text(b, str_of(arg));
        buf_str(b, STR("\\fR"));
    }
    buf_char(b, '\n');
}

static void paragraph(struct buf *b, const char *name, const char *text)
{
    tag(b, name, NULL);
    line(b, "", text, "");
}

static void command_write(struct buf *b, const struct cli_command *c)
{
    buf_str(b, STR(".SS \"harken "));
    roff_text(b, str_of(c->name));
    if (c->opts->name)
        buf_str(b, STR(" [OPTION]..."));
    line(b, *c->args ? " " : "", c->args, "\"");
    line(b, "", c->summary, ".");
    if (c->text) {
        str one, rest = str_of(c->text);
        buf_str(b, STR(".PP\n"));
        for (bool first = true; str_line_next(&rest, &one); first = false) {
            if (!first)
                buf_str(b, STR(".br\n"));
            roff_text(b, one);
            buf_char(b, '\n');
        }
    }
    for (const struct cli_opt *o = c->opts; o->name; o++) {
        tag(b, o->name, o->arg);
        line(b, "", o->help, "");
    }
    line(b, ".PP\nExample:\n.PP\n.RS 4\n.EX\n", c->example, "\n.EE\n.RE");
}

static void settings_write(struct buf *b)
{
    buf_str(b, STR(".SH SETTINGS\nOne \\fIkey\\fR = \\fIvalue\\fR a line in the file, or an environment variable: "
                   "HARKEN_ and the key "
                   "in capitals, with _ for each dot.\nDurations and sizes carry a unit: 30s, 64MiB.\n"));
    for (const struct setting_row *r = serve_settings; r->key; r++) {
        tag(b, r->key, r->choices);
        roff_text(b, str_of(r->help));
        buf_str(b, STR(".\n"));
        if (*r->fallback && *r->fallback != '/') /* a path is that of the machine that built this */
            line(b, "Default: ", r->fallback, ".");
        if (r->reload)
            buf_str(b, STR("A reload (SIGHUP) changes it.\n"));
    }
}

static void page_write(struct buf *b)
{
    buf_str(
        b,
        STR(".\\\" Made by: harken man\n.TH HARKEN 1 2026-11-29 \"Harken " HARKEN_VERSION "\" \"User commands\"\n"
            ".SH NAME\nharken \\- conversations become insights that point at the words they came from\n"
            ".SH SYNOPSIS\n.B harken\n.I COMMAND\n[\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.br\n"
            ".B harken\n\\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR\n"
            ".SH DESCRIPTION\nHarken keeps a company\\(aqs calls, mails and notes on its own machine, finds passages "
            "in them, "
            "answers questions with\nquoted sentences, and tells how deals stand.\n"
            "\\fBharken serve\\fR runs it; the other commands talk to the server that runs on the same data folder.\n"
            ".PP\nData goes to standard output, all else to standard error.\nAn option\\(aqs value stands behind it or "
            "behind an equals sign; \\fB\\-\\-\\fR ends options.\n.SH COMMANDS\n"));
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            command_write(b, c);
    settings_write(b);
    buf_str(b, STR(".SH ENVIRONMENT\n"));
    paragraph(b, "HARKEN_HOME", "The data folder, where --home is not given.");
    paragraph(b, "HARKEN_...", "A setting; see above.");
    buf_str(b, STR(".SH FILES\nBelow the data folder, which is /var/lib/harken for root and else "
                   "harken below the XDG data folder:\n"));
    paragraph(b, "harken.conf", "Settings.");
    paragraph(b, "keys/", "The key ring. Back it up apart from the rest: without it nothing can be read.");
    paragraph(b, "pg/", "The private PostgreSQL cluster.");
    paragraph(b, "run/address, run/token",
              "Where the server listens, and the token of its command line, while it runs.");
    buf_str(b, STR(".SH \"EXIT STATUS\"\n"));
    paragraph(b, "0", "Done.");
    paragraph(b, "1", "Something failed; standard error says what.");
    paragraph(b, "2", "The command line is wrong.");
    paragraph(b, "78", "serve: a setting is wrong; nothing was started.");
}

int cli_man(struct arena *a, int argc, char **argv)
{
    struct cli_args x;
    struct buf b;
    int rc;

    if (!cli_parse(cli_find("man"), argc, argv, a, &x, &rc))
        return rc;
    if (x.rest_n)
        return cli_usage_error(x.command, "takes no argument");
    buf_init(&b, 1 << 20);
    page_write(&b);
    fwrite(b.p, 1, b.n, stdout);
    buf_done(&b);
    return CLI_OK;
}
