import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, toArray } from 'rxjs';
import { fetchTransport } from '../../../lib/transport.js';
import type { XOptions } from '../../../sources/x/api.js';
import { reconcileRules } from '../../../sources/x/reconcile-rules.js';
import type { RuleInput } from '../../../sources/x/rules.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer } from '../../servers/origin-steps.js';
import { startXServer, type XServer, type XServerOptions } from '../../servers/x.js';

const closing: (Origin | XServer)[] = [];

afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

interface Local {
  readonly server: XServer;
  readonly options: XOptions;
  /** What the rules were changed by, in order: `+cat`, `-dog`. */
  readonly changes: string[];
}

async function localX(serverOptions: XServerOptions = {}): Promise<Local> {
  const server = await startXServer(serverOptions);
  closing.push(server);
  const changes: string[] = [];
  const plain = fetchTransport();
  const transport: XOptions['transport'] = async (request) => {
    const before = namesOf(server);
    const response = await plain(request);
    const after = namesOf(server);
    changes.push(...after.filter((name) => !before.includes(name)).map((name) => `+${name}`));
    changes.push(...before.filter((name) => !after.includes(name)).map((name) => `-${name}`));
    return response;
  };
  return { server, changes, options: { bearerToken: server.token, baseUrl: server.url, transport } };
}

/** `value` or `value#tag`, sorted. */
function namesOf(server: XServer): string[] {
  return server.rules.list().map(nameOf).sort();
}

function nameOf({ value, tag = '' }: RuleInput): string {
  return tag === '' ? value : `${value}#${tag}`;
}

const cat = { value: 'cat' };
const dog = { value: 'dog', tag: 'd' };

describe('reconcileRules', () => {
  it('adds what is missing before it deletes what is not wanted, and keeps the rest with its id', async () => {
    const { server, options, changes } = await localX({ rules: [dog, { value: 'old' }] });
    const [kept, old] = server.rules.list();
    const outcomes = await firstValueFrom(reconcileRules(options, [cat, dog]).pipe(toArray()));
    expect(changes).toEqual(['+cat', '-old']);
    expect(outcomes).toEqual([
      { added: [server.rules.list()[1]], deleted: [old], kept: [kept], invalid: [], unchanged: false },
    ]);
  });

  it('changes nothing the second time, with one request', async () => {
    const { server, options } = await localX();
    await firstValueFrom(reconcileRules(options, [cat, dog]));
    const before = server.rules.list();
    const requests = server.requests.length;
    const second = await firstValueFrom(reconcileRules(options, [dog, cat, { ...cat, tag: '' }]));
    expect(second).toEqual({ added: [], deleted: [], kept: before, invalid: [], unchanged: true });
    expect(server.rules.list()).toEqual(before);
    expect(server.requests).toHaveLength(requests + 1);
  });

  it('gives a rule another tag by deleting it and adding it at once', async () => {
    const { server, options, changes } = await localX({ rules: [{ value: 'dog', tag: 'old' }, { value: 'gone' }] });
    const { added, deleted } = await firstValueFrom(reconcileRules(options, [dog, cat]));
    expect(changes).toEqual(['+cat', '-dog#old', '-gone', '+dog#d']);
    expect(added.map(nameOf)).toEqual(['cat', 'dog#d']);
    expect(deleted.map(nameOf)).toEqual(['dog#old', 'gone']);
    expect(namesOf(server)).toEqual(['cat', 'dog#d']);
  });

  it('reports rules that X refuses, and carries out the others', async () => {
    const { server, options } = await localX({ rules: [{ value: 'old' }] });
    const wanted = [{ value: '-bird' }, cat, { value: 'cat', tag: 'other' }];
    const result = await firstValueFrom(reconcileRules(options, wanted));
    expect(result.invalid).toMatchObject([
      { value: 'cat', slug: 'duplicate-rules' },
      { value: '-bird', slug: 'invalid-rules' },
    ]);
    expect(namesOf(server)).toEqual(['cat']);
    await expect(firstValueFrom(reconcileRules(options, wanted))).resolves.toMatchObject({ unchanged: true });
  });

  it('deletes first where the cap leaves no room', async () => {
    const { server, options, changes } = await localX({ rules: [{ value: 'old' }, dog], maxRules: 2 });
    const result = await firstValueFrom(reconcileRules(options, [cat, { ...dog, tag: 'e' }]));
    expect(changes).toEqual(['-dog#d', '-old', '+cat', '+dog#e']);
    expect(result.invalid).toEqual([]);
    expect(namesOf(server)).toEqual(['cat', 'dog#e']);
  });

  it('reports what is beyond the cap even then', async () => {
    const { server, options } = await localX({ rules: [{ value: 'old' }], maxRules: 1 });
    const planned = await firstValueFrom(reconcileRules(options, [cat, dog], { dryRun: true }));
    expect(planned).toMatchObject({ added: [cat], invalid: [{ value: 'dog', slug: 'rule-cap' }] });
    const result = await firstValueFrom(reconcileRules(options, [cat, dog]));
    expect(result.invalid).toMatchObject([{ value: 'dog', slug: 'rule-cap' }]);
    expect(namesOf(server)).toEqual(['cat']);
    const again = await firstValueFrom(reconcileRules(options, [cat, dog]));
    expect(again).toMatchObject({ unchanged: true, invalid: [{ value: 'dog', slug: 'rule-cap' }] });
  });

  it('takes the cap as an answer to the whole request too', async () => {
    const list = (...rules: object[]) => [jsonAnswer(200, { data: rules, meta: {} })];
    const capped = jsonAnswer(403, { title: 'RulesCapExceeded', type: 'https://api.twitter.com/2/problems/rule-cap' });
    const added = jsonAnswer(201, { data: [{ id: '2', value: 'cat' }], meta: { summary: {} } });
    const deleted = jsonAnswer(200, { meta: { summary: { deleted: 1, not_deleted: 0 } } });
    const origin = await startOrigin([list({ id: '1', value: 'old' }), [capped], [deleted], [added]]);
    closing.push(origin);
    const result = await firstValueFrom(reconcileRules({ bearerToken: 'a', baseUrl: origin.url }, [cat]));
    expect(result).toMatchObject({ added: [{ id: '2' }], deleted: [{ id: '1' }], invalid: [] });
    expect(origin.requests.map(({ body }) => body)).toEqual([
      '',
      '{"add":[{"value":"cat"}]}',
      '{"delete":{"ids":["1"]}}',
      '{"add":[{"value":"cat"}]}',
    ]);
  });

  it('does not delete the rule that X takes a wanted one for', async () => {
    const errors = [{ value: ' cat', id: '1', title: 'DuplicateRule' }];
    const origin = await startOrigin([
      [jsonAnswer(200, { data: [{ id: '1', value: 'cat' }], meta: {} })],
      [jsonAnswer(201, { meta: { summary: {} }, errors })],
    ]);
    closing.push(origin);
    const result = await firstValueFrom(reconcileRules({ bearerToken: 'a', baseUrl: origin.url }, [{ value: ' cat' }]));
    expect(result).toMatchObject({ deleted: [], kept: [{ id: '1', value: ' cat' }], unchanged: true });
    expect(origin.requests).toHaveLength(2);
  });

  it('plans on a dry run, and changes nothing', async () => {
    const { server, options, changes } = await localX({ rules: [{ value: 'old' }, { value: 'dog' }], maxRules: 2 });
    const before = server.rules.list();
    const wanted = [cat, dog, { value: '-bird' }];
    const planned = await firstValueFrom(reconcileRules(options, wanted, { dryRun: true }));
    expect(server.rules.list()).toEqual(before);
    expect(changes).toEqual([]);
    const real = await firstValueFrom(reconcileRules(options, wanted));
    expect(planned.added.map(nameOf).sort()).toEqual(real.added.map(nameOf).sort());
    expect(planned).toEqual({ ...real, added: planned.added });
    const nothing = await firstValueFrom(reconcileRules(options, [cat, dog], { dryRun: true }));
    expect(nothing).toMatchObject({ added: [], deleted: [], unchanged: true });
  });

  it('does nothing before it is subscribed to, and refuses what is no rule at once', async () => {
    const { server, options } = await localX();
    reconcileRules(options, [cat]);
    expect(() => reconcileRules(options, [{ value: '' }])).toThrow('reconcileRules: rule 0: option "value"');
    expect(() => reconcileRules({ bearerToken: '' }, [])).toThrow('reconcileRules: option "bearerToken"');
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests).toEqual([]);
  });
});

