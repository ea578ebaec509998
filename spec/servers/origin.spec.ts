import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { openLines } from './line-client.js';
import {
  acceptAndClose,
  acceptAndReset,
  answer,
  chunk,
  endChunks,
  fin,
  jsonAnswer,
  pause,
  raw,
  reset,
  send,
  stall,
  waitFor,
  type Step,
} from './origin-steps.js';
import { refusedUrl, startOrigin } from './origin.js';
import { exchange } from './raw-client.js';

describe('the wire of an origin', () => {
  const cases: readonly [name: string, steps: readonly Step[], text: string, end: 'fin' | 'reset'][] = [
    [
      'chunks are framed and say so',
      [answer(200), chunk('héy'), endChunks(), fin()],
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhÃ©y\r\n0\r\n\r\n',
      'fin',
    ],
    ['a body without framing ends with the connection', [answer(200), send('ab')], 'HTTP/1.1 200 OK\r\n\r\nab', 'fin'],
    [
      'an answer alone has no body',
      [answer(503), answer(200)],
      'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
      'fin',
    ],
    [
      'headers stand as given',
      [answer(200, { 'X-A': ['1', '2'] }, 'b'), fin()],
      'HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\ncontent-length: 1\r\n\r\nb',
      'fin',
    ],
    ['raw bytes are not touched', [raw(new Uint8Array([0, 255])), fin()], '\u0000\u00ff', 'fin'],
    [
      'what was written arrives before the reset',
      [answer(200), chunk('x'), reset()],
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n',
      'reset',
    ],
    ['reset at accept', [acceptAndReset()], '', 'reset'],
    ['close at accept', [acceptAndClose()], '', 'fin'],
  ];

  it.each(cases)('%s', async (_name, steps, text, end) => {
    await using origin = await startOrigin([steps]);
    // The second answer of the third case waits for a request that never comes: FIN from this side ends the wait.
    const request =
      steps.length === 2 && steps[1]?.kind === 'answer' ? 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n' : undefined;
    if (request !== undefined) setTimeout(() => void origin.close(), 30);
    await expect(exchange(origin.port, request)).resolves.toMatchObject({ text, end });
    expect(origin.connections).toBe(1);
  });

  it('pauses and waits where the script says so', async () => {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    await using origin = await startOrigin([
      [answer(200), chunk('a\r\n'), pause(20), chunk('b\r\n'), waitFor(gate), chunk('c\r\n'), endChunks()],
    ]);
    const started = performance.now();
    const client = await openLines(origin.url);
    await eventually(() => expect(client.lines).toEqual(['a', 'b']));
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
    go();
    await expect(client.ended).resolves.toBe('end');
    expect(client.lines).toEqual(['a', 'b', 'c']);
  });
});

describe('an origin', () => {
  it('notes requests as they were sent', async () => {
    await using origin = await startOrigin([[jsonAnswer(201, { ok: true })]]);
    const response = await fetch(`${origin.url}/a?b=c`, { method: 'POST', body: 'hé', headers: { 'X-Key': 'v' } });
    expect(await response.json()).toEqual({ ok: true });
    expect(origin.requests).toMatchObject([
      { method: 'POST', path: '/a?b=c', body: 'hé', connection: 0, headers: { 'x-key': 'v' } },
    ]);
  });

  it('reads a chunked request, also in single bytes', async () => {
    await using origin = await startOrigin([[jsonAnswer(200, 1), fin()]]);
    const request = 'POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    await exchange(origin.port, request);
    expect(origin.requests[0]?.body).toBe('abcde');
  });

  it('gives a client that keeps its connection the next list of steps', async () => {
    await using origin = await startOrigin([[answer(503)], [jsonAnswer(200, 2)], [jsonAnswer(200, 3), fin()]]);
    const { text } = await exchange(origin.port, 'GET / HTTP/1.1\r\n\r\n'.repeat(3));
    expect(text.match(/HTTP\/1.1 \d+|\d$|\d(?=HTTP)/g)).toEqual([
      'HTTP/1.1 503',
      'HTTP/1.1 200',
      '2',
      'HTTP/1.1 200',
      '3',
    ]);
    expect(origin.connections).toBe(1);
  });

  it('asks a handler for each request', async () => {
    await using origin = await startOrigin(({ path }) => [jsonAnswer(200, path)]);
    expect(await (await fetch(`${origin.url}/one`)).json()).toBe('/one');
    expect(await (await fetch(`${origin.url}/two`)).json()).toBe('/two');
  });

  it('answers 599 with the reason when a handler throws', async () => {
    await using origin = await startOrigin(() => Promise.reject(new Error('no such fixture')));
    const response = await fetch(origin.url);
    expect([response.status, await response.text()]).toEqual([599, 'no such fixture']);
  });

  it('says when the client closed, and stalls until then', async () => {
    await using origin = await startOrigin([[answer(200), chunk('a\r\n'), stall(), chunk('never')]]);
    const client = await openLines(origin.url);
    await eventually(() => expect(client.lines).toEqual(['a']));
    expect(origin.activeSockets).toBe(1);
    const before = performance.now();
    client.close();
    expect((await origin.closed(0)) - before).toBeGreaterThanOrEqual(0);
    await eventually(() => expect(origin.activeSockets).toBe(0));
    expect(client.rest).toBe('');
  });

  it('destroys what is open when it closes', async () => {
    const origin = await startOrigin([[answer(200), chunk('a'), stall()]]);
    const client = await openLines(origin.url);
    await origin.close();
    await expect(client.ended).resolves.toMatch(/TypeError/);
    await eventually(() => expect(origin.openSockets).toBe(0));
  });

  it('knows a URL that is refused', async () => {
    await expect(fetch(await refusedUrl())).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('eventually', () => {
  it('returns what the check returned, and fails with its last error', async () => {
    let calls = 0;
    await expect(eventually(() => ++calls > 30 && 'yes')).resolves.toBe('yes');
    await expect(eventually(() => Promise.reject(new Error('still not')), 10)).rejects.toThrow('still not');
    await expect(eventually(() => false, 10)).rejects.toThrow('false');
  });
});
