import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import type { XOptions } from '../../../sources/x/api.js';
import { addRules, deleteRules } from '../../../sources/x/rule-changes.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer, type Script } from '../../servers/origin-steps.js';
import { startXServer, type XServer, type XServerOptions } from '../../servers/x.js';

const closing: (Origin | XServer)[] = [];

afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

async function localX(options: XServerOptions = {}): Promise<{ server: XServer; options: XOptions }> {
  const server = await startXServer(options);
  closing.push(server);
  return { server, options: { bearerToken: server.token, baseUrl: server.url } };
}

async function scripted(script: Script): Promise<{ origin: Origin; options: XOptions }> {
  const origin = await startOrigin(script);
  closing.push(origin);
  return { origin, options: { bearerToken: 'a', baseUrl: origin.url } };
}

const values = ({ server }: { server: XServer }): string[] => server.rules.list().map(({ value }) => value);

describe('addRules', () => {
  it('tells of each rule what came of it', async () => {
    const { server, options } = await localX({ rules: [{ value: 'cat', tag: 'old' }] });
    const wanted = [{ value: 'dog', tag: 'd' }, { value: 'cat' }, { value: '-bird' }, { value: 'fox', tag: '' }];
    const outcomes = await firstValueFrom(addRules(options, wanted).pipe(toArray()));
    const [cat, dog, fox] = server.rules.list();
    expect(outcomes).toEqual([
      {
        added: [dog, fox],
        duplicates: [{ value: 'cat', id: cat?.id }],
        invalid: [
          { value: '-bird', title: 'UnprocessableEntity', slug: 'invalid-rules', details: [expect.any(String)] },
        ],
        summary: { created: 2, notCreated: 2, valid: 3, invalid: 1 },
      },
    ]);
    expect(dog).toMatchObject({ value: 'dog', tag: 'd' });
    expect(fox).not.toHaveProperty('tag');
  });

  it('reports the cap for the rules beyond it', async () => {
    const { options } = await localX({ maxRules: 1 });
    const { added, invalid } = await firstValueFrom(addRules(options, [{ value: 'cat' }, { value: 'dog' }]));
    expect(added).toHaveLength(1);
    expect(invalid).toMatchObject([{ value: 'dog', slug: 'rule-cap', details: ['Rule cap of 1 reached'] }]);
  });

  it('changes nothing on a dry run', async () => {
    const { server, options } = await localX();
    const outcome = await firstValueFrom(addRules(options, [{ value: 'cat' }, { value: '-' }], { dryRun: true }));
    expect(outcome.summary).toMatchObject({ created: 1, invalid: 1 });
    expect(server.requests.map(({ query }) => query)).toEqual(['dry_run=true']);
    expect(values({ server })).toEqual([]);
  });

  it('sends nothing without rules, and nothing before it is subscribed to', async () => {
    const { server, options } = await localX();
    addRules(options, [{ value: 'cat' }]);
    const outcome = await firstValueFrom(addRules(options, []));
    expect(outcome).toEqual({
      added: [],
      duplicates: [],
      invalid: [],
      summary: { created: 0, notCreated: 0, valid: 0, invalid: 0 },
    });
    expect(server.requests).toEqual([]);
  });

  it('sends a thousand at a time, one request after the other, and gives one outcome', async () => {
    const { server, options } = await localX({ maxRules: 3_000 });
    const wanted = Array.from({ length: 2_001 }, (_, n) => ({ value: `cat${n}` }));
    const outcomes = await firstValueFrom(addRules(options, wanted).pipe(toArray()));
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]?.summary).toEqual({ created: 2_001, notCreated: 0, valid: 2_001, invalid: 0 });
    expect(outcomes[0]?.added.map(({ value }) => value)).toEqual(wanted.map(({ value }) => value));
    expect(server.requests).toHaveLength(3);
  });

  it('reads problems with members missing or strange', async () => {
    const errors = [
      { value: 'a', title: 'DuplicateRule' },
      { value: 'b', id: '7', type: 'https://api.x.com/labs/1/problems/duplicate-rules' },
      { value: 'c', type: 'https://api.twitter.com/2/problems/invalid-rules' },
      { title: 'RulesCapExceeded', detail: 'full', type: 'https://api.twitter.com/2/problems/rule-cap', details: 7 },
      { errors: [{ message: 'one' }, { message: 'two' }], value: 4 },
    ];
    const { options } = await scripted([[jsonAnswer(201, { meta: { sent: 'now', summary: {} }, errors })]]);
    const outcome = await firstValueFrom(addRules(options, [{ value: 'a' }]));
    expect(outcome.duplicates).toEqual([
      { value: 'a', id: undefined },
      { value: 'b', id: '7' },
    ]);
    expect(outcome.invalid).toEqual([
      { value: 'c', title: 'unknown', slug: 'invalid-rules', details: [] },
      { value: undefined, title: 'RulesCapExceeded', slug: 'rule-cap', details: ['full'] },
      { value: undefined, title: 'unknown', slug: undefined, details: ['one', 'two'] },
    ]);
    expect(outcome.summary).toEqual({ created: 0, notCreated: 5, valid: 0, invalid: 0 });
  });

  it('is an error where X refuses the request as a whole', async () => {
    const { origin, options } = await scripted([[jsonAnswer(400, { title: 'Invalid Request' })]]);
    await expect(firstValueFrom(addRules(options, [{ value: 'a' }]))).rejects.toMatchObject({ code: 'bad_request' });
    expect(origin.requests.map(({ body }) => body)).toEqual(['{"add":[{"value":"a"}]}']);
  });

  it('refuses what is no rule at once', () => {
    expect(() => addRules({ bearerToken: 'a' }, [{ value: '' }])).toThrow('addRules: rule 0: option "value"');
    const badly = (): unknown => Reflect.apply(addRules, undefined, [{ bearerToken: 'a' }, [], { dryRun: 1 }]);
    expect(badly).toThrow('addRules: option "dryRun" must be true or false');
  });
});

