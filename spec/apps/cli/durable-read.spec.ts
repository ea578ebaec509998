import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Durable, startDurable } from '../../servers/durable.js';
import { eventually } from '../../servers/eventually.js';
import { startProxy } from '../../servers/proxy.js';
import { durableCli, startDurableCli } from './durable-cli.js';

let server: Durable;
let folder: string;
let count = 0;
beforeAll(async () => {
  server = await startDurable();
  folder = await mkdtemp(join(tmpdir(), 'tailrace-cli-durable-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function made(contentType: string, ...bodies: (string | Uint8Array)[]): Promise<{ url: string; path: string }> {
  count += 1;
  const path = `/read/${count}`;
  return { url: await server.create(path, contentType, ...bodies), path };
}

describe('tailrace durable read', () => {
  it('prints a message a line and stops at the tail with --no-live, and with --live false', async () => {
    const { url } = await made('application/json', '[{"a":"\u2028"},[1]]', '2');
    for (const stop of [['--no-live'], ['--live', 'false']]) {
      const { code, out, err } = await durableCli(['read', url, ...stop]);
      expect({ code, out, err }).toEqual({ code: 0, out: '{"a":"\\u2028"}\n[1]\n2\n', err: 'tailrace: connected\n' });
    }
  });

  it('prints text as it is, and bytes as they are', async () => {
    const text = await made('text/plain', 'a\r\n \u20ac', 'b');
    expect((await durableCli(['read', text.url, '--no-live'])).out).toBe('a\r\n \u20acb');
    const bytes = await made('application/octet-stream', Uint8Array.of(0, 255, 10), Uint8Array.of(128));
    const run = startDurableCli(['read', bytes.url, '--no-live']);
    expect((await run.outcome).code).toBe(0);
    expect([...Buffer.concat(run.said.bytes)]).toEqual([0, 255, 10, 128]);
  });

  it.each(['auto', 'long-poll', 'sse'])(
    'tails with --live %s until the stream is closed, and tells one connect',
    async (live) => {
      const { url, path } = await made('application/json', '1');
      const run = startDurableCli(['read', url, '--live', live]);
      await eventually(() => run.said.out === '1\n');
      await server.append(path, '[2,3]');
      await eventually(() => run.said.out === '1\n2\n3\n');
      await server.append(path, '4');
      await server.closeStream(path);
      expect(await run.outcome).toEqual({ code: 0, out: '1\n2\n3\n4\n', err: 'tailrace: connected\n' });
    },
  );

  it('goes on behind cuts without a line lost or twice, and tells of them', async () => {
    const all = Array.from({ length: 300 }, (_, n) => n);
    const { path } = await made('application/json', JSON.stringify(all));
    await using proxy = await startProxy(server.port, (n) => (n < 6 ? { cutAfter: 150 + 120 * n } : {}));
    const { code, out, err } = await durableCli(['read', proxy.url + path, '--no-live']);
    expect(code).toBe(0);
    expect(out).toBe(all.map((n) => `${n}\n`).join(''));
    expect(err).toContain('tailrace: reconnecting in ');
  });

  it('begins at --offset, and stops after --max, --seconds or a signal', async () => {
    const { url } = await made('application/json', '[1,2,3]');
    expect(await durableCli(['read', url, '--max', '2'])).toMatchObject({ code: 0, out: '1\n2\n' });
    const now = ['read', url, '--offset', 'now'];
    expect(await durableCli([...now, '--seconds', '0.1'])).toMatchObject({ code: 0, out: '' });
    const run = startDurableCli(['read', url]);
    await eventually(() => run.said.out !== '');
    run.interrupt();
    expect((await run.outcome).code).toBe(130);
  });

  it('goes on where the last run with this --checkpoint stopped, to the message', async () => {
    const { url, path } = await made('application/json', '[1,2,3]');
    const args = ['read', url, '--checkpoint', join(folder, 'json'), '--offset', '-1'];
    expect(await durableCli([...args, '--max', '2'])).toMatchObject({ code: 0, out: '1\n2\n' });
    await server.append(path, '4');
    const second = await durableCli([...args, '--no-live']);
    expect(second).toMatchObject({ code: 0, out: '3\n4\n' });
    expect(second.err).toContain('tailrace: going on where the last run stopped\n');
    expect(await durableCli([...args, '--no-live'])).toMatchObject({ code: 0, out: '' });
  });

  it('does so in text, and has a position for each mode', async () => {
    const { url, path } = await made('text/plain', 'one ');
    const args = ['read', url, '--checkpoint', join(folder, 'text'), '--no-live'];
    expect((await durableCli(args)).out).toBe('one ');
    await server.append(path, 'two');
    expect((await durableCli(args)).out).toBe('two');
    expect((await durableCli([...args, '--mode', 'bytes'])).out).toBe('one two');
  });

  it('ends with 4 where there is no stream, it is of another kind, or the offset is none of it', async () => {
    const { url } = await made('text/plain', 'x');
    const missing = await durableCli(['read', `${server.url}/none`]);
    const kind = await durableCli(['read', url, '--mode', 'json']);
    const offset = await durableCli(['read', url, '--offset', 'nonsense']);
    expect([missing.code, kind.code, offset.code]).toEqual([4, 4, 4]);
    expect(missing.err).toContain('tailrace durable create URL');
    expect(kind.err).toContain('see --mode');
    expect(offset.err).toContain('offsets come from the server');
  });

  it('ends with 2 for what cannot be printed, and for options that cannot be', async () => {
    const { url } = await made('application/octet-stream', 'x');
    const terminal = await durableCli(['read', url, '--quiet'], { isTTY: true });
    expect(terminal).toMatchObject({ code: 2, out: '', err: expect.stringContaining('redirect stdout') });
    expect(await durableCli(['read', url, '--max', '1'])).toMatchObject({ code: 2, out: '' });
    expect((await durableCli(['read', url, '--live', 'often'])).code).toBe(2);
    expect((await durableCli(['read', 'nowhere'])).err).toBe(
      'tailrace: URL must be an absolute http or https URL without user info\n',
    );
  });

  it('takes out of text what could steer a terminal', async () => {
    const { url } = await made('text/plain', 'a\u001b[2Jb\n');
    expect((await durableCli(['read', url, '--no-live', '--quiet'], { isTTY: true })).out).toBe('a\ufffd[2Jb\n');
    expect((await durableCli(['read', url, '--no-live'])).out).toBe('a\u001b[2Jb\n');
  });

  it('gives up after --retries', async () => {
    const { path, url } = await made('application/json', '1');
    server.inject(path, { status: 503, count: 10 });
    const { code, err } = await durableCli(['read', url, '--retries', '1', '--quiet']);
    expect({ code, err }).toMatchObject({ code: 5, err: expect.stringMatching(/^tailrace: gave up after 2/) });
  });
});
