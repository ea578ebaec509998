import { afterEach, describe, expect, it } from '@jest/globals';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import type { PullWakeItem } from '../../../sources/durable/pull-wake-ledger.js';
import type { PullWakeOptions } from '../../../sources/durable/pull-wake.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer, stall, type Step, waitFor } from '../../servers/origin-steps.js';
import { startWorker, type Worker } from './worker.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** What the control plane answers; a list is taken one by one, its last entry stays. */
interface Plan {
  readonly claims: readonly (readonly Step[])[];
  readonly acks?: readonly (readonly Step[])[];
  readonly reads?: readonly (readonly Step[])[];
}

const wait = [jsonAnswer(409, { error: { code: 'NO_PENDING_WORK', message: '' } })];
const fenced = [jsonAnswer(409, { error: { code: 'FENCED', message: 'Wake generation is stale' } })];
const taken = (nextWake: boolean): readonly Step[] => [jsonAnswer(200, { ok: true, next_wake: nextWake })];

function claim(generation: number, leaseTtl: number, ...paths: readonly string[]): readonly Step[] {
  const streams = paths.map((path) => ({
    path,
    link_type: 'glob',
    acked_offset: '-1',
    tail_offset: '5',
    has_pending: true,
  }));
  return [
    jsonAnswer(200, { wake_id: 'k', generation, token: `CANARY-${generation}`, streams, lease_ttl_ms: leaseTtl }),
  ];
}

const page = (values: readonly unknown[], nextOffset = '5'): readonly Step[] => [
  jsonAnswer(200, values, { 'stream-next-offset': nextOffset, 'stream-up-to-date': 'true' }),
];

async function scripted(plan: Plan): Promise<Origin> {
  const turns = new Map<string, number>();
  const turn = (name: string, steps: readonly (readonly Step[])[]): readonly Step[] => {
    const n = turns.get(name) ?? 0;
    turns.set(name, n + 1);
    return steps[Math.min(n, steps.length - 1)] ?? [];
  };
  const { claims, acks = [taken(false)], reads = [page([1, 2, 3])] } = plan;
  const origin = await startOrigin(({ path }) => {
    if (path.startsWith('/root/wakes')) return path.includes('live=') ? [stall()] : page([], '0');
    if (path.endsWith('/claim')) return turn('claims', claims);
    if (path.endsWith('/ack')) return turn('acks', acks);
    if (path.endsWith('/release')) return [answer(204)];
    return turn('reads', reads);
  });
  closing.push(() => origin.close());
  return origin;
}

function work(
  origin: Origin,
  changes: Partial<PullWakeOptions> = {},
  handle?: (delivery: Delivery<PullWakeItem>) => void,
): Worker {
  const options = {
    root: `${origin.url}/root/`,
    subscription: 's',
    worker: 'w',
    wakeStream: 'wakes',
    live: 'long-poll',
  } as const;
  const worker = startWorker({ ...options, initialBackoff: 2, maxBackoff: 10, ...changes }, handle);
  closing.push(() => worker.subscription.unsubscribe());
  return worker;
}

