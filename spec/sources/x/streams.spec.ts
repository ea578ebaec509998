import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { createMonitor, type StreamPhase } from '../../../lib/state.js';
import type { XOptionsOf } from '../../../sources/x/session-options.js';
import { xMessages, xStream } from '../../../sources/x/streams.js';
import { eventually } from '../../servers/eventually.js';
import { refusedUrl, startOrigin } from '../../servers/origin.js';
import { answer, chunk, jsonAnswer, pause, stall, type Step } from '../../servers/origin-steps.js';
import { startXServer, type XServer, type XServerOptions } from '../../servers/x.js';
import { scriptedX } from './scripted-x.js';
import { closing, watch } from './watch.js';

const add = closing();
const json = { 'content-type': 'application/json' };

async function start(options: XServerOptions = {}): Promise<XServer> {
  return add(await startXServer({ rules: [{ value: 'x', tag: 'letters' }], ...options }));
}

function optionsFor(server: XServer): XOptionsOf<'filtered'> {
  const schedules = { stream_interrupted: { initialBackoff: 5, maxBackoff: 5 } };
  return { bearerToken: server.token, baseUrl: server.url, schedules };
}

describe('xMessages', () => {
  it('shows everything: posts, keep-alives, notices, gaps, what is malformed and what is unknown', async () => {
    const server = await start({ keepAliveMs: 20 });
    const seen = watch(xMessages('filtered', optionsFor(server)));
    await eventually(() => server.openStreams === 1);
    server.publish({ id: '1999999999999999999', text: 'x' });
    server.misbehave.sendRaw('{"new":true}\r\nno json\r\n');
    server.misbehave.notice('SlowReader');
    await eventually(() => server.openStreams === 1 && server.connects.length === 2);
    server.publish({ id: '2', text: 'x' });
    await eventually(() => expect(seen.values.at(-1)?.type).toBe('keep_alive'));
    const types = seen.values.map(({ type }) => type).filter((type) => type !== 'keep_alive');
    expect(types).toEqual(['item', 'unknown', 'malformed', 'notice', 'gap', 'item']);
    expect(seen.values.find(({ type }) => type === 'item')).toMatchObject({
      item: { data: { id: '1999999999999999999' }, matching_rules: [{ tag: 'letters' }] },
    });
    seen.stop();
  });

  it('does nothing before it is subscribed to, and connects once for each subscription', async () => {
    const server = await start({ maxConnections: 2 });
    const messages = xMessages('filtered', optionsFor(server));
    expect(server.connects).toHaveLength(0);
    const both = [watch(messages), watch(messages)];
    await eventually(() => server.openStreams === 2);
    both.forEach((one) => one.stop());
    await eventually(() => server.openStreams === 0);
  });

  it('counts bytes, items, duplicates, malformed lines and lag', async () => {
    const server = await start();
    const monitor = createMonitor();
    const seen = watch(xStream('filtered', { ...optionsFor(server), monitor }));
    await eventually(() => server.openStreams === 1);
    server.publish({ id: '1', text: 'x', created_at: new Date(Date.now() - 60_000).toISOString() });
    server.misbehave.duplicates(true);
    server.publish({ id: '2', text: 'x' });
    server.misbehave.sendRaw('no json\r\n');
    await eventually(() => expect(monitor.state.malformed).toBe(1));
    expect(monitor.state).toMatchObject({ totalItemsReceived: 2, duplicates: 1, isConnected: true, phase: 'open' });
    expect(monitor.state.bytesReceived).toBeGreaterThan(200);
    expect(seen.values.map(({ data }) => data.id)).toEqual(['1', '2']);
    seen.stop();
    expect(monitor.state).toMatchObject({ isConnected: false, phase: 'closed' });
  });

  it('tells how late an item is, where it says when it was made', async () => {
    const late = JSON.stringify({
      data: { id: '1', text: 'x', created_at: new Date(Date.now() - 9_000).toISOString() },
    });
    const { transport } = scriptedX(() => ({ body: [`${late}\r\n`], end: 'open' }));
    const monitor = createMonitor();
    await watch(xStream('filtered', { bearerToken: 'a', transport, monitor }).pipe(take(1))).ended;
    expect(monitor.state.lag).toBeGreaterThanOrEqual(9_000);
    expect(monitor.state.lag).toBeLessThan(19_000);
  });

  it('removes repeats unless it is told not to, each by the key of its stream', async () => {
    const event = { data: { delete: { tweet: { id: '1', author_id: '2' }, event_at: '2026-01-01T00:00:00Z' } } };
    const withdrawn = { data: { undrop: event.data.delete } };
    const body = [event, withdrawn, event].map((line) => `${JSON.stringify(line)}\r\n`);
    const { transport } = scriptedX(() => ({ body }));
    const options = { bearerToken: 'a', transport, partition: 1, onComplete: 'complete' } as const;
    const unique = watch(xStream('postCompliance', options));
    const all = watch(xStream('postCompliance', { ...options, dedupe: false }));
    await Promise.all([unique.ended, all.ended]);
    expect([unique.values, all.values]).toEqual([
      [event, withdrawn],
      [event, withdrawn, event],
    ]);
  });

  it('reads its token again for every connection, so that a new one is taken without a stop', async () => {
    const server = await start();
    const seen = watch(xStream('filtered', { ...optionsFor(server), bearerToken: () => server.token }));
    await eventually(() => server.openStreams === 1);
    server.rotateToken('another-token');
    server.misbehave.fin();
    await eventually(() => server.connects.length === 2 && server.openStreams === 1);
    seen.stop();
  });
});

describe('unsubscription from a stream', () => {
  const phases: [StreamPhase, readonly Step[]][] = [
    ['connecting', [pause(5_000), answer(200, json), stall()]],
    ['open', [answer(200, json), chunk('\r\n{"data":'), stall()]],
    ['waiting', [jsonAnswer(503, {})]],
  ];

  it.each(phases)('closes its socket when it is %s', async (phase, script) => {
    const origin = add(await startOrigin([script]));
    const monitor = createMonitor();
    const seen = watch(xMessages('sample', { bearerToken: 'a', baseUrl: origin.url, monitor }));
    await eventually(() => origin.requests.length === 1);
    if (phase !== 'connecting') await eventually(() => expect(monitor.state.phase).toBe(phase));
    seen.stop();
    expect(monitor.state.phase).toBe('closed');
    // Between a finished answer and the next request, the socket is the platform's to keep.
    if (phase !== 'waiting') await eventually(() => expect(origin.activeSockets).toBe(0));
    expect([origin.requests.length, seen.values.length]).toEqual([1, phase === 'open' ? 1 : 0]);
  });

  it('from within an item lets no other through', async () => {
    const server = await start();
    const ids: string[] = [];
    const stream = xStream('filtered', optionsFor(server)).pipe(take(1));
    stream.subscribe(({ data }) => ids.push(data.id));
    await eventually(() => server.openStreams === 1);
    server.misbehave.duplicates(true);
    server.publish({ id: '1', text: 'x' });
    server.publish({ id: '2', text: 'x' });
    await eventually(() => server.openSockets === 0 || server.openStreams === 0);
    expect(ids).toEqual(['1']);
  });

  it('where nobody answers leaves nothing behind', async () => {
    const seen = watch(xMessages('sample', { bearerToken: 'a', baseUrl: await refusedUrl(), maxRetries: 1 }));
    await seen.ended;
    expect(seen.error).toMatchObject({ code: 'retries_exhausted', errorType: 'connection_error' });
  });
});
