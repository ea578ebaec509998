import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { openLines, type LineClient } from './line-client.js';
import { pluck } from './pluck.js';
import { startXServer, type XServer, type XServerOptions } from './x.js';
import { endpoints } from './x/endpoints.js';
import { eventGenerator } from './x/events.js';
import { partitionOf } from './x/lines.js';
import type { NextConnect } from './x/misbehaviour.js';
import { postGenerator } from './x/posts.js';

const filtered = '/2/tweets/search/stream';
const sample = '/2/tweets/sample/stream';
const open: XServer[] = [];

async function start(options: XServerOptions = {}): Promise<XServer> {
  const server = await startXServer({ rules: [{ value: 'cat', tag: 'pets' }], ...options });
  open.push(server);
  return server;
}

function connect(server: XServer, target: string, token = server.token): Promise<LineClient> {
  return openLines(server.url + target, { authorization: `Bearer ${token}` });
}

async function refused(server: XServer, target: string): Promise<unknown> {
  const response = await fetch(server.url + target, { headers: { authorization: `Bearer ${server.token}` } });
  const { status, headers } = response;
  return { status, remaining: headers.get('x-rate-limit-remaining'), body: await response.json() };
}

const ids = (client: LineClient) =>
  client.lines.filter((line) => line !== '').map((line) => pluck(JSON.parse(line), 'data', 'id'));

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

