import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { validate } from '../../../lib/schema.js';
import {
  ackSchema,
  claimSchema,
  subscriptionSchema,
  wakeGeneration,
} from '../../../sources/durable/subscription-schemas.js';

describe('the schemas of subscriptions', () => {
  it('take what is new for a server, and do without what it may leave out', () => {
    const bare = { id: 's', type: 'pull-wake', more: { new: true } };
    expect(validate(subscriptionSchema, bare)).toMatchObject({ ok: true, value: { id: 's', streams: [] } });
    expect(validate(ackSchema, { ok: true })).toEqual({ ok: true, value: { nextWake: false } });
  });

  it('work out whether there is something pending where a server does not say', () => {
    const streams = [
      { path: 'a', acked_offset: '-1', tail_offset: '0' },
      { path: 'b', acked_offset: '5', tail_offset: '5' },
    ];
    const body = { wake_id: 'k', generation: 1, token: 'CANARY', lease_ttl_ms: 1_000, streams };
    const claim = validate(claimSchema('s', 'w'), body);
    expect(claim).toMatchObject({ ok: true, value: { streams: [{ hasPending: true }, { hasPending: false }] } });
    expect(claim.ok && claim.value.token).toBe('CANARY');
    expect(inspect(claim, { depth: 9 })).not.toContain('CANARY');
  });

  it.each([{ generation: -1 }, { generation: 1.5 }, { lease_ttl_ms: 0 }, { token: '' }, { streams: [{ path: '' }] }])(
    'refuse a claim with %p',
    (change) => {
      const body = { wake_id: 'k', generation: 1, token: 't', lease_ttl_ms: 1_000, streams: [], ...change };
      expect(validate(claimSchema('s', 'w'), body).ok).toBe(false);
    },
  );
});

describe('wakeGeneration', () => {
  it('reads wakes of this subscription only', () => {
    const wake = { type: 'wake', subscription_id: 's', stream: 'a', generation: 7, ts: 1 };
    expect(wakeGeneration(wake, 's')).toBe(7);
    for (const other of [
      { ...wake, subscription_id: 'x' },
      { ...wake, type: 'x' },
      { ...wake, generation: '7' },
      null,
      7,
    ]) {
      expect(wakeGeneration(other, 's')).toBeUndefined();
    }
  });
});
