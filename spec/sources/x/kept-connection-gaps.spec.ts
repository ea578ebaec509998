import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { StreamError } from '../../../lib/errors.js';
import type { BudgetPlace } from '../../../lib/retry-budget.js';
import { createMonitor, type StreamWarning } from '../../../lib/state.js';
import type { XOptionsOf } from '../../../sources/x/session-options.js';
import { decodePosition } from '../../../sources/x/position.js';
import { xMessages, xStream } from '../../../sources/x/streams.js';
import { eventually } from '../../servers/eventually.js';
import { startProxy } from '../../servers/proxy.js';
import { startXServer, type XServer } from '../../servers/x.js';
import { type ScriptedAnswer, scriptedX } from './scripted-x.js';
import { closing, type Watched, watch } from './watch.js';

const minute = 60_000;
const base = Date.UTC(2026, 0, 31, 12);
const now = { value: 0 };
const add = closing();

/** From now on the wall clock, ours and the server's, stands still until it is moved. */
function stopClock(): void {
  now.value = base;
  jest.spyOn(Date, 'now').mockImplementation(() => now.value);
}

afterEach(() => {
  jest.restoreAllMocks();
});

const pace = { initialBackoff: 5, maxBackoff: 5 };
const schedules = { stream_interrupted: pace, connection_error: pace, server_error: pace, too_many_connections: pace };
const quick = { schedules, jitter: 'none', maxRetries: 30 } as const;

const postLine = (id: string, at = base): string =>
  `${JSON.stringify({ data: { id, text: 'x', created_at: new Date(at).toISOString() } })}\r\n`;

interface Said {
  readonly type: string;
  readonly item?: { readonly data: { readonly id: string } };
  readonly recovered?: string;
}

/** Ids of items and what became of gaps, in their order. */
function story({ values }: Watched<Said>): string[] {
  return values.flatMap(({ item, recovered }) => item?.data.id ?? recovered ?? []);
}

async function live(options: Partial<XOptionsOf<'filtered'>> = {}): Promise<{ server: XServer; seen: Watched<Said> }> {
  const server = add(await startXServer({ rules: [{ value: 'x' }] }));
  const seen = watch(xMessages('filtered', { ...quick, bearerToken: server.token, baseUrl: server.url, ...options }));
  await eventually(() => server.openStreams === 1);
  return { server, seen };
}

function publish(server: XServer, ...ids: string[]): void {
  for (const id of ids) server.publish({ id, text: 'x' });
}

describe('a gap of minutes', () => {
  it('is filled by a backfill that only reconnects ask for, and each post comes once', async () => {
    stopClock();
    const onReconnect = (): void => {
      now.value += 2 * minute;
      publish(server, '3', '4');
    };
    const { server, seen } = await live({ recovery: 'backfill', onReconnect });
    publish(server, '1', '2');
    await eventually(() => expect(story(seen)).toEqual(['1', '2']));
    server.misbehave.dropAll('reset');
    await eventually(() => expect(story(seen)).toEqual(['1', '2', 'backfill', '3', '4']));
    publish(server, '5');
    await eventually(() => expect(story(seen).at(-1)).toBe('5'));
    expect(server.connects.map(({ query }) => query)).toEqual(['', 'backfill_minutes=3']);
    expect(seen.values.find(({ type }) => type === 'gap')).toMatchObject({ from: base, to: base + 2 * minute });
    seen.stop();
  });

  it('is lost unless recovery is asked for; what the caller wants of the beginning is not asked for again', async () => {
    const { server, seen } = await live({ backfillMinutes: 2 });
    publish(server, '1');
    await eventually(() => expect(story(seen)).toEqual(['1']));
    server.misbehave.dropAll('reset');
    await eventually(() => server.connects.length === 2);
    publish(server, '2');
    await eventually(() => expect(story(seen)).toEqual(['1', 'lost', '2']));
    expect(server.connects.map(({ query }) => query)).toEqual(['backfill_minutes=2', '']);
    seen.stop();
  });

  it('is asked for again when the connection that was to fill it broke in the middle', async () => {
    stopClock();
    const answers: ScriptedAnswer[] = [
      { body: [postLine('1')], end: 'broken' },
      { body: ['\r\n', postLine('2').slice(0, 9)], end: 'broken' },
      { body: [postLine('2')], end: 'broken' },
      { body: ['\r\n'], end: 'open' },
    ];
    const { transport, requests } = scriptedX((n) => answers[n - 1] ?? {});
    const steps = [3 * minute, 0, 2 * minute];
    const onReconnect = (): void => void (now.value += steps.shift() ?? 0);
    const options = { ...quick, bearerToken: 'a', transport, onReconnect } as const;
    const seen = watch(xMessages('sample', { ...options, recovery: 'backfill' }));
    await eventually(() => requests.length === 4);
    const asked = requests.map(({ url }) => url.searchParams.get('backfill_minutes'));
    // 3 minutes and one of slack, the same again, and what has grown to more than a backfill reaches.
    expect(asked).toEqual([null, '4', '4', '5']);
    seen.stop();
  });
});

