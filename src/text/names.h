/* text/names.h - people's names: one spelling, and who of several a label means.
 *
 * Understands "Smith, John (Acme)", "john.smith@acme.com", "Dr. John A. Smith | Acme", "JSmith", diacritics, initials
 * and the usual short forms. Any thread, no state; memory in the arena given. */
#pragma once
#include "text/uni.h"

enum { NAMES_NONE = -1 };

/* For showing: "Smith, John (Acme)" and "john.smith@acme.com" are "John Smith". What is no name of a person
 * ("Conference Room 3") comes back trimmed but else as it is. */
str name_normalise(str label, struct arena *a);

/* How well two labels mean the same person, 0..1: 1 the same name or address, about 0.9 a short form or an initial for
 * one of the names, 0.7 only one of the names given, 0 nothing in common or names that contradict. */
double names_score(str x, str y, struct arena *a);

/* The participant a speaker label means, NAMES_NONE when none or when two fit about as well. `people`: names, addresses,
 * or "Name <address>". */
int names_match(str label, const str *people, size_t n, struct arena *a);
