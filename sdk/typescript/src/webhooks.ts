/* Messages of webhooks: who sent this, and is it new? Standard Webhooks, with a shared secret (v1) or a public key (v1a). */
import { HarkenError } from "./core.js";

export interface Message {
  type: string;
  timestamp: string;
  data: { object: string; subject?: string };
}

/** Nobody we know signed this, or long ago. Answer 400 and do nothing. */
export class NotVerified extends HarkenError {}

const TOLERANCE_S = 300;

function bytes(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Checks what is posted to an endpoint. */
export class Verifier {
  private readonly keys: Promise<{ kind: string; key: CryptoKey }[]>;
  private readonly toleranceS: number;

  /** keys: what rotating showed: a secret (whsec_...), a public key (whpk_...), or several while they change. */
  constructor(keys: string | readonly string[], toleranceS: number = TOLERANCE_S) {
    const every = typeof keys === "string" ? [keys] : keys;
    if (!every.length) throw new HarkenError("at least one key is needed");
    this.toleranceS = toleranceS;
    this.keys = Promise.all(every.map(Verifier.read));
    this.keys.catch(() => undefined); // verify() tells
  }

  private static async read(this: void, text: string): Promise<{ kind: string; key: CryptoKey }> {
    const raw = bytes(text.slice(text.indexOf("_") + 1));
    if (raw && text.startsWith("whsec_"))
      return { kind: "v1", key: await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]) };
    if (raw && text.startsWith("whpk_")) return { kind: "v1a", key: await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]) };
    throw new HarkenError("a key begins with whsec_ or whpk_");
  }

  /** The message, or NotVerified. `body` as it came, byte for byte; names of headers in any case. */
  async verify(body: string | Uint8Array, headers: Headers | Record<string, string>, nowMs: number = Date.now()): Promise<Message> {
    const fields = new Headers(headers);
    const id = fields.get("webhook-id");
    const stamp = fields.get("webhook-timestamp") ?? "";
    const signatures = fields.get("webhook-signature");
    if (!id || !/^\d+$/.test(stamp) || !signatures) throw new NotVerified("the fields of a webhook are missing");
    if (Math.abs(nowMs / 1000 - Number(stamp)) > this.toleranceS) throw new NotVerified("it was signed too long ago, or the clocks differ");
    const text = typeof body === "string" ? body : new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
    const signed = new TextEncoder().encode(`${id}.${stamp}.${text}`);
    for (const { kind, key } of await this.keys)
      for (const one of signatures.split(" ")) {
        const given = one.startsWith(kind + ",") ? bytes(one.slice(kind.length + 1)) : undefined;
        if (given && (await crypto.subtle.verify(key.algorithm.name, key, given, signed))) return JSON.parse(text) as Message;
      }
    throw new NotVerified("no signature is good");
  }
}
