import { describe, expect, it } from '@jest/globals';
import { begin } from './begun-session.js';
import { batchLine, subscriptionBody, virtualService } from './virtual-service.js';

describe('chainSession and what comes again', () => {
  it('does not hand out what is in hand, and acknowledges it on the new connection when it is handled', async () => {
    const { service, batches, control } = await begin({ acknowledge: 'manual', batchAckInterval: 1 });
    service.streams[0]?.send(batchLine('b1', [1, 2]), batchLine('b2', [3]));
    await service.run();
    service.streams[0]?.cut();
    await service.run(20);
    // Cut differently, with one event that is new.
    service.streams[1]?.send(batchLine('n1', [1]), batchLine('n2', [2, 3, 4]));
    await service.run(20);
    expect(batches().map(({ batchId, events }) => [batchId, events['Transfer']?.map((one) => one['value'])])).toEqual([
      ['b1', ['1', '2']],
      ['b2', ['3']],
      ['n2', ['4']],
    ]);
    expect(service.acks()).toEqual([]);
    batches()[0]?.ack();
    batches()[2]?.ack();
    await service.run(20);
    expect(service.acks().map(({ connection, ids }) => [connection, ...ids])).toEqual([['c2', 'n1']]);
    expect(control.position).toBe('rt_n1');
    batches()[1]?.ack();
    await service.run(20);
    expect(service.acks().map(({ ids }) => ids)).toEqual([['n1'], ['n2']]);
    expect(control.position).toBe('rt_n2');
  });

  it('acknowledges at once what is handled already and was not acknowledged in time', async () => {
    const { service, batches, control } = await begin();
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run();
    service.streams[0]?.cut();
    await service.run(20);
    service.streams[1]?.send(batchLine('n1', [1]), batchLine('n2', [2]));
    await service.run(3_100);
    expect(batches().map(({ batchId }) => batchId)).toEqual(['b1', 'n2']);
    expect(service.acks().map(({ connection, ids }) => [connection, ...ids])).toEqual([['c2', 'n1', 'n2']]);
    expect(control.position).toBe('rt_n2');
  });

  it('sends to the new connection what the service does not send again, and gives up where it is not known', async () => {
    const { service, control, notices } = await begin({ batchAckInterval: 100 });
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run();
    service.streams[0]?.cut();
    service.answer = ({ path }) =>
      path.includes('/c2/ack/') ? { status: 200, body: { failed_batch_ids: ['b1'] } } : undefined;
    await service.run(1_000);
    expect(service.acks().map(({ connection, ids }) => [connection, ...ids])).toEqual(
      Array.from({ length: 3 }, () => ['c2', 'b1']),
    );
    expect(notices.map(({ kind }) => kind)).toEqual(['ack_refused']);
    // The service has it as acknowledged, or would send it again: it is no hindrance, and leads nowhere.
    expect(control.position).toBeUndefined();
    service.answer = () => undefined;
    service.streams[1]?.send(batchLine('b2', [2]));
    await service.run(200);
    expect(control.position).toBe('rt_b2');
  });

  it('keeps the position before what is in hand, even where the service does not send it again', async () => {
    const { service, batches, control } = await begin({ acknowledge: 'manual', batchAckInterval: 1 });
    service.streams[0]?.send(batchLine('b1', [1]));
    await service.run();
    service.streams[0]?.cut();
    await service.run(20);
    service.streams[1]?.send(batchLine('n2', [2]));
    await service.run();
    batches()[1]?.ack();
    await service.run(20);
    expect(control.position).toBeUndefined();
    batches()[0]?.ack();
    expect(control.position).toBe('rt_n2');
  });

  it('takes the same batch on one connection once', async () => {
    const { service, batches } = await begin({ batchAckInterval: 1 });
    service.streams[0]?.send(batchLine('b1', [1]), batchLine('b1', [1]));
    await service.run(10);
    expect(batches()).toHaveLength(1);
    expect(service.acks().map(({ ids }) => ids)).toEqual([['b1']]);
  });
});

describe('chainSession and the ends of connections', () => {
  it('connects again after a clean end, and tells of it', async () => {
    const { service, watched, types } = await begin();
    service.streams[0]?.end();
    await service.run(20);
    expect(service.streams).toHaveLength(2);
    expect(types()).toEqual(['error']);
    expect(watched.values[0]).toMatchObject({ errorCode: 'STREAM_ERROR', recoverable: true });
  });

  it('completes where the subscription has an end and the service has come to it', async () => {
    const { service, watched } = await begin();
    service.answer = ({ method, path }) =>
      method === 'GET' && path === '/subscriptions/7'
        ? { status: 200, body: subscriptionBody({ end_block: 9, last_processed_block: 9 }) }
        : undefined;
    service.streams[0]?.send(batchLine('b1', [1]));
    service.streams[0]?.end();
    await service.run(20);
    expect(watched.completed).toBe(true);
    expect(service.acks().map(({ ids }) => ids)).toEqual([['b1']]);
  });

  it('ends at once when nobody may come in, and says so by the class', async () => {
    const service = virtualService();
    service.answer = () => ({ status: 401 });
    const { watched } = await begin({}, service);
    expect(watched.error).toMatchObject({ name: 'EventStreamerAuthError', code: 'unauthorized' });
  });

  it('connects again when no byte comes for the idle limit', async () => {
    const { service } = await begin({ idleTimeout: 1_000, heartbeatInterval: 0 });
    service.streams[0]?.send('\n');
    await service.run(900);
    service.streams[0]?.send({ type: 'heartbeat' });
    await service.run(900);
    expect(service.streams).toHaveLength(1);
    await service.run(300);
    expect(service.streams).toHaveLength(2);
  });

  it('tells the service at every interval that it is there, with numbers that rise over all connections', async () => {
    const { service } = await begin({ heartbeatInterval: 100, idleTimeout: 0 });
    await service.run(210);
    service.streams[0]?.cut();
    await service.run(150);
    const beats = service.requests.filter(({ path }) => path.endsWith('/heartbeat'));
    expect(beats.map(({ path, body }) => [path, body])).toEqual([
      ['/stream/c1/heartbeat', expect.objectContaining({ sequence_number: 1 })],
      ['/stream/c1/heartbeat', expect.objectContaining({ sequence_number: 2 })],
      ['/stream/c2/heartbeat', expect.objectContaining({ sequence_number: 3 })],
    ]);
  });

  it.each([
    ['one 404', 404, 1],
    ['three failures', 500, 3],
  ])('connects again after %s of a heartbeat', async (_, status, count) => {
    const { service } = await begin({ heartbeatInterval: 100, idleTimeout: 0 });
    service.answer = ({ path }) => (path.endsWith('/heartbeat') ? { status } : undefined);
    await service.run(100 * count - 1);
    expect(service.streams).toHaveLength(1);
    await service.run(20);
    expect(service.streams).toHaveLength(2);
  });
});
