import { describe, expect, it } from '@jest/globals';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import { type ChainStreamOptions, checkChain } from '../../../sources/chain/stream-options.js';
import { virtualService } from './virtual-service.js';

const { client } = virtualService();
const checked = (options: ChainStreamOptions): ReturnType<typeof checkChain> => checkChain('spec', client, 7, options);

describe('checkChain', () => {
  it('tells a clean end apart from what the retry does', () => {
    expect([checked({}).onEnd, checked({ onComplete: 'reconnect' }).onEnd]).toEqual(['ask', 'reconnect']);
    expect(checked({ onComplete: 'reconnect', maxRetries: 2 }).retry).toMatchObject({
      onComplete: 'complete',
      maxRetries: 2,
    });
  });

  it('names the checkpoint by the subscription, or as it is told', () => {
    const checkpoint = memoryCheckpoint();
    expect(checked({ checkpoint }).checkpoint?.keyOf(8)).toBe('chain:8');
    expect(checked({ checkpoint, checkpointKey: 'mine' }).checkpoint?.keyOf(8)).toBe('mine');
    expect(checked({}).checkpoint).toBeUndefined();
  });

  it.each<[ChainStreamOptions, RegExp]>([
    [{ batchAckInterval: -1 }, /batchAckInterval/],
    [{ heartbeatInterval: Number.POSITIVE_INFINITY }, /heartbeatInterval/],
    [{ idleTimeout: 1.5 }, /idleTimeout/],
    [{ maxAckBacklog: 0 }, /maxAckBacklog/],
    [{ maxLineLength: 0 }, /maxLineLength/],
    [{ checkpoint: memoryCheckpoint(), checkpointKey: 'x'.repeat(2_000) }, /key/],
    [{ schedules: { rate_limited: { initialBackoff: 9, maxBackoff: 1 } } }, /schedules\.rate_limited/],
  ])('refuses %j', (options, message) => {
    expect(() => checked(options)).toThrow(message);
  });

  it('refuses a client that is none, and an id that no subscription has', () => {
    expect(() => void Reflect.apply(checkChain, undefined, ['spec', undefined, 7, {}])).toThrow(/client/);
    expect(() => checkChain('spec', client, 1.5, {})).toThrow(/subscriptionId/);
  });
});
