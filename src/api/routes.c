/* api/routes.c - every address there is, with the permission it needs. */
#include "api/api.h"
#include "formats/format.h"

const struct route api_routes[] = {
    {HTTP_M_GET, "/", PERM_PUBLIC, 0, true, api_page},
    {HTTP_M_GET, "/assets/{}", PERM_PUBLIC, 0, true, api_page},
    {HTTP_M_GET, "/ca.pem", PERM_PUBLIC, 0, true, api_ca},
    {HTTP_M_GET, "/healthz", PERM_PUBLIC, 0, true, api_healthz},
    {HTTP_M_GET, "/metrics", PERM_OPERATE, 0, false, api_metrics},
    {HTTP_M_GET, "/readyz", PERM_PUBLIC, 0, false, api_readyz},
    {HTTP_M_GET, "/sign-in", PERM_PUBLIC, 0, false, gateway_sign_in},
    {HTTP_M_POST, "/v1/ask", PERM_READ, 1 << 20, false, api_ask},
    {HTTP_M_GET, "/v1/interactions", PERM_READ, 0, false, api_interactions_list},
    {HTTP_M_GET, "/v1/interactions/{}", PERM_READ, 0, false, api_interaction_get},
    {HTTP_M_DELETE, "/v1/interactions/{}", PERM_INGEST, 0, false, api_interaction_delete},
    {HTTP_M_GET, "/v1/interactions/{}/insights", PERM_READ, 0, false, api_insights_get},
    {HTTP_M_GET, "/v1/jobs/dead", PERM_OPERATE, 0, false, api_jobs_dead},
    {HTTP_M_POST, "/v1/jobs/{}/retry", PERM_OPERATE, 0, false, api_jobs_retry},
    {HTTP_M_POST, "/v1/search", PERM_READ, 1 << 20, false, api_search},
    {HTTP_M_POST, "/v1/sign-in-links", PERM_OPERATE, 0, false, api_sign_in_link},
    {HTTP_M_POST, "/v1/sign-out", PERM_READ, 0, false, gateway_sign_out},
    {HTTP_M_GET, "/v1/status", PERM_READ, 0, false, api_status},
    {HTTP_M_POST, "/v1/uploads", PERM_INGEST, (size_t)FORMAT_BYTES_MAX, false, api_upload_post},
    {HTTP_M_GET, "/v1/uploads/{}", PERM_INGEST, 0, false, api_upload_get},
    {.pattern = NULL},
};
