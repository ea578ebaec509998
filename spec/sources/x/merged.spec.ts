import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, Observable, of, range, map, Subject, take, throwError } from 'rxjs';
import { createMonitor, type StreamWarning } from '../../../lib/state.js';
import type { PostEnvelope } from '../../../sources/x/envelopes.js';
import { partitioned, redundant } from '../../../sources/x/merged.js';
import { filteredStream, sample10Stream } from '../../../sources/x/named-streams.js';
import { eventually } from '../../servers/eventually.js';
import { startProxy } from '../../servers/proxy.js';
import { startXServer } from '../../servers/x.js';
import { closing, watch } from './watch.js';

const add = closing();
const post = (id: string): PostEnvelope => ({ data: { id, text: 'x' } });
const ids = (values: readonly PostEnvelope[]): string[] => values.map(({ data }) => data.id);
const untyped = (value: unknown) => JSON.parse(JSON.stringify(value));

/** A source that runs the next of its scripts for each subscription. */
function each<T>(...scripts: Observable<T>[]): Observable<T> {
  const left = scripts.values();
  return new Observable((subscriber) => (left.next().value ?? NEVER).subscribe(subscriber));
}

function run(source: Observable<PostEnvelope>, connections = 2) {
  const monitor = createMonitor();
  const warnings: StreamWarning[] = [];
  monitor.events$.subscribe((event) => event.type === 'warning' && warnings.push(event.warning));
  const seen: string[] = [];
  redundant(source, { name: 'filtered', connections, monitor }).subscribe({
    next: ({ data }) => seen.push(data.id),
    error: (error) => seen.push(`error ${error}`),
    complete: () => seen.push('|'),
  });
  return { seen, warnings, duplicates: () => monitor.state.duplicates };
}

describe('redundant', () => {
  it('gives each item once, from whichever connection brings it first', () => {
    const [one, other] = [new Subject<PostEnvelope>(), new Subject<PostEnvelope>()];
    const { seen, duplicates } = run(each(one, other));
    one.next(post('1'));
    other.next(post('1'));
    other.next(post('2'));
    one.next(post('2'));
    expect([seen, duplicates()]).toEqual([['1', '2'], 2]);
  });

  it('goes on while one connection is left, and tells of those that are lost', () => {
    const left = new Subject<PostEnvelope>();
    const { seen, warnings } = run(
      each(
        throwError(() => 'dead'),
        left,
      ),
    );
    left.next(post('1'));
    expect(seen).toEqual(['1']);
    expect(warnings).toMatchObject([{ kind: 'connection_lost', cause: 'dead' }]);
    left.error('dead too');
    expect(seen).toEqual(['1', 'error dead too']);
  });

  it('completes when all are over, of which one at least came to its end', () => {
    expect(
      run(
        each(
          of(post('1')),
          throwError(() => 'dead'),
        ),
      ).seen,
    ).toEqual(['1', '|']);
    expect(
      run(
        each(
          throwError(() => 'dead'),
          of(post('1')),
        ),
      ).seen,
    ).toEqual(['1', '|']);
  });

  it('ends all connections with the subscription, within a synchronous source too', () => {
    const seen: string[] = [];
    const endless = range(1, Infinity).pipe(map((n) => post(String(n))));
    redundant(endless, { name: 'filtered', connections: 3 })
      .pipe(take(2))
      .subscribe(({ data }) => seen.push(data.id));
    expect(seen).toEqual(['1', '2']);
    const [one, other] = [new Subject<PostEnvelope>(), new Subject<PostEnvelope>()];
    redundant(each(one, other), { name: 'filtered', connections: 2 }).subscribe().unsubscribe();
    expect([one.observed, other.observed]).toEqual([false, false]);
  });

  it('loses nothing while a connection is down, and has it back afterwards', async () => {
    const server = add(await startXServer({ rules: [{ value: 'x' }], maxConnections: 2 }));
    const proxy = add(await startProxy(server.port, (n) => (n === 0 ? { cutAfter: 1_200 } : {})));
    const pace = { initialBackoff: 30, maxBackoff: 30, jitter: 'none' } as const;
    const schedules = { stream_interrupted: pace, too_many_connections: pace };
    const options = { bearerToken: server.token, baseUrl: proxy.url, schedules };
    const seen = watch(redundant(filteredStream(options), { name: 'filtered', connections: 2 }));
    await eventually(() => server.openStreams === 2);
    const all = Array.from({ length: 20 }, (_, n) => String(n));
    for (const id of all) {
      server.publish({ id, text: 'x' });
      await eventually(() => expect(ids(seen.values).at(-1)).toBe(id));
    }
    await eventually(() => server.connects.length > 2 && server.openStreams === 2);
    expect(ids(seen.values)).toEqual(all);
    seen.stop();
    await eventually(() => expect(server.openStreams).toBe(0));
  });

  it.each([
    [{ name: 'filtered', connections: 0 }, 'connections'],
    [{ name: 'filtered' }, 'connections'],
    [{ name: 'filtered', connections: 1.5 }, 'connections'],
    [{ connections: 2 }, 'name'],
    [{ name: 'unheard of', connections: 2 }, 'name'],
    [{ name: 'filtered', connections: 2, key: 'id' }, 'key'],
  ])('refuses %j', (options, word) => {
    expect(() => redundant(NEVER, untyped(options))).toThrow(TypeError);
    expect(() => redundant(NEVER, untyped(options))).toThrow(word);
  });
});

