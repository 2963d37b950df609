#include "cli/commands.h"

#include "analytics/figures.h"
#include "base/settings.h"
#include "deals/warnings.h"
#include "gateway/perm.h"
#include "roles/serve.h"

#define HOME_OPT                                                                                                       \
    {"--home", "FOLDER", "data folder (default: $HARKEN_HOME, /var/lib/harken for root, else the XDG data folder)"}
#define JSON_OPT {"--json", NULL, "print JSON"}

#define KINDS "call|mail|note|document"
#define SIDES "internal|external"

static void permissions_offer(struct buf *out)
{
    for (int i = 1; i < PERM_END; i++)
        if (perm_name((enum perm)i) && i != PERM_SELF && i != PERM_OPERATOR) /* no key has these */
            buf_fmt(out, "%s\n", perm_name((enum perm)i));
}

static void roles_offer(struct buf *out)
{
    for (int i = 0; i < ROLE_END; i++)
        buf_fmt(out, "%s\n", role_name((enum role)i));
}

static void settings_offer(struct buf *out)
{
    for (const struct setting_row *r = serve_settings; r->key; r++)
        buf_fmt(out, "%s=\n", r->key);
}

static void warnings_offer(struct buf *out)
{
    for (int i = 0; i < WARNINGS_N; i++)
        buf_fmt(out, "%s\n%s\n", warning_rows[i].id, warning_rows[i].name);
}

static void figures_offer(struct buf *out)
{
    for (const struct figure_definition *f = figure_definitions; f->id; f++)
        buf_fmt(out, "%s\n", f->id);
}

static void commands_offer(struct buf *out)
{
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (!c->hidden)
            buf_fmt(out, "%s\n", c->name);
}

