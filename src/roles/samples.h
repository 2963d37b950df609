/* roles/samples.h - the fictional company that a first start loads, so that there is something to see. */
#pragma once
#include "pipeline/core.h"

/* On a store that has never had anything: loads the files beside the program, in a thread. */
void samples_start(struct core *c, bool *out_loading);
void samples_stop(void);
/* Mail domains of the sample company's own people; none when the samples are not installed. */
/* Names and other names of its competitors. */
void samples_competitors(struct arena *a, str **out, size_t *out_n);
void samples_domains(struct arena *a, str **out, size_t *out_n);
