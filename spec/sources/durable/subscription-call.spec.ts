import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { checkDurable } from '../../../sources/durable/options.js';
import { jsonOf, nothing, subscriptionCall } from '../../../sources/durable/subscription-call.js';
import { ackSchema } from '../../../sources/durable/subscription-schemas.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer, reset, type Script } from '../../servers/origin-steps.js';

let origin: Origin | undefined;

afterEach(() => origin?.close());

async function call(script: Script): Promise<ReturnType<typeof subscriptionCall<unknown>>> {
  origin = await startOrigin(script);
  const checked = checkDurable('test', `${origin.url}/root`, {
    initialBackoff: 1,
    headers: { Authorization: 'Bearer mine' },
  });
  return subscriptionCall(checked, {
    path: '/x',
    method: 'POST',
    json: { a: 1 },
    token: 'tok',
    read: jsonOf(ackSchema),
  });
}

describe('subscriptionCall', () => {
  it('sends JSON with the token before any credential of the options, and gives status and value', async () => {
    const once = await call([[reset()], [jsonAnswer(201, { next_wake: true })]]);
    await expect(firstValueFrom(once)).resolves.toEqual({ status: 201, value: { nextWake: true } });
    expect(origin?.requests[1]).toMatchObject({ method: 'POST', path: '/root/x', body: '{"a":1}' });
    expect(origin?.requests[1]?.headers).toMatchObject({ authorization: 'Bearer tok', accept: 'application/json' });
  });

  it('holds no answer that is too long', async () => {
    const once = await call([[answer(200, {}, new Uint8Array(16 * 1024 * 1024 + 1))]]);
    await expect(firstValueFrom(once)).rejects.toMatchObject({ code: 'response_too_large' });
  });
});

describe('jsonOf', () => {
  it('says parse_error for broken bytes, and not a word of them', () => {
    const read = jsonOf(ackSchema);
    for (const text of ['CANARY', '"CANARY"', '{"next_wake":"CANARY"}']) {
      expect(() => read(new TextEncoder().encode(text), 'HTTP 200 from x')).toThrow(
        expect.objectContaining({ code: 'parse_error', message: expect.not.stringContaining('CANARY') }),
      );
    }
    expect(nothing()).toBeUndefined();
  });
});