static const struct cli_opt ask_opts[] = {
    {"--in", "PATH|ID", "only this file, folder or conversation"},
    {"--kind", "KIND", "only call, mail, note or document", .choices = KINDS},
    {"--from", "DATE", "only what started on or after"},
    {"--to", "DATE", "only what started before"},
    {"--side", "SIDE", "only passages where internal or external people speak", .choices = SIDES},
    {"--account", "NAME|ID", "only conversations with this account"},
    {"--deal", "NAME|ID", "only conversations about this deal"},
    {"--person", "MAIL|NAME|ID", "only conversations this person takes part in"},
    {"--batch", "FILE", "answer one JSON line {\"question\",\"in\"} with one line each; - is standard input"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

#define AS_OF_OPT {"--as-of", "TIME", "as it stood then (default: now)"}

static const struct cli_opt deals_opts[] = {
    AS_OF_OPT,
    {"--outcome", "OUTCOME", "open (default), won, lost, unknown or all", .choices = "open|won|lost|unknown|all"},
    {"--warning", "WARNING", "only deals with this warning: W02 or ghosted", .offer = warnings_offer,
     .only_offered = true},
    {"--stage", "STAGE", "only deals in this stage"},
    {"--owner", "NAME", "only deals of this owner"},
    {"--account", "NAME", "only deals with this account"},
    {"--limit", "N", "most deals (default 50, at most 500)", .max = 500},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt deal_opts[] = {AS_OF_OPT, JSON_OPT, HOME_OPT, {NULL}};

static const struct cli_opt brief_opts[] = {
    AS_OF_OPT,
    {"--since", "TIME", "what changed since then (default: since the last meeting)"},
    JSON_OPT,
    HOME_OPT,
    {NULL}};

static const struct cli_opt actions_opts[] = {{"--deal", "NAME|ID", "only of this deal"},
                                              {"--limit", "N", "most actions (default 50, at most 500)", .max = 500},
                                              JSON_OPT,
                                              HOME_OPT,
                                              {NULL}};

#define PERIOD_OPTS                                                                                                    \
    {"--from", "DAY", "first day (default: of this quarter)"},                                                         \
        {"--to", "DAY", "day after the last (default: of this quarter)"}, AS_OF_OPT,                                   \
        {"--owner", "NAME|MAIL|ID", "only deals of this owner"},                                                       \
        {"--pipeline", "ID", "this pipeline (default: the one with most deals)"}

static const struct cli_opt analytics_opts[] = {
    PERIOD_OPTS, {"--format", "FORMAT", "csv", .choices = "csv"}, JSON_OPT, HOME_OPT, {NULL}};

static const struct cli_opt explain_opts[] = {
    {"--deal", "NAME|ID", "a figure of this deal"}, PERIOD_OPTS, JSON_OPT, HOME_OPT, {NULL}};

static const struct cli_opt coaching_opts[] = {
    {"--from", "DAY", "first day (default: of this quarter)"},
    {"--to", "DAY", "day after the last (default: of this quarter)"},
    AS_OF_OPT,
    {"--rep", "NAME|MAIL|ID", "only this person"},
    {"--figure", "NAME", "only this figure, with its definition and the rows it is made of"},
    {"--alerts", NULL, "instead: where the last 30 days differ from before, or from the others"},
    {"--format", "FORMAT", "csv", .choices = "csv"},
    JSON_OPT,
    HOME_OPT,
    {NULL}};

static const struct cli_opt config_opts[] = {
    {"--config", "FILE", "read this file instead of FOLDER/harken.conf"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt no_opts[] = {{NULL}};

static const struct cli_opt home_opts[] = {JSON_OPT, HOME_OPT, {NULL}};

static const struct cli_opt ingest_opts[] = {
    {"--wait", NULL, "return when everything is searchable by words and by vector"},
    {"--name", "NAME", "name of what comes from standard input"},
    {"--jobs", "N", "files sent side by side (default 4, at most 32)", .max = CLI_JOBS_MAX},
    {"--quiet", NULL, "no progress"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt keys_opts[] = {
    {"--user", "MAIL", "whose key it is: a user, or a program made with users add --service"},
    {"--scopes", "LIST", "permissions, separated by commas: deals.read,interactions.write", .offer = permissions_offer,
     .only_offered = true},
    {"--days", "N", "good for so long (default 90, at most 366)", .max = 366},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt search_opts[] = {
    {"--in", "PATH|ID", "only this file, folder or conversation"},
    {"--limit", "N", "most hits (default 10, at most 1000)", .max = 1000},
    {"--mode", "MODE", "fused (default), lexical or vector", .choices = "fused|lexical|vector"},
    {"--kind", "KIND", "only call, mail, note or document", .choices = KINDS},
    {"--from", "DATE", "only what started on or after"},
    {"--to", "DATE", "only what started before"},
    {"--side", "SIDE", "only passages where internal or external people speak", .choices = SIDES},
    {"--account", "NAME|ID", "only conversations with this account"},
    {"--deal", "NAME|ID", "only conversations about this deal"},
    {"--person", "MAIL|NAME|ID", "only conversations this person takes part in"},
    {"--batch", "FILE",
     "answer one JSON line {\"query\",\"in\",\"limit\",\"mode\"} with one line each; - is standard input"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt serve_opts[] = {
    {"--listen", "ADDRESS", "address and port, 127.0.0.1:0 picks a free port (default 127.0.0.1:8470)"},
    {"--no-samples", NULL, "do not load the sample company on first start"},
    {"--no-sandbox", NULL, "read files and run the model without a sandbox: for debugging only"},
    {"--role", "LIST", "run only these roles (default: all)", .choices = "all"},
    {"--config", "FILE", "read this file instead of FOLDER/harken.conf"},
    {"--take-over", NULL,
     "take the listening sockets from the server that runs on the same data folder, which then ends"},
    {"--tls", "WHEN", "on, off or auto: when listening beyond this machine (default)", .choices = "on|off|auto"},
    {"--set", "KEY=VALUE", "a setting, as in the file; may be given again", .offer = settings_offer, .many = true},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt show_opts[] = {
    {"--clean", NULL, "the cleaned text with the map of its offsets"},
    {"--masked", NULL, "personal data replaced by typed placeholders, with the map of the offsets"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt status_opts[] = {
    {"--link", NULL, "also make a sign-in link, good once and for 15 minutes"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt json_opts[] = {
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt teams_opts[] = {
    {"--parent", "TEAM", "the team above"},
    {"--manager", NULL, "the member manages the team and all below it"},
    {"--remove", NULL, "take the member out"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt trackers_opts[] = {
    {"--phrases", "FILE", "phrases to look for, one a line"},
    {"--examples", "FILE", "sentences it is to find, one a line: makes a tracker by examples"},
    {"--counterexamples", "FILE", "sentences like them that it is not to find"},
    {"--side", "SIDE", "only what internal or external people say; any: whoever speaks", .choices = "any|" SIDES},
    {"--on", NULL, "look for it"},
    {"--off", NULL, "stop looking for it, and drop its hits"},
    {"--limit", "N", "hits of at most so many conversations (default 20, at most 100)", .max = 100},
    {"--after", "ID", "hits of the conversations behind this one"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

static const struct cli_opt users_opts[] = {
    {"--name", "NAME", "the user's name"},
    {"--roles", "LIST", "rep, manager, revops, admin, dpo, auditor, integration, provisioner; separated by commas",
     .offer = roles_offer, .only_offered = true},
    {"--service", NULL, "a program: it gets keys and never signs in"},
    JSON_OPT,
    HOME_OPT,
    {NULL},
};

const struct cli_command cli_commands[] = {
    {"actions", "", "what to do next, and why", NULL, "harken actions --deal \"Hamburg hub rollout\"", actions_opts,
     cli_actions, false},
    {"analytics", "", "figures of the pipeline over a period, from history", NULL,
     "harken analytics --from 2026-07-01 --to 2026-10-01", analytics_opts, cli_analytics, false},
    {"ask", "QUESTION...", "answer a question with quoted, cited sentences", NULL,
     "harken ask \"What did Halden say about the pilot price?\"", ask_opts, cli_ask, false},
    {"breakglass", "list|show ID|refuse ID|end ID", "who asked to read conversations beyond their role",
     "Users ask and agree, two of them (POST /v1/break-glass); the machine's operator looks, refuses and shuts.",
     "harken breakglass list", json_opts, cli_break_glass, false},
    {"brief", "DEAL", "a page to read before a meeting: how it stands, what changed, who takes part", NULL,
     "harken brief \"Hamburg hub rollout\"", brief_opts, cli_brief, false},
    {"coaching", "", "figures of the people who sell, over a period, with team percentiles", NULL,
     "harken coaching --rep \"Lucy Fairweather\" --from 2026-07-01 --to 2026-10-01", coaching_opts, cli_coaching,
     false},
    {"completion", "bash|zsh|fish", "print what makes a shell complete commands, options and values",
     "bash: put it where bash-completion looks, or into ~/.bashrc:  source <(harken completion bash)\n"
     "zsh: into a folder of $fpath as _harken. fish: as ~/.config/fish/completions/harken.fish.",
     "harken completion bash > ~/.local/share/bash-completion/completions/harken", no_opts, cli_completion, false},
    {"config", "check|print|get KEY|set KEY VALUE|unset KEY", "check, print or choose settings",
     "A setting comes from its default, what was chosen by `set`, the file FOLDER/harken.conf, the environment\n"
     "(HARKEN_LOG_LEVEL for log.level), or a flag of serve, the later winning. check and print look at file and\n"
     "environment; get, set and unset ask the server that runs.",
     "harken config set log.level warn", config_opts, cli_config, false},
    {"deal", "DEAL", "how a deal stands: score with reasons, warnings with evidence", NULL,
     "harken deal \"Hamburg hub rollout\"", deal_opts, cli_deal, false},
    {"deals", "", "list deals with score and warnings", NULL, "harken deals --warning ghosted", deals_opts, cli_deals,
     false},
    {"describe", "openapi|routes|inventory",
     "print the description of the API, its addresses with their permissions, or all that can be reached", NULL,
     "harken describe openapi", no_opts, cli_describe, false},
    {"doctor", "", "look at this machine and say what is missing", NULL, "harken doctor", home_opts, cli_doctor, false},
    {"explain", "FIGURE", "definition, inputs and evidence of a figure",
     "FIGURE is one of `harken analytics`, or with --deal one of a deal: p, engagement, momentum, reciprocity, "
     "contacts, W01 ...",
     "harken explain --deal \"Hamburg hub rollout\" p", explain_opts, cli_explain, false, figures_offer},
    {"help", "COMMAND", "tell about a command", NULL, "harken help ingest", no_opts, cli_help_run, false,
     commands_offer},
    {"ingest", "PATH...", "bring in files: transcripts, mail, notes, documents",
     "PATH is a file, a folder (everything below it), a pattern, or - for standard input. Content is recognised by its "
     "bytes.\n"
     "The same bytes twice are known, not new. Exit status 1 when something failed; the rest is in.",
     "harken ingest --wait calls/ mail/inbox.mbox", ingest_opts, cli_ingest, false},
    {"insights", "PATH|ID", "the figures of a conversation, each with its definition and inputs", NULL,
     "harken insights calls/2026-03-10.vtt", home_opts, cli_insights, false},
    {"keys", "list|create NAME|revoke ID", "API keys of users and programs",
     "A key can do what its scopes name, as far as its user may. It is shown once, when it is made.",
     "harken keys create crm-sync --user sync@example.com --scopes interactions.write,deals.write", keys_opts, cli_keys,
     false},
    {"man", "", "print the manual page, for man to show", NULL, "harken man | man -l -", no_opts, cli_man, false},
    {"routes", "", "every address with the permission it needs, as JSON", NULL, "harken routes", home_opts, cli_routes,
     true},
    {"search", "QUERY...", "find passages by words and by meaning", NULL, "harken search --limit 5 \"security review\"",
     search_opts, cli_search, false},
    {"serve", "", "run Harken on this machine",
     "Keeps everything below its data folder, its own PostgreSQL included. Ctrl-C lets running work finish and stops.",
     "harken serve --listen 127.0.0.1:8470", serve_opts, cli_serve, false},
    {"show", "PATH|ID", "print a conversation as Harken understood it", NULL, "harken show --json calls/2026-03-10.vtt",
     show_opts, cli_show, false},
    {"status", "", "is it running, and what is it doing", NULL, "harken status --json", status_opts, cli_status, false},
    {"teams", "list|add NAME|member TEAM MAIL", "teams, and who belongs to them", NULL,
     "harken teams member West ann@example.com --manager", teams_opts, cli_teams, false},
    {"trackers", "list|add NAME|show NAME|set NAME|drop NAME|hits NAME|try NAME TEXT|right NAME PLACE|wrong NAME PLACE",
     "what conversations are looked through for: words, and sentences like examples",
     "A phrase is a word in any of its forms, \"exact words\" in quotes, begin* for any word that begins so, or one .. "
     "other\n"
     "with up to three words between. right and wrong say of a place, as hits prints it, whether it should have been "
     "found;\n"
     "the tracker learns from it at once.",
     "harken trackers add Discounts --phrases discounts.txt --side external", trackers_opts, cli_trackers, false},
    {"users", "list|add MAIL|set MAIL|link MAIL|disable MAIL|enable MAIL", "who may sign in, and with which roles",
     "add makes a user and prints a link, good once and for 15 minutes, by which the user signs in and chooses a "
     "password.\n"
     "set changes name and roles; disable ends every session and key at once.",
     "harken users add ann@example.com --name \"Ann Lee\" --roles rep,manager", users_opts, cli_users, false},
    {.name = NULL},
};
