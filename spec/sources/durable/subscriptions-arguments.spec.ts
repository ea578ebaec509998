import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { durableSubscriptions, type DurableSubscriptions } from '../../../sources/durable/subscriptions.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer } from '../../servers/origin-steps.js';

const closing: Origin[] = [];

afterEach(async () => {
  for (const origin of closing.splice(0)) await origin.close();
});

const wake = { subscription: 's', wakeId: 'k', generation: 2, token: 'CANARY', streams: [] } as const;
const { token: _token, ...copied } = wake;
const what = 'must be what "claim" or "webhookWake" gave';
const copies = 'has no token: pass the object itself';

/** The method, what it is called with, and what is said. */
const refused: readonly (readonly [keyof DurableSubscriptions, readonly unknown[], string])[] = [
  ['create', ['x'], 'subscriptions.create: the definition must be an object'],
  ['create', ['x', 'pull-wake'], 'subscriptions.create: the definition must be an object, got a string'],
  ['get', [], 'the id must be a non-empty text'],
  ['get', [5], 'the id must be a non-empty text'],
  ['delete', [], 'the id must be a non-empty text'],
  ['addStreams', ['x'], 'subscriptions.addStreams: the paths must be an array'],
  ['addStreams', ['x', 'abc'], 'subscriptions.addStreams: the paths must be an array, got a string'],
  ['addStreams', ['x', ['a', '']], 'subscriptions.addStreams: path 1 must be a non-empty text'],
  ['addStreams', ['x', [undefined]], 'subscriptions.addStreams: path 0 must be a non-empty text'],
  ['removeStream', ['x'], 'subscriptions.removeStream: the path must be a non-empty text'],
  ['claim', ['x'], 'subscriptions.claim: options must be an object'],
  ['claim', ['x', 'w'], 'subscriptions.claim: options must be an object, got a string'],
  ['claim', ['x', {}], 'subscriptions.claim: option "worker" is missing'],
  ['claim', ['x', { worker: 5 }], 'subscriptions.claim: option "worker" must be a non-empty text'],
  ['claim', ['x', { worker: 'w', ttl: 5 }], 'subscriptions.claim: unknown option "ttl"'],
  ['ack', [undefined, []], `subscriptions.ack: the claim ${what}`],
  ['ack', [{ ...wake, wakeId: '' }, []], `subscriptions.ack: the claim ${what}`],
  ['ack', [{ ...wake, generation: '2' }, []], `subscriptions.ack: the claim ${what}`],
  ['ack', [copied, []], `subscriptions.ack: the claim ${copies}`],
  ['ack', [wake], 'subscriptions.ack: the acks must be an array'],
  ['ack', [wake, {}], 'subscriptions.ack: the acks must be an array'],
  ['ack', [wake, [null]], 'subscriptions.ack: ack 0 must be an object with "stream" and "offset"'],
  ['ack', [wake, [{}]], 'subscriptions.ack: ack 0: "stream" must be a non-empty text'],
  ['ack', [wake, [{ stream: 'a', offset: 5 }]], 'subscriptions.ack: ack 0: "offset" must be a non-empty text'],
  ['ack', [wake, [], true], 'subscriptions.ack: options must be an object'],
  ['ack', [wake, [], { done: 'yes' }], 'subscriptions.ack: option "done" must be true or false'],
  ['ack', [wake, [], { finished: true }], 'subscriptions.ack: unknown option "finished"'],
  ['callback', [{ subscription_id: 's' }, []], `subscriptions.callback: the wake ${what}`],
  ['callback', [copied, []], `subscriptions.callback: the wake ${copies}`],
  ['release', [], `subscriptions.release: the claim ${what}`],
  ['release', [copied], `subscriptions.release: the claim ${copies}`],
];

describe('durableSubscriptions, called with what cannot be', () => {
  it.each(refused)('refuses %s(...%j) at once', (method, given, said) => {
    const subscriptions = durableSubscriptions({ root: 'http://127.0.0.1:9/v1/stream' });
    const thrown = thrownBy(() => Reflect.apply(subscriptions[method], undefined, given));
    expect(thrown).toMatchObject({ name: 'TypeError', message: expect.stringContaining(said) });
    expect(String(thrown)).not.toContain('CANARY');
  });

  it('refuses to be called with nothing', () => {
    expect(() => Reflect.apply(durableSubscriptions, undefined, [])).toThrow(
      'durableSubscriptions: options must be an object',
    );
  });

  it('refuses a spread copy of a claim, whose token it is without, rather than say that the lease is lost', async () => {
    const answered = { wake_id: 'k', generation: 1, token: 'tok', streams: [], lease_ttl_ms: 1_000 };
    const origin = await startOrigin([[jsonAnswer(200, answered)]]);
    closing.push(origin);
    const subscriptions = durableSubscriptions({ root: origin.url });
    const claim = await firstValueFrom(subscriptions.claim('s', { worker: 'w' }));
    expect(() => subscriptions.ack({ ...claim }, [])).toThrow(copies);
    expect(origin.requests).toHaveLength(1);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}
