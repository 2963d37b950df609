/* api/scim_schema.c - what SCIM clients ask first: what is supported, which resources there are, what stands in them. */
#include "api/access.h"
#include "api/scim.h"

#define USER_URN "urn:ietf:params:scim:schemas:core:2.0:User"
#define GROUP_URN "urn:ietf:params:scim:schemas:core:2.0:Group"

struct attribute {
    const char *name, *type; /* of RFC 7643 section 2.3 */
    const char *about;
    const struct attribute *sub; /* ends with name NULL */
    bool many, required, read_only, exact, unique;
    const char *refers; /* type of what a reference names */
    const char *only; /* the one value it has */
};

static const struct attribute name_parts[] = {
    {.name = "formatted", .type = "string", .about = "the whole name"},
    {.name = "familyName", .type = "string", .about = "the family name"},
    {.name = "givenName", .type = "string", .about = "the given name"},
    {0},
};
static const struct attribute email_parts[] = {
    {.name = "value", .type = "string", .about = "an address"},
    {.name = "display", .type = "string", .about = "how it is shown"},
    {.name = "type", .type = "string", .about = "work, home or other"},
    {.name = "primary", .type = "boolean", .about = "the one that matters most"},
    {0},
};
static const struct attribute group_parts[] = {
    {.name = "value", .type = "string", .about = "the id of the group", .read_only = true, .exact = true},
    {.name = "type", .type = "string", .about = "direct", .read_only = true},
    {0},
};
static const struct attribute user_attributes[] = {
    {.name = "userName",
     .type = "string",
     .about = "what the user signs in by: an address",
     .required = true,
     .unique = true},
    {.name = "name", .type = "complex", .about = "the parts of the name", .sub = name_parts},
    {.name = "displayName", .type = "string", .about = "the name that is shown"},
    {.name = "nickName", .type = "string", .about = "what the user is called"},
    {.name = "title", .type = "string", .about = "the position, such as account executive"},
    {.name = "active", .type = "boolean", .about = "may sign in, and may use keys", .required = true},
    {.name = "emails",
     .type = "complex",
     .about = "addresses the user takes part in conversations by",
     .sub = email_parts,
     .many = true},
    {.name = "groups",
     .type = "complex",
     .about = "groups the user belongs to",
     .sub = group_parts,
     .many = true,
     .read_only = true},
    {0},
};
static const struct attribute member_parts[] = {
    {.name = "value", .type = "string", .about = "the id of the user", .exact = true},
    {.name = "$ref", .type = "reference", .about = "where the user is", .exact = true, .refers = "User"},
    {.name = "type", .type = "string", .about = "User", .read_only = true, .only = "User"},
    {0},
};
static const struct attribute group_attributes[] = {
    {.name = "displayName", .type = "string", .about = "the name of the team", .required = true, .unique = true},
    {.name = "members", .type = "complex", .about = "who belongs to it", .sub = member_parts, .many = true},
    {0},
};

static const struct schema {
    const struct scim_kind *kind;
    const char *about;
    const struct attribute *attributes;
} schemas[] = {
    {&scim_users, "a user", user_attributes},
    {&scim_groups, "a team", group_attributes},
};
enum { SCHEMAS = sizeof schemas / sizeof *schemas };

static void reply(struct call *k, struct buf *b)
{
    str body = str_dup(k->a, buf_view(b));

    http_body(k->rep, STR("application/scim+json; charset=utf-8"), body);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    buf_done(b);
}

static void meta_write(struct call *k, struct jw *w, const char *type, const char *path)
{
    jw_kobj(w, "meta");
    jw_kstr(w, "resourceType", str_of(type));
    jw_kstr(w, "location", str_fmt(k->a, "%s/scim/v2/%s", gateway_public(k->g), path));
    jw_end(w);
}

static void attributes_write(struct jw *w, const char *key, const struct attribute *list)
{
    jw_karr(w, key);
    for (; list->name; list++) {
        jw_obj(w);
        jw_kstr(w, "name", str_of(list->name));
        jw_kstr(w, "type", str_of(list->type));
        if (list->sub)
            attributes_write(w, "subAttributes", list->sub);
        jw_kbool(w, "multiValued", list->many);
        jw_kstr(w, "description", str_of(list->about));
        jw_kbool(w, "required", list->required);
        if (strcmp(list->type, "string") == 0 || list->refers)
            jw_kbool(w, "caseExact", list->exact);
        if (list->only) {
            jw_karr(w, "canonicalValues");
            jw_str(w, str_of(list->only));
            jw_end(w);
        }
        jw_kstr(w, "mutability", list->read_only ? STR("readOnly") : STR("readWrite"));
        jw_kstr(w, "returned", STR("default"));
        jw_kstr(w, "uniqueness", list->unique ? STR("server") : STR("none"));
        if (list->refers) {
            jw_karr(w, "referenceTypes");
            jw_str(w, str_of(list->refers));
            jw_end(w);
        }
        jw_end(w);
    }
    jw_end(w);
}

