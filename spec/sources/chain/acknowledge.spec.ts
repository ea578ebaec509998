import { describe, expect, it } from '@jest/globals';
import { sendAcknowledgments } from '../../../sources/chain/acknowledge.js';
import { virtualService, type VirtualAnswer } from './virtual-service.js';

async function sent(batchIds: readonly string[], isOwn: boolean, answer?: VirtualAnswer): Promise<unknown[]> {
  const service = virtualService();
  service.answer = () => answer;
  const outcome: unknown[] = [];
  sendAcknowledgments(service.client, 7, {
    ...{ connectionId: 'c1', batchIds, isOwn },
    next: (refused) => void outcome.push(refused),
    error: ({ code }) => void outcome.push(code),
  });
  await service.run(10);
  return [service.requests.map(({ path }) => path.split('/ack/')[1]), ...outcome];
}

describe('sendAcknowledgments', () => {
  it('sends one alone and several together', async () => {
    expect(await sent(['a'], true)).toEqual([['batch'], []]);
    expect(await sent(['a', 'b'], true)).toEqual([['batch/bulk'], []]);
  });

  it('sends one of another connection as one of several: a 404 must be about the connection', async () => {
    expect(await sent(['a'], false)).toEqual([['batch/bulk'], []]);
    expect(await sent(['a'], true, { status: 404 })).toEqual([['batch'], 'connection_lost']);
  });

  it('tells what the service has refused', async () => {
    expect(await sent(['a'], true, { status: 200, body: { acknowledged: false } })).toEqual([['batch'], ['a']]);
    const some = { status: 200, body: { failed_batch_ids: ['b'] } };
    expect(await sent(['a', 'b'], true, some)).toEqual([['batch/bulk'], ['b']]);
  });
});
