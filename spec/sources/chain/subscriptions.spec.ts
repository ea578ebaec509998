import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { chainService } from '../../../sources/chain/service.js';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  getSubscriptionLastProcessedBlock,
  listAllSubscriptions,
  listSubscriptions,
  updateSubscription,
} from '../../../sources/chain/subscriptions.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, jsonAnswer } from '../../servers/origin-steps.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();
const topic0 = '0x8c4aa8dd6d27f8b8a4f4ad7ad2fa4d6f79d2f4f7b3e8d3a4c4f5d6e7f8091a2b';
const wire = (id: number): object => ({
  ...{ id, topic0, event_signature: { type: 'event', name: 'Ping' } },
  ...{ start_block: 1, chain_id: 1, subscriber_id: 'my app' },
});
const definition = { eventSignature: { type: 'event', name: 'Ping' }, startBlock: 1, chainId: 1 } as const;

describe('createSubscription', () => {
  it('sends the definition in the names of the wire, once per subscription, and gives what the service made of it', async () => {
    const { client, sent } = await scripted(always(201, wire(7)));
    const call = createSubscription(client, { ...definition, subscriberId: 'another' });
    expect(sent()).toEqual([]);
    await expect(firstValueFrom(call.pipe(toArray()))).resolves.toMatchObject([{ id: 7, subscriberId: 'my app' }]);
    await firstValueFrom(call);
    const body = {
      ...{ topic0: expect.stringMatching(/^0x[0-9a-f]{64}$/), addresses: [], start_block: 1, end_block: null },
      event_signature: { type: 'event', name: 'Ping', inputs: [], anonymous: false },
      ...{ chain_id: 1, subscriber_id: 'my app' },
    };
    expect(sent()).toEqual(Array(2).fill({ line: 'POST /subscriptions', body }));
  });

  it('refuses at once what can never work, and sends nothing', async () => {
    const { client, sent } = await scripted(always(201, wire(7)));
    expect(() => createSubscription(client, { ...definition, chainId: 0 })).toThrow('option "chainId" must be');
    expect(sent()).toEqual([]);
  });

  it('is not made twice: after a 500, or an answer that breaks off, it is not sent again; after a 503 it is', async () => {
    const broken = await scripted(always(500, { error: 'x' }));
    await expect(firstValueFrom(createSubscription(broken.client, definition))).rejects.toMatchObject({ status: 500 });
    expect(broken.sent()).toHaveLength(1);
    const busy = await scripted([[jsonAnswer(503, {})], [jsonAnswer(201, wire(8))]]);
    await expect(firstValueFrom(createSubscription(busy.client, definition))).resolves.toMatchObject({ id: 8 });
    expect(busy.sent()).toHaveLength(2);
  });
});

describe('listSubscriptions', () => {
  it('asks for the first twenty of this subscriber, or for what is wanted', async () => {
    const { client, sent } = await scripted(
      always(200, { subscriptions: [wire(1)], total: 1, page: 1, page_size: 20 }),
    );
    await expect(firstValueFrom(listSubscriptions(client))).resolves.toMatchObject({
      ...{ subscriptions: [{ id: 1 }], total: 1, page: 1, pageSize: 20 },
    });
    await firstValueFrom(listSubscriptions(client, { page: 3, pageSize: 5 }));
    expect(sent().map(({ line }) => line)).toEqual([
      'GET /subscriptions?page=1&page_size=20&subscriber_id=my+app',
      'GET /subscriptions?page=3&page_size=5&subscriber_id=my+app',
    ]);
    expect(() => listSubscriptions(client, { page: 0 })).toThrow('listSubscriptions: option "page" must be');
  });
});

describe('listAllSubscriptions', () => {
  const page = (ids: readonly number[], total?: number, pageSize = 2): ReturnType<typeof jsonAnswer> =>
    jsonAnswer(200, { subscriptions: ids.map(wire), page_size: pageSize, ...(total !== undefined && { total }) });
  const idsOf = async (...pages: readonly ReturnType<typeof page>[]): Promise<{ ids: number[]; requests: number }> => {
    const { client, sent } = await scripted(pages.map((one) => [one]));
    const all = await firstValueFrom(listAllSubscriptions(client, { pageSize: 2 }).pipe(toArray()));
    return { ids: all.map(({ id }) => id), requests: sent().length };
  };

  it('follows the pages until the total', async () => {
    await expect(idsOf(page([1, 2], 5), page([3, 4], 5), page([5], 5))).resolves.toEqual({
      ids: [1, 2, 3, 4, 5],
      requests: 3,
    });
    await expect(idsOf(page([1, 2], 4), page([3, 4], 4))).resolves.toEqual({ ids: [1, 2, 3, 4], requests: 2 });
    await expect(idsOf(page([], 0))).resolves.toEqual({ ids: [], requests: 1 });
  });

  it('gives one that has moved to the next page once, and stops where the list has become shorter', async () => {
    await expect(idsOf(page([1, 2], 3), page([2, 3], 4), page([4], 4))).resolves.toEqual({
      ids: [1, 2, 3, 4],
      requests: 3,
    });
    await expect(idsOf(page([1, 2], 4), page([], 4))).resolves.toEqual({ ids: [1, 2], requests: 2 });
  });

  it('stops at a page that is not full where there is no total', async () => {
    await expect(idsOf(page([1, 2]), page([3]))).resolves.toEqual({ ids: [1, 2, 3], requests: 2 });
  });

  it('ends a list that repeats itself with an error', async () => {
    await expect(idsOf(page([1, 2], 9), page([1, 2], 9))).rejects.toMatchObject({
      ...{ name: 'EventStreamerError', code: 'malformed' },
      message: 'list subscriptions: the pages of the list repeat themselves',
    });
  });

  it('asks for no page that nobody waits for, and begins anew for every subscriber', async () => {
    const { client, sent } = await scripted([[page([1, 2], 4)], [page([1, 2], 4)], [page([3, 4], 4)]]);
    const all = listAllSubscriptions(client, { pageSize: 2 });
    await expect(firstValueFrom(all.pipe(take(2), toArray()))).resolves.toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(sent()).toHaveLength(1);
    await expect(firstValueFrom(all.pipe(toArray()))).resolves.toHaveLength(4);
    expect(sent().map(({ line }) => /page=(\d)/.exec(line)?.[1])).toEqual(['1', '1', '2']);
    expect(() => listAllSubscriptions(client, { pageSize: 0 })).toThrow('listAllSubscriptions: option "pageSize"');
  });
});

