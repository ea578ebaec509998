import { describe, expect, it } from '@jest/globals';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, endChunks, fin, jsonAnswer, pause, stall, type Step } from '../../servers/origin-steps.js';
import { allOf, failureOf, itemsIn, livesIn, partsOf, textIn } from './reading.js';
import { offsetOf, queryOf } from './scripted-stream.js';

const events = answer(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' });
const control = (offset: number, more: object = {}): string =>
  `event: control\ndata: ${JSON.stringify({ streamNextOffset: offsetOf(offset), ...more })}\n\n`;
const data = (text: string): string => `event: data\ndata: ${text}\n\n`;
const atTail = { upToDate: true };
const end = { streamClosed: true };

function empty(headers: Record<string, string> = {}, contentType = 'application/json'): Step[] {
  const body = contentType === 'application/json' ? '[]' : '';
  const known = { 'content-type': contentType, 'stream-next-offset': offsetOf(1), 'stream-up-to-date': 'true' };
  return [answer(200, { ...known, ...headers }, body)];
}

/** One SSE answer after the other, behind an empty catch-up; long-polls are answered with one message and the end. */
async function reader(answers: readonly (readonly Step[])[], contentType = 'application/json') {
  let at = 0;
  const origin = await startOrigin(({ path }) => {
    if (path.includes('live=sse')) return answers[Math.min(at++, answers.length - 1)] ?? [];
    if (!path.includes('live=long-poll')) return empty({}, contentType);
    return [jsonAnswer(200, ['polled'], { 'stream-next-offset': offsetOf(9), 'stream-closed': 'true' })];
  });
  return { origin, url: `${origin.url}/s`, [Symbol.asyncDispose]: origin.close };
}

describe('events as readParts takes them', () => {
  it.each([
    ['several events of data before one control event', data('[1]') + data('[2,3]') + control(2, end), [1, 2, 3]],
    ['one array over many lines', 'event: data\ndata: [1,\ndata:2\ndata: ]\n\n' + control(2, end), [1, 2]],
    ['arrays in arrays: one level is taken off', data('[[1,2],[]]') + control(2, end), [[1, 2], []]],
    ['a lone value is one message', data('{"a":1}') + control(2, end), [{ a: 1 }]],
    ['control events without data', control(1, atTail) + control(1, atTail) + data('[1]') + control(2, end), [1]],
    ['an empty array', data('[]') + control(2, end), []],
    ['nothing that follows the end', data('[1]') + control(2, end) + data('[2]') + control(3), [1]],
    [
      'U+2028, U+2029 and U+0085 within a line',
      data('["\u2028\u2029\u0085"]') + control(2, end),
      ['\u2028\u2029\u0085'],
    ],
    [
      'comments, retry, ids and unknown events left out',
      ': c\nretry: 1\nid: 4\n\nevent: x\ndata: {"a"\n\n' + data('[1]') + control(2, end),
      [1],
    ],
  ])('%s', async (_, body, expected) => {
    await using one = await reader([[events, chunk(body), endChunks()]]);
    const parts = await allOf(partsOf(one.url, {}, { live: 'sse' }));
    expect(itemsIn(parts)).toEqual(expected);
    expect(parts.at(-1)).toMatchObject({ type: 'position', closed: true });
  });

  it('every event of base64 is decoded on its own', async () => {
    const head = answer(200, {
      'content-type': 'text/event-stream',
      'stream-sse-data-encoding': 'base64',
      'transfer-encoding': 'chunked',
    });
    const body = `${data('aA==')}event: data\ndata: Z\ndata: Q==\n\n${control(2, end)}`;
    await using one = await reader([[head, chunk(body), endChunks()]], 'application/octet-stream');
    expect(textIn(await allOf(partsOf(one.url, {}, { live: 'sse' })))).toBe('he');
  });

  it.each([
    ['a control event that is no JSON', 'event: control\ndata: {"streamNext\n\n'],
    ['an empty control event', 'event: control\ndata:\n\n'],
    ['a control event without an offset', 'event: control\ndata: {"upToDate":true}\n\n'],
    ['a control event that is an array', 'event: control\ndata: ["0002"]\n\n'],
    ['data that is no JSON', data('["secret"') + control(2)],
  ])('%s is a parse error behind what stands before it', async (_, body) => {
    await using one = await reader([[events, chunk(data('[1]') + control(2, atTail) + body), stall()]]);
    const seen: unknown[] = [];
    const error = await failureOf(partsOf(one.url, {}, { live: 'sse' }), (part) => seen.push(...itemsIn([part])));
    expect(error).toMatchObject({
      name: 'DurableStreamError',
      code: 'parse_error',
      isRetryable: false,
      offset: offsetOf(2),
    });
    expect(String(error)).not.toContain('secret');
    expect(seen).toEqual([1]);
  });

  it('bad base64, an offset that goes back, and a batch that is too long are errors', async () => {
    const head = answer(200, { 'content-type': 'text/event-stream', 'stream-sse-data-encoding': 'base64' });
    await using bad = await reader([[head, chunk(data('aA=') + control(2)), stall()]], 'application/octet-stream');
    expect(await failureOf(partsOf(bad.url, {}, { live: 'sse' }))).toMatchObject({ code: 'parse_error' });
    await using back = await reader([[events, chunk(data('[1]') + control(0)), stall()]]);
    expect(await failureOf(partsOf(back.url, {}, { live: 'sse' }))).toMatchObject({ code: 'offset_regression' });
    await using long = await reader([[events, chunk(data(`["${'x'.repeat(90)}"]`).repeat(2)), stall()]]);
    const error = await failureOf(partsOf(long.url, { maxBatchLength: 150 }, { live: 'sse' }));
    expect(error).toMatchObject({ name: 'DurableStreamError', code: 'frame_too_large' });
    await using huge = await reader([[events, chunk(`event: data\ndata: ["${'x'.repeat(900)}`), stall()]]);
    const other = await failureOf(partsOf(huge.url, { maxBatchLength: 150 }, { live: 'sse' }));
    expect(other).toMatchObject({ name: 'DurableStreamError', code: 'frame_too_large' });
  });
});

describe('an event stream that does not get through', () => {
  it('is left for long-poll after three short connections without an event', async () => {
    await using one = await reader([[events, endChunks()]]);
    const parts = await allOf(partsOf(one.url, {}, { live: 'sse' }));
    expect(livesIn(parts)).toEqual(['catch-up 200', 'sse 200', 'sse 200', 'sse 200', 'long-poll 200']);
    expect(itemsIn(parts)).toEqual(['polled']);
  });

  it.each([
    ['another media type', [answer(200, { 'content-type': 'text/html' }, '<p>')]],
    ['406', [answer(406)]],
    ['501', [answer(501)]],
    ['silence to its limit', [events, stall()]],
    ['no headers within the limit', [stall()]],
  ])('is left for long-poll at once after %s', async (_, steps) => {
    await using one = await reader([steps]);
    const parts = await allOf(partsOf(one.url, { timeout: 250 }, { live: 'sse' }));
    expect(itemsIn(parts)).toEqual(['polled']);
    expect(one.origin.requests.map(queryOf).map((query) => /live=([a-z-]+)/.exec(query)?.[1])).toEqual([
      undefined,
      'sse',
      'long-poll',
    ]);
  });

  it('is no reason to leave it where it has brought data or a control event', async () => {
    const some = [1, 2, 3, 4].map((n) => [events, chunk(data(`[${n}]`) + control(n + 1, atTail)), endChunks()]);
    await using one = await reader([...some, [events, chunk(control(5, end)), endChunks()]]);
    const parts = await allOf(partsOf(one.url, {}, { live: 'sse' }));
    expect(itemsIn(parts)).toEqual([1, 2, 3, 4]);
    expect(livesIn(parts).slice(1)).toEqual(Array.from({ length: 5 }, () => 'sse 200'));
  });

  it('is tried again after the probe interval, at the place where long-poll has come to', async () => {
    let polls = 0;
    let streams = 0;
    await using origin = await startOrigin(async ({ path }) => {
      if (path.includes('live=sse')) {
        streams += 1;
        return streams === 1
          ? [answer(200, { 'content-type': 'text/html' }, 'no')]
          : [events, chunk(data('["streamed"]') + control(8, end)), endChunks()];
      }
      if (!path.includes('live')) return empty();
      polls += 1;
      await new Promise((resolve) => setTimeout(resolve, 15));
      const head = { 'stream-next-offset': offsetOf(polls + 1), 'stream-up-to-date': 'true', 'stream-cursor': 'c' };
      return [jsonAnswer(200, [polls], head)];
    });
    const options = { sseProbeInterval: 30, random: () => 0 };
    const parts = await allOf(partsOf(`${origin.url}/s`, options, { live: 'sse' }));
    expect(itemsIn(parts)).toEqual([...Array.from({ length: polls }, (_, n) => n + 1), 'streamed']);
    expect(polls).toBeGreaterThanOrEqual(1);
    expect(
      queryOf(origin.requests.at(-1) ?? { path: '', method: '', headers: {}, body: '', at: 0, connection: 0 }),
    ).toBe(`cursor=c&live=sse&offset=${offsetOf(polls + 1)}`);
  });

  it('is not tried again in the middle of an answer that has broken off', async () => {
    let polls = 0;
    await using origin = await startOrigin(({ path }) => {
      if (path.includes('live=sse')) return [answer(200, { 'content-type': 'text/html' }, 'no')];
      if (!path.includes('live')) return empty();
      polls += 1;
      const head = answer(200, {
        'content-type': 'application/json',
        'stream-next-offset': '2',
        'stream-closed': 'true',
      });
      return polls === 1 ? [head, chunk('[1,'), pause(10), fin()] : [head, chunk('[1,2]'), endChunks()];
    });
    const parts = await allOf(partsOf(`${origin.url}/s`, { sseProbeInterval: 1 }, { live: 'sse' }));
    expect(itemsIn(parts)).toEqual([1, 2]);
    expect(livesIn(parts)).toEqual(['catch-up 200', 'long-poll 200', 'long-poll 200']);
    // How often it is tried before the first poll is the clock's business.
    const firstPoll = origin.requests.findIndex(({ path }) => path.includes('live=long-poll'));
    const since = origin.requests.slice(firstPoll).map(queryOf);
    expect(since).toHaveLength(2);
    for (const query of since) expect(query).toContain('live=long-poll');
  });

  it('is not used for binary data that it does not encode', async () => {
    await using one = await reader(
      [[events, chunk(data('abc') + control(2, end)), endChunks()]],
      'application/octet-stream',
    );
    const parts = await allOf(partsOf(one.url, {}, { live: 'sse' }));
    expect(livesIn(parts)).toEqual(['catch-up 200', 'long-poll 200']);
  });
});
