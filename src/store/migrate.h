/* store/migrate.h - brings the schema forward; the steps are the files of sql/, embedded in the binary.
 *
 * Each step runs in one transaction together with its row in schema_step (number, name, SHA-256 of the text). A step that was
 * applied with another text, or a database newer than this binary, is refused in words. Two processes may try at once. */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct sql_step {
    int number;       /* from the file name: 1 for 0001_core.sql */
    const char *name; /* "0001_core" */
    const char *sql;
};
extern const struct sql_step sql_steps[]; /* made by the build from sql/, ends with {0} */

/* `owner_conninfo`: a role that may create tables. Blocks. *out_applied (may be NULL): steps applied now.
 * Errors: ERR_UNSUPPORTED (newer schema, old server), ERR_CORRUPT (changed step), ERR_BUSY, ERR_INTERNAL (a step failed). */
enum err_code migrate_run(const char *owner_conninfo, int *out_applied, struct err *e);
/* The same for another list: for tests. */
enum err_code migrate_run_steps(const char *owner_conninfo, const struct sql_step *steps, int *out_applied,
                                struct err *e);
