// Swagger UI sets markup that it has cleaned with its own copy of DOMPurify; the page's policy asks for a named way to do so.
// Scripts made of text stay refused.
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", { createHTML: (markup) => markup });
}
