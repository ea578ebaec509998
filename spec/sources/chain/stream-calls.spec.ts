import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import {
  acknowledgeBatch,
  acknowledgeBatches,
  checkProcessingStatus,
  pathPart,
  sendHeartbeat,
  subscriptionPath,
} from '../../../sources/chain/stream-calls.js';
import { answer, jsonAnswer } from '../../servers/origin-steps.js';
import { pluck } from '../../servers/pluck.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();
const at = '2024-05-23T10:30:00.000Z';

describe('acknowledgeBatch', () => {
  it('sends the id to the connection that the batch came over, once, and only when subscribed to', async () => {
    const answered = { acknowledged: true, batch_id: 'b', events_acknowledged: 3, connection_id: 'c/1', timestamp: at };
    const { client, sent } = await scripted(always(200, { ...answered, resume_token: 'rt_1', extra: 1 }));
    const call = acknowledgeBatch(client, { subscriptionId: 7, connectionId: 'c/1', batchId: 'b' });
    expect(sent()).toEqual([]);
    await expect(firstValueFrom(call.pipe(toArray()))).resolves.toEqual([
      {
        acknowledged: true,
        batchId: 'b',
        eventsAcknowledged: 3,
        connectionId: 'c/1',
        timestamp: at,
        resumeToken: 'rt_1',
      },
    ]);
    expect(sent()).toEqual([{ line: 'POST /subscriptions/7/stream/c%2F1/ack/batch', body: { batch_id: 'b' } }]);
  });

  it('takes an empty answer for a yes, and a no for a no', async () => {
    const { client } = await scripted([[answer(204)], [jsonAnswer(200, { acknowledged: false, resume_token: null })]]);
    const call = acknowledgeBatch(client, { subscriptionId: 7, connectionId: 'c', batchId: 'b' });
    const empty = { batchId: 'b', connectionId: 'c', resumeToken: undefined, eventsAcknowledged: undefined };
    await expect(firstValueFrom(call)).resolves.toEqual({ ...empty, acknowledged: true, timestamp: undefined });
    await expect(firstValueFrom(call)).resolves.toMatchObject({ acknowledged: false, resumeToken: undefined });
  });

  it('says connection_lost for 404, whatever the words, and repeats nothing', async () => {
    const { client, sent } = await scripted(always(404, { error: 'Connection does not exist' }));
    const call = acknowledgeBatch(client, { subscriptionId: 7, connectionId: 'c', batchId: 'b' });
    await expect(firstValueFrom(call)).rejects.toMatchObject({
      ...{ name: 'EventStreamerConnectionError', code: 'connection_lost', statusCode: 404, status: 404 },
      ...{ operation: 'acknowledge batch', body: '{"error":"Connection does not exist"}' },
    });
    const busy = await scripted(always(503, {}));
    const again = acknowledgeBatch(busy.client, { subscriptionId: 7, connectionId: 'c', batchId: 'b' });
    await expect(firstValueFrom(again)).rejects.toMatchObject({ statusCode: 503, isRetryable: true });
    expect([sent().length, busy.sent().length]).toEqual([1, 1]);
  });
});

describe('acknowledgeBatches', () => {
  it('sends all ids in one call, and gives those that failed', async () => {
    const counts = { total_batches: 3, acknowledged_batches: 2, failed_batches: 1, total_events_acknowledged: 9 };
    const answered = { ...counts, failed_batch_ids: ['y'], connection_id: 'c', timestamp: at, resume_token: 'rt' };
    const { client, sent } = await scripted(always(200, answered));
    const call = acknowledgeBatches(client, { subscriptionId: 7, connectionId: 'c', batchIds: ['x', 'y', 'z'] });
    await expect(firstValueFrom(call)).resolves.toEqual({
      ...{ totalBatches: 3, acknowledgedBatches: 2, failedBatches: 1, failedBatchIds: ['y'] },
      ...{ totalEventsAcknowledged: 9, connectionId: 'c', timestamp: at, resumeToken: 'rt' },
    });
    const body = { batch_ids: ['x', 'y', 'z'], connection_id: 'c' };
    expect(sent()).toEqual([{ line: 'POST /subscriptions/7/stream/c/ack/batch/bulk', body }]);
  });

  it('counts by what was asked where the service does not count', async () => {
    const { client } = await scripted([[jsonAnswer(200, { failed_batch_ids: ['y'] })], [answer(204)]]);
    const call = acknowledgeBatches(client, { subscriptionId: 7, connectionId: 'c', batchIds: ['x', 'y'] });
    const counts = { totalBatches: 2, acknowledgedBatches: 1, failedBatches: 1, failedBatchIds: ['y'] };
    await expect(firstValueFrom(call)).resolves.toMatchObject(counts);
    const all = { totalBatches: 2, acknowledgedBatches: 2, failedBatches: 0, failedBatchIds: [] };
    await expect(firstValueFrom(call)).resolves.toMatchObject(all);
  });

  it('sends nothing for an empty list', async () => {
    const { client, sent } = await scripted(always(500, {}));
    const call = acknowledgeBatches(client, { subscriptionId: 7, connectionId: 'c', batchIds: [] });
    await expect(firstValueFrom(call)).resolves.toMatchObject({ totalBatches: 0, failedBatchIds: [] });
    expect(sent()).toEqual([]);
  });

  it('is malformed where the failed ids cannot be read: they must not pass for acknowledged', async () => {
    const { client } = await scripted(always(200, { failed_batch_ids: 'y' }));
    const call = acknowledgeBatches(client, { subscriptionId: 7, connectionId: 'c', batchIds: ['y'] });
    await expect(firstValueFrom(call)).rejects.toMatchObject({
      code: 'malformed',
      operation: 'acknowledge batches',
      message: expect.stringContaining('At failed_batch_ids: expected array'),
    });
  });
});

