import { describe, expect, it } from '@jest/globals';
import { createMonitor } from '../../../lib/state.js';
import { readParts } from '../../../sources/durable/session.js';
import { startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { allOf, failureOf, itemsIn, livesIn, partsOf, textIn, until } from './reading.js';

const json = 'application/json';
const lives = ['long-poll', 'sse', 'auto-live'] as const;

describe('readParts at the tail', () => {
  it('completes there with live "none", and every part has its place', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1,[2]]', '{"three":3}');
    const parts = await allOf(partsOf(url));
    expect(itemsIn(parts)).toEqual([1, [2], { three: 3 }]);
    const last = parts.at(-1);
    expect(last).toMatchObject({ type: 'position', upToDate: true, closed: false });
    const nextOffset = last?.type === 'position' ? last.nextOffset : '';
    expect(parts.findLast(({ type }) => type === 'items')).toMatchObject({ from: { offset: '-1' }, nextOffset });
    expect(itemsIn(await allOf(partsOf(url, { offset: nextOffset })))).toEqual([]);
    expect(itemsIn(await allOf(partsOf(url, { offset: '-1/2' })))).toEqual([{ three: 3 }]);
  });

  it.each(lives)('follows by %s what is appended, until the stream is closed', async (live) => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1,2]');
    let count = 2;
    const parts = await until(partsOf(url, {}, { live }), (seen) => {
      if (itemsIn(seen).length < count) return false;
      count += 1;
      if (count === 6) void durable.closeStream('/a');
      else if (count < 6) void durable.append('/a', `[${count}]`);
      return false;
    });
    expect(itemsIn(parts)).toEqual([1, 2, 3, 4, 5]);
    expect(parts.at(-1)).toMatchObject({ type: 'position', closed: true });
    expect(livesIn(parts)[0]).toBe('catch-up 200');
    expect(livesIn(parts)[1]).toBe(live === 'long-poll' ? 'long-poll 200' : 'sse 200');
  });

  it.each([...lives, 'none'] as const)('completes on a closed stream at once with live "%s"', async (live) => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1]');
    await durable.closeStream('/a');
    for (const offset of ['-1', 'now']) {
      const parts = await allOf(partsOf(url, { offset }, { live }));
      expect(itemsIn(parts)).toEqual(offset === 'now' ? [] : [1]);
      expect(livesIn(parts)).toEqual(['catch-up 200']);
      expect(parts.at(-1)).toMatchObject({ closed: true });
    }
  });

  it.each(lives)('begins with "now" behind what is there, by %s', async (live) => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1]');
    const parts = await until(partsOf(url, { offset: 'now' }, { live }), (seen) => {
      if (seen.length === 2) void durable.append('/a', '2');
      return itemsIn(seen).length > 0;
    });
    expect(itemsIn(parts)).toEqual([2]);
  });

  it.each(['text/plain', 'application/octet-stream'])('reads %s as bytes in every mode', async (type) => {
    await using durable = await startDurable();
    const url = await durable.create('/a', type, 'hé', 'llo €');
    for (const live of ['none', ...lives] as const) {
      const enough = (seen: Parameters<typeof textIn>[0]): boolean => textIn(seen).length >= 12;
      const parts =
        live === 'none'
          ? await allOf(partsOf(url))
          : await until(partsOf(url, {}, { live }), (seen) => {
              if (textIn(seen) === 'héllo €') void durable.append('/a', ' more');
              return enough(seen);
            });
      expect(textIn(parts)).toMatch(/^héllo €( more)*$/);
    }
  });

  it('keeps away from SSE where text would not be exact and bytes are asked for', async () => {
    await using durable = await startDurable({ longPollTimeout: 100 });
    const url = await durable.create('/a', 'text/plain', 'a');
    for (const [live, mode, expected] of [
      ['sse', 'bytes', 'long-poll'],
      ['sse', 'text', 'sse'],
      ['auto-live', 'text', 'long-poll'],
    ] as const) {
      const parts = await until(partsOf(url, { mode }, { live }), (seen) => livesIn(seen).length === 2);
      expect(livesIn(parts)[1]).toMatch(expected);
    }
  });

  it('gives a JSON stream as text whole body by whole body', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1,2]');
    const parts = await allOf(partsOf(url, { mode: 'text' }));
    expect(textIn(parts).replaceAll(/\s/g, '')).toBe('[1,2]');
  });

  it('holds a body together when it is asked to', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ n }))));
    const parts = await allOf(partsOf(url, {}, { whole: true }));
    expect(parts.map(({ type }) => type)).toEqual(['open', 'items', 'position']);
    expect(itemsIn(parts)).toHaveLength(20_000);
    expect(await failureOf(partsOf(url, { maxBatchLength: 1_000 }, { whole: true }))).toMatchObject({
      name: 'DurableStreamError',
      code: 'frame_too_large',
    });
  });
});