describe('for any sets of rules, reconcileRules', () => {
  let server: XServer;
  beforeAll(async () => {
    server = await startXServer({ maxRules: 6 });
  });
  afterAll(() => server.close());

  const tag = fc.constantFrom(undefined, '', 't', 'u');
  const rule = (values: string[]) =>
    fc.record({ value: fc.constantFrom(...values), tag }).map(({ value, tag: one }) => ({
      value,
      ...(one !== undefined && { tag: one }),
    }));
  const good = ['a1', 'b1', 'c1', 'd1', 'e1', 'f1'];
  const setOf = (values: string[]) => fc.uniqueArray(rule(values), { selector: ({ value }) => value });

  it('leaves exactly the wanted ones that are valid, and then nothing to do', async () => {
    const sets = fc.asyncProperty(setOf(good), setOf([...good, '-', 'lang:en']), async (before, wanted) => {
      server.rules.clear();
      server.rules.add(before.map((one) => (one.tag === '' ? { value: one.value } : one)));
      server.clearRateLimits();
      const had = new Map(server.rules.list().map((one) => [nameOf(one), one.id]));
      const options = { bearerToken: server.token, baseUrl: server.url };
      const result = await firstValueFrom(reconcileRules(options, wanted));
      const valid = wanted.filter(({ value }) => good.includes(value));
      expect(namesOf(server)).toEqual(valid.map(nameOf).sort());
      expect([...result.added, ...result.kept].map(nameOf).sort()).toEqual(namesOf(server));
      expect(result.invalid).toHaveLength(wanted.length - valid.length);
      // The fewest changes: what was right kept its id.
      for (const one of server.rules.list()) if (had.has(nameOf(one))) expect(one.id).toBe(had.get(nameOf(one)));
      await expect(firstValueFrom(reconcileRules(options, wanted))).resolves.toMatchObject({ unchanged: true });
    });
    await fc.assert(sets, { numRuns: 60 });
  });
});
