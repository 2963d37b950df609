"use strict";

// Signing in, and the page of the signed-in user: password, second factor, sessions. Uses what app.js defines.

const field = (label, props) => {
  const input = el("input", { required: true, autocapitalize: "none", ...props });
  return { input, node: el("label", { className: "field" }, el("span", {}, label), input) };
};

/** A form whose fields are labelled inputs; `send` gets their values and says what to show when it went well. */
function formOf(title, fields, button, send) {
  const said = el("p", { role: "alert", className: "warn" });
  const form = el("form", { className: "card account" }, el("h2", {}, title), ...fields.map((f) => f.node), said,
    el("p", {}, el("button", { type: "submit" }, button)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      await send(...fields.map((f) => f.input.value));
    } catch (error) {
      said.textContent = error.message;
    }
  });
  return form;
}

// Security keys speak in bytes, our addresses in base64url.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The answer of a security key to what the server asked. */
async function keyAnswer(asked) {
  const got = await navigator.credentials.get({ publicKey: { challenge: toBytes(asked.challenge), rpId: asked.site, userVerification: "preferred",
    allowCredentials: asked.credentials.map((id) => ({ type: "public-key", id: toBytes(id) })) } });
  return { state: asked.state, credential: toText(got.rawId), client_data: toText(got.response.clientDataJSON),
    authenticator_data: toText(got.response.authenticatorData), signature: toText(got.response.signature) };
}

async function keyAdd() {
  const asked = await proved(() => api("POST", "/v1/me/webauthn", {}));
  const made = await navigator.credentials.create({ publicKey: { challenge: toBytes(asked.challenge), rp: { id: asked.site, name: "Harken" },
    user: { id: toBytes(asked.user), name: asked.name, displayName: asked.name },
    pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })) } });
  await api("POST", "/v1/me/webauthn/confirm", { state: asked.state, client_data: toText(made.response.clientDataJSON),
    attestation: toText(made.response.attestationObject), name: "security key" });
  await account();
}

function signIn() {
  const email = field("Address", { type: "email", name: "email", autocomplete: "username" });
  const password = field("Password", { type: "password", name: "password", autocomplete: "current-password" });
  const code = field("Code of your authenticator app, or a recovery code", { name: "code", autocomplete: "one-time-code", required: false });
  code.node.hidden = true;
  $("state").textContent = "not signed in";
  show(
    formOf("Sign in", [email, password, code], "Sign in", async (mail, pass, digits) => {
      try {
        await api("POST", "/v1/sign-in", { email: mail, password: pass, ...(digits ? { code: digits } : {}) });
      } catch (error) {
        if (error.type !== "urn:harken:problem:second-factor") throw error;
        if (error.problem.webauthn && window.PublicKeyCredential) {
          await api("POST", "/v1/sign-in", { email: mail, password: pass, webauthn: await keyAnswer(error.problem.webauthn) });
          location.reload();
          return;
        }
        code.node.hidden = false;
        code.input.focus();
        return;
      }
      location.reload();
    }),
    el("p", { className: "soft" }, "No password yet? Open the sign-in link you were given. On the machine itself, ",
      el("code", {}, "harken status --link"), " makes one."),
  );
  email.input.focus();
}

/** Asks for the password again when a change needs it, then tries once more. */
async function proved(change) {
  try {
    return await change();
  } catch (error) {
    if (error.type !== "urn:harken:problem:step-up") throw error;
  }
  await new Promise((done) => {
    const password = field("Password", { type: "password", autocomplete: "current-password" });
    const code = field("Code, if you have a second factor", { autocomplete: "one-time-code", required: false });
    const form = formOf("Please prove that it is you", [password, code], "Go on", async (pass, digits) => {
      await api("POST", "/v1/sign-in/again", { password: pass, ...(digits ? { code: digits } : {}) });
      form.remove();
      done();
    });
    $("main").prepend(form);
    password.input.focus();
  });
  return change();
}

