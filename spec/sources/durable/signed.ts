import type { WebhookKey } from '../../../sources/durable/subscription-schemas.js';

/** An Ed25519 key pair with a name, as a server of Durable Streams has it. */
export interface Signer {
  readonly key: WebhookKey;
  /** The header for a body signed at this second. */
  header(body: string | Uint8Array, seconds: number | string): Promise<string>;
}

export async function signer(kid: string): Promise<Signer> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('publicKey' in pair)) throw new Error('Ed25519 keys come in pairs');
  const { x } = await subtle.exportKey('jwk', pair.publicKey);
  return {
    key: { kty: 'OKP', crv: 'Ed25519', kid, x, use: 'sig' },
    header: async (body, seconds) => {
      const signed = Buffer.concat([Buffer.from(`${seconds}.`), Buffer.from(body)]);
      const signature = Buffer.from(await subtle.sign('Ed25519', pair.privateKey, signed)).toString('base64url');
      return `t=${seconds},kid=${kid},ed25519=${signature}`;
    },
  };
}
