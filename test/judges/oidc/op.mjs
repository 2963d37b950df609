// OpenID providers for the judge of signing in: `node op.mjs MODULES FIRST_PORT COUNT HARKEN_URL`.
//
// Each of COUNT providers is oidc-provider, certified and honest, on a port of its own, with a client whose redirect address is
// that of the provider named opN. POST /__lie {"name": "..."} makes one lie from then on; POST /__account {"sub": "..."} says who
// signs in next. Prints "ready" when all listen.
import { createRequire } from "node:module";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, first, count, harken] = process.argv.slice(2);
const require = createRequire(path.join(modules, "x.js"));
const load = async (name) => import(pathToFileURL(require.resolve(name)));
const { default: Provider } = await load("oidc-provider");
const jose = await load("jose");

export const SECRET = "a client secret of forty-two characters..";

const b64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

// What becomes of the claims of an ID token.
const CLAIMS = {
  iss: (c) => ({ ...c, iss: "http://127.0.0.1:9/else" }),
  "iss-slash": (c) => ({ ...c, iss: `${c.iss}/` }),
  aud: (c) => ({ ...c, aud: "somebody-else" }),
  "aud-more": (c) => ({ ...c, aud: [c.aud, "somebody-else"] }),
  "aud-none": ({ aud, ...c }) => c,
  azp: (c) => ({ ...c, azp: "somebody-else" }),
  nonce: (c) => ({ ...c, nonce: "another" }),
  "nonce-none": ({ nonce, ...c }) => c,
  exp: (c) => ({ ...c, exp: now() - 120, iat: now() - 300 }),
  "exp-none": ({ exp, ...c }) => c,
  "exp-text": (c) => ({ ...c, exp: "tomorrow" }),
  "iat-future": (c) => ({ ...c, iat: now() + 600 }),
  "iat-old": (c) => ({ ...c, iat: now() - 7200 }),
  nbf: (c) => ({ ...c, nbf: now() + 600 }),
  "sub-none": ({ sub, ...c }) => c,
  "sub-number": (c) => ({ ...c, sub: 7 }),
  at_hash: (c) => ({ ...c, at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }),
};

