import { describe, expect, it } from '@jest/globals';
import {
  lastProcessedBlock,
  subscriptionPage,
  subscriptionSchema,
} from '../../../sources/chain/subscription-schemas.js';

/** As the service's own models write one. */
const whole = {
  ...{ id: 7, topic0: `0x${'ab'.repeat(32)}`, addresses: ['0xA0b86a33E6417b3c4555ba476F04245600306D5D'] },
  event_signature: {
    ...{ type: 'event', name: 'Paid', anonymous: false },
    inputs: [
      { name: 'by', type: 'address', indexed: true, components: null, internalType: null },
      {
        ...{ name: 'parts', type: 'tuple[]', indexed: false, internalType: 'struct Part[]' },
        components: [{ name: null, type: 'uint256' }],
      },
    ],
  },
  ...{ start_block: 1, end_block: 9, chain_id: 1, subscriber_id: 'me', last_processed_block: 4, is_streaming: true },
  ...{ streaming_status: 'active', resume_token: 'rt_1', last_event_id: 'e', events_delivered: 3 },
  ...{ created_at: '2024-05-23T10:30:00Z', updated_at: '2024-05-23T10:31:00Z', later_field: {} },
};

describe('subscriptionSchema', () => {
  it('gives the fields of the wire under their names in camel case, and leaves out what it does not know', () => {
    expect(subscriptionSchema.parse(whole)).toEqual({
      ...{ id: 7, topic0: whole.topic0, addresses: whole.addresses },
      eventSignature: {
        ...{ type: 'event', name: 'Paid', anonymous: false },
        inputs: [
          { name: 'by', type: 'address', indexed: true },
          {
            ...{ name: 'parts', type: 'tuple[]', indexed: false, internalType: 'struct Part[]' },
            components: [{ type: 'uint256' }],
          },
        ],
      },
      ...{ startBlock: 1, endBlock: 9, chainId: 1, subscriberId: 'me', lastProcessedBlock: 4, isStreaming: true },
      ...{ streamingStatus: 'active', resumeToken: 'rt_1', lastEventId: 'e', eventsDelivered: 3 },
      ...{ createdAt: whole.created_at, updatedAt: whole.updated_at },
    });
  });

  it('takes what is null or missing for undefined, and has defaults where the service has them', () => {
    const { id, topic0, start_block, chain_id, subscriber_id } = whole;
    const least = { id, topic0, start_block, chain_id, subscriber_id, event_signature: { name: 'Paid' } };
    expect(subscriptionSchema.parse({ ...least, end_block: null, resume_token: null })).toEqual({
      ...{ id: 7, topic0, addresses: [], startBlock: 1, endBlock: undefined, chainId: 1, subscriberId: 'me' },
      eventSignature: { type: 'event', name: 'Paid', inputs: [], anonymous: false },
      isStreaming: false,
    });
  });

  it('refuses what would be no subscription', () => {
    for (const wrong of [{ id: '7' }, { topic0: null }, { start_block: '1' }, { event_signature: 'Paid()' }]) {
      expect(subscriptionSchema.safeParse({ ...whole, ...wrong }).success).toBe(false);
    }
  });
});

describe('subscriptionPage', () => {
  it('gives the paging as the service says it, or as it was asked', () => {
    const schema = subscriptionPage({ page: 2, pageSize: 5 });
    expect(schema.parse({ subscriptions: [] })).toEqual({ subscriptions: [], page: 2, pageSize: 5 });
    const page = schema.parse({ subscriptions: [whole], total: 8, page: 3, page_size: 4 });
    expect(page).toMatchObject({ subscriptions: [{ id: 7 }], total: 8, page: 3, pageSize: 4 });
    expect(schema.safeParse({ total: 8 }).success).toBe(false);
  });
});

describe('lastProcessedBlock', () => {
  it('is undefined before the first block', () => {
    expect(lastProcessedBlock.parse({ last_processed_block: 12 })).toBe(12);
    expect(lastProcessedBlock.parse({ last_processed_block: null })).toBeUndefined();
    expect(lastProcessedBlock.safeParse({ last_processed_block: '12' }).success).toBe(false);
  });
});