describe('sendHeartbeat', () => {
  it('sends its number and the time of the subscription, and exposes both names of the time', async () => {
    const { client, sent } = await scripted([
      [jsonAnswer(200, { acknowledged: true, server_timestamp: at, connection_id: 'c' })],
      [jsonAnswer(200, { timestamp: at })],
    ]);
    const before = Date.now();
    const call = sendHeartbeat(client, { connectionId: 'c', sequenceNumber: 4 });
    const beat = { acknowledged: true, timestamp: at, serverTimestamp: at, connectionId: 'c' };
    await expect(firstValueFrom(call)).resolves.toEqual(beat);
    await expect(firstValueFrom(call)).resolves.toEqual(beat);
    const [first] = sent();
    expect(first).toEqual({
      line: 'POST /stream/c/heartbeat',
      body: { timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), sequence_number: 4 },
    });
    const time = String(pluck(first?.body, 'timestamp'));
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  });

  it('says connection_lost for 404', async () => {
    const { client } = await scripted(always(404, {}));
    const call = sendHeartbeat(client, { connectionId: 'c', sequenceNumber: 1 });
    await expect(firstValueFrom(call)).rejects.toMatchObject({ code: 'connection_lost', isRetryable: false });
  });
});

describe('checkProcessingStatus', () => {
  it('gives what the service says, after a failure that passes', async () => {
    const status = { subscription_id: 7, is_processing: true, connection_count: 2, timestamp: at };
    const { client, sent } = await scripted([[jsonAnswer(502, {})], [jsonAnswer(200, status)]]);
    await expect(firstValueFrom(checkProcessingStatus(client, 7))).resolves.toEqual({
      ...{ subscriptionId: 7, isProcessing: true, connectionCount: 2, timestamp: at },
    });
    expect(sent().map(({ line }) => line)).toEqual(Array(2).fill('GET /subscriptions/7/processing-status'));
  });

  it('says what is missing', async () => {
    const { client } = await scripted([[jsonAnswer(404, { error: 'Subscription not found' })], [jsonAnswer(200, {})]]);
    await expect(firstValueFrom(checkProcessingStatus(client, 7))).rejects.toMatchObject({
      ...{ name: 'EventStreamerSubscriptionError', code: 'subscription_not_found' },
      operation: 'check processing status',
    });
    await expect(firstValueFrom(checkProcessingStatus(client, 7))).rejects.toMatchObject({ code: 'malformed' });
  });
});

describe('arguments that cannot be', () => {
  it('are refused at once', async () => {
    const { client, sent } = await scripted(always(200, {}));
    const call = (made: (...args: never[]) => unknown, ...args: unknown[]) => {
      return (): unknown => Reflect.apply(made, undefined, [client, ...args]);
    };
    const connection = { subscriptionId: 7, connectionId: 'c' };
    expect(call(acknowledgeBatch, connection)).toThrow('acknowledgeBatch: option "batchId" is missing');
    expect(call(acknowledgeBatch, { ...connection, subscriptionId: 1.5, batchId: 'b' })).toThrow(
      'acknowledgeBatch: option "subscriptionId" must be a whole number',
    );
    expect(call(acknowledgeBatch, { ...connection, connectionId: '..', batchId: 'b' })).toThrow(
      'must not be "." or ".."',
    );
    expect(call(acknowledgeBatches, { ...connection, batchIds: ['a', ''] })).toThrow(
      'acknowledgeBatches: option "batchIds" must be a list of batch ids',
    );
    expect(call(acknowledgeBatches, { subscriptionId: 7, batchIds: [] })).toThrow('option "connectionId" is missing');
    expect(call(sendHeartbeat, { connectionId: 'c', sequenceNumber: Number.NaN })).toThrow('"sequenceNumber"');
    expect(call(sendHeartbeat, { connectionId: 'c' })).toThrow('sendHeartbeat: option "sequenceNumber" is missing');
    expect(call(checkProcessingStatus, '7')).toThrow('checkProcessingStatus: option "subscriptionId" must be');
    expect(sent()).toEqual([]);
  });

  it('are no steps of a path', () => {
    expect(() => pathPart('x', '.')).toThrow('x: a name or id must not be "." or ".."');
    expect(pathPart('x', 'a/b c')).toBe('a%2Fb%20c');
    expect(subscriptionPath('x', 12)).toBe('/subscriptions/12');
    expect(() => Reflect.apply(subscriptionPath, undefined, ['x'])).toThrow('x: option "subscriptionId" is missing');
  });
});
