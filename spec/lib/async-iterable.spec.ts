import { getEventListeners, once, setMaxListeners } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { defer, EMPTY, Observable, Subject, throwError } from 'rxjs';
import { toAsyncIterable } from '../../lib/async-iterable.js';

const strategies = ['each', 'buffered', 'latest', 'next'] as const;
type Strategy = (typeof strategies)[number];

/** The same call for all strategies, as the overloads want literals. */
function iterate(
  strategy: Strategy,
  source: Observable<unknown>,
  signal?: AbortSignal,
): AsyncIterableIterator<unknown> {
  if (strategy === 'buffered') return toAsyncIterable(source, { strategy, signal });
  return toAsyncIterable(source, { strategy, signal });
}

/** What a promise came to within this turn of the event loop: nothing here may take longer. */
async function outcome(promise: Promise<IteratorResult<unknown>> | undefined): Promise<unknown> {
  if (promise === undefined) return 'no such method';
  const soon = new Promise<string>((resolve) => setImmediate(() => resolve('pending')));
  const settled = promise.then(
    (result) => (result.done === true ? 'done' : result.value),
    (error: unknown) => ({ rejected: error }),
  );
  return Promise.race([settled, soon]);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(strategies)('toAsyncIterable, strategy %s', (strategy) => {
  it('subscribes at the first next() and not before, once', async () => {
    let subscriptions = 0;
    const source = new Subject<number>();
    const values = iterate(
      strategy,
      defer(() => {
        subscriptions += 1;
        return source;
      }),
    );
    await turn();
    expect(values[Symbol.asyncIterator]()).toBe(values);
    expect(subscriptions).toBe(0);
    void values.next();
    void values.next();
    expect(subscriptions).toBe(1);
    await values.return?.();
  });

  it('is done when the source is empty, and stays done', async () => {
    const values = iterate(strategy, EMPTY);
    expect(await outcome(values.next())).toBe('done');
    expect(await outcome(values.next())).toBe('done');
  });

  it('throws the error of the source once, then is done', async () => {
    const boom = new Error('boom');
    const values = iterate(
      strategy,
      throwError(() => boom),
    );
    expect(await outcome(values.next())).toEqual({ rejected: boom });
    expect(await outcome(values.next())).toBe('done');
  });

  it('rejects one of several pending calls and ends the others', async () => {
    const boom = new Error('boom');
    const source = new Subject<number>();
    const values = iterate(strategy, source);
    const pending = [values.next(), values.next(), values.next()];
    source.error(boom);
    expect(await Promise.all(pending.map(outcome))).toEqual([{ rejected: boom }, 'done', 'done']);
  });

  it('throws even an error that is undefined', async () => {
    const values = iterate(
      strategy,
      throwError(() => undefined),
    );
    expect(await outcome(values.next())).toEqual({ rejected: undefined });
  });

  it('unsubscribes at return() before it returns, pending calls or not', async () => {
    for (const calls of [0, 1, 3]) {
      const source = new Subject<number>();
      const values = iterate(strategy, source);
      const first = values.next();
      source.next(1);
      await first;
      const pending = Array.from({ length: calls }, () => values.next());
      expect(source.observed).toBe(true);
      const returned = values.return?.('given');
      expect(source.observed).toBe(false);
      expect(await Promise.all(pending.map(outcome))).toEqual(Array.from({ length: calls }, () => 'done'));
      expect(await returned).toEqual({ value: 'given', done: true });
      expect(await outcome(values.next())).toBe('done');
    }
  });

  it('never subscribes when return() comes first', async () => {
    const source = new Subject<number>();
    const values = iterate(strategy, source);
    await values.return?.();
    expect(await outcome(values.next())).toBe('done');
    expect(source.observed).toBe(false);
  });

  it('unsubscribes at throw() before it returns, ends pending calls and rejects with what was thrown', async () => {
    const boom = new Error('boom');
    const source = new Subject<number>();
    const values = iterate(strategy, source);
    const pending = values.next();
    const thrown = values.throw?.(boom);
    expect(source.observed).toBe(false);
    expect(await outcome(pending)).toBe('done');
    expect(await outcome(thrown)).toEqual({ rejected: boom });
    expect(await outcome(values.next())).toBe('done');
  });

  it('drops what it holds at return()', async () => {
    const source = new Subject<number>();
    const values = iterate(strategy, source);
    const first = values.next();
    source.next(1);
    await first;
    source.next(2);
    source.complete();
    await values.return?.();
    expect(await outcome(values.next())).toBe('done');
  });

  it('forgets an error that waits behind held values at return()', async () => {
    const source = new Subject<number>();
    const values = iterate(strategy, source);
    const first = values.next();
    source.next(1);
    await first;
    source.next(2);
    source.error(new Error('boom'));
    await values.return?.();
    expect(await outcome(values.next())).toBe('done');
  });

  it('rejects the pending call with the reason of an abort, then is done; the source is unsubscribed at once', async () => {
    const source = new Subject<number>();
    const controller = new AbortController();
    const values = iterate(strategy, source, controller.signal);
    const pending = [values.next(), values.next()];
    const reason = new Error('enough');
    controller.abort(reason);
    expect(source.observed).toBe(false);
    expect(await Promise.all(pending.map(outcome))).toEqual([{ rejected: reason }, 'done']);
    expect(await outcome(values.next())).toBe('done');
  });

  it('drops held values at an abort and rejects the next call', async () => {
    const source = new Subject<number>();
    const controller = new AbortController();
    const values = iterate(strategy, source, controller.signal);
    const first = values.next();
    source.next(1);
    await first;
    source.next(2);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(source.observed).toBe(false);
    expect(await outcome(values.next())).toEqual({ rejected: reason });
    expect(await outcome(values.next())).toBe('done');
  });

  it('never subscribes when the signal is already aborted', async () => {
    const source = new Subject<number>();
    const reason = new Error('too late');
    const values = iterate(strategy, source, AbortSignal.abort(reason));
    const pending = values.next();
    expect(source.observed).toBe(false);
    expect(await outcome(pending)).toEqual({ rejected: reason });
    expect(await outcome(values.next())).toBe('done');
  });

  it('stops a source that aborts the signal while it is being subscribed', async () => {
    const controller = new AbortController();
    const reason = new Error('no');
    let closed = false;
    const source = new Observable<number>((subscriber) => {
      controller.abort(reason);
      subscriber.next(1);
      return () => {
        closed = true;
      };
    });
    const values = iterate(strategy, source, controller.signal);
    expect(await outcome(values.next())).toEqual({ rejected: reason });
    expect(closed).toBe(true);
  });

  it('leaves no listener on a signal that many iterables have shared', async () => {
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    const ends: ((source: Subject<number>, values: AsyncIterator<unknown>) => unknown)[] = [
      (source) => source.complete(),
      (source) => source.error(new Error('boom')),
      (_, values) => values.return?.(),
      (_, values) => values.throw?.(new Error('boom')).catch(() => undefined),
    ];
    const sources = Array.from({ length: 20 }, () => new Subject<number>());
    const iterables = sources.map((source) => iterate(strategy, source, signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const pending = iterables.map((values) => outcome(values.next()));
    expect(getEventListeners(signal, 'abort')).toHaveLength(20);
    sources.forEach((source, index) => {
      const values = iterables[index];
      if (values !== undefined) ends[index % ends.length]?.(source, values);
    });
    await Promise.all(pending);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('leaves no listener when the source ends while nobody is asking', async () => {
    const { signal } = new AbortController();
    const source = new Subject<number>();
    const values = iterate(strategy, source, signal);
    const first = values.next();
    source.next(1);
    await first;
    source.next(2);
    source.complete();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await values.return?.();
  });

  it('closes the socket at break', async () => {
    const { server, port, sockets } = await chattyServer();
    for await (const value of iterate(strategy, fromSocket(port))) {
      expect(value).toBeDefined();
      break;
    }
    await once(sockets[0] ?? server, 'close');
    server.close();
    await once(server, 'close');
  });

  it('passes on what a teardown throws as a rejection, not as a throw', async () => {
    const source = new Observable<number>(() => () => {
      throw new Error('teardown');
    });
    const values = iterate(strategy, source);
    const pending = values.next();
    expect(() => void values.return?.().catch(() => undefined)).not.toThrow();
    expect(await outcome(pending)).toBe('done');
  });
});

describe('toAsyncIterable, options', () => {
  it.each<[string, object]>([
    ['maxBuffered', { maxBuffered: 0 }],
    ['maxBuffered', { maxBuffered: Number.NaN }],
    ['maxBuffered', { maxBuffered: Infinity, strategy: 'buffered' }],
    ['maxBuffered', { maxBuffered: 1.5 }],
    ['maxBuffered', { maxBuffered: '10' }],
    ['maxBuffered', { maxBuffered: null }],
    ['unknown option "maxBuffered"', { maxBuffered: 10, strategy: 'latest' }],
    ['unknown option "acknowledge"', { acknowledge: 'manual', strategy: 'next' }],
    ['acknowledge', { acknowledge: true }],
    ['strategy', { strategy: 'all' }],
    ['signal', { signal: null }],
    ['unknown option "highWaterMark"', { highWaterMark: 1 }],
  ])('refuses a senseless %s (%j)', (named, options) => {
    const call = (): unknown => Reflect.apply(toAsyncIterable, undefined, [EMPTY, options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});

async function chattyServer(): Promise<{ server: Server; port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    const timer = setInterval(() => socket.write('tick\n'), 5);
    socket.once('close', () => clearInterval(timer));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0, sockets };
}

function fromSocket(port: number): Observable<string> {
  return new Observable((subscriber) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (bytes) => subscriber.next(String(bytes)));
    return () => socket.destroy();
  });
}
