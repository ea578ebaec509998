import { beforeAll, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { verifyWebhook, type VerifyWebhookOptions, webhookWake } from '../../../sources/durable/verify-webhook.js';
import { type Signer, signer } from './signed.js';

const at = 1_790_000_000;
const body = '{"hello":"wörld","secret":"CANARY-1234"}';
const now = (): number => at * 1_000;

let one: Signer;
let other: Signer;
let good: string;

beforeAll(async () => {
  one = await signer('one');
  other = await signer('other');
  good = await one.header(body, at);
});

function verify(changes: Partial<VerifyWebhookOptions> = {}): ReturnType<typeof verifyWebhook> {
  return verifyWebhook({ body, signature: good, keys: { keys: [other.key, one.key] }, now, ...changes });
}

/** A valid text with its sign at `index` replaced. */
function flipped(text: string, index: number): string {
  const sign = text.at(index) === 'A' ? 'B' : 'A';
  const place = index < 0 ? text.length + index : index;
  return text.slice(0, place) + sign + text.slice(place + 1);
}

describe('verifyWebhook', () => {
  it('gives timestamp, key and payload of what the key has signed', async () => {
    const expected = { timestamp: at * 1_000, kid: 'one', payload: { hello: 'wörld', secret: 'CANARY-1234' } };
    await expect(verify()).resolves.toEqual(expected);
    await expect(verify({ body: new TextEncoder().encode(body) })).resolves.toEqual(expected);
  });

  it('takes the parts of the header in any order, with spaces, beside parts of other schemes', async () => {
    const [t, kid, ed25519] = good.split(',');
    await expect(verify({ signature: `${ed25519}, v9=x==, ${kid} ,${t}` })).resolves.toMatchObject({ kid: 'one' });
  });

  it('verifies the bytes as they are, before it looks at them', async () => {
    const broken = Uint8Array.of(0xff, 0x7b);
    const signature = await one.header(broken, at);
    await expect(verify({ body: broken, signature })).rejects.toMatchObject({ fault: 'not_json' });
    await expect(verify({ body: Uint8Array.of(0xfe, 0x7b), signature })).rejects.toMatchObject({
      fault: 'bad_signature',
    });
    const spaced = body.replace(':', ': ');
    await expect(verify({ body: spaced })).rejects.toMatchObject({ fault: 'bad_signature' });
  });

  const headers: readonly (readonly [string, (good: string) => string | null | undefined, string])[] = [
    ['missing', () => undefined, 'format'],
    ['missing as fetch says it', () => null, 'format'],
    ['empty', () => '', 'format'],
    ['no signature', (text) => text.replace(/,ed25519.*/, ''), 'format'],
    ['no timestamp', (text) => text.replace(/^t=\d+,/, ''), 'format'],
    ['no key', (text) => text.replace('kid=one', 'kid='), 'format'],
    ['two timestamps', (text) => `t=${at},${text}`, 'format'],
    ['two signatures', (text) => `${text},ed25519=${text.slice(-86)}`, 'format'],
    ['a fraction', (text) => text.replace(String(at), `${at}.5`), 'format'],
    ['a negative time', (text) => text.replace(String(at), `-${at}`), 'format'],
    ['a time like 1e9', (text) => text.replace(String(at), '1e9'), 'format'],
    ['a short signature', (text) => text.slice(0, -1), 'format'],
    ['a padded signature', (text) => `${text}==`, 'format'],
    ['signs of plain base64', (text) => `${text.slice(0, -4)}+/+/`, 'format'],
    ['a huge header', (text) => `${text},x=${'a'.repeat(2_000)}`, 'format'],
    ['another key', (text) => text.replace('kid=one', 'kid=other'), 'bad_signature'],
    ['an unknown key', (text) => text.replace('kid=one', 'kid=two'), 'unknown_key'],
    ['the first sign of the signature', (text) => flipped(text, -86), 'bad_signature'],
    ['a second later', (text) => text.replace(String(at), String(at + 1)), 'bad_signature'],
    ['a zero before the time', (text) => text.replace('t=', 't=0'), 'bad_signature'],
  ];
  it.each(headers)('refuses a header: %s', async (_name, change, fault) => {
    await expect(verify({ signature: change(good) })).rejects.toMatchObject({ code: 'webhook_invalid', fault });
  });

  it('refuses a signature of which only the unused bits differ: it must have one spelling', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(good.slice(-1));
    const respelled = good.slice(0, -1) + (alphabet[last ^ 1] ?? '');
    await expect(verify({ signature: respelled })).rejects.toMatchObject({ fault: 'format' });
  });

  it('refuses every body of which one bit differs', async () => {
    const bytes = new TextEncoder().encode(body);
    for (let place = 0; place < bytes.length; place += 5) {
      const tampered = Uint8Array.from(bytes);
      tampered[place] = (tampered[place] ?? 0) ^ 1;
      await expect(verify({ body: tampered })).rejects.toMatchObject({ fault: 'bad_signature' });
    }
  });

  const ages: readonly (readonly [number, number | undefined, string])[] = [
    [300_000, undefined, 'valid'],
    [300_001, undefined, 'too_old'],
    [-300_000, undefined, 'valid'],
    [-300_001, undefined, 'too_new'],
    [1_000, 0, 'too_old'],
    [0, 0, 'valid'],
    [Number.NaN, undefined, 'too_old'],
  ];
  it.each(ages)('with an age of %d ms and a tolerance of %p it is %s', async (age, tolerance, outcome) => {
    const result = await verify({ tolerance, now: () => at * 1_000 + age }).then(
      () => 'valid',
      (error: unknown) => (typeof error === 'object' && error !== null && 'fault' in error ? error.fault : error),
    );
    expect(result).toBe(outcome);
  });

  it('asks for keys by name, and not for what is out of order or too old', async () => {
    const asked: string[] = [];
    const keys = async (kid: string): Promise<{ keys: Signer['key'][] }> => {
      asked.push(kid);
      return { keys: [one.key] };
    };
    await expect(verify({ keys, signature: 'x' })).rejects.toMatchObject({ fault: 'format' });
    await expect(verify({ keys, now: () => 0 })).rejects.toMatchObject({ fault: 'too_new' });
    expect(asked).toEqual([]);
    await expect(verify({ keys })).resolves.toMatchObject({ kid: 'one' });
    expect(asked).toEqual(['one']);
  });

  it('passes on why there are no keys: that is no fault of the webhook', async () => {
    const failure = new Error('no keys today');
    await expect(verify({ keys: () => Promise.reject(failure) })).rejects.toBe(failure);
  });

  it.each([{ kty: 'RSA' }, { crv: 'X25519' }, { use: 'enc' }])(
    'does not use a key of another kind: %p',
    async (change) => {
      await expect(verify({ keys: { keys: [{ ...one.key, ...change }] } })).rejects.toMatchObject({
        fault: 'unknown_key',
      });
    },
  );

  it.each(['', 'AAAA', '!!!', undefined])('refuses all signatures of a key without a point: %p', async (x) => {
    await expect(verify({ keys: { keys: [{ ...one.key, x }] } })).rejects.toMatchObject({ fault: 'bad_signature' });
  });

  it('tells nothing of body, key or signature in its errors', async () => {
    const error: unknown = await verify({ body: `${body} ` }).catch((thrown: unknown) => thrown);
    const said = inspect(error, { depth: 10 });
    expect(said).toContain('webhook_invalid');
    expect(said).not.toContain('CANARY');
    expect(said).not.toContain(good.slice(-20));
    expect(said).not.toContain(one.key.x);
  });

  it('refuses options that cannot be, at once', () => {
    expect(() => verify({ tolerance: -1 })).toThrow(TypeError);
    expect(() => verify({ tolerance: Number.NaN })).toThrow('tolerance');
    expect(() => verifyWebhook(JSON.parse('{"body":"","signature":""}'))).toThrow('"keys" is missing');
  });

  const bytes = new TextEncoder().encode(`${body} `);
  const wrong: readonly (readonly [string, object, string])[] = [
    ['a parsed body', { body: {} }, 'option "body" must be the raw body as a Uint8Array or a text'],
    ['an ArrayBuffer', { body: bytes.buffer }, 'option "body" must be the raw body as a Uint8Array'],
    ['a DataView', { body: new DataView(bytes.buffer) }, 'option "body" must be the raw body as a Uint8Array'],
    ['wider elements', { body: new Uint16Array(4) }, 'option "body" must be the raw body as a Uint8Array'],
    ['signed elements', { body: new Int8Array(4) }, 'option "body" must be the raw body as a Uint8Array'],
    ['the URL of the keys', { keys: 'https://a.example/jwks' }, 'for a URL use webhookKeys(url), got a string'],
    ['the URL as an object', { keys: new URL('https://a.example/jwks') }, 'option "keys" must be a key set'],
    ['a list of keys', { keys: [] }, 'option "keys" must be a key set, { keys: [...] }, or a function'],
    ['keys that are no list', { keys: { keys: {} } }, 'option "keys" must be a key set'],
    ['a list without keys in it', { keys: { keys: [null] } }, 'option "keys" must be a key set'],
    ['null for keys', { keys: null }, 'option "keys" must be a key set'],
  ];
  it.each(wrong)('refuses at once what only looks like an option: %s', (_name, change, said) => {
    const given = Object.assign<VerifyWebhookOptions, object>(
      { body, signature: good, keys: { keys: [] }, now },
      change,
    );
    expect(() => verifyWebhook(given)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(said) }),
    );
  });

  it('refuses at once to be called with nothing', () => {
    expect(() => Reflect.apply(verifyWebhook, undefined, [])).toThrow('verifyWebhook: options must be an object');
  });

  it('takes a Buffer, and a part of one', async () => {
    const whole = Buffer.from(`xx${body}`);
    await expect(verify({ body: whole.subarray(2) })).resolves.toMatchObject({ kid: 'one' });
  });

  it.each([undefined, null, [], 'https://a.example/jwks', { keys: {} }, { keys: [null] }])(
    'rejects with a TypeError where the function gives no key set: %p',
    async (gives) => {
      const source: unknown = () => Promise.resolve(gives);
      const given = Object.assign<VerifyWebhookOptions, object>(
        { body, signature: good, keys: { keys: [] }, now },
        { keys: source },
      );
      await expect(verifyWebhook(given)).rejects.toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining('what the function of option "keys" gives must be a key set'),
      });
    },
  );
});

describe('webhookWake', () => {
  const payload = {
    subscription_id: 's',
    wake_id: 'w1',
    generation: 3,
    streams: [{ path: 'a/b', link_type: 'glob', acked_offset: '-1', tail_offset: '5', has_pending: true, more: 1 }],
    callback_url: 'http://127.0.0.1/v1/stream/__ds/subscriptions/s/callback',
    callback_token: 'CANARY-TOKEN',
  };

  it('gives the wake under our names, its token out of sight', () => {
    const wake = webhookWake(payload);
    expect(wake).toMatchObject({
      subscription: 's',
      wakeId: 'w1',
      generation: 3,
      streams: [{ path: 'a/b', linkType: 'glob', ackedOffset: '-1', tailOffset: '5', hasPending: true }],
      callbackUrl: payload.callback_url,
    });
    expect(wake.token).toBe('CANARY-TOKEN');
    expect(inspect(wake) + JSON.stringify(wake)).not.toContain('CANARY');
  });

  it('throws parse_error without a word of the payload for what is none', () => {
    expect(() => webhookWake({ ...payload, generation: 'CANARY' })).toThrow(
      expect.objectContaining({ code: 'parse_error', message: expect.not.stringContaining('CANARY') }),
    );
  });
});
