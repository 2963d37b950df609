// The reference of the API: Swagger UI over our own description, nothing from another origin. Requests are sent with the
// session of the browser, or with a token that is typed in and forgotten with the page.
window.SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  validatorUrl: null,
  tryItOutEnabled: true,
});
