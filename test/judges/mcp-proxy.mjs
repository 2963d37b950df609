// Adds a token to every request, for clients that cannot: listens on a free port of loopback and prints it.
//
// usage: node mcp-proxy.mjs URL TOKEN
import http from "node:http";

const [, , url, token] = process.argv;
const to = new URL(url);
const proxy = http.createServer((request, reply) => {
  const passed = http.request({ host: to.hostname, port: to.port, method: request.method, path: request.url,
    headers: { ...request.headers, authorization: `Bearer ${token}` } }, (answer) => {
    reply.writeHead(answer.statusCode, answer.headers);
    answer.pipe(reply);
  });
  passed.on("error", () => reply.destroy());
  reply.on("close", () => passed.destroy()); // a stream that the client leaves
  request.pipe(passed);
});
proxy.listen(0, "127.0.0.1", () => console.log(proxy.address().port));
