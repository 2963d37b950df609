/* formats/xml.h - a walk over one XML text from an untrusted file, and nothing else that XML can do.
 *
 * No document type declaration (so no entities beyond the five, no billion laughs), no external anything, no network,
 * depth at most 256 (libxml2's own). Elements come with their local name: the formats read here never use one local
 * name for two things at the same place. Any thread. */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct xml_attrs; /* of the element being opened */

struct xml_events {
    /* Returning false stops the walk without an error. */
    bool (*open)(void *me, str name, const struct xml_attrs *attrs);
    bool (*close)(void *me, str name);
    bool (*text)(void *me, str text);
};

/* The attribute with this local name, whatever its prefix; empty when absent. Valid during open() only. */
str xml_attr(const struct xml_attrs *attrs, const char *name);
/* The attribute with this local name that belongs to a name space, where one without has the same name:
 * <p:sldId id="256" r:id="rId2"/>. */
str xml_attr_spaced(const struct xml_attrs *attrs, const char *name);

/* Keeps libxml2 from printing pieces of the file to standard error, for this thread. */
void xml_quiet(void);

/* `name`: the part's name, for messages ("word/document.xml"). Errors: ERR_INVALID with "NAME line N: why". */
enum err_code xml_walk(str bytes, const char *name, const struct xml_events *ev, void *me, struct err *e);
