/* gateway/fetch.h - one call to an identity provider, over libcurl.
 *
 * The gateway reaches out to nobody else, and to those only whom an administrator configured. https with verified certificates,
 * or plain http to this machine itself (for tests and sidecars); no redirects, no proxy, no cookies, nothing of the
 * environment; 256 KiB and ten seconds at most. Blocks. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct fetch_call {
    str url;
    str form;               /* a body of application/x-www-form-urlencoded makes it a POST */
    str user, password;     /* HTTP Basic, when user is set */
    const char *ca_file;    /* authorities to trust; NULL: the system's */
};
struct fetch_answer {
    int status;
    str type; /* media type, lower case, without parameters */
    str body;
};
/* Is it an address that may be called at all? */
bool fetch_url_ok(str url);
/* Any answer is ERR_OK. ERR_INVALID (address), ERR_IO, ERR_TIMEOUT, ERR_LIMIT. */
enum err_code fetch(const struct fetch_call *c, struct arena *a, struct fetch_answer *out, struct err *e);
/* name=value, encoded, with & before it unless it is the first. */
void fetch_form_add(struct arena *a, str *form, const char *name, str value);