describe('a gap of hours', () => {
  it('is replayed by a second connection with a beginning and an end', async () => {
    stopClock();
    const onReconnect = (): void => {
      for (let n = 1; n <= 6; n += 1) {
        now.value += 10 * minute;
        publish(server, `gap-${n}`);
      }
    };
    const { server, seen } = await live({ recovery: 'replay', onReconnect });
    publish(server, '1');
    await eventually(() => expect(story(seen)).toEqual(['1']));
    server.misbehave.dropAll('reset');
    await eventually(() => expect(story(seen)).toHaveLength(8));
    expect(new Set(story(seen))).toEqual(new Set(['1', 'replay', ...[1, 2, 3, 4, 5, 6].map((n) => `gap-${n}`)]));
    expect(server.connects.map(({ query }) => query)).toEqual([
      '',
      'backfill_minutes=5',
      'end_time=2026-01-31T12:56:00Z&start_time=2026-01-31T11:59:00Z',
    ]);
    await eventually(() => server.openSockets <= 2);
    seen.stop();
  });

  it('is partly lost when its replay fails, and the live stream goes on', async () => {
    stopClock();
    const monitor = createMonitor();
    const warnings: StreamWarning[] = [];
    monitor.events$.subscribe((event) => event.type === 'warning' && warnings.push(event.warning));
    const { server, seen } = await live({ recovery: 'replay', monitor, onReconnect: () => (now.value += 60 * minute) });
    publish(server, '1');
    await eventually(() => expect(story(seen)).toEqual(['1']));
    server.misbehave.nextConnects(['serve', { status: 403 }]);
    server.misbehave.dropAll('reset');
    await eventually(() => server.connects.length === 2 && server.openStreams === 1);
    publish(server, '2');
    await eventually(() => expect(story(seen)).toHaveLength(4));
    expect(story(seen).sort()).toEqual(['1', '2', 'partly', 'replay']);
    const failed = warnings.filter(({ kind }) => kind === 'replay_failed');
    expect(failed).toMatchObject([{ cause: { statusCode: 403 } }]);
    seen.stop();
  });
});

describe('a replay beside the live stream', () => {
  it('answers for its time when the live connection breaks again, and its bad lines are counted', async () => {
    stopClock();
    const { transport, requests } = scriptedX((n, { searchParams }) => {
      if (searchParams.has('start_time')) return { body: ['\r\n\r\nno json\r\n', postLine('2')], end: 'open' };
      if (n === 1) return { body: [postLine('1')], end: 'broken' };
      return { body: ['\r\n'], end: requests.length < 4 ? 'broken' : 'open' };
    });
    const monitor = createMonitor();
    const steps = [60 * minute];
    const onReconnect = (): void => void (now.value += steps.shift() ?? 0);
    const places: number[] = [];
    const take = (delay = 0): BudgetPlace => {
      places.push(delay);
      return { delay, release: () => {} };
    };
    const connectBudget = { take };
    const options = { ...quick, bearerToken: 'a', transport, onReconnect, monitor, connectBudget } as const;
    const seen = watch(xMessages('filtered', { ...options, recovery: 'replay' }));
    await eventually(() => expect(story(seen)).toEqual(['1', 'replay', '2', 'backfill']));
    // Each of its connections, the replay's too, has taken its place.
    expect(places).toHaveLength(requests.length);
    const asked = requests.map(({ url }) => url.searchParams);
    expect(asked.filter((params) => params.has('start_time'))).toHaveLength(1);
    expect(asked.at(-1)?.get('backfill_minutes')).toBe('5');
    expect([monitor.state.malformed, monitor.state.totalItemsReceived]).toEqual([1, 2]);
    // One of each live connection that followed; those of the replay say nothing about the stream.
    expect(seen.values.filter(({ type }) => type === 'keep_alive')).toHaveLength(2);
    seen.stop();
  });

  it('keeps positions before its gap until it is through, so that a restart fills the rest', async () => {
    stopClock();
    const { transport } = scriptedX((n, { searchParams }) => {
      if (searchParams.has('start_time')) return { body: [postLine('2')], end: 'open' };
      return n === 1 ? { body: [postLine('1')], end: 'broken' } : { body: [postLine('3')], end: 'open' };
    });
    const onReconnect = (): void => void (now.value += 60 * minute);
    const options = { ...quick, bearerToken: 'a', transport, onReconnect, maxUnacked: 10, recovery: 'replay' } as const;
    const positions = new Map<string, string | undefined>();
    const subscription = xStream('filtered', options).subscribe(({ value, position }) =>
      positions.set(value.data.id, position),
    );
    await eventually(() => expect([...positions.keys()].sort()).toEqual(['1', '2', '3']));
    const at = (id: string): number => decodePosition('spec', positions.get(id) ?? '').at;
    expect([at('1'), at('2'), at('3')]).toEqual([base, base, base]);
    subscription.unsubscribe();
  });
});

