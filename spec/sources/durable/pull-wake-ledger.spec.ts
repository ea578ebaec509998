import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type LeasedItem, leaseLedger } from '../../../sources/durable/pull-wake-ledger.js';

const streams = ['a', 'b'].map((path) => {
  return { path, linkType: 'glob', ackedOffset: '-1', tailOffset: '9', hasPending: true };
});

describe('leaseLedger', () => {
  it('tells how far each stream is handled without a gap, once', () => {
    const ledger = leaseLedger(streams, () => undefined);
    const enter = (stream: string): LeasedItem => ledger.enter({ stream, value: 1, offset: '' });
    const [one, two, three] = [enter('a'), enter('a'), enter('b')];
    ledger.reached('a', '5');
    ledger.reached('b', '3');
    ledger.settle(two, true);
    expect(ledger.progress()).toEqual([]);
    ledger.settle(three, true);
    expect(ledger.progress()).toEqual([{ stream: 'b', offset: '3' }]);
    ledger.confirm(ledger.progress());
    expect(ledger.progress()).toEqual([]);
    ledger.settle(one, true);
    expect(ledger.progress()).toEqual([{ stream: 'a', offset: '5' }]);
    expect(ledger.unsettled).toBe(0);
  });

  it('keeps progress that is made while an older one is under way', () => {
    const ledger = leaseLedger(streams, () => undefined);
    ledger.reached('a', '2');
    const sent = ledger.progress();
    ledger.reached('a', '4');
    ledger.confirm(sent);
    expect(ledger.progress()).toEqual([{ stream: 'a', offset: '4' }]);
  });

  it('counts an offset that the server has already as no progress', () => {
    const ledger = leaseLedger(streams, () => undefined);
    ledger.reached('a', '-1');
    expect(ledger.progress()).toEqual([]);
  });

  it('counts nothing after it is closed', () => {
    let settled = 0;
    const ledger = leaseLedger(streams, () => (settled += 1));
    const item = ledger.enter({ stream: 'a', value: 1, offset: '' });
    ledger.reached('a', '5');
    ledger.close();
    ledger.settle(item, true);
    expect([ledger.progress(), ledger.isOver, settled]).toEqual([[], true, 0]);
  });

  it('never acknowledges an offset with an unhandled item before it', () => {
    const runs = fc.array(fc.record({ items: fc.nat(3), order: fc.nat(), handled: fc.boolean() }), { maxLength: 8 });
    fc.assert(
      fc.property(runs, (pages) => {
        const ledger = leaseLedger(streams, () => undefined);
        const entered = pages.flatMap(({ items, order, handled }, page) => {
          const some = Array.from({ length: items }, () => ledger.enter({ stream: 'a', value: page, offset: '' }));
          ledger.reached('a', String(page));
          return some.map((leased, index) => ({ leased, page, handled: handled || index > 0, order: order + index }));
        });
        const open = new Set(entered);
        for (const one of [...entered].sort((x, y) => (x.order % 7) - (y.order % 7))) {
          ledger.settle(one.leased, one.handled);
          if (one.handled) open.delete(one);
          const lowest = Math.min(pages.length, ...[...open].map(({ page }) => page));
          const [ack] = ledger.progress();
          expect(ack?.offset).toBe(lowest === 0 ? undefined : String(lowest - 1));
        }
      }),
      { numRuns: 100 },
    );
  });
});
