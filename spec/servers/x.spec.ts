import { afterEach, describe, expect, it } from '@jest/globals';
import { openLines } from './line-client.js';
import { eventually } from './eventually.js';
import { pluck } from './pluck.js';
import { endpoints } from './x/endpoints.js';
import { eventGenerator } from './x/events.js';
import { partitionOf } from './x/lines.js';
import { postGenerator } from './x/posts.js';
import { closeServers, connect, filtered, ids, refused, sample, start } from './x-harness.js';

afterEach(closeServers);

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
      Array.from('abcdefghijklmnopqrstuvwxyz').find((key) => partitionOf(key, 20) === 1),
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
