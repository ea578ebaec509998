import type { WebhookKey } from './subscription-schemas.js';

/** The parts of a `Webhook-Signature` header. */
export interface WebhookSignature {
  /** As it is signed: seconds since 1970, in decimal. */
  readonly timestamp: string;
  readonly kid: string;
  /** 64 bytes (RFC 8032 5.1.6). */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** A header longer than this is nobody's signature. */
const longestHeader = 1_024;

/** Reads `t=..,kid=..,ed25519=..`, in any order, each part once; parts of other names are for other schemes. `undefined` for anything else. */
export function readSignature(header: unknown): WebhookSignature | undefined {
  if (typeof header !== 'string' || header.length > longestHeader) return undefined;
  const parts = new Map<string, string>();
  for (const part of header.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at < 1 || parts.has(name)) return undefined;
    parts.set(name, part.slice(at + 1).trim());
  }
  const timestamp = parts.get('t');
  const kid = parts.get('kid');
  const signature = fromBase64Url(parts.get('ed25519') ?? '', 64);
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return undefined;
  return kid === undefined || kid === '' || signature === undefined ? undefined : { timestamp, kid, signature };
}

/** Whether the key has signed `timestamp + "." + body`. `false` also for what is no Ed25519 key. */
export async function isSignedBy(
  key: WebhookKey,
  { timestamp, signature }: WebhookSignature,
  body: Uint8Array,
): Promise<boolean> {
  const point = fromBase64Url(key.x ?? '', 32);
  if (point === undefined) return false;
  const prefix = new TextEncoder().encode(`${timestamp}.`);
  const signed = new Uint8Array(prefix.byteLength + body.byteLength);
  signed.set(prefix);
  signed.set(body, prefix.byteLength);
  const { subtle } = globalThis.crypto;
  try {
    // Raw: what else a JWK carries (`alg`, `ext`) is read differently from engine to engine.
    const imported = await subtle.importKey('raw', point, 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', imported, signature, signed);
  } catch {
    return false;
  }
}

/** The Ed25519 signing key of this name (RFC 8037 2), where the set has it. */
export function signingKey(keys: readonly WebhookKey[], kid: string): WebhookKey | undefined {
  return keys.find(
    (key) => key.kid === kid && key.kty === 'OKP' && key.crv === 'Ed25519' && (key.use ?? 'sig') === 'sig',
  );
}

/** Exactly `length` bytes, without padding (RFC 4648 5). One text only for the same bytes: unused bits must be 0. */
function fromBase64Url(text: string, length: number): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text) || text.length !== Math.ceil((length * 4) / 3)) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const back = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return back === text ? Uint8Array.from(binary, (sign) => sign.charCodeAt(0)) : undefined;
}
