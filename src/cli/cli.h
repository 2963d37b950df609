/* cli/cli.h - the command line: one file per command, one row per command.
 *
 * Data goes to stdout, all else to stderr. Exit status: 0 done, 1 failed, 2 wrong use. */
#pragma once
#include "base/json.h"
#include "net/http_client.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_CONFIG = 78 /* EX_CONFIG */ };
enum { CLI_COLUMNS = 100 /* widest line of a help text */, CLI_JOBS_MAX = 32 /* most files sent side by side */ };

/* Writes words somebody may want to type, one a line. */
typedef void (*cli_offer)(struct buf *out);

struct cli_opt {
    const char *name; /* "--limit"; ends with NULL */
    /* What it takes: "N" is a whole number, "LIST" words separated by commas, "FILE", "FOLDER" and "PATH" are completed as
     * such; NULL: a switch. */
    const char *arg;
    const char *help;
    const char *choices; /* "call|mail|note": what else is given is refused; NULL: anything */
    int64_t max; /* of "N", which is at least 1; 0: no bound here */
    cli_offer offer; /* words to complete with, where they are too many for choices; NULL: none */
    bool only_offered; /* what else is given is refused */
    bool many; /* may be given again: its value is all of them, a line for each */
};

struct cli_command {
    const char *name;
    const char *args; /* "PATH...", or verbs, which are the words in small letters: "list|add NAME|member TEAM MAIL" */
    const char *summary; /* one line */
    const char *text; /* more, for --help; may be NULL */
    const char *example;
    const struct cli_opt *opts;
    int (*run)(struct arena *a, int argc, char **argv); /* argv[0] is the command's name */
    bool hidden;
    cli_offer offer; /* words to complete the first argument with, beside the verbs in `args`; NULL: none */
};

extern const struct cli_command cli_commands[]; /* ends with name NULL */

int cli_main(int argc, char **argv);
void cli_help(const struct cli_command *c, FILE *to);

/* Options of one call, read by the command's own table. --help is answered here. */
struct cli_args {
    const struct cli_command *command;
    const char *value[32]; /* by row of opts: the argument, "" for a switch that was given, NULL when not given */
    char **rest; /* what is no option; "--" ends options */
    int rest_n;
};
/* Answers true when the command should go on; otherwise *out_exit is its exit status. */
bool cli_parse(const struct cli_command *c, int argc, char **argv, struct arena *a, struct cli_args *out,
               int *out_exit);
const char *cli_value(const struct cli_args *x, const char *opt); /* NULL when not given */
bool cli_has(const struct cli_args *x, const char *opt);
/* The verbs in the arguments of a command, one a line; nothing when it has none. */
void cli_verbs(const struct cli_command *c, struct buf *out);
/* What an option's value is completed with, one a line: its choices, else what it offers. */
void cli_opt_words(const struct cli_opt *o, struct buf *out);
/* " (did you mean X?)" when a line of `words` is near to what was typed, else nothing; in `out`. */
const char *cli_meant(str typed, const struct buf *words, char out[64]);
int cli_usage_error(const struct cli_command *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cli_fail(const struct err *e);
/* printf() for words that others wrote: control characters, which could drive a terminal, come out as U+FFFD; line ends and
 * tabs stay. */
void cli_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Such words in a column of a table: filled up to the width with spaces behind them, or before them when it is negative.
 * Longer ones are not cut, see uni_fit(). Widths are columns of a terminal, not bytes. */
void cli_column(str s, int width);

/* The command of this name; NULL when there is none. */
const struct cli_command *cli_find(const char *name);

/* ---- home and the running server ---- */

/* --home, else $HARKEN_HOME, else /var/lib/harken for root, else $XDG_DATA_HOME/harken, else ~/.local/share/harken. */
str cli_home(struct arena *a, const char *flag);
/* A client of the server that runs on this home, signed in. ERR_NOT_FOUND: none runs; says how to start one. */
enum err_code cli_connect(struct arena *a, str home, struct http_client **out, struct err *e);
/* One exchange. While the server answers that it is busy or not ready (429, 503) and says when to come back, waits as long as it
 * says and asks again, two minutes in all; what it says last is the answer. stderr tells once that it waits. Errors as
 * http_client_call(). */
enum err_code cli_send(struct http_client *c, const struct http_call *call, struct arena *a, struct http_answer *out,
                       struct err *e);
/* One call by cli_send() whose 2xx body is JSON text; other answers become errors. */
enum err_code cli_call(struct http_client *c, const char *method, str path, str body, struct arena *a, str *out,
                       struct err *e);
/* The same without waiting: what is so now. */
enum err_code cli_call_once(struct http_client *c, const char *method, str path, str body, struct arena *a, str *out,
                            struct err *e);
/* Percent-encodes for a query value. */
str cli_quote(struct arena *a, str s);
/* Absolute path of an existing file or folder; the text itself when there is none of that name. */
str cli_absolute(struct arena *a, const char *path);

int cli_actions(struct arena *a, int argc, char **argv);
int cli_analytics(struct arena *a, int argc, char **argv);
int cli_coaching(struct arena *a, int argc, char **argv);
int cli_ask(struct arena *a, int argc, char **argv);
int cli_break_glass(struct arena *a, int argc, char **argv);
int cli_brief(struct arena *a, int argc, char **argv);
int cli_completion(struct arena *a, int argc, char **argv);
int cli_config(struct arena *a, int argc, char **argv);
int cli_deal(struct arena *a, int argc, char **argv);
int cli_deals(struct arena *a, int argc, char **argv);
int cli_describe(struct arena *a, int argc, char **argv);
int cli_doctor(struct arena *a, int argc, char **argv);
int cli_explain(struct arena *a, int argc, char **argv);
int cli_help_run(struct arena *a, int argc, char **argv);
int cli_ingest(struct arena *a, int argc, char **argv);
int cli_insights(struct arena *a, int argc, char **argv);
int cli_keys(struct arena *a, int argc, char **argv);
int cli_man(struct arena *a, int argc, char **argv);
int cli_routes(struct arena *a, int argc, char **argv);
int cli_search(struct arena *a, int argc, char **argv);
int cli_serve(struct arena *a, int argc, char **argv);
int cli_show(struct arena *a, int argc, char **argv);
int cli_status(struct arena *a, int argc, char **argv);
int cli_teams(struct arena *a, int argc, char **argv);
int cli_trackers(struct arena *a, int argc, char **argv);
int cli_users(struct arena *a, int argc, char **argv);