describe('a stream with a beginning and an end', () => {
  const replayOf = (server: XServer): XOptionsOf<'filtered'> => {
    const [startTime, endTime] = [new Date(base), new Date(base + 60 * minute)];
    return { ...quick, bearerToken: server.token, baseUrl: server.url, startTime, endTime };
  };

  it('completes when the server has sent all of it', async () => {
    stopClock();
    const server = add(await startXServer({ rules: [{ value: 'x' }] }));
    publish(server, '1', '2');
    now.value += 90 * minute;
    publish(server, '3');
    const seen = watch(xMessages('filtered', replayOf(server)));
    await seen.ended;
    expect([story(seen), seen.completed, server.connects.length]).toEqual([['1', '2'], true, 1]);
  });

  it('goes on after a drop, never before its beginning, each post once', async () => {
    stopClock();
    const server = add(await startXServer({ rules: [{ value: 'x' }] }));
    const ids = Array.from({ length: 40 }, (_, n) => String(n + 1));
    const query = 'end_time=2026-01-31T13:00:00Z&start_time=2026-01-31T12:00:00Z&tweet.fields=created_at';
    publish(server, ...ids);
    now.value += 90 * minute;
    const proxy = add(await startProxy(server.port, (n) => (n === 0 ? { cutAfter: 2_500, cutBy: 'fin' } : {})));
    const seen = watch(xMessages('filtered', { ...replayOf(server), baseUrl: proxy.url, tweetFields: ['created_at'] }));
    await seen.ended;
    expect([story(seen), seen.completed]).toEqual([ids, true]);
    expect(server.connects.map((connect) => connect.query)).toEqual([query, query]);
  });

  it('begins again a minute before the newest item', async () => {
    const lines = [1, 20, 10].map((minutes) => postLine(String(minutes), base + minutes * minute));
    const answers: ScriptedAnswer[] = [{ body: lines, end: 'broken' }, { body: [postLine('30')] }];
    const { transport, requests } = scriptedX((n) => answers[n - 1] ?? {});
    const startTime = new Date(base);
    const seen = watch(xMessages('filtered', { ...quick, bearerToken: 'a', transport, startTime }));
    await seen.ended;
    expect(requests.map(({ url }) => url.searchParams.get('start_time'))).toEqual([
      '2026-01-31T12:00:00Z',
      '2026-01-31T12:19:00Z',
    ]);
    expect(story(seen)).toEqual(['1', '20', '10', '30']);
  });
});

describe('onTooManyConnections', () => {
  it.each(['terminate', 'wait'] as const)('%s decides whether zombies are closed or waited for', async (choice) => {
    const { server, seen } = await live({ onTooManyConnections: choice });
    server.misbehave.zombies(choice === 'wait' ? 60 : 600_000);
    server.misbehave.dropAll('reset');
    await eventually(() => server.connects.length > 2 && server.openStreams === 1);
    expect(server.connects.slice(0, 2).map(({ status }) => status)).toEqual([200, 429]);
    const calls = server.requests.map(({ method, path }) => `${method} ${path}`);
    expect(calls).toEqual(choice === 'wait' ? [] : ['DELETE /2/connections/filtered_stream']);
    seen.stop();
  });

  it('waits as well when the call fails, and warns', async () => {
    const body = JSON.stringify({ connection_issue: 'TooManyConnections', title: 'ConnectionException' });
    const refused: ScriptedAnswer = { status: 429, body: [body] };
    const { transport, requests } = scriptedX((n, { pathname }) => {
      if (pathname.startsWith('/2/connections')) return { status: 500 };
      return n === 1 ? refused : { body: ['\r\n'], end: 'open' };
    });
    const warnings: string[] = [];
    const onWarning = ({ kind }: StreamWarning): void => void warnings.push(kind);
    const errors: string[] = [];
    const onError = ({ code }: StreamError): void => void errors.push(code);
    const options = { ...quick, bearerToken: 'a', transport, onWarning, onError } as const;
    const seen = watch(xMessages('sample', { ...options, onTooManyConnections: 'terminate' }));
    await eventually(() => expect(seen.values).toHaveLength(1));
    expect(errors).toEqual(['too_many_connections']);
    expect([requests.length, warnings]).toEqual([3, ['termination_failed', 'backoff_at_maximum']]);
    seen.stop();
  });
});
