import { describe, expect, it } from '@jest/globals';
import { Subscription, VirtualTimeScheduler } from 'rxjs';
import { ackQueue, type AckQueue, type AckRequest } from '../../../sources/chain/ack-queue.js';
import { type EventStreamerError, EventStreamerConnectionError } from '../../../sources/chain/errors.js';
import { heldBatch, type HeldBatch } from '../../../sources/chain/passing-line.js';
import { runUntil } from '../x/scripted-x.js';
import { received } from './received.js';

interface Bench {
  readonly queue: AckQueue;
  readonly calls: AckRequest[];
  readonly taken: string[];
  readonly notices: string[];
  readonly lost: EventStreamerError[];
  run(ms: number): Promise<void>;
}

function bench(interval = 10): Bench {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  const calls: AckRequest[] = [];
  const taken: string[] = [];
  const notices: string[] = [];
  const lost: EventStreamerError[] = [];
  const queue = ackQueue({
    call: (request) => {
      calls.push(request);
      return new Subscription();
    },
    ...{ interval, scheduler },
    onTaken: (batches) => taken.push(...batches.map(({ batch }) => batch?.batchId ?? '')),
    onLost: (error) => lost.push(error),
    onNotice: ({ kind }) => notices.push(kind),
  });
  return { queue, calls, taken, notices, lost, run: (ms) => runUntil(scheduler, scheduler.now() + ms) };
}

const held = (id: string, connectionId = 'c1'): HeldBatch => heldBatch(received(id, [1], connectionId));
const failure = (code: 'connection_lost' | 'http_server_error', retryAfter?: number): EventStreamerConnectionError =>
  new EventStreamerConnectionError('failed', { errorType: 'server_error', code, retryAfter });

describe('ackQueue', () => {
  it('sends nothing without a connection, and then what waits, once the interval has passed', async () => {
    const { queue, calls, taken, run } = bench();
    queue.add(held('a'));
    await run(100);
    expect(calls).toEqual([]);
    queue.connected('c1');
    queue.add(held('b'));
    await run(10);
    expect(calls).toEqual([expect.objectContaining({ connectionId: 'c1', batchIds: ['a', 'b'], isOwn: true })]);
    calls[0]?.next([]);
    expect(taken).toEqual(['a', 'b']);
  });

  it('has one call under way, and puts what comes meanwhile into the next', async () => {
    const { queue, calls, run } = bench();
    queue.connected('c1');
    queue.add(held('a'));
    await run(10);
    queue.add(held('b'));
    await run(100);
    expect(calls).toHaveLength(1);
    calls[0]?.next(['a']);
    await run(10);
    expect(calls[1]?.batchIds).toEqual(['b', 'a']);
  });

  it('waits longer with every failure, and as long as the service asks for', async () => {
    const { queue, calls, notices, run } = bench();
    queue.connected('c1');
    queue.add(held('a'));
    await run(10);
    for (const [wait, retryAfter] of [[50], [100], [3_000, 3_000]] as const) {
      calls.at(-1)?.error(failure('http_server_error', retryAfter));
      const before = calls.length;
      await run(wait - 1);
      expect(calls).toHaveLength(before);
      await run(1);
      expect(calls).toHaveLength(before + 1);
    }
    expect(notices).toEqual(['ack_failed', 'ack_failed', 'ack_failed']);
  });

  it('tells of a lost connection only while it is the one in hand', async () => {
    const { queue, calls, lost, notices, run } = bench();
    queue.connected('c1');
    queue.add(held('a'));
    await run(10);
    queue.disconnected();
    queue.connected('c2');
    calls[0]?.error(failure('connection_lost'));
    expect(lost).toEqual([]);
    await run(50);
    expect(calls[1]).toMatchObject({ connectionId: 'c2', batchIds: ['a'], isOwn: false });
    calls[1]?.error(failure('connection_lost'));
    expect([lost.length, notices]).toEqual([1, []]);
  });

  it('gives up an id of an earlier connection when it is refused three times, and never one of its own', async () => {
    const { queue, calls, taken, notices, run } = bench();
    queue.connected('c2');
    queue.add(held('old', 'c1'));
    queue.add(held('own', 'c2'));
    for (let n = 0; n < 5; n += 1) {
      await run(10);
      calls[n]?.next(calls[n]?.batchIds ?? []);
    }
    expect(calls.map(({ batchIds }) => batchIds.join())).toEqual(['old,own', 'old,own', 'old,own', 'own', 'own']);
    expect([taken, notices]).toEqual([['old'], ['ack_refused']]);
  });

  it('forgets what has been sent again under another id, also where it is under way', async () => {
    const { queue, calls, taken, notices, run } = bench();
    const [waiting, sent] = [held('waiting'), held('sent')];
    queue.connected('c2');
    queue.add(sent);
    await run(10);
    sent.repeated = true;
    queue.add(waiting);
    queue.drop(['waiting', 'sent']);
    calls[0]?.error(failure('http_server_error'));
    await run(1_000);
    expect([calls.length, taken, notices]).toEqual([1, [], ['ack_failed']]);
  });

  it('sends one id for all batches that have it', async () => {
    const { queue, calls, taken, run } = bench();
    queue.connected('c2');
    queue.add(held('a', 'c1'));
    queue.add(held('a', 'c2'));
    await run(10);
    expect(calls[0]).toMatchObject({ batchIds: ['a'], isOwn: true });
    calls[0]?.next([]);
    expect(taken).toEqual(['a', 'a']);
  });

  it('flushes at once, and tells when all is through, when it is stuck, and after five seconds', async () => {
    const { queue, calls, run } = bench(1_000);
    const done: string[] = [];
    const flush = (name: string): void => void queue.flush().then(() => done.push(name));
    flush('nothing');
    await run(0);
    queue.connected('c1');
    queue.add(held('a'));
    flush('through');
    queue.add(held('b'));
    calls[0]?.next([]);
    calls[1]?.next([]);
    await run(0);
    queue.add(held('c'));
    flush('stuck');
    calls[2]?.error(failure('http_server_error'));
    await run(0);
    expect(done).toEqual(['nothing', 'through', 'stuck']);
    flush('late');
    await run(4_999);
    expect(done).toHaveLength(3);
    await run(1);
    expect(done).toEqual(['nothing', 'through', 'stuck', 'late']);
  });

  it('sends at once what comes after the end, over the last connection', async () => {
    const { queue, calls, run } = bench();
    queue.connected('c1');
    queue.disconnected();
    queue.end();
    queue.add(held('a'));
    queue.add(held('b'));
    await run(0);
    expect(calls.map(({ connectionId, batchIds }) => [connectionId, ...batchIds])).toEqual([['c1', 'a', 'b']]);
  });

  it('sends no more than a thousand at a time', async () => {
    const { queue, calls, run } = bench();
    queue.connected('c1');
    for (let n = 0; n < 1_500; n += 1) queue.add(held(`b${n}`));
    await run(10);
    calls[0]?.next([]);
    await run(10);
    expect(calls.map(({ batchIds }) => batchIds.length)).toEqual([1_000, 500]);
  });
});