describe('deleteRules', () => {
  const rules = [{ value: 'a1' }, { value: 'b1' }, { value: 'c1' }];

  it('deletes by id, by value, or all', async () => {
    const { server, options } = await localX({ rules });
    const id = server.rules.list()[0]?.id ?? '';
    const byId = await firstValueFrom(deleteRules(options, { ids: [id, '404'] }));
    expect(byId).toMatchObject({ deleted: 1, notDeleted: 1, errors: [{ details: ['Rule does not exist'] }] });
    await expect(firstValueFrom(deleteRules(options, { values: ['b1'] }))).resolves.toEqual({
      deleted: 1,
      notDeleted: 0,
      errors: [],
    });
    expect(values({ server })).toEqual(['c1']);
    await expect(firstValueFrom(deleteRules(options, { all: true }))).resolves.toMatchObject({ deleted: 1 });
    expect(values({ server })).toEqual([]);
    expect(server.requests.map(({ query }) => query)).toEqual(['', '', 'delete_all=true']);
  });

  it('deletes nothing on a dry run, and sends nothing for an empty list', async () => {
    const { server, options } = await localX({ rules });
    await expect(firstValueFrom(deleteRules(options, { all: true }, { dryRun: true }))).resolves.toMatchObject({
      deleted: 3,
    });
    expect(values({ server })).toHaveLength(3);
    await expect(firstValueFrom(deleteRules(options, { ids: [] }))).resolves.toEqual({
      deleted: 0,
      notDeleted: 0,
      errors: [],
    });
    expect(server.requests).toHaveLength(1);
  });

  it('sends a thousand at a time', async () => {
    const { origin, options } = await scripted([
      [jsonAnswer(200, { meta: { summary: { deleted: 1, not_deleted: 2 } } })],
    ]);
    const ids = Array.from({ length: 1_001 }, (_, n) => String(n));
    await expect(firstValueFrom(deleteRules(options, { ids }))).resolves.toMatchObject({ deleted: 2, notDeleted: 4 });
    expect(origin.requests.map(({ body }) => body.split(',').length)).toEqual([1_000, 1]);
  });

  it('refuses a choice that is none, or more than one', () => {
    const refusing = (choice: object) => (): unknown =>
      Reflect.apply(deleteRules, undefined, [{ bearerToken: 'a' }, choice]);
    expect(refusing({})).toThrow('give exactly one of "ids", "values" and "all"');
    expect(refusing({ ids: ['1'], all: true })).toThrow('give exactly one');
    expect(refusing({ all: false })).toThrow('option "all" must be one of true');
    expect(refusing({ values: [''] })).toThrow('option "values" must be a list of texts');
    expect(refusing({ id: '1' })).toThrow('unknown option "id"');
  });
});
