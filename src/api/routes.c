/* api/routes.c - every address there is, with the permission it needs. */
#include "api/api.h"
#include "formats/format.h"

const struct route api_routes[] = {
    ROUTE(GET, "/", PUBLIC, 0, true, api_page),
    ROUTE(GET, "/assets/{}", PUBLIC, 0, true, api_page),
    ROUTE(GET, "/ca.pem", PUBLIC, 0, true, api_ca),
    ROUTE(GET, "/healthz", PUBLIC, 0, true, api_healthz),
    ROUTE(GET, "/metrics", METRICS_READ, 0, false, api_metrics),
    ROUTE(GET, "/readyz", PUBLIC, 0, false, api_readyz),
    ROUTE(GET, "/sign-in", PUBLIC, 0, false, gateway_sign_in),
    ROUTE(POST, "/v1/ask", ANSWERS_USE, 1 << 20, false, api_ask),
    ROUTE(GET, "/v1/interactions", INTERACTIONS_READ, 0, false, api_interactions_list),
    ROUTE(GET, "/v1/interactions/{}", INTERACTIONS_READ, 0, false, api_interaction_get),
    ROUTE(DELETE, "/v1/interactions/{}", INTERACTIONS_DELETE, 0, false, api_interaction_delete),
    ROUTE(GET, "/v1/interactions/{}/insights", FINDINGS_READ, 0, false, api_insights_get),
    ROUTE(GET, "/v1/jobs/dead", JOBS_OPERATE, 0, false, api_jobs_dead),
    ROUTE(POST, "/v1/jobs/{}/retry", JOBS_OPERATE, 0, false, api_jobs_retry),
    ROUTE(POST, "/v1/search", INTERACTIONS_READ, 1 << 20, false, api_search),
    ROUTE(POST, "/v1/sign-in-links", OPERATOR, 0, false, api_sign_in_link),
    ROUTE(POST, "/v1/sign-out", SELF, 0, false, gateway_sign_out),
    ROUTE(GET, "/v1/status", STATUS_READ, 0, false, api_status),
    ROUTE(POST, "/v1/uploads", INTERACTIONS_WRITE, (size_t)FORMAT_BYTES_MAX, false, api_upload_post),
    ROUTE(GET, "/v1/uploads/{}", INTERACTIONS_WRITE, 0, false, api_upload_get),
    {.pattern = NULL},
};