describe('connecting', () => {
  it('is refused with problem+json when the token is wrong, and the token is in no log', async () => {
    const server = await start();
    const client = await connect(server, filtered, 'other');
    expect([client.status, client.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    await fetch(`${server.url}${filtered}?x=${server.token}`);
    expect(server.connects.map(({ path, query, status }) => ({ path, query, status }))).toEqual([
      { path: filtered, query: '', status: 401 },
      { path: filtered, query: 'x=[token]', status: 401 },
    ]);
  });

  it.each(endpoints.map(({ path, partitions }) => [path, partitions] as const))(
    'opens %s',
    async (path, partitions) => {
      const server = await start();
      if (partitions > 0) expect(await refused(server, path)).toMatchObject({ status: 400 });
      const client = await connect(server, partitions > 0 ? `${path}?partition=${partitions}` : path);
      expect([client.status, client.headers.get('x-rate-limit-limit')]).toEqual([200, expect.stringMatching(/^\d+$/)]);
      expect(client.headers.get('date')).not.toBeNull();
    },
  );

  it.each([
    '?tweet.fields=created_at,nonsense',
    '?unknown=1',
    '?backfill_minutes=6',
    '?start_time=yesterday',
    '?tweet.fields=id&tweet.fields=text',
    '?end_time=2026-01-01T00:00:00Z',
  ])('is refused with invalid-request for %s', async (query) => {
    const server = await start();
    expect(await refused(server, filtered + query)).toMatchObject({
      status: 400,
      body: { type: 'https://api.twitter.com/2/problems/invalid-request', errors: [{ parameters: expect.anything() }] },
    });
  });

  it('is a 409 without rules, a 429 of its own kind at the connection limit, and a rate limit after so many', async () => {
    const server = await start({ rules: [], connectLimit: 3 });
    expect(await refused(server, filtered)).toMatchObject({
      status: 409,
      body: { connection_issue: 'RuleConfigurationIssue' },
    });
    server.rules.add([{ value: 'cat' }]);
    await connect(server, filtered);
    expect(await refused(server, filtered)).toMatchObject({
      status: 429,
      remaining: '0',
      body: { connection_issue: 'TooManyConnections' },
    });
    expect(await refused(server, filtered)).toMatchObject({ status: 429, body: { title: 'Too Many Requests' } });
    server.clearRateLimits();
    expect(await refused(server, filtered)).toMatchObject({
      remaining: '2',
      body: { connection_issue: 'TooManyConnections' },
    });
  });

  it('stays refused while a zombie counts, until it is killed', async () => {
    const server = await start();
    server.misbehave.zombies(60_000);
    const client = await connect(server, filtered);
    client.close();
    await eventually(() => expect(server.openStreams).toBe(0));
    expect(await refused(server, filtered)).toMatchObject({ status: 429 });
    const headers = { authorization: `Bearer ${server.token}` };
    const list: unknown = await (await fetch(`${server.url}/2/connections`, { headers })).json();
    expect(pluck(list, 'data')).toMatchObject([{ endpoint_name: 'filtered_stream' }]);
    const killed = await fetch(`${server.url}/2/connections/filtered_stream`, { method: 'DELETE', headers });
    expect(pluck(await killed.json(), 'data')).toMatchObject({ successful_kills: 1, failed_kills: 0 });
    expect((await connect(server, filtered)).status).toBe(200);
  });
});

describe('posts', () => {
  it('come with the rules that they match, and only with default fields', async () => {
    const server = await start({ rules: [{ value: 'cat', tag: 'pets' }, { value: 'black cat' }, { value: 'dog' }] });
    const client = await connect(server, filtered);
    server.publish({ id: '1', text: 'black cat', lang: 'en', author_id: '9' });
    server.publish({ id: '2', text: 'fish' });
    server.publish({ id: '3', text: 'dog' });
    await eventually(() => expect(client.lines).toHaveLength(2));
    const [one, two] = server.rules.list();
    expect(JSON.parse(client.lines[0] ?? '')).toEqual({
      data: { id: '1', text: 'black cat', edit_history_tweet_ids: ['1'] },
      matching_rules: [{ id: one?.id, tag: 'pets' }, { id: two?.id }],
    });
    expect([server.published, server.matched]).toEqual([
      ['1', '2', '3'],
      ['1', '3'],
    ]);
  });

  it('carry what fields and expansions ask for, and a partial error for what is gone', async () => {
    const server = await start();
    const query = '?tweet.fields=lang&expansions=author_id,referenced_tweets.id&user.fields=verified';
    const client = await connect(server, sample + query);
    const user = { id: '9', name: 'Ada', username: 'ada', verified: true, protected: false };
    const data = {
      id: '1',
      text: 'x',
      lang: 'en',
      author_id: '9',
      referenced_tweets: [{ type: 'quoted' as const, id: '5' }],
    };
    server.publish({ data, includes: { users: [user] } });
    await eventually(() => expect(client.lines).toHaveLength(1));
    expect(JSON.parse(client.lines[0] ?? '')).toEqual({
      data: { ...data, edit_history_tweet_ids: ['1'] },
      includes: { users: [{ id: '9', name: 'Ada', username: 'ada', verified: true }] },
      errors: [expect.objectContaining({ resource_id: '5', type: expect.stringContaining('resource-not-found') })],
    });
  });

  it('are shared out over partitions, and by language', async () => {
    const server = await start();
    const clients = await Promise.all(
      [1, 2].map((n) => connect(server, `/2/tweets/firehose/stream/lang/ja?partition=${n}`)),
    );
    const next = postGenerator(3);
    const posts = Array.from({ length: 100 }, () => next().data);
    for (const post of posts) server.publish(post);
    const japanese = posts.filter(({ lang }) => lang === 'ja').map(({ id }) => id);
    const share = (n: number) => japanese.filter((id) => partitionOf(id, 2) === n);
    expect([share(1), share(2)]).not.toContainEqual([]);
    await eventually(() => expect(clients.map(ids)).toEqual([share(1), share(2)]));
  });

  it('are backfilled from the last minutes, then go on', async () => {
    let now = Date.UTC(2026, 5, 1);
    const server = await start({ now: () => now });
    for (const id of ['1', '2', '3', '4']) {
      server.publish({ id, text: 'cat' });
      now += 60_000;
    }
    const client = await connect(server, `${filtered}?backfill_minutes=2`);
    server.publish({ id: '5', text: 'cat' });
    await eventually(() => expect(ids(client)).toEqual(['3', '4', '5']));
  });

  it('are replayed between two times, and then the body ends regularly', async () => {
    let now = Date.UTC(2026, 5, 1);
    const server = await start({ now: () => now });
    for (const id of ['1', '2', '3', '4']) {
      server.publish({ id, text: 'cat' });
      now += 60_000;
    }
    const client = await connect(server, `${filtered}?start_time=2026-06-01T00:01:00Z&end_time=2026-06-01T00:02:00Z`);
    await expect(client.ended).resolves.toBe('end');
    expect(ids(client)).toEqual(['2', '3']);
  });

  it('flow at a rate, and all of them arrive', async () => {
    const server = await start();
    const client = await connect(server, sample);
    await server.flow({ perSecond: 2_000, total: 200, seed: 5 }).done;
    await eventually(() => expect(ids(client)).toEqual(server.published));
    expect(server.published).toHaveLength(200);
  });

  it('come compressed to those who ask for it', async () => {
    const server = await start({ gzip: true });
    const client = await openLines(server.url + sample, {
      authorization: `Bearer ${server.token}`,
      'accept-encoding': 'gzip',
    });
    server.publish({ id: '1', text: 'x' });
    await eventually(() => expect(ids(client)).toEqual(['1']));
    expect(client.headers.get('content-encoding')).toBe('gzip');
  });
});

describe('other streams', () => {
  it('carry their own kind of data', async () => {
    const server = await start();
    const events = eventGenerator(1, server.now);
    const likes = await connect(server, '/2/likes/firehose/stream?partition=1');
    const labels = await connect(server, '/2/tweets/label/stream');
    const like = events.like();
    server.publishEvent(
      'like',
      like,
      [...'abcdefghijklmnopqrstuvwxyz'].find((key) => partitionOf(key, 20) === 1),
    );
    server.publishEvent('label', events.label());
    await eventually(() => expect([likes.lines.length, labels.lines.length]).toEqual([1, 1]));
    expect(JSON.parse(likes.lines[0] ?? '')).toEqual({ data: like });
    expect(labels.lines[0]).toMatch(/^\{"data":\{"public_tweet_/);
  });

  it('activity comes to those who subscribed to it', async () => {
    const server = await start();
    const headers = { authorization: `Bearer ${server.token}` };
    const body = JSON.stringify({ event_type: 'post.delete', filter: { user_id: '12' }, tag: 't' });
    await fetch(`${server.url}/2/activity/subscriptions`, { method: 'POST', headers, body });
    const client = await connect(server, '/2/activity/stream');
    server.publishActivity({ event_type: 'post.delete', filter: { user_id: '13' }, payload: {} });
    server.publishActivity({
      event_uuid: '-7',
      event_type: 'post.delete',
      filter: { user_id: '12' },
      payload: { id: '1' },
    });
    await eventually(() => expect(client.lines).toHaveLength(1));
    expect(pluck(JSON.parse(client.lines[0] ?? ''), 'data')).toMatchObject({
      event_uuid: '-7',
      tag: 't',
      filter: { user_id: '12' },
    });
  });

  it('powerstream begins with metadata and sends arrays', async () => {
    const server = await start();
    const client = await connect(server, '/2/powerstream?localDcOnly=true');
    server.publish({ id: '1995000000000000001', text: 'x' });
    await eventually(() => expect(client.lines).toHaveLength(2));
    expect(client.lines[0]).toContain('connection_metadata');
    expect(client.lines[1]).toMatch(/^\[\{"id":1995000000000000001,"id_str":"1995000000000000001"/);
  });
});

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
