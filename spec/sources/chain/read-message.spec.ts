import { describe, expect, it } from '@jest/globals';
import { readChainMessage } from '../../../sources/chain/read-message.js';
import { batchLine, errorLine } from './virtual-service.js';

const read = (value: unknown, connectionId?: string): ReturnType<typeof readChainMessage> =>
  readChainMessage(JSON.stringify(value), connectionId);

describe('readChainMessage', () => {
  it('reads a batch, and takes the response id where there is no batch id', () => {
    expect(read(batchLine('b1', [1, 2]), 'c1')).toMatchObject({
      ...{ type: 'event_batch', batchId: 'b1', responseId: 'r_b1', resumeToken: 'rt_b1', connectionId: 'c1' },
      ...{ subscriptionId: 7, batchSize: 2, timestamp: '2025-01-01T00:00:00Z' },
    });
    expect(read(batchLine('b1', [1], { batch_id: undefined, batch_size: undefined }))).toMatchObject({
      ...{ batchId: 'r_b1', batchSize: 1, connectionId: '' },
    });
  });

  it('gives events flat, and apart as args and meta', () => {
    const message = read(batchLine('b1', [5]));
    const event = message?.type === 'event_batch' ? message.events['Transfer']?.[0] : undefined;
    expect([event?.['value'], event?.['block_number'], event?.args, event?.meta]).toEqual([
      '5',
      5,
      { from: '0xa', to: '0xb', value: '5' },
      { blockNumber: 5, transactionHash: '0x5', logIndex: 0, address: '0xc', timestamp: undefined },
    ]);
  });

  it('reads heartbeats and errors, and passes on what is new', () => {
    expect(read({ type: 'heartbeat', connection_id: 'c', subscription_id: 7, timestamp: 't' })).toEqual({
      ...{ type: 'heartbeat', connectionId: 'c', subscriptionId: 7, timestamp: 't' },
    });
    expect(read(errorLine('RATE_LIMITED'))).toMatchObject({
      ...{ type: 'error', errorCode: 'RATE_LIMITED', errorMessage: 'it is RATE_LIMITED', recoverable: true },
      error: expect.objectContaining({ code: 'rate_limited' }),
    });
    expect(read({ type: 'later', a: 1 })).toEqual({ type: 'unknown', value: { type: 'later', a: 1 } });
  });

  it.each([
    ['not JSON', '{"type":', 'invalid_json'],
    ['no object', '[1]', 'not_an_object'],
    ['a batch without a token', JSON.stringify(batchLine('b', [1], { resume_token: '' })), 'schema_mismatch'],
    [
      'a batch without an id',
      JSON.stringify(batchLine('b', [1], { batch_id: 1, response_id: null })),
      'schema_mismatch',
    ],
    ['events that are a list', JSON.stringify(batchLine('b', [1], { events: [] })), 'schema_mismatch'],
    ['events that are no lists', JSON.stringify(batchLine('b', [1], { events: { A: {} } })), 'schema_mismatch'],
    ['an event that is no object', JSON.stringify(batchLine('b', [1], { events: { A: [{}, 1] } })), 'schema_mismatch'],
  ])('calls %s malformed, and quotes nothing of it', (_, line, code) => {
    const message = readChainMessage(line);
    expect(message).toMatchObject({ type: 'malformed', code, length: line.length });
    expect(message?.type === 'malformed' ? message.raw() : '').toBe(line);
    expect(JSON.stringify(message)).not.toContain('rt_');
  });

  it.each(['', ' ', '\r'])('says nothing of a blank line %j', (line) => {
    expect(readChainMessage(line)).toBeUndefined();
  });
});