// How a token is signed, or not.
const SIGNING = {
  none: (c) => `${b64({ alg: "none" })}.${b64(c)}.`,
  stripped: (c, k) => `${b64({ alg: "RS256", kid: k.kid })}.${b64(c)}.`,
  "hs-secret": (c, k) => new jose.SignJWT(c).setProtectedHeader({ alg: "HS256", kid: k.kid }).sign(Buffer.from(SECRET)),
  "hs-public": async (c, k) => new jose.SignJWT(c).setProtectedHeader({ alg: "HS256", kid: k.kid }).sign(Buffer.from(await jose.exportSPKI(k.publicKey))),
  "other-key": async (c, k) => new jose.SignJWT(c).setProtectedHeader({ alg: "RS256", kid: k.kid }).sign((await jose.generateKeyPair("RS256")).privateKey),
  "own-jwk": async (c, k) => {
    const own = await jose.generateKeyPair("RS256");
    return new jose.SignJWT(c).setProtectedHeader({ alg: "RS256", jwk: await jose.exportJWK(own.publicKey) }).sign(own.privateKey);
  },
  "kid-path": async (c, k) => new jose.SignJWT(c).setProtectedHeader({ alg: "RS256", kid: "../../../etc/passwd" }).sign(k.privateKey),
  crit: (c, k) => new jose.SignJWT(c).setProtectedHeader({ alg: "RS256", kid: k.kid, crit: ["b64"], b64: true }).sign(k.privateKey),
  typ: (c, k) => new jose.SignJWT(c).setProtectedHeader({ alg: "RS256", kid: k.kid, typ: "at+jwt" }).sign(k.privateKey),
  changed: async (c, k) => {
    const [h, , s] = (await new jose.SignJWT(c).setProtectedHeader({ alg: "RS256", kid: k.kid }).sign(k.privateKey)).split(".");
    return `${h}.${b64({ ...c, sub: "root" })}.${s}`;
  },
  twice: async (c, k) => {
    const text = JSON.stringify(c).replace(/^\{/, '{"sub":"root",');
    const input = `${b64({ alg: "RS256", kid: k.kid })}.${b64(text)}`;
    return new jose.CompactSign(Buffer.from(text)).setProtectedHeader({ alg: "RS256", kid: k.kid }).sign(k.privateKey);
  },
};

const DISCOVERY = {
  "other-issuer": (d) => ({ ...d, issuer: "http://127.0.0.1:9" }),
  "no-s256": (d) => ({ ...d, code_challenge_methods_supported: ["plain"] }),
  "token-elsewhere": (d) => ({ ...d, token_endpoint: "http://evil.example/token" }),
  "no-keys": ({ jwks_uri, ...d }) => d,
};

const REDIRECT = {
  state: (u) => u.searchParams.set("state", "another"),
  "state-none": (u) => u.searchParams.delete("state"),
  "iss-parameter": (u) => u.searchParams.set("iss", "http://127.0.0.1:9"),
  "iss-parameter-none": (u) => u.searchParams.delete("iss"),
  "code-twice": (u) => u.searchParams.append("code", "another"),
  "code-wrong": (u) => u.searchParams.set("code", "another"),
  error: (u) => u.searchParams.set("error", "access_denied"),
};

const TOKENS = {
  "kind-none": ({ token_type, ...b }) => b,
  "token-none": ({ id_token, ...b }) => b,
};

async function start(i) {
  const port = Number(first) + i;
  const issuer = `http://127.0.0.1:${port}`;
  const pair = await jose.generateKeyPair("RS256", { extractable: true });
  const kid = `key-${i}`;
  const key = { ...pair, kid };
  let lie = "";
  let account = "sub-one";
  const provider = new Provider(issuer, {
    clients: [{ client_id: "harken", client_secret: SECRET, redirect_uris: [`${harken}/sign-in/oidc/op${i}/callback`], response_types: ["code"],
      grant_types: ["authorization_code"], token_endpoint_auth_method: "client_secret_basic" }],
    jwks: { keys: [{ ...(await jose.exportJWK(pair.privateKey)), kid, use: "sig", alg: "RS256" }] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interact/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: "Otto Provider", email: "otto@northwind.example", email_verified: true }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    cookies: { keys: ["one key for tests"] },
  });
  provider.use(async (ctx, next) => {
    if (ctx.method === "POST" && (ctx.path === "/__lie" || ctx.path === "/__account")) {
      const said = await new Promise((done) => {
        let text = "";
        ctx.req.on("data", (d) => { text += d; }).on("end", () => done(JSON.parse(text)));
      });
      if (ctx.path === "/__lie") lie = said.name;
      else account = said.sub;
      ctx.body = {};
      return;
    }
    if (ctx.path.startsWith("/interact/")) {
      await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: account } }, { mergeWithLastSubmission: false });
      ctx.respond = false;
      return;
    }
    await next();
    if (ctx.path === "/.well-known/openid-configuration" && DISCOVERY[lie]) ctx.body = DISCOVERY[lie](ctx.body);
    const where = ctx.response.get("location") || "";
    if (where.startsWith(harken) && REDIRECT[lie]) {
      const u = new URL(where);
      REDIRECT[lie](u);
      ctx.set("location", u.href);
    }
    if (ctx.path === "/token" && ctx.body?.id_token) {
      const claims = jose.decodeJwt(ctx.body.id_token);
      if (CLAIMS[lie])
        ctx.body = { ...ctx.body, id_token: await new jose.SignJWT(CLAIMS[lie](claims)).setProtectedHeader({ alg: "RS256", kid }).sign(pair.privateKey) };
      if (SIGNING[lie]) ctx.body = { ...ctx.body, id_token: await SIGNING[lie](claims, key) };
      if (TOKENS[lie]) ctx.body = TOKENS[lie](ctx.body);
    }
  });
  await new Promise((done) => http.createServer(provider.callback()).listen(port, "127.0.0.1", done));
}

for (let i = 0; i < Number(count); i++) await start(i);
console.log("ready");
