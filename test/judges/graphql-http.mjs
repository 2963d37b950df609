// The audits of servers that come with graphql-http, against a running server; prints one JSON line.
//
// usage: node graphql-http.mjs URL TOKEN
import { serverAudits } from "graphql-http";

const [, , url, token] = process.argv;
const fetchFn = (where, init = {}) => fetch(where, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
let passed = 0;
const failed = [];
for (const audit of serverAudits({ url: url + "/graphql", fetchFn })) {
  const result = await audit.fn();
  if (result.status === "ok") passed++;
  else failed.push(`${result.id} ${result.name}: ${result.reason}`);
}
console.log(JSON.stringify({ passed, failed }));
