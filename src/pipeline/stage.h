/* pipeline/stage.h - the stages of "how one call travels", as a table.
 *
 * A stage takes jobs of its queue and gives each result and the job's completion in one transaction, so that a process
 * killed anywhere leaves either the job or the result, never both and never neither. */
#pragma once
#include "pipeline/core.h"

struct stage {
    const char *queue;
    int batch;   /* most jobs one call takes */
    int many_from; /* see struct job_want */
    int threads; /* 0: one per core */
    /* Does the jobs and completes them. An error (or a job left out of its transaction) is retried by the caller. */
    enum err_code (*run)(struct core *c, const struct job *jobs, size_t n, struct err *e);
    bool (*wanted)(const struct core *c); /* NULL: always */
};

/* The two makers that a configured model is, into `out`; how many. */
struct finding_maker;
size_t model_makers(const struct core *c, struct finding_maker *out);

extern const struct stage stages[]; /* ends with queue NULL */

enum err_code parse_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code analyse_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code track_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code model_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
bool model_stage_wanted(const struct core *c);
enum err_code deal_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code score_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code hook_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code webhook_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code erase_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
enum err_code embed_stage_run(struct core *c, const struct job *jobs, size_t n, struct err *e);