describe('the lease of pullWake', () => {
  it('is kept alive at a third of its time while a handler is at work', async () => {
    const origin = await scripted({ claims: [claim(1, 1_200, 'a'), wait] });
    const held: Delivery<PullWakeItem>[] = [];
    const worker = work(origin, {}, (delivery) => held.push(delivery));
    await eventually(() => worker.calls('ack').length >= 2);
    expect(worker.calls('ack')[1]).toEqual({ wake_id: 'k', generation: 1, acks: [], done: false });
    for (const delivery of held) delivery.ack();
    await eventually(() => expect(worker.calls('ack').at(-1)).toMatchObject({ acks: [{ offset: '5' }], done: true }));
  });

  it('ends at once when it is fenced: nothing more is delivered or acknowledged, and the credit is back', async () => {
    let fence: (value?: unknown) => void = () => undefined;
    const fencing = new Promise((resolve) => (fence = resolve));
    const origin = await scripted({
      claims: [claim(1, 60_000, 'a', 'b'), claim(2, 60_000, 'b'), wait],
      acks: [[waitFor(fencing), ...fenced], taken(false)],
      reads: [page(['a']), page(Array.from({ length: 10 }, (_, n) => n)), page(['again'])],
    });
    const monitor = createMonitor();
    const worker = work(origin, { maxUnacked: 4, concurrency: 1, monitor }, (delivery) => {
      if (delivery.value.stream === 'a') delivery.ack();
    });
    await worker.seen(5);
    fence();
    await worker.seen(6);
    expect(worker.values).toEqual(['a', 0, 1, 2, 3, 'again']);
    expect(monitor.state.outstanding).toBe(1);
    for (const late of worker.deliveries.slice(1, 4)) late.ack();
    worker.deliveries[4]?.nack('late');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(worker.calls('ack')).toHaveLength(1);
    expect(monitor.state.outstanding).toBe(1);
    expect(worker.error).toBeUndefined();
    worker.deliveries[5]?.ack();
    await eventually(() => expect(worker.calls('ack').at(-1)).toMatchObject({ generation: 2, done: true }));
    expect(worker.calls('release')).toEqual([]);
  });

  it.each(['TOKEN_EXPIRED', 'TOKEN_INVALID'])(
    'is over with the answer %s, and another one is claimed',
    async (code) => {
      const origin = await scripted({
        claims: [claim(1, 60_000, 'a'), claim(2, 60_000, 'a'), wait],
        acks: [[jsonAnswer(401, { error: { code, message: '' } })], taken(false)],
      });
      const worker = work(origin);
      await eventually(() => expect(worker.calls('ack')).toHaveLength(2));
      expect(worker.values).toEqual([1, 2, 3, 1, 2, 3]);
      expect(worker.error).toBeUndefined();
    },
  );

  it('is taken for lost when no heartbeat has come through for its time', async () => {
    const origin = await scripted({ claims: [claim(1, 400, 'a'), claim(2, 60_000, 'a'), wait], acks: [[stall()]] });
    const monitor = createMonitor();
    const worker = work(origin, { monitor }, () => undefined);
    await worker.seen(6);
    expect(worker.values).toEqual([1, 2, 3, 1, 2, 3]);
    expect(monitor.state.outstanding).toBe(3);
    const [first, second] = worker.requests.filter(({ line }) => line.endsWith('/claim')).map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(58);
  });

  it('is given back where an acknowledgment is refused, and its work comes again', async () => {
    const refused = [jsonAnswer(409, { error: { code: 'INVALID_OFFSET', message: '' } })];
    const origin = await scripted({
      claims: [claim(1, 60_000, 'a'), claim(2, 60_000, 'a'), wait],
      acks: [refused, taken(false)],
    });
    const worker = work(origin);
    await eventually(() => expect(worker.calls('ack')).toHaveLength(2));
    expect(worker.calls('release')).toEqual([{ wake_id: 'k', generation: 1 }]);
    expect(worker.values).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('is followed by another claim when more work has come meanwhile', async () => {
    const origin = await scripted({
      claims: [claim(1, 60_000, 'a'), claim(2, 60_000, 'a'), wait],
      acks: [taken(true), taken(false)],
    });
    const worker = work(origin);
    await eventually(() => expect(worker.calls('ack')).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(worker.calls('claim')).toHaveLength(2);
  });

  it('reads page by page up to the tail of the claim, and tells of each page that is handled', async () => {
    const part = (value: unknown, next: string): readonly Step[] => [
      jsonAnswer(200, [value], { 'stream-next-offset': next }),
    ];
    const origin = await scripted({
      claims: [claim(1, 60_000, 'a'), wait],
      reads: [part('x', '2'), part('y', '4'), part('z', '6'), part('never', '8')],
    });
    const worker = work(origin);
    await eventually(() => expect(worker.calls('ack').at(-1)).toMatchObject({ acks: [{ offset: '6' }], done: true }));
    expect(worker.deliveries.map(({ value }) => [value.value, value.offset])).toEqual([
      ['x', expect.any(String)],
      ['y', expect.any(String)],
      ['z', expect.any(String)],
    ]);
  });

  it('goes on without a stream that was deleted meanwhile, and fails where it is missing twice', async () => {
    const gone = [answer(404)];
    const plan = { claims: [claim(1, 60_000, 'gone', 'a')], acks: [taken(true)] };
    const worker = work(await scripted({ ...plan, reads: [gone, page([1]), gone] }), { concurrency: 1 });
    await eventually(() => expect(worker.error).toMatchObject({ name: 'StreamNotFoundError' }));
    expect(worker.values).toEqual([1]);
    await eventually(() => worker.calls('release').length === 1);
  });

  it('is refused for a path that leads out of the root', async () => {
    const worker = work(await scripted({ claims: [claim(1, 60_000, '../secrets')] }));
    await eventually(() => expect(worker.error?.code).toBe('parse_error'));
    expect(worker.requests.some(({ line }) => line.includes('secrets'))).toBe(false);
  });

  it('does not hammer a server whose claims bring nothing forward', async () => {
    const origin = await scripted({ claims: [claim(1, 60_000, 'a')], acks: [taken(true)], reads: [page([], '-1')] });
    const worker = work(origin, { initialBackoff: 1_000, maxBackoff: 1_000, random: () => 0.999 });
    await eventually(() => worker.calls('ack').length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(worker.calls('claim')).toHaveLength(1);
  });

  it('ends the stream with the error of a claim that no retry cures, token unsaid', async () => {
    const origin = await scripted({ claims: [claim(1, 60_000, 'a')], acks: [[answer(400, {}, 'CANARY-1')]] });
    const worker = work(origin);
    await eventually(() => expect(worker.error).toMatchObject({ code: 'bad_request' }));
    expect(`${worker.error?.message}${worker.error?.responseBody}`).not.toContain('CANARY');
  });

  it('leaves no request, timer or socket behind after it is unsubscribed from', async () => {
    const origin = await scripted({ claims: [claim(1, 30, 'a')], acks: [taken(false)] });
    const worker = work(origin, {}, () => undefined);
    await worker.seen(3);
    worker.subscription.unsubscribe();
    await eventually(() => expect(worker.calls('release')).toHaveLength(1));
    const { length } = worker.requests;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(worker.requests).toHaveLength(length);
  });
});
