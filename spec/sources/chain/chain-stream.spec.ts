import { describe, expect, it } from '@jest/globals';
import { type Observable, take } from 'rxjs';
import { createMonitor } from '../../../lib/state.js';
import { chainStream, streamWithin } from '../../../sources/chain/chain-stream.js';
import { eventStreamer } from '../../../sources/chain/event-streamer.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { eventually } from '../../servers/eventually.js';
import { localStreams, quick } from './local-stream.js';
import { erc20 } from './real-abis.js';

const start = localStreams();

describe('chainStream', () => {
  it('refuses at once what can never work, and does nothing by itself', async () => {
    const { client, id, server } = await start();
    expect(() => Reflect.apply(chainStream, undefined, [client, id, { maxUnacked: 5 }])).toThrow(
      'chainStream: unknown option "maxUnacked"',
    );
    expect(() => chainStream(client, -1)).toThrow('chainStream: option "subscriptionId" must be');
    expect(() => Reflect.apply(chainStream, undefined, [undefined, id])).toThrow('chainStream: the client must be');
    const stream = chainStream(client, id);
    expect(() => stream.resume('')).toThrow('resume: token must be');
    expect(() => Reflect.apply(stream.resume, undefined, [])).toThrow('resume: token must be');
    const { isRunning, connectionId, position, subscriptionId, state } = stream;
    expect({ isRunning, connectionId, position, subscriptionId }).toEqual({
      ...{ isRunning: false, connectionId: undefined, position: undefined, subscriptionId: id },
    });
    expect(state.phase).toBe('idle');
    await stream.stop();
    expect(server.requests).toEqual([]);
  });

  it('gives all views over one connection', async () => {
    const { client, id, server, chain } = await start();
    const stream = chainStream(client, id, quick);
    const seen: Record<string, unknown[]> = {};
    const watch = (name: string, view: Observable<unknown>): void => {
      const list: unknown[] = [];
      seen[name] = list;
      view.subscribe((one) => list.push(one));
    };
    watch('messages', stream.messages$);
    watch('batches', stream.batches$);
    watch('heartbeats', stream.heartbeats$);
    watch('errors', stream.errors$);
    watch('named', stream.ofEvent('Transfer'));
    watch('typed', stream.ofEvent(erc20, 'Transfer'));
    watch('others', stream.ofEvent(erc20, 'Approval'));
    watch('by', stream.byEvent());
    watch('all', stream.allEvents());
    chain.mintBlock(1);
    await eventually(() => seen['all']?.length === 1);
    server.misbehave.flood(1);
    server.misbehave.error('NOT_KNOWN');
    await eventually(() => seen['messages']?.length === 3);
    expect(stream.isRunning).toBe(true);
    expect(stream.connectionId).toBe(server.connects[0]?.connectionId);
    expect(server.connects).toHaveLength(1);
    expect(seen).toMatchObject({
      messages: [{ type: 'event_batch' }, { type: 'heartbeat' }, { type: 'error' }],
      batches: [{ type: 'event_batch', connectionId: stream.connectionId }],
      heartbeats: [{ type: 'heartbeat', subscriptionId: id }],
      errors: [{ type: 'error', errorCode: 'NOT_KNOWN' }],
      named: [{ name: 'Transfer', events: [{ args: { value: '1' } }] }],
      typed: [{ name: 'Transfer', events: [{ args: { value: 1n } }] }],
      by: [{ name: 'Transfer', events: [{ value: '1' }] }],
      all: [{ events: { Transfer: [{ value: '1' }] } }],
    });
    expect(seen['others']).toEqual([]);
    await stream[Symbol.asyncDispose]();
    expect(stream.isRunning).toBe(false);
    expect(stream.connectionId).toBeUndefined();
    expect([...server.acknowledged.values()]).toEqual([1]);
  });

  it('goes on over a dropped connection: every transfer once, and all acknowledged', async () => {
    const { client, id, server, chain } = await start();
    const stream = chainStream(client, id, quick);
    let sum = 0n;
    const errors: string[] = [];
    const positions: string[] = [];
    stream.position$.subscribe((token) => positions.push(token));
    stream.errors$.subscribe(({ errorCode }) => errors.push(errorCode));
    stream.ofEvent(erc20, 'Transfer').subscribe(({ events }) => {
      for (const { args } of events) sum += args.value;
    });
    chain.mintBlock(20);
    await eventually(() => sum === 20n);
    server.misbehave.drop('reset');
    chain.mintBlock(20);
    await eventually(() => sum >= 40n && server.acknowledged.size === 40);
    await stream.stop();
    expect(sum).toBe(40n);
    // Whoever notices first: the reader, or an acknowledgment.
    expect(errors.length).toBeGreaterThan(0);
    expect(['STREAM_ERROR', 'CONNECTION_LOST']).toEqual(expect.arrayContaining(errors));
    expect(positions.at(-1)).toBe(stream.position);
    expect(new Set(positions).size).toBe(positions.length);
  });

  it('shows its state to itself and to the monitor of the options', async () => {
    const { client, id, chain } = await start();
    const monitor = createMonitor();
    const stream = chainStream(client, id, { ...quick, monitor });
    const other = chainStream(client, id, { ...quick, monitor });
    const phases: string[] = [];
    stream.state$.subscribe(({ phase }) => phases.push(phase));
    stream.batches$.subscribe();
    chain.mintBlock(2);
    await eventually(() => stream.state.totalItemsReceived === 2);
    expect(stream.state.isConnected).toBe(true);
    expect(monitor.state.totalItemsReceived).toBe(2);
    expect(other.state.phase).toBe('idle');
    await stream.stop();
    expect(stream.state.phase).toBe('closed');
    expect(stream.monitor.state).toEqual(stream.state);
    await eventually(() => phases.includes('open') && phases.at(-1) === 'closed');
  });

  it('hands a batch whose view fails to nobody else as handled', async () => {
    const { client, id, server, chain } = await start();
    const stream = chainStream(client, id, quick);
    const errors: unknown[] = [];
    stream
      .ofEvent(['event Transfer(address indexed from, address indexed to, uint256[] value)'], 'Transfer')
      .subscribe({
        error: (error: unknown) => errors.push(error),
      });
    chain.mintBlock(1);
    await eventually(() => errors.length === 1);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'malformed', message: 'Transfer[0].value is no uint256[]' }),
    ]);
    await stream.stop();
    expect(server.acks).toEqual([]);
    const seen: EventBatch[] = [];
    stream.batches$.pipe(take(1)).subscribe((batch) => seen.push(batch));
    await eventually(() => seen.length === 1);
    await stream.stop();
  });

  it('sends what the client says of itself, and resumes where it is told to', async () => {
    const { client, id, server, chain } = await start();
    chain.mintBlock(1);
    const stream = chainStream(client, id, { ...quick, clientMetadata: { version: '1.0.0' } });
    const batches: EventBatch[] = [];
    stream.batches$.subscribe((batch) => batches.push(batch));
    await eventually(() => stream.position !== undefined);
    const token = batches[0]?.resumeToken ?? '';
    stream.resume(token);
    await eventually(() => server.connects.length === 2);
    expect(server.connects.map(({ metadata }) => metadata)).toEqual([{ version: '1.0.0' }, { version: '1.0.0' }]);
    expect(server.connects[1]?.resumeToken).toBe(token);
    await stream.stop();
  });
});

describe('a handle of a client', () => {
  it('ends with the client, its last acknowledgments sent', async () => {
    const { server, id, chain } = await start();
    const client = eventStreamer({ serviceUrl: server.url, subscriberId: 'spec' });
    const stream = client.stream(id, { ...quick, batchAckInterval: 1_000_000 });
    const ends: string[] = [];
    const batches: EventBatch[] = [];
    stream.batches$.subscribe({ next: (batch) => batches.push(batch), complete: () => ends.push('complete') });
    chain.mintBlock(1);
    await eventually(() => batches.length === 1);
    await client[Symbol.asyncDispose]();
    expect(ends).toEqual(['complete']);
    expect(server.acknowledged.size).toBe(1);
  });

  it('needs no end of anything larger', async () => {
    const { client, id } = await start();
    const stream = streamWithin(client, id, quick);
    expect(stream.isRunning).toBe(false);
  });
});
