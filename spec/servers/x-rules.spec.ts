import { describe, expect, it } from '@jest/globals';
import { pluck } from './pluck.js';
import { startXServer, type XServer } from './x.js';
import { matches } from './x/rule-match.js';
import { parseRule } from './x/rule-syntax.js';
import type { XPost } from './x/post-shape.js';

const path = '/2/tweets/search/stream/rules';

async function call(server: XServer, method: string, target: string, body?: unknown): Promise<unknown> {
  const headers = { authorization: `Bearer ${server.token}` };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(server.url + target, init);
  const answer: unknown = await response.json();
  return { status: response.status, body: answer };
}

describe('a rule', () => {
  const cases: readonly [rule: string, post: Partial<XPost>, matches: boolean][] = [
    ['cat', { text: 'The CAT sat' }, true],
    ['cat', { text: 'concatenate' }, false],
    ['cat dog', { text: 'dog and cat' }, true],
    ['cat dog', { text: 'cat' }, false],
    ['cat OR dog', { text: 'a dog' }, true],
    ['cat dog OR bird', { text: 'bird' }, true],
    ['cat (dog OR bird)', { text: 'bird' }, false],
    ['cat -dog', { text: 'cat dog' }, false],
    ['cat -(dog OR bird)', { text: 'cat fish' }, true],
    ['"big cat"', { text: 'a big, cat' }, true],
    ['"big cat"', { text: 'cat big' }, false],
    ['#RxJS', { text: 'about #rxjs' }, true],
    ['#rxjs', { text: 'about rxjs' }, false],
    ['ラーメン', { text: '東京ラーメン食べたい' }, true],
    ['Straße', { text: 'die STRASSE' }, false],
    ['from:12', { text: 'x', author_id: '12' }, true],
    ['from:@ada', { text: 'x', author_id: '7' }, true],
    ['from:12', { text: 'x', author_id: '13' }, false],
    ['cat lang:en', { text: 'cat', lang: 'en' }, true],
    ['cat lang:en', { text: 'cat', lang: 'ja' }, false],
    ['cat has:links', { text: 'cat https://t.co/1' }, true],
    ['cat -has:links', { text: 'cat https://t.co/1' }, false],
    ['cat has:media', { text: 'cat', attachments: { media_keys: ['3_1'] } }, true],
    ['cat is:retweet', { text: 'cat', referenced_tweets: [{ type: 'retweeted', id: '1' }] }, true],
    ['cat -is:retweet', { text: 'cat', referenced_tweets: [{ type: 'retweeted', id: '1' }] }, false],
  ];
  it.each(cases)('%s on %j: %s', (rule, post, expected) => {
    const parsed = parseRule(rule);
    if (!parsed.ok) throw new Error(parsed.details.join());
    const data = { id: '1', text: '', ...post };
    const includes = { users: [{ id: '7', name: 'Ada', username: 'Ada' }] };
    expect(matches(parsed.node, { data, includes })).toBe(expected);
  });

  it.each([
    '',
    '   ',
    '(cat',
    'cat)',
    'cat OR',
    'OR',
    '"open',
    'lang:en',
    '-cat',
    'cat OR -dog',
    'sample:10',
    'cat and dog',
    '()',
    '--',
  ])('refuses %j', (rule) => {
    expect(parseRule(rule).ok).toBe(false);
  });
});

