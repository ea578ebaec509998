import { describe, expect, it } from '@jest/globals';
import { from } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import { ackMap } from '../../../operators/ack-map.js';
import { byEvent } from '../../../sources/chain/by-event.js';
import type { EventsOf } from '../../../sources/chain/of-event.js';
import { sampleBatch, sampleDeliveries } from './sample-batches.js';

const mixed = sampleBatch('mixed', { Transfer: [{ n: '1' }, { n: '2' }], Empty: [], Approval: [{ n: '3' }] });

describe('byEvent', () => {
  it('makes one emission for each name that has events, in the order of the batch', () => {
    const seen: EventsOf[] = [];
    from([sampleBatch('none', {}), mixed])
      .pipe(byEvent())
      .subscribe((one) => seen.push(one));
    expect(seen).toEqual([
      { name: 'Transfer', batch: mixed, events: mixed.events['Transfer'] },
      { name: 'Approval', batch: mixed, events: mixed.events['Approval'] },
    ]);
  });

  it('acknowledges a delivered batch when all of its parts are, one without events at once', () => {
    const { said, deliver } = sampleDeliveries();
    const seen: Delivery<EventsOf>[] = [];
    from([deliver(sampleBatch('none', { Empty: [] })), deliver(mixed)])
      .pipe(byEvent())
      .subscribe((one) => seen.push(one));
    expect(said).toEqual(['ack none']);
    seen[1]?.ack();
    expect(said).toEqual(['ack none']);
    seen[0]?.ack();
    expect(said).toEqual(['ack none', 'ack mixed']);
  });

  it('refuses the batch for a part that is refused, and releases it for one that is released', () => {
    const { said, deliver } = sampleDeliveries();
    const seen: Delivery<EventsOf>[] = [];
    from([deliver(mixed), deliver(mixed)])
      .pipe(byEvent())
      .subscribe((one) => seen.push(one));
    seen[0]?.nack('no');
    seen[1]?.ack();
    seen[2]?.release();
    seen[3]?.ack();
    expect(said).toEqual(['nack mixed: no', 'release mixed']);
  });

  it('stands before ackMap', async () => {
    const { said, deliver } = sampleDeliveries();
    const names: string[] = [];
    await new Promise<void>((complete) => {
      from([deliver(mixed)])
        .pipe(
          byEvent(),
          ackMap(async ({ name }) => void names.push(name)),
        )
        .subscribe({ complete });
    });
    expect(names).toEqual(['Transfer', 'Approval']);
    expect(said).toEqual(['ack mixed']);
  });
});
