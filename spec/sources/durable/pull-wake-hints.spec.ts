import { afterEach, describe, expect, it } from '@jest/globals';
import { wakeHints, type WakeHint } from '../../../sources/durable/pull-wake-hints.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer, reset, stall, type Step } from '../../servers/origin-steps.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const at = (offset: string, ...values: readonly unknown[]): readonly Step[] => [
  jsonAnswer(200, values, { 'stream-next-offset': offset, 'stream-up-to-date': 'true', 'stream-cursor': '1' }),
];
const wake = (generation: unknown, subscription = 's'): unknown => ({
  ...{ type: 'wake', subscription_id: subscription, stream: 'a', generation, ts: 1 },
});

interface Hints {
  readonly origin: Origin;
  readonly hints: readonly WakeHint[];
  readonly end: readonly unknown[];
}

/** Follows a wake stream whose answers come in this order; the last one repeats. */
async function follow(...answers: readonly (readonly Step[])[]): Promise<Hints> {
  const origin = await startOrigin(answers);
  closing.push(() => origin.close());
  const hints: WakeHint[] = [];
  const end: unknown[] = [];
  const options = { initialBackoff: 5, maxBackoff: 5, jitter: 'none' } as const;
  const subscription = wakeHints('test', {
    ...{ subscription: 's', url: `${origin.url}/wakes`, options, live: 'long-poll' },
  }).subscribe({
    next: (hint) => hints.push(hint),
    error: (error: unknown) => end.push(error),
    complete: () => end.push('complete'),
  });
  closing.push(() => subscription.unsubscribe());
  return { origin, hints, end };
}

describe('wakeHints', () => {
  it('begins at the tail, says so, and gives the generations of wakes of its own subscription', async () => {
    const events = [wake(4), wake(9, 'other'), { type: 'other' }, 'text', wake('5'), wake(5)];
    const { origin, hints } = await follow(at('0'), at('6', ...events), at('7', wake(6)), [stall()]);
    await eventually(() => expect(hints).toEqual([undefined, 4, 5, 6]));
    expect(origin.requests[0]?.path).toBe('/wakes?offset=now');
  });

  it('says that a wake may have been missed when it has connected again', async () => {
    const { hints, end } = await follow(at('0'), [reset()], at('1', wake(1)), [stall()]);
    await eventually(() => expect(hints).toEqual([undefined, undefined, 1]));
    expect(end).toEqual([]);
  });

  it('follows a stream that was made anew, or has lost data, from its tail', async () => {
    const { origin, hints, end } = await follow(at('5'), at('2', wake(7)), at('2'), [answer(410)], at('0'), [stall()]);
    await eventually(() => expect(hints.filter((hint) => hint === undefined)).toHaveLength(3));
    expect(origin.requests.filter(({ path }) => path.endsWith('offset=now'))).toHaveLength(3);
    expect(end).toEqual([]);
  });

  it('fails for a stream that is not there, and completes with one that is closed', async () => {
    const missing = await follow([answer(404)]);
    await eventually(() => expect(missing.end).toEqual([expect.objectContaining({ code: 'stream_not_found' })]));
    const closed = await follow(at('5'), [answer(204, { 'stream-next-offset': '5', 'stream-closed': 'true' })]);
    await eventually(() => expect(closed.end).toEqual(['complete']));
  });
});
