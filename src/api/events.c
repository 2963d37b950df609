/* api/events.c - the stream of what happens. */
#include "api/event_hub.h"
#include "api/resource.h"

static const struct res_field query_fields[] = {
    {"types", RES_STR, 0, "Only these types, and with a dot at the end all that begin so; separated by commas.",
     "\"deal.,interaction.created\"", .max = 512},
};
static const struct res_shape query_shape = {"EventsQuery", "", RES_FIELDS(query_fields)};

static void stream(struct call *k)
{
    struct api *api = k->app;

    event_hub_serve(api->hub, k);
}

static const struct res_op ops[] = {
    {RES_OP_RAW, "stream", HTTP_M_GET, "/v1/events", PERM_EVENTS_READ,
     "Follow what happens, as server-sent events; Last-Event-ID goes on behind an earlier one", .query = &query_shape,
     .answer_type = "text/event-stream", .raw = stream},
};

const struct resource res_events = {
    .name = "events",
    .key = "events",
    .one = "event",
    .about = "What happens, as it happens: thin notes with the id of what changed.",
    RES_OPS(ops),
};
