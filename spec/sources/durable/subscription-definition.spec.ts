import { describe, expect, it } from '@jest/globals';
import {
  checkDefinition,
  definitionBody,
  type SubscriptionDefinition,
} from '../../../sources/durable/subscription-definition.js';

const pull: SubscriptionDefinition = { type: 'pull-wake', pattern: 'a/*', wakeStream: 'wakes' };

describe('definitionBody', () => {
  it('has the names of the protocol, and nothing that is left out', () => {
    const whole = { ...pull, streams: ['b'], leaseTtl: 2_000, description: 'd' } as const;
    expect(JSON.parse(JSON.stringify(definitionBody(whole)))).toEqual({
      ...{
        type: 'pull-wake',
        pattern: 'a/*',
        streams: ['b'],
        wake_stream: 'wakes',
        lease_ttl_ms: 2_000,
        description: 'd',
      },
    });
    const webhook = { type: 'webhook', streams: ['b'], webhook: { url: 'https://a.example/' } } as const;
    expect(JSON.parse(JSON.stringify(definitionBody(webhook)))).toEqual(webhook);
  });
});

describe('checkDefinition', () => {
  it('takes what a server takes', () => {
    for (const leaseTtl of [1_000, 600_000]) expect(() => checkDefinition('x', { ...pull, leaseTtl })).not.toThrow();
    expect(() => checkDefinition('x', { ...pull, pattern: undefined, streams: ['b'] })).not.toThrow();
  });

  it.each([
    ['"streams" must be a list of paths', { streams: [''] }],
    ['"streams" must be a list of paths', { streams: 'a' }],
    ['"pattern" or option "streams"', { pattern: undefined, streams: [] }],
    ['leaseTtl', { leaseTtl: 999 }],
    ['wakeStream', { wakeStream: undefined }],
    ['type', { type: 'push' }],
    ['type', { type: undefined }],
    ['webhook.url', { type: 'webhook' }],
    ['webhook.url', { type: 'webhook', webhook: { url: '/wake' } }],
    ['unknown option "wake_stream"', { wake_stream: 'w' }],
  ])('refuses, naming %s', (said, change) => {
    const wrong = Object.assign<SubscriptionDefinition, object>({ ...pull }, change);
    expect(() => checkDefinition('x', wrong)).toThrow(said);
  });

  it.each([undefined, null, 'pull-wake', 5])('refuses what is no definition at all: %p', (wrong) => {
    expect(() => Reflect.apply(checkDefinition, undefined, ['x', wrong])).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringContaining('x: the definition must be an object'),
      }),
    );
  });
});
