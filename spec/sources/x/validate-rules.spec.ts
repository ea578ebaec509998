import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { validateRules } from '../../../sources/x/validate-rules.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer } from '../../servers/origin-steps.js';
import { startXServer, type XServer } from '../../servers/x.js';

const closing: (Origin | XServer)[] = [];

afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

describe('validateRules', () => {
  it('gives a verdict on each rule, in order, and changes nothing', async () => {
    const server = await startXServer({ rules: [{ value: 'cat' }], maxRules: 3 });
    closing.push(server);
    const before = server.rules.list();
    const wanted = ['dog', 'cat', '-bird', 'dog', 'fox', 'owl'].map((value) => ({ value }));
    const found = await firstValueFrom(validateRules({ bearerToken: server.token, baseUrl: server.url }, wanted));
    expect(found.map(({ rule, verdict }) => `${rule.value} ${verdict}`)).toEqual([
      'dog valid',
      'cat duplicate',
      '-bird invalid',
      'dog duplicate',
      'fox valid',
      'owl invalid',
    ]);
    expect(found[1]).toMatchObject({ id: before[0]?.id });
    expect(found[2]).toMatchObject({ problem: { slug: 'invalid-rules' } });
    expect(found[5]).toMatchObject({ problem: { slug: 'rule-cap' } });
    expect(server.rules.list()).toEqual(before);
  });

  it('takes a problem without a value for that of every rule that is not accounted for', async () => {
    const body = {
      data: [{ id: '1', value: 'cat' }],
      meta: { summary: {} },
      errors: [{ title: 'RulesCapExceeded', type: 'https://api.x.com/2/problems/rule-cap' }],
    };
    const origin = await startOrigin([[jsonAnswer(201, body)]]);
    closing.push(origin);
    const found = await firstValueFrom(
      validateRules({ bearerToken: 'a', baseUrl: origin.url }, [{ value: 'cat' }, { value: 'dog' }]),
    );
    expect(found.map(({ verdict }) => verdict)).toEqual(['valid', 'invalid']);
  });
});
