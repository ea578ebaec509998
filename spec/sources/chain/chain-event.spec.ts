import { describe, expect, it } from '@jest/globals';
import { becomeEvent, eventKey } from '../../../sources/chain/chain-event.js';

const place = {
  block_number: 3,
  transaction_hash: '0x1',
  log_index: 2,
  address: '0xa',
  timestamp: '2025-01-01T00:00:00Z',
};
const parsed = (more: string): unknown => JSON.parse(`${JSON.stringify(place).slice(0, -1)}${more}}`);

describe('becomeEvent', () => {
  it('changes nothing of what is written out again', () => {
    const event = parsed(',"value":"1"');
    expect(becomeEvent(event)).toBe(true);
    expect(JSON.stringify(event)).toBe(JSON.stringify({ ...place, value: '1' }));
    expect(Object.keys(Object(event))).toEqual([...Object.keys(place), 'value']);
  });

  it('keeps parameters that are called args, meta or __proto__ among the parameters', () => {
    const event = parsed(',"args":"1","meta":"2"');
    const odd = parsed(',"__proto__":{"polluted":true}');
    if (!becomeEvent(event) || !becomeEvent(odd)) throw new Error('no events');
    expect([event.args, event.meta.blockNumber]).toEqual([{ args: '1', meta: '2' }, 3]);
    expect(Object.keys(odd.args)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });

  it('reads numbers that come as text, and stands what is missing', () => {
    const event: unknown = { block_number: '12', transaction_hash: 5 };
    if (!becomeEvent(event)) throw new Error('no event');
    expect(event.meta).toEqual({
      ...{ blockNumber: 12, transactionHash: '', logIndex: Number.NaN, address: '', timestamp: undefined },
    });
  });

  it.each([[null], [1], ['a'], [[]]])('refuses %j', (value) => {
    expect(becomeEvent(value)).toBe(false);
  });
});

describe('eventKey', () => {
  it('tells events by block, transaction and log, and has none for what has no place', () => {
    const keys = [place, { ...place, log_index: 3 }, { ...place, block_number: 4 }].map((event) => eventKey(event));
    expect(new Set(keys).size).toBe(3);
    expect([eventKey({ ...place, transaction_hash: 1 }), eventKey({ ...place, log_index: undefined })]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
