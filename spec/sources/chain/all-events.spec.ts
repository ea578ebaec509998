import { describe, expect, it } from '@jest/globals';
import { from, lastValueFrom, toArray } from 'rxjs';
import { memoryCheckpoint } from '../../../lib/checkpoint.js';
import type { Delivery } from '../../../lib/delivery.js';
import { batchAck } from '../../../operators/batch-ack.js';
import { checkpoint } from '../../../operators/checkpoint.js';
import { deliver as withCredit } from '../../../operators/deliver.js';
import { allEvents, type AllEvents, eachEvent, type EachEvent } from '../../../sources/chain/all-events.js';
import { sampleBatch, sampleDeliveries } from './sample-batches.js';

const mixed = sampleBatch('mixed', { Transfer: [{ n: '1' }, { n: '2' }], Empty: [], Approval: [{ n: '3' }] });
const none = sampleBatch('none', { Empty: [] });

describe('allEvents', () => {
  it('gives the events of a batch by name, and leaves batches without events out', () => {
    const seen: AllEvents[] = [];
    from([none, mixed])
      .pipe(allEvents())
      .subscribe((one) => seen.push(one));
    expect(seen).toEqual([{ batch: mixed, events: mixed.events }]);
  });

  it('keeps the duty of deliveries', () => {
    const { said, deliver } = sampleDeliveries();
    const seen: Delivery<AllEvents>[] = [];
    from([deliver(none), deliver(mixed)])
      .pipe(allEvents())
      .subscribe((one) => seen.push(one));
    expect(said).toEqual(['ack none']);
    expect(seen.map(({ position }) => position)).toEqual(['rt_mixed']);
    seen[0]?.nack('no');
    expect(said).toEqual(['ack none', 'nack mixed: no']);
  });
});

describe('eachEvent', () => {
  it('gives event after event with its name and batch', () => {
    const seen: EachEvent[] = [];
    from([none, mixed])
      .pipe(eachEvent())
      .subscribe((one) => seen.push(one));
    expect(seen.map(({ name, event, batch }) => [name, event.args, batch.batchId])).toEqual([
      ['Transfer', { n: '1' }, 'mixed'],
      ['Transfer', { n: '2' }, 'mixed'],
      ['Approval', { n: '3' }, 'mixed'],
    ]);
  });

  it('acknowledges a batch with the last of its events', () => {
    const { said, deliver } = sampleDeliveries();
    const seen: Delivery<EachEvent>[] = [];
    from([deliver(mixed)])
      .pipe(eachEvent())
      .subscribe((one) => seen.push(one));
    seen[2]?.ack();
    seen[0]?.ack();
    expect(said).toEqual([]);
    seen[1]?.ack();
    expect(said).toEqual(['ack mixed']);
  });

  it('lets no position pass before all events of its batch are handled', async () => {
    const { deliver } = sampleDeliveries();
    const store = memoryCheckpoint();
    const saved = checkpoint(store, 'events', { everyCount: 1 });
    const seen: Delivery<EachEvent>[] = [];
    from([deliver(mixed)])
      .pipe(eachEvent(), saved)
      .subscribe((one) => seen.push(one));
    seen[2]?.ack();
    seen[0]?.ack();
    await saved.drain();
    expect(await store.load('events')).toBeUndefined();
    seen[1]?.ack();
    await saved.drain();
    expect(await store.load('events')).toBe('rt_mixed');
  });

  it('is gathered by batch where a batch takes all credit, and does not stand still', async () => {
    const sizes: number[] = [];
    const source = from([mixed, mixed, mixed]).pipe(withCredit({ maxUnacked: 1 }));
    const commits = source.pipe(
      eachEvent(),
      batchAck(
        (events) => {
          sizes.push(events.length);
          return [];
        },
        { maxSize: 100, maxWait: 100_000 },
      ),
    );
    await lastValueFrom(commits.pipe(toArray()));
    expect(sizes).toEqual([3, 3, 3]);
  });
});
