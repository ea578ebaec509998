import { describe, expect, it } from '@jest/globals';
import { checkProducer } from '../../../sources/durable/producer-options.js';

describe('the options of a producer', () => {
  it('have defaults, and repeat without end', () => {
    const { checked, ...rest } = checkProducer('http://a.example/s', 'p', {});
    expect(rest).toEqual({
      ...{
        id: 'p',
        epoch: 0,
        autoClaim: false,
        contentType: undefined,
        signal: undefined,
        maxInFlight: 5,
        lingerMs: 5,
      },
      ...{ maxBatchLength: 1_048_576, maxBatchItems: 1_000, maxQueued: 10_000, maxQueuedLength: 16_777_216 },
    });
    expect(checked.config.maxRetries).toBe(-1);
    expect(checkProducer('http://a.example/s', 'p', { maxRetries: 2 }).checked.config.maxRetries).toBe(2);
  });

  it('come from the handle where nothing else is said', () => {
    const handle = {
      ...{ url: new URL('http://a.example/s'), contentType: 'text/plain' },
      options: { headers: { a: '1' }, timeout: 7 },
    };
    const { contentType, checked } = checkProducer(handle, 'p', { timeout: 8, headers: undefined });
    expect([contentType, checked.options.headers, checked.config.timeout]).toEqual(['text/plain', { a: '1' }, 8]);
  });

  it('never quote an id', () => {
    expect(() => checkProducer('http://a.example/s', 'secret\n', {})).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});
