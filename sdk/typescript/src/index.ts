/* Harken's API for JavaScript and TypeScript. Needs fetch and Web Crypto, and nothing else: Node 20 or later, or a browser. */
export * from "./api.js";
export { ConnectionFailed, HarkenError, Problem, etag, requestId } from "./core.js";
export type { CallOptions, Options } from "./core.js";
export type { Event } from "./events.js";
export { NotVerified, Verifier } from "./webhooks.js";
export type { Message } from "./webhooks.js";