describe('the rules endpoints', () => {
  it('add in part, and say what was wrong with the rest inside a 2xx', async () => {
    await using server = await startXServer({ maxRules: 2 });
    const add = [
      { value: 'cat', tag: 'pets' },
      { value: 'cat' },
      { value: 'lang:en' },
      { value: 'dog' },
      { value: 'bird' },
    ];
    expect(await call(server, 'POST', path, { add })).toMatchObject({
      status: 201,
      body: {
        data: [{ value: 'cat', tag: 'pets' }, { value: 'dog' }],
        meta: { summary: { created: 2, not_created: 3, valid: 4, invalid: 1 } },
        errors: [
          { title: 'DuplicateRule', value: 'cat', id: server.rules.list()[0]?.id },
          { title: 'UnprocessableEntity', type: expect.stringContaining('/problems/invalid-rules') },
          { type: expect.stringContaining('/problems/rule-cap') },
        ],
      },
    });
  });

  it('only say what would happen in a dry run', async () => {
    await using server = await startXServer({ rules: [{ value: 'cat' }] });
    expect(await call(server, 'POST', `${path}?dry_run=true`, { add: [{ value: 'dog' }] })).toMatchObject({
      status: 201,
    });
    await call(server, 'POST', `${path}?dry_run=true`, { delete: { values: ['cat'] } });
    expect(server.rules.list().map(({ value }) => value)).toEqual(['cat']);
  });

  it('delete by id, by value, and all', async () => {
    await using server = await startXServer({
      rules: [{ value: 'a1' }, { value: 'b1' }, { value: 'c1' }, { value: 'd1' }],
    });
    const id = server.rules.list()[0]?.id;
    const summary = (deleted: number, not: number) => ({ body: { meta: { summary: { deleted, not_deleted: not } } } });
    expect(await call(server, 'POST', path, { delete: { ids: [id, '1'] } })).toMatchObject(summary(1, 1));
    expect(await call(server, 'POST', path, { delete: { values: ['b1'] } })).toMatchObject(summary(1, 0));
    expect(await call(server, 'POST', `${path}?delete_all=true`)).toMatchObject(summary(2, 0));
    const empty = await call(server, 'GET', path);
    expect(pluck(empty, 'body')).toEqual({ meta: { sent: expect.any(String), result_count: 0 } });
  });

  it('list in pages and count', async () => {
    await using server = await startXServer({ rules: Array.from({ length: 5 }, (_, n) => ({ value: `word${n}` })) });
    const seen: unknown[] = [];
    let token = '';
    for (let pages = 0; pages < 3; pages++) {
      const answer = await call(server, 'GET', `${path}?max_results=2${token}`);
      const next = pluck(answer, 'body', 'meta', 'next_token');
      seen.push(pluck(answer, 'body', 'meta', 'result_count'));
      token = `&pagination_token=${String(next)}`;
      if (pages < 2) expect(next).toHaveLength(16);
    }
    expect(seen).toEqual([2, 2, 1]);
    expect(await call(server, 'GET', `${path}/counts`)).toMatchObject({ body: { data: { project_rules_count: '5' } } });
  });

  it.each([
    {},
    { add: [] },
    { add: [{ tag: 'x' }] },
    { add: [{ value: 'a' }], delete: { ids: [] } },
    { delete: { ids: [1] } },
    [],
  ])('refuse the body %j', async (body) => {
    await using server = await startXServer();
    expect(await call(server, 'POST', path, body)).toMatchObject({
      status: 400,
      body: { type: expect.stringContaining('invalid-request') },
    });
  });
});

describe('the activity subscriptions', () => {
  it('are made once, changed, listed and deleted', async () => {
    await using server = await startXServer();
    const subscriptions = '/2/activity/subscriptions';
    const wanted = { event_type: 'post.create', filter: { user_id: '12' }, tag: 'a' };
    const made = await call(server, 'POST', subscriptions, wanted);
    const id = String(pluck(made, 'body', 'data', 'subscription', 'subscription_id'));
    expect(await call(server, 'POST', subscriptions, wanted)).toMatchObject({ status: 409 });
    expect(await call(server, 'POST', subscriptions, { event_type: 'post.create' })).toMatchObject({ status: 400 });
    expect(await call(server, 'PUT', `${subscriptions}/${id}`, { tag: 'b' })).toMatchObject({ status: 200 });
    expect(await call(server, 'GET', subscriptions)).toMatchObject({
      body: { data: [{ subscription_id: id, tag: 'b' }] },
    });
    expect(await call(server, 'DELETE', `${subscriptions}?ids=${id}`)).toMatchObject({
      body: { data: { deleted: true } },
    });
    expect(await call(server, 'DELETE', `${subscriptions}/${id}`)).toMatchObject({ status: 404 });
  });
});
