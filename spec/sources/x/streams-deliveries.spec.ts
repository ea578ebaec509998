import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import type { Delivery } from '../../../lib/delivery.js';
import { createMonitor } from '../../../lib/state.js';
import { checkpoint } from '../../../operators/checkpoint.js';
import { drain } from '../../../operators/drain.js';
import { fromCheckpoint } from '../../../operators/from-checkpoint.js';
import type { PostEnvelope } from '../../../sources/x/envelopes.js';
import { filteredStream } from '../../../sources/x/named-streams.js';
import { decodePosition, encodePosition } from '../../../sources/x/position.js';
import { xStream } from '../../../sources/x/streams.js';
import { eventually } from '../../servers/eventually.js';
import { startXServer, type XServer } from '../../servers/x.js';
import { scriptedX } from './scripted-x.js';
import { closing, type Watched, watch } from './watch.js';

const add = closing();
const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));
const ids = (deliveries: readonly Delivery<PostEnvelope>[]): string[] => deliveries.map(({ value }) => value.data.id);
const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => String(from + n));
const line = (id: string, created?: number): string =>
  `${JSON.stringify({ data: { id, text: 'x', created_at: created === undefined ? undefined : new Date(created) } })}\r\n`;
const read = ({ position }: Delivery<unknown>) => decodePosition('test', position ?? '');

async function start(): Promise<XServer> {
  return add(await startXServer({ rules: [{ value: 'x' }] }));
}

function optionsFor({ token, url }: XServer) {
  return { bearerToken: token, baseUrl: url, schedules: { stream_interrupted: { initialBackoff: 5, maxBackoff: 5 } } };
}

async function connected(server: XServer, stream: Observable<Delivery<PostEnvelope>>) {
  const seen = watch(stream);
  await eventually(() => server.openStreams === 1);
  return seen;
}

const publish = (server: XServer, all: readonly string[]): void =>
  all.forEach((id) => server.publish({ id, text: 'x' }));

