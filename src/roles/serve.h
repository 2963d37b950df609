/* roles/serve.h - one running Harken: what is started, in which order, and how it ends. */
#pragma once
#include "base/settings.h"

extern const struct setting_row serve_settings[]; /* ends with key NULL */

struct serve_opts {
    str home;
    struct settings *settings;
    /* Reads the settings anew, for SIGHUP; the caller frees *out. */
    enum err_code (*settings_again)(void *arg, struct settings **out, struct err *e);
    void (*settings_apply)(const struct settings *s); /* after a change: the log follows */
    void *settings_arg;
    bool samples, sandbox;
    bool take_over; /* from the server that runs on the same data folder, when there is one */
};

/* Runs until SIGTERM or SIGINT (drains; a second one ends at once). Prints the address and a sign-in link on stdout. */
enum err_code serve_run(const struct serve_opts *o, struct err *e);