function passwordForm(me) {
  const next = field("New password, at least 8 characters", { type: "password", autocomplete: "new-password", minLength: 8 });
  return formOf(me.has_password ? "Change your password" : "Choose a password", [next], "Save", async (password) => {
    await proved(() => api("PUT", "/v1/me/password", { password }));
    await account();
  });
}

function factorCard(factors) {
  const card = el("section", { className: "card" }, el("h2", {}, "Second factor"));
  for (const factor of factors.filter((f) => f.kind !== "recovery")) {
    const remove = el("button", { type: "button" }, "Remove");
    remove.addEventListener("click", () => proved(() => api("DELETE", `/v1/me/factors/${factor.id}`)).then(account).catch(showError));
    card.append(el("p", {}, `${factor.name}, since ${day(factor.created_at)} `, remove));
  }
  const add = el("button", { type: "button" }, "Add an authenticator app");
  add.addEventListener("click", async () => {
    try {
      const made = await proved(() => api("POST", "/v1/me/totp", {}));
      const code = field("Code that the app shows", { autocomplete: "one-time-code", inputMode: "numeric" });
      add.replaceWith(el("p", {}, "Put this secret into the app: ", el("code", {}, made.secret)),
        el("p", {}, el("a", { href: made.uri }, "or open it on this device")),
        formOf("Confirm", [code], "Confirm", async (digits) => {
          const { recovery_codes: codes } = await api("POST", "/v1/me/totp/confirm", { code: digits });
          show(el("section", { className: "card" }, el("h2", {}, "Recovery codes"),
            el("p", {}, "Each is good once, when the app is lost. They are not shown again."),
            el("ul", {}, ...codes.map((c) => el("li", {}, el("code", {}, c)))), el("p", {}, el("a", { href: "#/me" }, "Back"))));
        }));
    } catch (error) {
      showError(error);
    }
  });
  const key = el("button", { type: "button" }, "Add a security key or passkey");
  key.addEventListener("click", () => keyAdd().catch(showError));
  card.append(el("p", {}, add, " ", window.PublicKeyCredential ? key : ""));
  return card;
}

/** What a browser calls itself, in a few words. */
function deviceName(agent) {
  const browser = [["Edg", "Edge"], ["OPR", "Opera"], ["Firefox", "Firefox"], ["Chrome", "Chrome"], ["Version", "Safari"]]
    .map(([token, name]) => [name, agent.match(new RegExp(`${token}\\/(\\d+)`))]).find(([, found]) => found);
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux"].find((word) => agent.includes(word));
  return browser ? `${browser[0]} ${browser[1][1]}${system ? ` on ${system}` : ""}` : agent;
}

function sessionCard(sessions) {
  return el("section", { className: "card" }, el("h2", {}, "Where you are signed in"),
    ...sessions.map((s) => {
      const end = el("button", { type: "button" }, s.this ? "Sign out" : "End");
      end.addEventListener("click", async () => {
        await (s.this ? api("POST", "/v1/sign-out", {}) : api("DELETE", `/v1/sessions/${s.id}`)).catch(showError);
        if (s.this) location.reload();
        else await account();
      });
      return el("p", { className: "line", title: s.name },
        el("span", {}, `${deviceName(s.name)}, since ${new Date(s.created_at).toLocaleString()}${s.this ? " (this one)" : ""}`), end);
    }));
}

async function accountView() {
  const me = await api("GET", "/v1/me");
  const { sessions } = await api("GET", "/v1/sessions?limit=200");
  if (!me.user) {
    return [el("h2", {}, "The operator of this machine"), el("p", {}, "You came by a sign-in link and may do everything. Make users with ",
      el("code", {}, "harken users add"), "."), sessionCard(sessions)];
  }
  const { factors } = await api("GET", "/v1/me/factors");
  return [el("h2", {}, me.user.name || me.user.email), el("p", { className: "soft" }, `${me.user.email}, ${me.user.roles.join(", ") || "no role"}`),
    passwordForm(me), factorCard(factors), sessionCard(sessions)];
}

async function account() {
  show(...(await accountView()));
}