describe('a stream of X with credit', () => {
  it('never has more out than its credit, and goes on as that comes back, across connections', async () => {
    const server = await start();
    const monitor = createMonitor();
    const seen = await connected(server, filteredStream({ ...optionsFor(server), maxUnacked: 3, monitor }));
    publish(server, numbered(1, 10));
    await eventually(() => expect(monitor.state.totalItemsReceived).toBe(10));
    expect([ids(seen.values), monitor.state.outstanding]).toEqual([['1', '2', '3'], 3]);
    server.misbehave.fin();
    await eventually(() => server.connects.length === 2 && server.openStreams === 1);
    publish(server, ['11']);
    await eventually(() => expect(monitor.state.totalItemsReceived).toBe(11));
    expect(seen.values).toHaveLength(3);
    for (let at = 0; at < seen.values.length; at += 1) {
      expect(monitor.state.outstanding).toBeLessThanOrEqual(3);
      seen.values[at]?.ack();
    }
    expect(ids(seen.values)).toEqual(numbered(1, 11));
    seen.stop();
    expect(monitor.state.outstanding).toBe(0);
  });

  it('reads on by default and ends as a slow consumer when maxQueued wait', async () => {
    const server = await start();
    const options = { ...optionsFor(server), maxUnacked: 2, maxQueued: 4 };
    const seen = await connected(server, filteredStream(options));
    publish(server, numbered(1, 6));
    await eventually(() => expect(seen.values).toHaveLength(2));
    expect(seen.error).toBeUndefined();
    publish(server, ['7']);
    await seen.ended;
    expect(seen.error).toMatchObject({ code: 'slow_consumer', errorType: 'fatal_error' });
    expect(seen.error?.message).toContain('maxQueued');
    await eventually(() => server.openStreams === 0);
  });

  it.each([
    ['dropOldest', ['1', '5', '6']],
    ['dropNewest', ['1', '2', '3']],
  ] as const)('gives items up under %s, counted', async (onFull, left) => {
    const server = await start();
    const monitor = createMonitor();
    const options = { ...optionsFor(server), maxUnacked: 1, maxQueued: 2, onFull, monitor };
    const seen = await connected(server, filteredStream(options));
    publish(server, numbered(1, 6));
    await eventually(() => expect(monitor.state.totalItemsReceived).toBe(6));
    for (let at = 0; at < seen.values.length; at += 1) seen.values[at]?.ack();
    expect([ids(seen.values), monitor.state.dropped]).toEqual([left, 3]);
    seen.stop();
  });

  it('makes the server wait with a replay, which is complete in the end', async () => {
    const server = await start();
    const all = numbered(1, 4_000);
    for (const id of all) server.publish({ id, text: `x ${'long '.repeat(200)}` });
    const monitor = createMonitor();
    const startTime = new Date(Date.now() - 60_000);
    const options = {
      ...optionsFor(server),
      startTime,
      endTime: new Date(Date.now() + 1_000),
      maxUnacked: 10,
      monitor,
    };
    const seen = watch(filteredStream(options));
    await eventually(() => expect(seen.values).toHaveLength(10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    // What is sent is 5 MB; one piece of a body is 64 KiB.
    expect(monitor.state.bytesReceived).toBeLessThan(200_000);
    for (let at = 0; at < all.length; at += 1) {
      await eventually(() => seen.values.length > at);
      seen.values[at]?.ack();
    }
    await seen.ended;
    expect([ids(seen.values), seen.error, seen.completed]).toEqual([all, undefined, true]);
  });

  it('is told from a stream without by its options, when it is made', () => {
    const options = { bearerToken: 'a' };
    const plain: Observable<PostEnvelope> = filteredStream(options);
    const credited: Observable<Delivery<PostEnvelope>> = filteredStream({ ...options, maxUnacked: 1 });
    expect(plain).not.toBe(credited);
    // @ts-expect-error: items are no deliveries
    const wrong: Observable<Delivery<PostEnvelope>> = xStream('filtered', options);
    expect(wrong).toBeDefined();
    // @ts-expect-error: onFull says what credit does when it is out
    expect(() => filteredStream({ ...options, onFull: 'pause' })).toThrow(
      new TypeError('X stream "filtered": options "onFull" and "maxQueued" need "maxUnacked"'),
    );
    // @ts-expect-error: nothing waits without credit
    expect(() => xStream('filtered', { ...options, maxQueued: 5 })).toThrow('need "maxUnacked"');
    for (const maxUnacked of [0, 1.5, '5', null]) {
      expect(() => xStream('filtered', untyped({ ...options, maxUnacked }))).toThrow('option "maxUnacked"');
    }
  });
});

describe('a position of a stream of X', () => {
  const store = () => memoryCheckpoint();

  function resumed(
    server: XServer,
    from: ReturnType<typeof store>,
  ): [Watched<Delivery<PostEnvelope>>, () => Promise<void>] {
    const saved = checkpoint(from, 'posts');
    const monitor = createMonitor();
    const open = (position: string | undefined) =>
      filteredStream({ ...optionsFor(server), maxUnacked: 100, recovery: 'backfill', position, monitor });
    const seen = watch(fromCheckpoint(from, 'posts', open).pipe(saved));
    const stop = async (): Promise<void> => {
      seen.stop();
      await saved.drain();
      await eventually(() => server.openStreams === 0);
    };
    return [seen, stop];
  }

  it('resumes after a clean stop: nothing acknowledged comes again, nothing is lost', async () => {
    const server = await start();
    const positions = store();
    const handled: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const [seen, stop] = resumed(server, positions);
      await eventually(() => server.openStreams === 1);
      publish(server, numbered(round * 10 + 1, 5));
      await eventually(() => expect(handled.length + seen.values.length).toBe(round * 10 + 5));
      for (const delivery of seen.values) delivery.ack();
      handled.push(...ids(seen.values));
      await stop();
      publish(server, numbered(round * 10 + 6, 5));
    }
    expect(handled).toEqual(numbered(1, 35));
    expect(server.connects.map(({ query }) => query)).toEqual(['', ...numbered(1, 3).map(() => 'backfill_minutes=2')]);
  });

  it('brings again what was not acknowledged, and what was behind it', async () => {
    const server = await start();
    const positions = store();
    const [first, stopFirst] = resumed(server, positions);
    await eventually(() => server.openStreams === 1);
    publish(server, numbered(1, 6));
    await eventually(() => expect(first.values).toHaveLength(6));
    for (const at of [0, 1, 4, 2]) first.values[at]?.ack();
    await stopFirst();
    const [second, stopSecond] = resumed(server, positions);
    await eventually(() => expect(second.values).toHaveLength(3));
    expect(ids(second.values)).toEqual(['4', '5', '6']);
    await stopSecond();
  });

  it('belongs to its delivery, also when it is read after newer ones have come', async () => {
    const server = await start();
    const seen = await connected(server, filteredStream({ ...optionsFor(server), maxUnacked: 100 }));
    publish(server, ['1', '2']);
    await eventually(() => expect(seen.values).toHaveLength(2));
    const before = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    publish(server, numbered(3, 20));
    await eventually(() => expect(seen.values).toHaveLength(22));
    const [first, second] = seen.values;
    if (first === undefined || second === undefined) throw new Error('nothing has come');
    expect([read(first).seen, read(second).seen]).toEqual([['1'], ['1', '2']]);
    expect(read(second).at).toBeLessThanOrEqual(before);
    seen.stop();
  });

  it('stays where the gap began while that is being filled: a stop then asks for all of it again', async () => {
    const { transport, requests } = scriptedX(() => ({ body: [line('7')], end: 'open' }));
    const at = Date.now() - 150_000;
    const position = encodePosition({ at, seen: ['6'] });
    const options = { bearerToken: 'a', transport, maxUnacked: 5, recovery: 'backfill' } as const;
    const seen = watch(filteredStream({ ...options, position }));
    await eventually(() => expect(seen.values).toHaveLength(1));
    expect(requests[0]?.url.search).toBe('?backfill_minutes=4');
    expect(seen.values.map(read)).toEqual([{ at, seen: ['6', '7'] }]);
    seen.stop();
  });

  it('of a replay is a time in it, not the time when it was read', async () => {
    const begin = Date.parse('2026-01-01T00:00:00Z');
    const { transport, requests } = scriptedX(() => ({
      body: [line('1', begin + 120_000), line('2', begin + 180_000)],
    }));
    const options = { bearerToken: 'a', transport, maxUnacked: 5, startTime: new Date(begin) } as const;
    const first = watch(filteredStream(options));
    await first.ended;
    const positions = first.values.map(read);
    expect(positions).toEqual([
      { at: begin + 120_000, seen: ['1'] },
      { at: begin + 180_000, seen: ['1', '2'] },
    ]);
    const again = watch(filteredStream({ ...options, position: first.values[0]?.position }));
    await again.ended;
    expect(ids(again.values)).toEqual(['2']);
    expect(requests[1]?.url.searchParams.get('start_time')).toBe('2026-01-01T00:01:00Z');
    const unplaced = scriptedX(() => ({ body: [line('1')] }));
    const other = watch(filteredStream({ ...options, transport: unplaced.transport }));
    await other.ended;
    expect(other.values.map(({ position }) => position)).toEqual([undefined]);
  });

  it('is refused where it is foreign, without being quoted', () => {
    for (const position of ['canary', '{"x":1,"at":"canary","seen":[]}', '1872000000000000000']) {
      for (const options of [{ maxUnacked: 1 }, {}]) {
        const call = (): unknown => xStream('filtered', untyped({ bearerToken: 'a', position, ...options }));
        expect(call).toThrow(TypeError);
        expect(call).toThrow('X stream "filtered": option "position" must be a position');
        expect(call).not.toThrow('canary');
      }
    }
  });

  it('is saved when the process is told to stop', async () => {
    const server = await start();
    const positions = store();
    const saved = checkpoint(positions, 'posts', { every: 60_000 });
    const handled: string[] = [];
    const subscription = filteredStream({ ...optionsFor(server), maxUnacked: 2 })
      .pipe(saved)
      .subscribe((delivery) => {
        handled.push(delivery.value.data.id);
        delivery.ack();
      });
    await eventually(() => server.openStreams === 1);
    publish(server, numbered(1, 9));
    await eventually(() => expect(handled).toHaveLength(9));
    expect(await positions.load('posts')).toBeUndefined();
    await drain(subscription, saved);
    expect(decodePosition('test', (await positions.load('posts')) ?? '').seen).toEqual(numbered(1, 9));
    await eventually(() => server.openStreams === 0);
  });
});
