import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import {
  createActivitySubscription,
  deleteActivitySubscription,
  listActivitySubscriptions,
  updateActivitySubscription,
} from '../../../sources/x/activity-subscriptions.js';
import type { XOptions } from '../../../sources/x/api.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import { jsonAnswer, type Script } from '../../servers/origin-steps.js';
import { startXServer, type XServer } from '../../servers/x.js';

const closing: (Origin | XServer)[] = [];

afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

async function localX(): Promise<{ server: XServer; options: XOptions }> {
  const server = await startXServer();
  closing.push(server);
  return { server, options: { bearerToken: server.token, baseUrl: server.url } };
}

async function scripted(script: Script): Promise<{ origin: Origin; options: XOptions }> {
  const origin = await startOrigin(script);
  closing.push(origin);
  return { origin, options: { bearerToken: 'a', baseUrl: origin.url } };
}

const bio = { eventType: 'profile.update.bio', filter: { userId: '12' }, tag: 'first' } as const;

describe('activity subscriptions', () => {
  it('are created, listed, changed and deleted', async () => {
    const { options } = await localX();
    await expect(firstValueFrom(listActivitySubscriptions(options))).resolves.toEqual([]);
    const made = await firstValueFrom(createActivitySubscription(options, bio));
    expect(made).toEqual({
      subscriptionId: expect.stringMatching(/^\d+$/),
      eventType: 'profile.update.bio',
      filter: { userId: '12', keyword: undefined, direction: undefined },
      tag: 'first',
      webhookId: undefined,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    await expect(firstValueFrom(listActivitySubscriptions(options))).resolves.toEqual([made]);
    const changed = await firstValueFrom(updateActivitySubscription(options, made.subscriptionId, { tag: 'second' }));
    expect(changed).toMatchObject({ subscriptionId: made.subscriptionId, tag: 'second', filter: made.filter });
    await expect(firstValueFrom(deleteActivitySubscription(options, made.subscriptionId))).resolves.toBe(true);
    await expect(firstValueFrom(listActivitySubscriptions(options))).resolves.toEqual([]);
  });

  it('go over the wire in the spelling of X', async () => {
    const subscription = { subscription_id: '1', event_type: 'x.y' };
    const { origin, options } = await scripted([[jsonAnswer(200, { data: { subscription } })]]);
    const filter = { keyword: 'rocket', direction: 'inbound' } as const;
    const made = createActivitySubscription(options, { eventType: 'dm.received', filter, webhookId: '9' });
    await expect(firstValueFrom(made)).resolves.toMatchObject({
      subscriptionId: '1',
      filter: {},
      createdAt: undefined,
    });
    await firstValueFrom(updateActivitySubscription(options, '1', { webhookId: '8' }));
    expect(origin.requests.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      [
        'POST',
        '/2/activity/subscriptions',
        { event_type: 'dm.received', filter: { keyword: 'rocket', direction: 'inbound' }, webhook_id: '9' },
      ],
      ['PUT', '/2/activity/subscriptions/1', { webhook_id: '8' }],
    ]);
  });

  it('that exist already, or do not exist, are an error', async () => {
    const { options } = await localX();
    await firstValueFrom(createActivitySubscription(options, bio));
    await expect(firstValueFrom(createActivitySubscription(options, bio))).rejects.toMatchObject({ code: 'conflict' });
    await expect(firstValueFrom(updateActivitySubscription(options, '404', {}))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(firstValueFrom(deleteActivitySubscription(options, '404'))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('are deleted a hundred at a time, and without ids nothing is sent', async () => {
    const answers = [true, false, true].map((deleted) => [jsonAnswer(200, { data: { deleted } })]);
    const { origin, options } = await scripted(answers);
    const ids = Array.from({ length: 201 }, (_, n) => String(n));
    await expect(firstValueFrom(deleteActivitySubscription(options, ids))).resolves.toBe(false);
    const queries = origin.requests.map(({ path }) => new URLSearchParams(path.slice(path.indexOf('?'))));
    expect(queries.map((query) => query.get('ids')?.split(',').length)).toEqual([100, 100, 1]);
    await expect(firstValueFrom(deleteActivitySubscription(options, []))).resolves.toBe(true);
    expect(origin.requests).toHaveLength(3);
  });

  it('are not believed to be none where the answer is no list', async () => {
    const { options } = await scripted([[jsonAnswer(200, {})]]);
    await expect(firstValueFrom(listActivitySubscriptions(options))).rejects.toMatchObject({ code: 'malformed' });
  });

  it('are refused at once where they can never work', () => {
    const refusing = (call: (...values: never[]) => unknown, ...values: unknown[]) => {
      return (): unknown => Reflect.apply(call, undefined, [{ bearerToken: 'a' }, ...values]);
    };
    const create = createActivitySubscription;
    expect(refusing(create, { filter: { userId: '1' } })).toThrow('option "eventType" is missing');
    expect(refusing(create, { eventType: 'a.b' })).toThrow('option "filter" is missing');
    expect(refusing(create, { eventType: 'a.b', filter: {} })).toThrow('option "filter" must be an object with');
    expect(refusing(create, { eventType: 'a.b', filter: { userId: 1 } })).toThrow(
      'filter: option "userId" must be a name',
    );
    expect(refusing(create, { ...bio, name: 'x' })).toThrow('unknown option "name"');
    expect(refusing(updateActivitySubscription, '../1', {})).toThrow('subscriptionId must be a name');
    expect(refusing(updateActivitySubscription, '1', { eventType: 'a.b' })).toThrow('unknown option "eventType"');
    expect(refusing(deleteActivitySubscription, ['a/b'])).toThrow('subscriptionId must be a list of names');
    expect(refusing(deleteActivitySubscription, undefined)).toThrow('option "subscriptionId" is missing');
  });
});
