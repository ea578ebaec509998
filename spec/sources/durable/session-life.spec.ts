import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { createMonitor, type StreamEvent } from '../../../lib/state.js';
import { readParts } from '../../../sources/durable/session.js';
import { eventually } from '../../servers/eventually.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, chunk, type Handler, jsonAnswer, stall } from '../../servers/origin-steps.js';

const here = { 'content-type': 'application/json', 'stream-next-offset': '1' };
const atTail = { ...here, 'stream-up-to-date': 'true' };
const tail = [jsonAnswer(200, [], atTail)];
const control = 'event: control\ndata: {"streamNextOffset":"1","upToDate":true}\n\n';

/** How far a reader has come when it is left, and who has to be there for that. */
const phases: readonly (readonly [string, Handler, 'long-poll' | 'sse', (origin: Origin) => boolean])[] = [
  ['before any answer', () => [stall()], 'long-poll', ({ requests }) => requests.length === 1],
  [
    'within a body',
    () => [answer(200, here), chunk('[1,'), stall()],
    'long-poll',
    ({ requests }) => requests.length === 1,
  ],
  [
    'in a long-poll',
    ({ path }) => (path.includes('live') ? [stall()] : tail),
    'long-poll',
    ({ requests }) => requests.length === 2,
  ],
  [
    'in an event stream',
    ({ path }) =>
      path.includes('live') ? [answer(200, { 'content-type': 'text/event-stream' }), chunk(control), stall()] : tail,
    'sse',
    ({ requests }) => requests.length === 2,
  ],
  ['before a retry', () => [answer(503)], 'long-poll', ({ requests }) => requests.length === 1],
  ['in a loop that brings nothing', () => [answer(204, atTail)], 'long-poll', ({ requests }) => requests.length === 6],
];

describe('a reader that is left', () => {
  it.each(phases)('%s: no timer and no socket is left', async (_, handler, live, isThere) => {
    await using origin = await startOrigin(handler);
    const scheduler = new VirtualTimeScheduler();
    const monitor = createMonitor({ scheduler });
    const subscription = readParts(
      'spec',
      `${origin.url}/s`,
      { scheduler, monitor, initialBackoff: 50 },
      { live, whole: false },
    ).subscribe();
    await eventually(() => isThere(origin));
    await eventually(() => scheduler.actions.some(({ closed }) => !closed));
    subscription.unsubscribe();
    expect(scheduler.actions.filter(({ closed }) => !closed)).toEqual([]);
    expect(monitor.state).toMatchObject({ phase: 'closed', isConnected: false });
    // Answers that are over leave their connection to the pool.
    if (live === 'sse' || origin.requests.length < 3) await eventually(() => origin.activeSockets <= 1);
  });
});

describe('the monitor of a reader', () => {
  it('sees a connection for every request, and each come to its end', async () => {
    let times = 0;
    await using origin = await startOrigin(({ path }) => {
      times += 1;
      if (times === 1) return [answer(503)];
      if (!path.includes('live')) return [jsonAnswer(200, [1], atTail)];
      return [answer(204, { ...atTail, 'stream-closed': 'true' })];
    });
    const monitor = createMonitor();
    const events: StreamEvent['type'][] = [];
    monitor.events$.subscribe(({ type }) => events.push(type));
    const calls: string[] = [];
    await new Promise<void>((resolve) => {
      readParts(
        'spec',
        `${origin.url}/s`,
        {
          ...{ monitor, initialBackoff: 1, maxBackoff: 2 },
          onConnect: () => calls.push('connect'),
          onDisconnect: () => calls.push('disconnect'),
          onReconnect: (attempt) => calls.push(`reconnect ${attempt}`),
        },
        { live: 'long-poll', whole: false },
      ).subscribe({ complete: resolve });
    });
    expect(events).toEqual(['error', 'reconnect', 'connect', 'disconnect', 'connect', 'disconnect']);
    expect(calls).toEqual(['reconnect 1', 'connect', 'disconnect', 'connect', 'disconnect']);
    expect(monitor.state).toMatchObject({ phase: 'closed', isConnected: false });
  });

  it('reads anew for every subscriber', async () => {
    await using origin = await startOrigin(() => [jsonAnswer(200, [1], { ...atTail, 'stream-closed': 'true' })]);
    const parts = readParts('spec', `${origin.url}/s`, {}, { live: 'long-poll', whole: false });
    expect(origin.requests).toHaveLength(0);
    const done = () => new Promise<void>((resolve) => void parts.subscribe({ complete: resolve }));
    await Promise.all([done(), done()]);
    expect(origin.requests.map(({ path }) => path)).toEqual(['/s?offset=-1', '/s?offset=-1']);
  });
});