describe('partitioned', () => {
  it('merges all partitions, or those that are chosen, each opened once', () => {
    const opened: unknown[][] = [];
    const open = (...given: [1 | 2]): Observable<PostEnvelope> => {
      opened.push(given);
      return from([post(String(given[0])), post('same')]);
    };
    const seen: string[] = [];
    partitioned('sample10', open).subscribe(({ data }) => seen.push(data.id));
    expect([opened, seen]).toEqual([
      [[1], [2]],
      ['1', 'same', '2', 'same'],
    ]);
    partitioned('sample10', open, { partitions: [2] }).subscribe();
    expect(opened).toEqual([[1], [2], [2]]);
  });

  it('fails with the first that fails for good', () => {
    const seen: unknown[] = [];
    partitioned('sample10', (n) => (n === 1 ? concat(of(post('1')), NEVER) : throwError(() => 'dead'))).subscribe({
      next: ({ data }) => seen.push(data.id),
      error: (error) => seen.push(error),
    });
    expect(seen).toEqual(['1', 'dead']);
  });

  it('carries all of a stream whose posts are shared out', async () => {
    const server = add(await startXServer());
    const options = { bearerToken: server.token, baseUrl: server.url };
    const seen = watch(partitioned('sample10', (partition) => sample10Stream({ ...options, partition })));
    await eventually(() => server.openStreams === 2);
    const all = Array.from({ length: 20 }, (_, n) => String(n));
    for (const id of all) server.publish({ id, text: 'x' });
    await eventually(() => expect(ids(seen.values).sort()).toEqual([...all].sort()));
    expect(server.connects.map(({ query }) => query).sort()).toEqual(['partition=1', 'partition=2']);
    seen.stop();
    await eventually(() => expect(server.openStreams).toBe(0));
  });

  it('refuses partitions that the stream does not have, none, and one twice', () => {
    const choose = (partitions: unknown, name: 'sample10' | 'filtered' = 'sample10') => {
      return (): unknown => partitioned(name, () => NEVER, untyped({ partitions }));
    };
    for (const wrong of [[0], [3], [1, 1], [], ['1'], 2]) expect(choose(wrong)).toThrow(TypeError);
    expect(choose([3])).toThrow('X stream "sample10" has partitions 1 to 2');
    expect(choose(undefined, 'filtered')).toThrow('X stream "filtered" has no partitions');
    expect(() => partitioned('sample10', () => NEVER, untyped({ partition: 1 }))).toThrow('partition');
  });
});
