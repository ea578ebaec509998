import { describe, expect, it } from '@jest/globals';
import { createMonitor } from '../../../lib/state.js';
import { openDurable } from '../../../sources/durable/open-durable.js';
import { startDurable } from '../../servers/durable.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, fin, jsonAnswer, stall } from '../../servers/origin-steps.js';
import { allOf, failureOf, itemsIn, textIn, until } from './reading.js';
import { queryOf } from './scripted-stream.js';

describe('openDurable', () => {
  it('asks once: its answer, the data and the position behind it', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', 'application/json', '[1,2]');
    const parts = await allOf(openDurable(url));
    expect(itemsIn(parts)).toEqual([1, 2]);
    const [open] = parts;
    expect(open).toMatchObject({ type: 'open', live: 'catch-up', status: 200, contentType: 'application/json' });
    if (open?.type === 'open') expect(open.headers).toMatchObject({ 'stream-up-to-date': 'true' });
    expect(parts.at(-1)).toMatchObject({ type: 'position', upToDate: true });
  });

  it('does not ask for the next page, and does not try again', async () => {
    await using origin = await startOrigin(() => [jsonAnswer(200, [1], { 'stream-next-offset': '1' })]);
    expect(await allOf(openDurable(`${origin.url}/s`))).toHaveLength(3);
    await using busy = await startOrigin(() => [answer(503)]);
    expect(await failureOf(openDurable(`${busy.url}/s`))).toMatchObject({ name: 'FetchError', statusCode: 503 });
    expect(origin.requests.length + busy.requests.length).toBe(2);
  });

  it('says with its error where to go on', async () => {
    const head = answer(200, { 'content-type': 'application/json', 'stream-next-offset': '9' });
    await using origin = await startOrigin(() => [head, chunk('[1,2,'), fin()]);
    const error = await failureOf(openDurable(`${origin.url}/s`, { offset: '4' }));
    expect(error).toMatchObject({ name: 'FetchError', errorType: 'stream_interrupted', offset: '4/2' });
  });

  it('opens an event stream, whose type has to be told, from any position', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', 'application/json', '[1,2,3]', '4');
    await durable.closeStream('/a');
    const options = { live: 'sse', contentType: 'application/json' } as const;
    expect(itemsIn(await allOf(openDurable(url, { ...options, offset: '-1/2' })))).toEqual([3, 4]);
    expect(itemsIn(await allOf(openDurable(url, { live: 'sse', mode: 'json' })))).toEqual([1, 2, 3, 4]);
    expect(textIn(await allOf(openDurable(url, { live: 'sse' })))).toMatch(/^\[/);
    expect(await failureOf(openDurable(url, { ...options, offset: '-1/9' }))).toMatchObject({
      code: 'offset_regression',
    });
  });

  it('waits by long-poll with the cursor', async () => {
    await using origin = await startOrigin(() => [stall()]);
    const subscription = openDurable(`${origin.url}/s`, { live: 'long-poll', cursor: 'c', offset: '1' }).subscribe();
    while (origin.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    subscription.unsubscribe();
    expect(origin.requests.map(queryOf)).toEqual(['cursor=c&live=long-poll&offset=1']);
  });

  it('tells a monitor of its connection, and is closed by leaving in the middle of a body', async () => {
    const head = answer(200, { 'content-type': 'application/json', 'stream-next-offset': '9' });
    await using origin = await startOrigin(() => [head, chunk('[1,2,'), stall()]);
    const monitor = createMonitor();
    const parts = await until(openDurable(`${origin.url}/s`, { monitor }), (seen) => itemsIn(seen).length > 0);
    expect(itemsIn(parts)).toEqual([1, 2]);
    expect(monitor.state).toMatchObject({ isConnected: false, bytesReceived: 5 });
  });

  it('lists the headers that it knows where its transport cannot', async () => {
    const known: Record<string, string> = {
      'content-type': 'application/json',
      'stream-next-offset': '1',
      'x-other': '1',
    };
    const transport = async () => ({
      status: 204,
      headers: { get: (name: string) => known[name] ?? null },
      body: undefined,
      hiddenRedirect: false,
    });
    const [open] = await allOf(openDurable('http://a.example/s', { transport }));
    expect(open?.type === 'open' && open.headers).toEqual({
      'content-type': 'application/json',
      'stream-next-offset': '1',
    });
  });

  it('refuses options of a reader that tries again', () => {
    for (const options of [
      { maxRetries: 3 },
      { live: true },
      { onError: () => undefined },
      { offset: 'a?b/c' },
      { contentType: '' },
    ]) {
      // @ts-expect-error what plain JavaScript may pass
      expect(() => openDurable('http://a.example/s', options)).toThrow(/^openDurable: /);
    }
  });
});