static void schema_write(struct call *k, struct jw *w, const struct schema *s)
{
    jw_obj(w);
    jw_karr(w, "schemas");
    jw_str(w, STR("urn:ietf:params:scim:schemas:core:2.0:Schema"));
    jw_end(w);
    jw_kstr(w, "id", str_of(s->kind->urn));
    jw_kstr(w, "name", str_of(s->kind->name));
    jw_kstr(w, "description", str_of(s->about));
    attributes_write(w, "attributes", s->attributes);
    meta_write(k, w, "Schema", str_cz(k->a, str_fmt(k->a, "Schemas/%s", s->kind->urn)));
    jw_end(w);
}

static void type_write(struct call *k, struct jw *w, const struct schema *s)
{
    jw_obj(w);
    jw_karr(w, "schemas");
    jw_str(w, STR("urn:ietf:params:scim:schemas:core:2.0:ResourceType"));
    jw_end(w);
    jw_kstr(w, "id", str_of(s->kind->name));
    jw_kstr(w, "name", str_of(s->kind->name));
    jw_kstr(w, "endpoint", str_fmt(k->a, "/%s", s->kind->plural));
    jw_kstr(w, "description", str_of(s->about));
    jw_kstr(w, "schema", str_of(s->kind->urn));
    meta_write(k, w, "ResourceType", str_cz(k->a, str_fmt(k->a, "ResourceTypes/%s", s->kind->name)));
    jw_end(w);
}

typedef void (*write_fn)(struct call *k, struct jw *w, const struct schema *s);

static void all_reply(struct call *k, write_fn write)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 256 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "schemas");
    jw_str(&w, STR("urn:ietf:params:scim:api:messages:2.0:ListResponse"));
    jw_end(&w);
    jw_ki64(&w, "totalResults", SCHEMAS);
    jw_ki64(&w, "startIndex", 1);
    jw_ki64(&w, "itemsPerPage", SCHEMAS);
    jw_karr(&w, "Resources");
    for (size_t i = 0; i < SCHEMAS; i++)
        write(k, &w, &schemas[i]);
    jw_end(&w);
    jw_end(&w);
    reply(k, &b);
}

static void one_reply(struct call *k, write_fn write, bool by_urn)
{
    struct buf b;
    struct jw w;

    for (size_t i = 0; i < SCHEMAS; i++) {
        if (!str_eq(k->part[0], str_of(by_urn ? schemas[i].kind->urn : schemas[i].kind->name)))
            continue;
        buf_init(&b, 256 << 10);
        jw_init(&w, &b);
        write(k, &w, &schemas[i]);
        reply(k, &b);
        return;
    }
    scim_error(k, 404, NULL, "there is no such resource");
}

void api_scim_schema(struct call *k)
{
    one_reply(k, schema_write, true);
}

void api_scim_type(struct call *k)
{
    one_reply(k, type_write, false);
}

static void config_reply(struct call *k)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 16 << 10);
    jw_init(&w, &b);
    jw_raw(&w,
           STR("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig\"],"
               "\"patch\":{\"supported\":true},"
               "\"bulk\":{\"supported\":false,\"maxOperations\":0,\"maxPayloadSize\":0},"
               "\"filter\":{\"supported\":true,\"maxResults\":200},"
               "\"changePassword\":{\"supported\":false},\"sort\":{\"supported\":false},\"etag\":{\"supported\":true},"
               "\"authenticationSchemes\":[{\"type\":\"oauthbearertoken\",\"name\":\"API key\","
               "\"description\":\"a key with the scope identity.write, as a bearer token\",\"primary\":true}],"));
    buf_fmt(&b,
            "\"meta\":{\"resourceType\":\"ServiceProviderConfig\",\"location\":\"%s/scim/v2/ServiceProviderConfig\"}}",
            gateway_public(k->g));
    reply(k, &b);
}

/* GET /scim/v2/{name}: what is not there is said in SCIM's own form, too. */
void api_scim_discover(struct call *k)
{
    if (str_eq(k->part[0], STR("ServiceProviderConfig")))
        config_reply(k);
    else if (str_eq(k->part[0], STR("ResourceTypes")))
        all_reply(k, type_write);
    else if (str_eq(k->part[0], STR("Schemas")))
        all_reply(k, schema_write);
    else
        scim_error(k, 404, NULL, "there is no such address");
}