describe('getSubscription', () => {
  it('asks as this subscriber, again after failures that pass', async () => {
    const { client, sent } = await scripted([[jsonAnswer(500, {})], [jsonAnswer(200, wire(7))]]);
    await expect(firstValueFrom(getSubscription(client, 7))).resolves.toMatchObject({ id: 7, topic0 });
    expect(sent().map(({ line }) => line)).toEqual(Array(2).fill('GET /subscriptions/7?subscriber_id=my+app'));
  });

  it('is malformed for an answer that is none, and never quotes it', async () => {
    const { client } = await scripted([
      [jsonAnswer(200, { id: 'CANARY' })],
      [answer(200, {}, '{"CANARY')],
      [answer(204)],
    ]);
    for (let time = 0; time < 3; time += 1) {
      const thrown: unknown = await firstValueFrom(getSubscription(client, 7)).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ name: 'EventStreamerError', code: 'malformed', operation: expect.anything() });
      expect(String(thrown)).not.toContain('CANARY');
    }
  });
});

describe('updateSubscription', () => {
  it('sends only the fields that are set', async () => {
    const { client, sent } = await scripted(always(200, wire(7)));
    await expect(firstValueFrom(updateSubscription(client, 7, { endBlock: null }))).resolves.toMatchObject({ id: 7 });
    await firstValueFrom(updateSubscription(client, 7, {}));
    expect(sent()).toEqual([
      { line: 'PUT /subscriptions/7', body: { end_block: null } },
      { line: 'PUT /subscriptions/7', body: {} },
    ]);
    expect(() => updateSubscription(client, 7, { startBlock: -1 })).toThrow('updateSubscription: option "startBlock"');
  });
});

describe('deleteSubscription', () => {
  it('is true when the service has taken it away, with an empty answer or another', async () => {
    const { client, sent } = await scripted([[answer(204)], [jsonAnswer(200, { message: 'deleted' })]]);
    await expect(firstValueFrom(deleteSubscription(client, 7).pipe(toArray()))).resolves.toEqual([true]);
    await expect(firstValueFrom(deleteSubscription(client, 7))).resolves.toBe(true);
    expect(sent()).toEqual(Array(2).fill({ line: 'DELETE /subscriptions/7', body: undefined }));
  });
});

describe('getSubscriptionLastProcessedBlock', () => {
  it('gives the block, or undefined where there is none', async () => {
    const { client, sent } = await scripted([
      [jsonAnswer(200, { last_processed_block: 12 })],
      [jsonAnswer(200, { last_processed_block: null })],
      [jsonAnswer(404, { error: 'nothing processed' })],
      [jsonAnswer(401, {})],
    ]);
    const call = getSubscriptionLastProcessedBlock(client, 7, 137);
    await expect(firstValueFrom(call.pipe(toArray()))).resolves.toEqual([12]);
    await expect(firstValueFrom(call.pipe(toArray()))).resolves.toEqual([undefined]);
    await expect(firstValueFrom(call.pipe(toArray()))).resolves.toEqual([undefined]);
    await expect(firstValueFrom(call)).rejects.toMatchObject({ name: 'EventStreamerAuthError' });
    expect(sent()[0]?.line).toBe('GET /subscriptions/7/last-processed-block?chain_id=137');
    expect(() => Reflect.apply(getSubscriptionLastProcessedBlock, undefined, [client, 7])).toThrow(
      '"chainId" is missing',
    );
  });
});

describe('unsubscription', () => {
  it('closes the socket of a call', async () => {
    await using origin = await startOrigin([[{ kind: 'stall' }]]);
    const client = chainService('test', { serviceUrl: origin.url, subscriberId: 'me' });
    const open = getSubscription(client, 7).subscribe();
    await eventually(() => origin.requests.length === 1);
    open.unsubscribe();
    await eventually(() => origin.activeSockets === 0);
  });
});
