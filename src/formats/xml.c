#include "formats/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

enum { CHUNK_BYTES = 1 << 16, DEPTH_MAX = 250 };

struct xml_attrs {
    const xmlChar **at; /* five pointers each: local name, prefix, URI, value, end */
    int n;
};

struct walk {
    const struct xml_events *ev;
    void *me;
    xmlParserCtxtPtr ctxt;
    int depth;
    bool stopped;
    const char *refused; /* why we ended it ourselves */
};

str xml_attr(const struct xml_attrs *attrs, const char *name)
{
    int i;

    for (i = 0; i < attrs->n; i++) {
        const xmlChar **a = attrs->at + (size_t)i * 5;
        if (strcmp((const char *)a[0], name) == 0)
            return str_n((const char *)a[3], (size_t)(a[4] - a[3]));
    }
    return STR_NULL;
}

str xml_attr_spaced(const struct xml_attrs *attrs, const char *name)
{
    int i;

    for (i = 0; i < attrs->n; i++) {
        const xmlChar **a = attrs->at + (size_t)i * 5;
        if (a[1] && strcmp((const char *)a[0], name) == 0)
            return str_n((const char *)a[3], (size_t)(a[4] - a[3]));
    }
    return STR_NULL;
}

static void halt(struct walk *w, const char *refused)
{
    w->stopped = true;
    w->refused = refused;
    xmlStopParser(w->ctxt);
}

static void on_open(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int ns_n,
                    const xmlChar **ns, int attrs_n, int defaulted_n, const xmlChar **attrs)
{
    struct walk *w = ctx;
    struct xml_attrs at = {attrs, attrs_n};

    (void)prefix, (void)uri, (void)ns_n, (void)ns, (void)defaulted_n;
    if (w->stopped)
        return;
    if (++w->depth > DEPTH_MAX)
        halt(w, "elements are nested too deeply");
    else if (!w->ev->open(w->me, str_of((const char *)name), &at))
        halt(w, NULL);
}

static void on_close(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct walk *w = ctx;

    (void)prefix, (void)uri;
    if (w->stopped)
        return;
    w->depth--;
    if (!w->ev->close(w->me, str_of((const char *)name)))
        halt(w, NULL);
}

static void on_text(void *ctx, const xmlChar *p, int n)
{
    struct walk *w = ctx;

    if (!w->stopped && !w->ev->text(w->me, str_n((const char *)p, (size_t)n)))
        halt(w, NULL);
}

static void on_dtd(void *ctx, const xmlChar *name, const xmlChar *ext, const xmlChar *sys)
{
    (void)name, (void)ext, (void)sys;
    halt(ctx, "a document type declaration is not allowed here");
}

static xmlEntityPtr on_entity(void *ctx, const xmlChar *name)
{
    (void)ctx;
    return xmlGetPredefinedEntity(name);
}

static xmlParserInputPtr on_resolve(void *ctx, const xmlChar *pub, const xmlChar *sys)
{
    (void)ctx, (void)pub, (void)sys;
    return NULL;
}

static void on_error(void *ctx, const char *msg, ...)
{
    (void)ctx, (void)msg; /* read from the context afterwards; nothing of the file reaches a log */
}

void xml_quiet(void)
{
    xmlSetGenericErrorFunc(NULL, on_error);
}

static enum err_code report(struct walk *w, const char *name, struct err *e)
{
    const xmlError *last = xmlCtxtGetLastError(w->ctxt);
    int line = last ? last->line : 0;
    char why[120];
    size_t n;

    if (w->refused)
        return err_set(e, ERR_INVALID, "%s: %s", name, w->refused);
    n = (size_t)snprintf(why, sizeof(why), "%s", last && last->message ? last->message : "not well-formed XML");
    for (n = n < sizeof(why) ? n : sizeof(why) - 1; n > 0 && (why[n - 1] == '\n' || why[n - 1] == ' '); n--)
        why[n - 1] = '\0';
    return err_set(e, ERR_INVALID, "%s line %d: %s", name, line, why);
}

enum err_code xml_walk(str bytes, const char *name, const struct xml_events *ev, void *me, struct err *e)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_open,
                         .endElementNs = on_close,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .internalSubset = on_dtd,
                         .getEntity = on_entity,
                         .resolveEntity = on_resolve,
                         .error = on_error,
                         .warning = on_error,
                         .fatalError = on_error};
    struct walk w = {.ev = ev, .me = me};
    enum err_code code = ERR_OK;
    size_t at;

    xml_quiet();
    w.ctxt = xmlCreatePushParserCtxt(&sax, &w, NULL, 0, NULL);
    if (!w.ctxt)
        return err_set(e, ERR_MEMORY, "%s: no memory for the XML parser", name);
    xmlCtxtUseOptions(w.ctxt, XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    for (at = 0; at < bytes.n && !w.stopped; at += CHUNK_BYTES) {
        str part = str_sub(bytes, at, at + CHUNK_BYTES);
        if (xmlParseChunk(w.ctxt, part.p, (int)part.n, at + part.n >= bytes.n) != 0 && !w.stopped)
            break;
    }
    if ((w.stopped && w.refused) || (!w.stopped && !w.ctxt->wellFormed) || bytes.n == 0)
        code = report(&w, name, e);
    if (w.ctxt->myDoc)
        xmlFreeDoc(w.ctxt->myDoc);
    xmlFreeParserCtxt(w.ctxt);
    return code;
}
