import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { pluck } from './pluck.js';
import type { NextConnect } from './x/misbehaviour.js';
import { closeServers, connect, filtered, ids, sample, start } from './x-harness.js';
import type { XServer } from './x.js';

afterEach(closeServers);

describe('misbehaviour', () => {
  it('keep-alives come while nothing else does, and stop in a stall', async () => {
    const server = await start({ keepAliveMs: 15 });
    const client = await connect(server, filtered);
    await eventually(() => expect(client.lines.length).toBeGreaterThan(2));
    expect(new Set(client.lines)).toEqual(new Set(['']));
    server.misbehave.stall();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = client.lines.length;
    server.publish({ id: '1', text: 'cat' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([client.lines.length, server.openStreams]).toEqual([before, 1]);
    server.misbehave.unstall();
    await eventually(() => expect(ids(client)).toEqual(['1']));
  });

  const ends: readonly [name: string, act: (server: XServer) => void, ended: RegExp, rest: RegExp][] = [
    ['dropAll by FIN', ({ misbehave }) => misbehave.dropAll(), /^TypeError/, /^$/],
    ['dropAll by RST', ({ misbehave }) => misbehave.dropAll('reset'), /^TypeError.*(ECONNRESET|UND_ERR_SOCKET)/, /^$/],
    ['dropMidLine', ({ misbehave }) => misbehave.dropMidLine(), /^TypeError/, /^\{"data":\{"id":"1"/],
    ['fin', ({ misbehave }) => misbehave.fin(), /^end$/, /^$/],
    ['sendRaw, then fin', ({ misbehave }) => (misbehave.sendRaw('garbage'), misbehave.fin()), /^end$/, /^garbage$/],
  ];
  it.each(ends)('%s ends the stream so', async (_name, act, ended, rest) => {
    const server = await start();
    const client = await connect(server, filtered);
    server.publish({ id: '1', text: 'cat' });
    await eventually(() => expect(ids(client)).toEqual(['1']));
    act(server);
    expect(await client.ended).toMatch(ended);
    expect(client.rest).toMatch(rest);
    await eventually(() => expect(server.openStreams).toBe(0));
  });

  it('a notice is the last line', async () => {
    const server = await start();
    const client = await connect(server, filtered);
    server.misbehave.notice('UpstreamOperationalDisconnect');
    await expect(client.ended).resolves.toBe('end');
    expect(pluck(JSON.parse(client.lines[0] ?? ''), 'errors', 0)).toMatchObject({
      disconnect_type: 'UpstreamOperationalDisconnect',
    });
  });

  it('duplicates send every line twice', async () => {
    const server = await start();
    const client = await connect(server, filtered);
    server.misbehave.duplicates(true);
    server.publish({ id: '1', text: 'cat' });
    await eventually(() => expect(ids(client)).toEqual(['1', '1']));
  });

  it('a slow reader is told and sent away', async () => {
    const server = await start({ slowReaderBytes: 10_000 });
    const headers = { authorization: `Bearer ${server.token}`, 'accept-encoding': 'identity' };
    const response = await fetch(server.url + sample, { headers });
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 2_000 && server.openStreams > 0; n++) {
      server.publish({ id: String(n), text });
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.openStreams).toBe(0);
    await response.body?.cancel();
  });

  it('the next connects get the answers queued for them, in order', async () => {
    const server = await start();
    const answers: NextConnect[] = [
      { status: 503, retryAfter: 2, body: '<h1>Over capacity</h1>' },
      { status: 429, headers: { 'x-rate-limit-reset': '1790000000' } },
      'reset',
      'close',
      'accept-and-close',
      'accept-and-cut',
      'serve',
    ];
    server.misbehave.nextConnects(answers);
    const seen: string[] = [];
    for (const _ of answers) {
      const outcome = connect(server, filtered).then(
        async (client) => {
          const { status, headers } = client;
          const hint = headers.get('retry-after') ?? (status === 429 ? headers.get('x-rate-limit-reset') : undefined);
          const end = server.openStreams > 0 ? 'open' : await client.ended;
          return `${status} ${hint ?? ''} ${end.slice(0, 9)}`;
        },
        () => 'failed',
      );
      seen.push(await outcome);
    }
    expect(seen).toEqual([
      '503 2 end',
      '429 1790000000 end',
      'failed',
      'failed',
      '200  end',
      '200  TypeError',
      '200  open',
    ]);
    const outcomes = [503, 429, 'reset', 'close', 'accept-and-close', 'accept-and-cut', 200];
    expect(server.connects.map(({ status }) => status)).toEqual(outcomes);
  });

  it('hang leaves a client without an answer', async () => {
    const server = await start();
    server.misbehave.nextConnects(['hang']);
    const signal = AbortSignal.timeout(50);
    await expect(fetch(server.url + filtered, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(server.connects).toMatchObject([{ status: 'hang' }]);
  });
});
