import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { type Durable, startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { answer, reset } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';
import { durableCli, printed, startDurableCli } from './durable-cli.js';

let server: Durable;
let count = 0;
beforeAll(async () => (server = await startDurable()));
afterAll(() => server.close());

async function made(contentType = 'application/json'): Promise<string> {
  count += 1;
  return server.create(`/append/${count}`, contentType);
}

const next = { 'stream-next-offset': '0_1' };
const typed = ['--content-type', 'application/json'];

async function stored(url: string, ...more: string[]): Promise<string> {
  const { out } = await durableCli(['read', url, '--no-live', ...more]);
  return out;
}

describe('tailrace durable append', () => {
  it('appends each argument as one message, arrays too, and says how many', async () => {
    const url = await made();
    const { code, out, err } = await durableCli(['append', url, '{"a":1}', '[1,2]', '--', '-5']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(printed({ out })).toEqual([{ appended: 3, nextOffset: expect.stringMatching(/^\d+_\d+$/) }]);
    expect(await stored(url)).toBe('{"a":1}\n[1,2]\n-5\n');
  });

  it('appends each line of stdin, whatever its pieces', async () => {
    const url = await made();
    const input = [
      '\ufeff{"n":',
      '1}\r\n\n{"n":2}\n{"te',
      Buffer.from('xt":"\u20ac"}').subarray(0, 7),
      Buffer.from([0xac]),
      '"}',
    ];
    const { code, out } = await durableCli(['append', url, '-'], { input });
    expect(code).toBe(0);
    expect(printed({ out })).toMatchObject([{ appended: 3 }]);
    expect(await stored(url)).toBe('{"n":1}\n{"n":2}\n{"text":"\u20ac"}\n');
  });

  it('appends text and bytes as they are', async () => {
    const text = await made('text/plain');
    await durableCli(['append', text, 'one\n', 'two']);
    await durableCli(['append', text], { input: ['{"not":', 'parsed'] });
    expect(await stored(text)).toBe('one\ntwo{"not":parsed');
  });

  it('says that nothing was appended where stdin is empty', async () => {
    const { code, out } = await durableCli(['append', await made()]);
    expect({ code, out }).toEqual({ code: 0, out: '{"appended":0}\n' });
  });

  it('sends nothing where one of the arguments is wrong, and repeats none of it', async () => {
    const url = await made();
    const wrong = await durableCli(['append', url, '1', 'canary']);
    expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^tailrace: value 2: not JSON/) });
    expect(wrong.err).not.toContain('canary');
    expect(await stored(url)).toBe('');
  });

  it('names the line of stdin that is wrong; those before it are stored', async () => {
    const url = await made();
    const wrong = await durableCli(['append', url], { input: ['1\n2\noops\n4\n'] });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringMatching(/^tailrace: stdin:3: not JSON/) });
    expect(await stored(url)).toBe('1\n2\n');
  });

  it('says how much of stdin is stored when it fails, blank lines included', async () => {
    const line = await durableCli(['append', await made()], { input: ['1\n\n[2,3]\n', '\noops\n'] });
    expect(line.err).toMatch(/^tailrace: stdin:5: not JSON.*; 3 lines stored: skip 3 when resuming \(each/);
    const first = await durableCli(['append', await made()], { input: ['oops\n1\n'] });
    expect(first.err).toMatch(/^tailrace: stdin:1: not JSON[^;]*; 0 lines stored \(each/);
  });

  it.each([
    ['is refused', answer(409, { 'stream-closed': 'true' }), 4, /; 2 lines stored: skip 2 when resuming\n$/],
    [
      ...(['has no answer', reset(), 6] as const),
      /; 2 lines stored: skip 2 when resuming; the batch that failed may be stored or not \(look/,
    ],
    [
      ...(['has an answer without an offset', answer(204), 6] as const),
      /; 2 lines stored: skip 2 when resuming; the batch that failed may be stored or not/,
    ],
  ])('says how many lines are stored when a later batch %s', async (_, end, code, message) => {
    const stdin = new PassThrough();
    await using origin = await startOrigin(({ body }) => [body === '[3]' ? end : answer(204, next)]);
    const run = durableCli(['append', origin.url, ...typed], { input: stdin });
    stdin.write('[1]\n2\n');
    await eventually(() => origin.requests.length === 2);
    stdin.write('3\n');
    expect(await run).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
    expect(origin.requests.map(({ body }) => body)).toEqual(['[[1]]', '[2]', '[3]']);
    expect(stdin.destroyed).toBe(true);
  });

  it('says how many bytes are stored where the stream has no lines', async () => {
    const stdin = new PassThrough();
    await using origin = await startOrigin(({ body }) => [body === 'end' ? answer(404) : answer(204, next)]);
    const run = durableCli(['append', origin.url, '--content-type', 'text/plain'], { input: stdin });
    stdin.write('\u20ac1');
    await eventually(() => origin.requests.length === 1);
    stdin.write('end');
    expect(await run).toMatchObject({ code: 4, err: expect.stringContaining('; 4 bytes stored: skip 4 when') });
  });

  it('leaves stdin open to nobody when it is interrupted', async () => {
    const stdin = new PassThrough();
    const url = await made();
    const run = startDurableCli(['append', url], { input: stdin });
    stdin.write('1\n');
    await eventually(async () => (await stored(url)) === '1\n');
    run.interrupt();
    expect((await run.outcome).code).toBe(130);
    expect(stdin.destroyed).toBe(true);
  });

  it('ends with 6 where it cannot say what it has done, and with 0 where nobody listens', async () => {
    const url = await made();
    const full = await durableCli(['append', url, '1'], { stdoutFails: 'ENOSPC' });
    expect(full).toMatchObject({ code: 6, err: 'tailrace: cannot write to stdout: ENOSPC\n' });
    expect(await durableCli(['append', url, '2'], { stdoutFails: 'EPIPE' })).toMatchObject({ code: 0, err: '' });
    expect(await stored(url)).toBe('1\n2\n');
  });

  it.each(['12345678901234567890', '{"id":9007199254740993}', '[-9007199254740993]'])(
    'refuses a number that would be stored with other digits: %s',
    async (text) => {
      const url = await made();
      expect(await durableCli(['append', url, text])).toMatchObject({
        code: 2,
        err: expect.stringContaining('string'),
      });
    },
  );

  it.each(['9007199254740992', '"12345678901234567890"', '{"12345678901234567891":1.25e300}', '0.12345678901234567'])(
    'takes numbers that stay what they are: %s',
    async (text) => {
      const url = await made();
      expect((await durableCli(['append', url, text])).code).toBe(0);
    },
  );

  it('sends --seq with one value, and ends with 4 where it is not greater', async () => {
    const url = await made();
    const codes = [];
    for (const seq of ['0001', '0002', '0002']) codes.push((await durableCli(['append', url, '1', '--seq', seq])).code);
    expect(codes).toEqual([0, 0, 4]);
    expect(await stored(url)).toBe('1\n1\n');
  });

  it.each([
    [['1', '2', '--seq', '1'], '--seq is for one value'],
    [['--seq', '1'], '--seq is for one value'],
    [['1', '--seq', '1', '--producer-id', 'p'], 'either --seq or --producer-id'],
    [['1', '--epoch', '1'], 'need --producer-id'],
    [['1', '--auto-claim'], 'need --producer-id'],
  ])('refuses %j', async (args, message) => {
    expect(await durableCli(['append', `${server.url}/x`, ...args])).toMatchObject({
      code: 2,
      err: expect.stringContaining(message),
    });
  });

  it('tells what to do where there is no stream, and where an answer is lost', async () => {
    const missing = await durableCli(['append', `${server.url}/none`, '1']);
    expect(missing).toMatchObject({ code: 4, err: expect.stringContaining('tailrace durable create URL') });
    await using origin = await startOrigin([[reset()]]);
    const lost = await durableCli(['append', origin.url, '1', '--content-type', 'application/json']);
    expect(lost).toMatchObject({ code: 6, out: '', err: expect.stringContaining('--producer-id') });
    expect(origin.requests).toHaveLength(1);
  });
});

describe('tailrace durable append --producer-id', () => {
  it('stores each value once although requests are lost', async () => {
    const url = await made();
    const path = new URL(url).pathname;
    server.inject(path, { status: 503, method: 'POST', count: 2 });
    const input = Array.from({ length: 50 }, (_, n) => `${n}\n`);
    const { code, out } = await durableCli(['append', url, '--producer-id', 'p'], { input });
    expect(code).toBe(0);
    expect(printed({ out })).toMatchObject([{ appended: 50, duplicates: 0 }]);
    expect(await stored(url)).toBe(input.join(''));
  });

  it('takes the next epoch in each run, so that nothing new is taken for a repeat', async () => {
    const url = await made();
    const runs = [];
    for (const value of ['1', '2', '3']) runs.push(await durableCli(['append', url, value, '--producer-id', 'p']));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await stored(url)).toBe('1\n2\n3\n');
  });

  it('counts repeats under one --epoch, and is refused under an older one', async () => {
    const url = await made();
    const run = (epoch: string): ReturnType<typeof durableCli> =>
      durableCli(['append', url, '7', '--producer-id', 'p', '--epoch', epoch]);
    expect(printed(await run('3'))).toMatchObject([{ appended: 1, duplicates: 0, epoch: 3 }]);
    expect(printed(await run('3'))).toEqual([{ appended: 0, duplicates: 1, epoch: 3 }]);
    const old = await run('2');
    expect(old).toMatchObject({ code: 4, err: expect.stringContaining('--auto-claim') });
    expect(await stored(url)).toBe('7\n');
  });

  it('ends when the stream is closed by another, though stdin stays open', async () => {
    const url = await made();
    const stdin = new PassThrough();
    const run = durableCli(['append', url, '--producer-id', 'p'], { input: stdin });
    stdin.write('1\n');
    await eventually(async () => (await stored(url)) === '1\n');
    await server.closeStream(new URL(url).pathname);
    stdin.write('2\n{"half');
    expect(await run).toMatchObject({ code: 4, out: '', err: 'tailrace: the stream is closed\n' });
    expect(stdin.destroyed).toBe(true);
  });

  it('stores what came before a line that is wrong, and says how many lines that are', async () => {
    const url = await made();
    const wrong = await durableCli(['append', url, '--producer-id', 'p'], { input: ['1\n\n2\noops\n'] });
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^tailrace: stdin:4: .*; 3 lines stored: skip 3/),
    });
    expect(await stored(url)).toBe('1\n2\n');
  });

  it('ends with the failure, and reads no more of stdin', async () => {
    await using origin = await startOrigin([[answer(404)]]);
    const args = ['append', origin.url, '--producer-id', 'p', '--epoch', '0', '--content-type', 'application/json'];
    let taken = 0;
    const input = (function* () {
      for (; taken < 100_000; taken += 1) yield '1\n';
    })();
    const { code, err } = await durableCli(args, { input });
    expect(taken).toBeLessThan(30_000);
    expect({ code, err }).toMatchObject({ code: 4, err: expect.stringContaining('no such stream') });
  });
});
