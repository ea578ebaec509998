import { describe, expect, it } from '@jest/globals';
import { isSignedBy, readSignature, signingKey } from '../../../sources/durable/webhook-signature.js';
import { signer } from './signed.js';

describe('readSignature', () => {
  it('reads the three parts, and nothing of a header that lacks one', () => {
    const ed25519 = 'A'.repeat(86);
    expect(readSignature(`t=12,kid=a=b,ed25519=${ed25519}`)).toEqual({
      ...{ timestamp: '12', kid: 'a=b', signature: new Uint8Array(64) },
    });
    for (const header of [
      `t=12,ed25519=${ed25519}`,
      `t=,kid=a,ed25519=${ed25519}`,
      't=12,kid=a,ed25519=AAAA',
      ',',
      7,
    ]) {
      expect(readSignature(header)).toBeUndefined();
    }
  });
});

describe('isSignedBy', () => {
  it('knows its own signature, empty bodies included, and no other', async () => {
    const { key, header } = await signer('a');
    const signature = readSignature(await header('', 5));
    if (signature === undefined) throw new Error('no signature');
    await expect(isSignedBy(key, signature, new Uint8Array(0))).resolves.toBe(true);
    await expect(isSignedBy(key, signature, new Uint8Array(1))).resolves.toBe(false);
    await expect(isSignedBy({ ...key, x: 'A'.repeat(43) }, signature, new Uint8Array(0))).resolves.toBe(false);
  });
});

describe('signingKey', () => {
  it('is the Ed25519 key of that name', () => {
    const key = { kty: 'OKP', crv: 'Ed25519', kid: 'a', x: '' };
    const keys = [{ kty: 'RSA', kid: 'a' }, { ...key, kid: 'b' }, key];
    expect(signingKey(keys, 'a')).toBe(key);
    expect(signingKey(keys, 'c')).toBeUndefined();
  });
});
