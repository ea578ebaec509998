import { describe, expect, it } from '@jest/globals';
import { createBody, updateBody } from '../../../sources/chain/subscription-definition.js';

const transfer = {
  type: 'event',
  name: 'Transfer',
  anonymous: false,
  inputs: [
    { name: 'from', type: 'address', indexed: true },
    { name: 'to', type: 'address', indexed: true },
    { name: 'value', type: 'uint', internalType: 'uint256' },
  ],
} as const;
const topic0 = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const address = '0xA0b86a33E6417b3c4555ba476F04245600306D5D';
const least = { eventSignature: transfer, startBlock: 5, chainId: 1 };

const create = (definition: object) => (): unknown => Reflect.apply(createBody, undefined, [definition, 'me']);
const update = (change: object) => (): unknown => Reflect.apply(updateBody, undefined, [change]);

describe('createBody', () => {
  it('has the names of the wire, computes the topic and fills the defaults in', () => {
    expect(createBody(least, 'me')).toEqual({
      ...{ topic0, event_signature: transfer, addresses: [], start_block: 5, end_block: null },
      ...{ chain_id: 1, subscriber_id: 'me' },
    });
  });

  it('sends the subscriber of the client, whatever the definition says', () => {
    const whole = { ...least, topic0, addresses: [address], endBlock: 5, subscriberId: 'another' };
    expect(createBody(whole, 'me')).toMatchObject({ subscriber_id: 'me', addresses: [address], end_block: 5, topic0 });
  });

  it('takes the topic in capitals, and sends it as logs have it', () => {
    expect(createBody({ ...least, topic0: `0x${topic0.slice(2).toUpperCase()}` }, 'me')).toMatchObject({ topic0 });
  });

  it('takes an event as Solidity lets one write it', () => {
    const event = { type: 'event', name: 'Ping' } as const;
    expect(createBody({ ...least, eventSignature: event }, 'me')).toMatchObject({
      event_signature: { type: 'event', name: 'Ping', inputs: [], anonymous: false },
    });
  });

  it('refuses a topic that is not the hash of the event', () => {
    const other = `0x${'ab'.repeat(32)}`;
    expect(create({ ...least, topic0: other })).toThrow('topic0 is not the hash of Transfer(address,address,uint256)');
    expect(create({ ...least, topic0: topic0.slice(0, 65) })).toThrow(
      'createSubscription: option "topic0" must be 0x and 64 hex digits (66 characters)',
    );
  });

  it('wants the topic of an anonymous event said, and does not compare it', () => {
    const anonymous = { ...least, eventSignature: { ...transfer, anonymous: true } };
    expect(create(anonymous)).toThrow('createSubscription: option "topic0" is missing');
    const other = `0x${'ab'.repeat(32)}`;
    expect(createBody({ ...anonymous, topic0: other }, 'me')).toMatchObject({ topic0: other });
  });

  it('refuses an event that cannot be, with the place', () => {
    const wrong = { type: 'event', name: 'Paid', inputs: [{ name: 'x', type: 'uint7' }] };
    expect(create({ ...least, eventSignature: wrong })).toThrow(
      expect.objectContaining({ name: 'AbiParsingError', path: expect.stringContaining('inputs[0]') }),
    );
    for (const eventSignature of [
      'Paid()',
      {},
      { type: 'function', name: 'a' },
      { type: 'event', name: 'a', inputs: {} },
    ]) {
      expect(create({ ...least, eventSignature })).toThrow('option "eventSignature" must be an event of an ABI');
    }
  });

  it.each([
    [{ ...least, startBlock: undefined }, 'createSubscription: option "startBlock" is missing'],
    [{ ...least, chainId: undefined }, 'createSubscription: option "chainId" is missing'],
    [{ ...least, eventSignature: undefined }, 'createSubscription: option "eventSignature" is missing'],
    [{ ...least, startBlock: -1 }, 'option "startBlock" must be a whole number, 0 or more, got -1'],
    [{ ...least, startBlock: '5' }, 'option "startBlock" must be a whole number'],
    [{ ...least, chainId: 0 }, 'option "chainId" must be a whole number, 1 or more, got 0'],
    [{ ...least, endBlock: 1.5 }, 'option "endBlock" must be a whole number, 0 or more, or null, got 1.5'],
    [{ ...least, endBlock: 4 }, 'option "endBlock" must be 5 or more (option "startBlock"), got 4'],
    [{ ...least, addresses: [address, '0x12'] }, 'option "addresses" must be a list of addresses'],
    [{ ...least, addresses: address }, 'option "addresses" must be a list of addresses'],
    [{ ...least, start_block: 5 }, 'unknown option "start_block"'],
  ])('refuses %j', (definition, message) => {
    expect(create(definition)).toThrow(message);
  });
});

describe('updateBody', () => {
  it('has what is set and nothing else', () => {
    const sent = (change: Parameters<typeof updateBody>[0]): unknown => JSON.parse(JSON.stringify(updateBody(change)));
    expect(sent({})).toEqual({});
    expect(sent({ endBlock: null })).toEqual({ end_block: null });
    expect(sent({ isStreaming: false, streamingStatus: 'paused', subscriberId: 'you' })).toEqual({
      ...{ is_streaming: false, streaming_status: 'paused', subscriber_id: 'you' },
    });
    expect(sent({ eventSignature: transfer, topic0, addresses: [], startBlock: 0, chainId: 2 })).toEqual({
      ...{ event_signature: transfer, topic0, addresses: [], start_block: 0, chain_id: 2 },
    });
  });

  it('refuses what cannot be', () => {
    expect(update({ startBlock: 5, endBlock: 4 })).toThrow('updateSubscription: option "endBlock" must be 5 or more');
    expect(update({ isStreaming: 1 })).toThrow('updateSubscription: option "isStreaming" must be true or false');
    expect(update({ topic0: `0x${'ab'.repeat(32)}`, eventSignature: transfer })).toThrow('topic0 is not the hash of');
    expect(update({ topic: 1 })).toThrow('unknown option "topic"');
  });
});
