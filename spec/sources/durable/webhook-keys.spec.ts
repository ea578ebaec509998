import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { webhookKeys, type WebhookKeysOptions } from '../../../sources/durable/webhook-keys.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer, type Step } from '../../servers/origin-steps.js';
import { type Signer, signer } from './signed.js';

const closing: Origin[] = [];
let one: Signer;
let two: Signer;

beforeAll(async () => {
  one = await signer('one');
  two = await signer('two');
});

afterEach(async () => {
  for (const origin of closing.splice(0)) await origin.close();
});

interface Keys {
  readonly keys: ReturnType<typeof webhookKeys>;
  readonly origin: Origin;
  /** Lets this many milliseconds pass. */
  wait(ms: number): void;
}

async function keysOf(script: readonly (readonly Step[])[], options: WebhookKeysOptions = {}): Promise<Keys> {
  const origin = await startOrigin(script);
  closing.push(origin);
  let time = 1_000;
  const keys = webhookKeys(`${origin.url}/jwks.json`, { now: () => time, maxRetries: 0, ...options });
  return { keys, origin, wait: (ms) => (time += ms) };
}

const setOf = (...signers: readonly Signer[]): Step =>
  jsonAnswer(200, { keys: [{ kty: 'RSA', n: '1', e: '2' }, ...signers.map(({ key }) => key)] });

describe('webhookKeys', () => {
  it('fetches once, for all that ask at the same time and later', async () => {
    const { keys, origin } = await keysOf([[setOf(one)]]);
    expect(origin.requests).toHaveLength(0);
    const [first, second] = await Promise.all([keys('one'), keys('one')]);
    expect(first.keys[1]).toMatchObject(one.key);
    expect(second).toBe(first);
    await expect(keys()).resolves.toBe(first);
    expect(origin.requests).toHaveLength(1);
  });

  it('looks for an unknown key in a fresh set, once a minute at most', async () => {
    const { keys, origin, wait } = await keysOf([[setOf(one)], [setOf(one, two)]]);
    await keys('one');
    for (const made of ['x', 'y', 'two']) expect((await keys(made)).keys).toHaveLength(2);
    wait(59_999);
    await keys('two');
    expect(origin.requests).toHaveLength(1);
    wait(1);
    expect((await keys('two')).keys).toHaveLength(3);
    await keys('z');
    expect(origin.requests).toHaveLength(2);
  });

  it('fetches anew when the keys are old: one that was taken back is forgotten', async () => {
    const { keys, origin, wait } = await keysOf([[setOf(one, two)], [setOf(two)]], { maxAge: 500 });
    await keys('one');
    wait(499);
    expect((await keys('one')).keys).toHaveLength(3);
    wait(1);
    expect((await keys('one')).keys).toHaveLength(2);
    expect(origin.requests).toHaveLength(2);
  });

  it('keeps nothing of a failure, and uses good keys meanwhile', async () => {
    const { keys, origin, wait } = await keysOf([[answer(503)], [setOf(one)], [answer(500)]]);
    await expect(keys('one')).rejects.toMatchObject({ name: 'FetchError', status: 503 });
    await keys('one');
    wait(60_000);
    await expect(keys('new')).rejects.toMatchObject({ status: 500 });
    await expect(keys('one')).resolves.toMatchObject({ keys: [{}, { kid: 'one' }] });
    await expect(keys('new')).resolves.toMatchObject({ keys: [{}, { kid: 'one' }] });
    expect(origin.requests).toHaveLength(3);
  });

  it.each(['{', '{"keys":{}}', '[]', 'CANARY'])('rejects with parse_error for %p', async (text) => {
    const { keys } = await keysOf([[answer(200, {}, text)]]);
    await expect(keys('one')).rejects.toMatchObject({
      code: 'parse_error',
      message: expect.not.stringContaining('CANARY'),
    });
  });

  it('refuses options that cannot be, at once', () => {
    expect(() => webhookKeys('http://127.0.0.1/', { maxAge: 0 })).toThrow('maxAge');
    expect(() => webhookKeys('http://127.0.0.1/', { minInterval: Number.NaN })).toThrow('minInterval');
    expect(() => webhookKeys('jwks.json')).toThrow(TypeError);
  });
});
