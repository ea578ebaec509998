import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import type { XOptions } from '../../../sources/x/api.js';
import { checkRules, countRules, getRules, ruleOf } from '../../../sources/x/rules.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer, type Script } from '../../servers/origin-steps.js';
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

async function scripted(script: Script): Promise<XOptions> {
  const origin = await startOrigin(script);
  closing.push(origin);
  return { bearerToken: 'a', baseUrl: origin.url, maxRetries: 0 };
}

describe('getRules', () => {
  it('gives every rule of every page as one list, once', async () => {
    const rules = Array.from({ length: 25 }, (_, n) => ({ value: `cat${n}`, ...(n % 2 === 0 && { tag: `t${n}` }) }));
    const { server, options } = await localX({ rules });
    const all = await firstValueFrom(getRules(options, { maxResults: 10 }).pipe(toArray()));
    expect(all).toEqual([server.rules.list()]);
    expect(all[0]?.map(({ value, tag }) => ({ value, ...(tag !== undefined && { tag }) }))).toEqual(rules);
    expect(server.requests).toHaveLength(3);
  });

  it('gives an empty list where there are none: X leaves out data', async () => {
    const { options } = await localX();
    await expect(firstValueFrom(getRules(options))).resolves.toEqual([]);
  });

  it('gives those asked for, and none without a request for an empty list', async () => {
    const { server, options } = await localX({ rules: [{ value: 'a1' }, { value: 'b1' }, { value: 'c1' }] });
    const [first, , third] = server.rules.list();
    const ids = [first?.id ?? '', third?.id ?? ''];
    await expect(firstValueFrom(getRules(options, { ids }))).resolves.toEqual([first, third]);
    await expect(firstValueFrom(getRules(options, { ids: [] }))).resolves.toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('takes an empty tag for none', async () => {
    const data = [
      { id: '1', value: 'a', tag: '' },
      { id: '2', value: 'b', tag: 'x', more: true },
    ];
    const options = await scripted([[jsonAnswer(200, { data, meta: { sent: 'now', result_count: 2 } })]]);
    await expect(firstValueFrom(getRules(options))).resolves.toEqual([
      { id: '1', value: 'a' },
      { id: '2', value: 'b', tag: 'x' },
    ]);
  });

  it('never takes an answer that is no list for an empty list', async () => {
    for (const body of [
      {},
      { errors: [{ title: 'x' }] },
      [],
      null,
      { data: 'x', meta: {} },
      { data: [{ id: 1 }], meta: {} },
    ]) {
      const options = await scripted([[jsonAnswer(200, body)]]);
      await expect(firstValueFrom(getRules(options))).rejects.toMatchObject({ code: 'malformed' });
    }
    const options = await scripted([[answer(204)]]);
    await expect(firstValueFrom(getRules(options))).rejects.toMatchObject({ code: 'malformed' });
  });

  it('passes on what X refuses', async () => {
    const { server, options } = await localX();
    server.rotateToken('another');
    await expect(firstValueFrom(getRules(options))).rejects.toMatchObject({
      errorType: 'authentication_error',
      statusCode: 401,
    });
  });

  it('refuses senseless options at once', () => {
    const options = { bearerToken: 'a' };
    for (const maxResults of [0, 1_001, 1.5, Number.NaN]) {
      expect(() => getRules(options, { maxResults })).toThrow('getRules: option "maxResults" must be a whole number');
    }
    expect(() => getRules(options, { ids: ['1,2'] })).toThrow('getRules: option "ids" must be a list of names');
    expect(() => getRules({ bearerToken: 'undefined' })).toThrow('getRules: option "bearerToken"');
  });
});

describe('countRules', () => {
  it('gives numbers where the wire has text', async () => {
    const { options } = await localX({ rules: [{ value: 'cat' }, { value: 'dog' }], maxRules: 7 });
    await expect(firstValueFrom(countRules(options))).resolves.toEqual({
      capPerClientApp: 7,
      capPerProject: 7,
      projectRulesCount: 2,
      clientAppRulesCount: { clientAppId: '10000001', ruleCount: 2 },
      allProjectClientApps: [],
    });
  });

  it('gives numbers where the wire has numbers, and undefined for what it leaves out', async () => {
    const apps = [{ client_app_id: '1', rule_count: 3 }, { rule_count: '4' }];
    const options = await scripted([
      [jsonAnswer(200, { data: { cap_per_project: 9, all_project_client_apps: apps } })],
    ]);
    await expect(firstValueFrom(countRules(options))).resolves.toEqual({
      capPerClientApp: undefined,
      capPerProject: 9,
      projectRulesCount: undefined,
      clientAppRulesCount: undefined,
      allProjectClientApps: [
        { clientAppId: '1', ruleCount: 3 },
        { clientAppId: undefined, ruleCount: 4 },
      ],
    });
  });

  it('refuses what is no number', async () => {
    const options = await scripted([[jsonAnswer(200, { data: { cap_per_project: 'many' } })]]);
    await expect(firstValueFrom(countRules(options))).rejects.toMatchObject({ code: 'malformed' });
  });
});

describe('checkRules', () => {
  it('names the place of what is no rule', () => {
    const check = (rules: unknown) => () => Reflect.apply(checkRules, undefined, ['addRules', rules]);
    expect(check([{ value: 'a' }, { value: 'b', tag: '' }, { id: '1', value: 'c' }])).not.toThrow();
    expect(check('a')).toThrow('addRules: rules must be a list of rules');
    expect(check([{ value: 'a' }, { value: '' }])).toThrow('addRules: rule 1: option "value" must be a non-empty text');
    expect(check([{}])).toThrow('addRules: rule 0: option "value" is missing');
    expect(check([{ value: 'a', tag: 1 }])).toThrow('addRules: rule 0: option "tag" must be text');
    expect(check([null])).toThrow('addRules: rule 0 must be an object with a value');
  });
});

describe('ruleOf', () => {
  it('leaves an empty tag out', () => {
    expect(Object.keys(ruleOf({ id: '1', value: 'a', tag: '' }))).toEqual(['id', 'value']);
    expect(ruleOf({ id: '1', value: 'a', tag: 't' })).toEqual({ id: '1', value: 'a', tag: 't' });
  });
});
