import { describe, expect, it } from '@jest/globals';
import { checkPolicy, final, retryable, ruleFor, ruleForMessage } from '../../../sources/chain/policy.js';
import { readChainMessage } from '../../../sources/chain/read-message.js';
import { streamingError } from '../../../sources/chain/streaming-error.js';
import { errorLine } from './virtual-service.js';

function ruleOf(code: string, more: object = {}, policy?: Parameters<typeof ruleForMessage>[1]): unknown {
  const message = readChainMessage(JSON.stringify(errorLine(code, more)));
  if (message?.type !== 'error') throw new Error('no error message');
  return ruleForMessage(message, policy);
}

describe('rules for error messages', () => {
  it('are those of the service’s guide, unless the caller has others', () => {
    expect(ruleOf('CIRCUIT_BREAKER_OPEN')).toEqual({ action: 'reconnect', wait: 30_000 });
    expect(ruleOf('RATE_LIMITED')).toEqual({ action: 'reconnect', wait: 60_000 });
    expect(ruleOf('RATE_LIMITED', {}, { RATE_LIMITED: { action: 'end' } })).toEqual({ action: 'end' });
    expect(ruleFor('toString', {})).toBeUndefined();
  });

  it('go by the message where the code is unknown', () => {
    expect(ruleOf('NEW')).toEqual({ action: 'continue' });
    expect(ruleOf('NEW', { recoverable: false })).toEqual({ action: 'end' });
  });

  it.each([
    [{ A: { action: 'x' } }],
    [{ A: { action: 'end', wait: -1 } }],
    [{ A: {} }],
    [{ A: { action: 'end', b: 1 } }],
  ])('refuse %j', (policy) => {
    expect(() => void Reflect.apply(checkPolicy, undefined, ['spec', policy])).toThrow(/policy\.A/);
  });
});

describe('what a rule makes of an error', () => {
  it('is one that is worth another try, no sooner than the rule says', () => {
    const error = streamingError('SUBSCRIPTION_NOT_FOUND', true);
    expect(retryable(error, { wait: 5 })).toMatchObject({ isRetryable: true, retryAfter: 5, code: error.code });
    const limited = streamingError('RATE_LIMITED', true);
    expect(retryable(limited)).toBe(limited);
    expect(retryable(limited, { wait: 5 })).toMatchObject({ errorType: 'rate_limited', retryAfter: 5 });
  });

  it('is one that nothing follows', () => {
    const error = streamingError('SUBSCRIPTION_NOT_FOUND', true);
    expect(final(error)).toBe(error);
    expect(final(streamingError('RATE_LIMITED', true))).toMatchObject({ isRetryable: false, code: 'rate_limited' });
  });
});
