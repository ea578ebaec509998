import { describe, expect, it } from '@jest/globals';
import { classifySubscription } from '../../../sources/durable/subscription-answers.js';

const target = 'http://127.0.0.1/v1/stream/__ds/subscriptions/s/claim';

function classify(status: number, error: unknown): ReturnType<typeof classifySubscription> {
  return classifySubscription({ status, headers: new Headers(), body: JSON.stringify({ error }), target });
}

describe('classifySubscription', () => {
  const codes: readonly (readonly [number, string, string])[] = [
    [404, 'SUBSCRIPTION_NOT_FOUND', 'subscription_not_found'],
    [409, 'SUBSCRIPTION_ALREADY_EXISTS', 'subscription_exists'],
    [409, 'ALREADY_CLAIMED', 'already_claimed'],
    [409, 'NO_PENDING_WORK', 'no_pending_work'],
    [409, 'FENCED', 'fenced'],
    [409, 'INVALID_OFFSET', 'invalid_offset'],
    [401, 'TOKEN_INVALID', 'lease_lost'],
    [401, 'TOKEN_EXPIRED', 'lease_lost'],
  ];
  it.each(codes)('reads %d %s as %s, which no retry cures', (status, code, expected) => {
    expect(classify(status, { code, message: 'so it is' })).toMatchObject({
      name: 'DurableStreamError',
      code: expected,
      status,
      errorType: 'client_error',
      isRetryable: false,
    });
  });

  it.each(['INVALID_REQUEST', 'WEBHOOK_URL_REJECTED', 'MADE_UP'])('leaves %s to the status', (code) => {
    expect(classify(400, { code, message: 'no' })).toBeUndefined();
  });

  it.each(['', 'no', '{', '[]', '{"error":"no"}', '{"error":{"code":7}}'])(
    'leaves the body %p to the status',
    (body) => {
      expect(classifySubscription({ status: 409, headers: new Headers(), body, target })).toBeUndefined();
      expect(classifySubscription({ status: 405, headers: new Headers(), body, target })).toMatchObject({
        code: 'not_supported',
      });
    },
  );

  it('names the holder and the generation where they are plain, and no other text of a worker', () => {
    const claimed = { code: 'ALREADY_CLAIMED', current_holder: 'worker-1', generation: 7 };
    expect(classify(409, claimed)?.message).toBe('the subscription is claimed by "worker-1" (generation 7)');
    for (const holder of ['a b', 'a\nb', 'x'.repeat(65), '"', '\u202e', 7, null]) {
      const message = classify(409, { ...claimed, current_holder: holder, generation: '7' })?.message;
      expect(message).toBe('the subscription is claimed by another worker');
    }
  });
});
