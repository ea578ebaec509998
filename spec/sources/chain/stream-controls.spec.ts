import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type Observable, take, toArray } from 'rxjs';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { sharedSession, type SharedSession } from '../../../sources/chain/shared-session.js';
import { streamControls, type StreamControls } from '../../../sources/chain/stream-controls.js';
import type { ChainStreamOptions } from '../../../sources/chain/stream-options.js';
import { eventually } from '../../servers/eventually.js';
import { type LocalStream, localStreams, quick } from './local-stream.js';

const start = localStreams();

interface Running {
  readonly shared: SharedSession;
  readonly controls: StreamControls;
  readonly batches: EventBatch[];
}

function controlled({ client, id }: LocalStream, options: ChainStreamOptions = {}): Running {
  const shared = sharedSession({ client, subscriptionId: id, options: { ...quick, ...options } });
  return { shared, controls: streamControls(client, shared), batches: [] };
}

/** Opens the connection and waits for so many batches. */
async function run({ shared, batches }: Running, count: number): Promise<void> {
  shared.messages('batches').subscribe((message) => {
    if (message.type === 'event_batch') batches.push(message);
  });
  await eventually(() => batches.length === count && shared.control?.connectionId !== undefined);
}

describe('calls by hand', () => {
  it('send nothing before they are subscribed to, and fail in their own way without a connection', async () => {
    const here = await start();
    const { controls } = controlled(here);
    const calls: [string, Observable<unknown>][] = [
      ['send heartbeat', controls.sendHeartbeat()],
      ['acknowledge batch', controls.acknowledgeBatch('b')],
      ['acknowledge batches', controls.acknowledgeBatches(['b'])],
    ];
    for (const [operation, call] of calls) {
      await expect(firstValueFrom(call)).rejects.toMatchObject({
        ...{ name: 'EventStreamerConnectionError', code: 'connection_lost', operation, isRetryable: true },
      });
    }
    expect(here.server.requests).toEqual([]);
  });

  it('number heartbeats with those of the session', async () => {
    const here = await start();
    const running = controlled(here, { heartbeatInterval: 5 });
    await run(running, 0);
    const { shared, controls } = running;
    await eventually(() => here.server.heartbeats.length > 1);
    const beat = await firstValueFrom(controls.sendHeartbeat());
    expect(beat).toMatchObject({ acknowledged: true, connectionId: shared.control?.connectionId });
    await shared.stop();
    const numbers = here.server.heartbeats.map(({ sequenceNumber }) => Number(sequenceNumber));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_number, index) => index + 1));
  });

  it('acknowledge one batch, and the position passes it', async () => {
    const here = await start();
    here.chain.mintBlock(2);
    const running = controlled(here, { acknowledge: 'manual' });
    await run(running, 2);
    const { shared, controls, batches } = running;
    const [first, second] = batches;
    const answer = await firstValueFrom(controls.acknowledgeBatch(second?.batchId ?? ''));
    expect(answer).toMatchObject({ acknowledged: true, batchId: second?.batchId, eventsAcknowledged: 1 });
    expect(shared.position).toBeUndefined();
    await firstValueFrom(controls.acknowledgeBatch(first?.batchId ?? ''));
    expect(shared.position).toBe(second?.resumeToken);
    expect(here.server.acks.map(({ kind }) => kind)).toEqual(['single', 'single']);
    first?.ack();
    await shared.stop();
    expect(here.server.acks).toHaveLength(2);
  });

  it('acknowledge several batches; the position passes those that the service has taken', async () => {
    const here = await start();
    here.chain.mintBlock(3);
    const running = controlled(here, { acknowledge: 'manual' });
    await run(running, 3);
    const { shared, controls, batches } = running;
    const ids = batches.map(({ batchId }) => batchId);
    here.server.misbehave.next('ack', 'failed-ids');
    const failed = await firstValueFrom(controls.acknowledgeBatches(ids));
    expect(failed.failedBatchIds).toEqual(ids);
    expect(shared.position).toBeUndefined();
    const answer = await firstValueFrom(controls.acknowledgeBatches([...ids.slice(0, 2), 'unknown']));
    expect(answer).toMatchObject({ acknowledgedBatches: 2, totalEventsAcknowledged: 2, failedBatchIds: ['unknown'] });
    expect(shared.position).toBe(batches[1]?.resumeToken);
    await shared.stop();
  });

  it('leave a batch open that the service has not acknowledged', async () => {
    const here = await start();
    here.chain.mintBlock(1);
    const running = controlled(here, { acknowledge: 'manual' });
    await run(running, 1);
    const { shared, controls, batches } = running;
    here.server.misbehave.next('ack', 'failed-ids');
    await expect(firstValueFrom(controls.acknowledgeBatch(batches[0]?.batchId ?? ''))).resolves.toMatchObject({
      acknowledged: false,
    });
    expect(shared.position).toBeUndefined();
    await shared.stop();
  });

  it('say that the service no longer knows the connection', async () => {
    const here = await start();
    const running = controlled(here);
    await run(running, 0);
    here.server.misbehave.loseConnections();
    await expect(firstValueFrom(running.controls.sendHeartbeat())).rejects.toMatchObject({
      ...{ name: 'EventStreamerConnectionError', code: 'connection_lost', status: 404 },
    });
    await running.shared.stop();
  });
});

describe('the processing status', () => {
  it('needs no connection, and says whether there is one', async () => {
    const here = await start();
    const running = controlled(here);
    const { controls, shared } = running;
    const status = controls.checkProcessingStatus();
    await expect(firstValueFrom(status)).resolves.toMatchObject({ subscriptionId: here.id, isProcessing: false });
    await run(running, 0);
    await expect(firstValueFrom(status)).resolves.toMatchObject({ isProcessing: true, connectionCount: 1 });
    await shared.stop();
  });

  it('is asked for again and again, until the stream is stopped', async () => {
    const here = await start();
    const { controls, shared } = controlled(here);
    const three = controls.processingStatus$({ interval: 1 }).pipe(take(3), toArray());
    expect(await firstValueFrom(three)).toHaveLength(3);
    const ends: string[] = [];
    controls.processingStatus$().subscribe({ complete: () => ends.push('complete') });
    await shared.stop();
    expect(ends).toEqual(['complete']);
    expect(() => controls.processingStatus$({ interval: 0 })).toThrow('processingStatus$: option "interval" must be');
  });

  it('is that of the subscription in hand', async () => {
    const here = await start();
    const other = await here.subscribe();
    const options = { ...quick, onMissing: () => [other] };
    const shared = sharedSession({ client: here.client, subscriptionId: 4_711, options });
    const controls = streamControls(here.client, shared);
    shared.messages('batches').subscribe();
    await eventually(() => shared.subscriptionId === other && shared.control?.connectionId !== undefined);
    await expect(firstValueFrom(controls.checkProcessingStatus())).resolves.toMatchObject({ subscriptionId: other });
    await shared.stop();
  });
});