describe('what readParts says of failures', () => {
  it.each([
    [404, '/none', '-1', 'StreamNotFoundError', 'stream_not_found'],
    [400, '/a', 'bad,offset', 'DurableStreamError', 'invalid_offset'],
  ])('%d is no retry', async (statusCode, path, offset, name, code) => {
    await using durable = await startDurable();
    await durable.create('/a', json, '[1]');
    expect(await failureOf(partsOf(durable.url + path, { offset }))).toMatchObject({ name, code, statusCode });
  });

  it.each([410, 501, 505, 400, 403])('an answer of %d passes at once', async (status) => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1]');
    durable.inject('/a', { status, count: 1 });
    const error = await failureOf(partsOf(url));
    expect(error).toMatchObject({ statusCode: status, isRetryable: false });
    expect(itemsIn(await allOf(partsOf(url)))).toEqual([1]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('an answer of %d is asked for again', async (status) => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1]');
    durable.inject('/a', { status, count: 2 });
    expect(itemsIn(await allOf(partsOf(url)))).toEqual([1]);
  });

  it('gives up a read that ends after ten retries, and not one that lives', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1]');
    durable.inject('/a', { dropConnection: true, count: 11 });
    const error = await failureOf(partsOf(url));
    expect(error).toMatchObject({ name: 'FetchError', code: 'retries_exhausted', attempts: 11, offset: '-1' });
    durable.inject('/a', { dropConnection: true, count: 25 });
    expect(itemsIn(await until(partsOf(url, {}, { live: 'long-poll' }), (seen) => itemsIn(seen).length > 0))).toEqual([
      1,
    ]);
  });

  it.each([{ truncateBodyBytes: 4 }, { corruptBody: true }])(
    'broken JSON in a body that ends well is a parse error',
    async (fault) => {
      await using durable = await startDurable();
      const url = await durable.create('/a', json, '[{"secret":1},2]');
      durable.inject('/a', { ...fault, count: 1 });
      const error = await failureOf(partsOf(url));
      expect(error).toMatchObject({ name: 'DurableStreamError', code: 'parse_error', isRetryable: false });
      expect(String(error)).not.toContain('secret');
    },
  );

  it('an offset beyond the tail is a stream that was made again', async () => {
    await using durable = await startDurable();
    const url = await durable.create('/a', json, '[1]');
    const offset = '9999999999999999_9999999999999999';
    expect(await failureOf(partsOf(url, { offset }))).toMatchObject({
      code: 'offset_regression',
      isRetryable: false,
      offset,
    });
    expect(await failureOf(partsOf(url, { offset: '-1/7' }))).toMatchObject({ code: 'offset_regression' });
  });

  it.each(lives)('a stream that is deleted and made again while it is read by %s', async (live) => {
    await using durable = await startDurable({ longPollTimeout: 50 });
    const url = await durable.create('/a', json, '[1,2,3]');
    const again = async (): Promise<void> => {
      durable.server.clear();
      await durable.create('/a', json, '[1]');
    };
    let begun: Promise<void> | undefined;
    const error = await failureOf(partsOf(url, { timeout: 300 }, { live }), (part) => {
      if (part.type === 'position') begun ??= again();
    });
    await begun;
    expect(error).toMatchObject({ code: 'offset_regression' });
  });
});

describe('the caller of readParts', () => {
  it.each(lives)('is asked for new headers on the first request and mid-session, by %s', async (live) => {
    await using durable = await startDurable({ longPollTimeout: 50 });
    const url = await durable.create('/a', json, '[1]');
    const sent: (string | undefined)[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      const headers = new Headers(input instanceof Request ? input.headers : init?.headers);
      sent.push(headers.get('authorization') ?? undefined);
      return globalThis.fetch(input, init);
    };
    let asked = 0;
    const onError = ({ statusCode }: { statusCode: number | undefined }) => {
      asked += 1;
      return statusCode === 401 ? { headers: { authorization: `Bearer ${asked}` } } : undefined;
    };
    durable.inject('/a', { status: 401, count: 1 });
    let phase = 0;
    const parts = await until(partsOf(url, { onError, fetch, timeout: 200 }, { live }), (seen) => {
      if (phase === 0 && itemsIn(seen).length === 1) {
        phase = 1;
        durable.inject('/a', { status: 401, count: 1, method: 'GET' });
        setTimeout(() => void durable.append('/a', '2'), 90);
        if (live !== 'long-poll') setTimeout(() => durable.server.clearInjectedFaults(), 80);
      }
      return itemsIn(seen).length === 2;
    });
    expect(itemsIn(parts)).toEqual([1, 2]);
    expect(asked).toBeGreaterThanOrEqual(live === 'long-poll' ? 2 : 1);
    expect(sent[1]).toBe('Bearer 1');
  });

  it.each(lives)('is gone: the socket is closed within milliseconds, by %s', async (live) => {
    await using durable = await startDurable({ longPollTimeout: 20_000 });
    const url = await durable.create('/a', json, '[1]');
    const monitor = createMonitor();
    const sub = readParts('spec', url, { monitor }, { live, whole: false }).subscribe();
    await eventually(() => monitor.state.bytesReceived > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    sub.unsubscribe();
    expect(monitor.state).toMatchObject({ phase: 'closed', isConnected: false });
  });

  it('hears of senseless options at once', () => {
    for (const options of [
      { offset: '' },
      { offset: 'a/b' },
      { live: 'x' },
      { mode: 'xml' },
      { maxBatchLength: 0 },
      { nonsense: 1 },
    ]) {
      // @ts-expect-error what plain JavaScript may pass
      expect(() => readParts('spec', 'http://a.example/s', options, { live: 'none', whole: false })).toThrow(/^spec: /);
    }
  });
});
