import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import { deliver } from '../../../operators/deliver.js';
import { batchDeliveries } from '../../../sources/chain/batch-deliveries.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { watch, type Watched } from '../x/watch.js';
import { received } from './received.js';

function handing(acknowledges: boolean): {
  readonly source: Subject<EventBatch>;
  readonly watched: Watched<Delivery<EventBatch>>;
  readonly acked: string[];
  readonly counted: (count: number) => void;
  send(...ids: readonly string[]): void;
} {
  const source = new Subject<EventBatch>();
  const acked: string[] = [];
  const { handedOn, counted } = batchDeliveries({ acknowledges, backlog: 2 });
  const watched = watch(source.pipe(deliver({ maxUnacked: 1 }), handedOn));
  const send = (...ids: readonly string[]): void => {
    for (const id of ids) source.next({ ...received(id, [1]), ack: () => void acked.push(id) });
  };
  return { source, watched, acked, counted, send };
}

describe('batchDeliveries', () => {
  it('acknowledges the batch before its credit brings the next', () => {
    const { watched, acked, send } = handing(true);
    send('a', 'b');
    expect(watched.values).toHaveLength(1);
    watched.values[0]?.ack();
    watched.values[0]?.ack();
    expect([acked, watched.values.map(({ value }) => value.batchId)]).toEqual([['a'], ['a', 'b']]);
  });

  it('gives back credit alone where it is not to acknowledge, and for a release', () => {
    const { watched, acked, send } = handing(false);
    send('a', 'b', 'c');
    watched.values[0]?.ack();
    watched.values[1]?.release();
    expect([acked, watched.values.length]).toEqual([[], 3]);
  });

  it('withholds credit while the books are full', () => {
    const { watched, acked, counted, send } = handing(true);
    counted(2);
    send('a', 'b');
    watched.values[0]?.ack();
    expect([acked, watched.values.length]).toEqual([['a'], 1]);
    counted(1);
    expect(watched.values).toHaveLength(2);
  });

  it('passes on what has failed, and the ends', () => {
    const failed = handing(true);
    failed.send('a');
    failed.watched.values[0]?.nack();
    expect(failed.watched.error?.code).toBe('delivery_failed');
    const done = handing(true);
    done.source.complete();
    expect(done.watched.completed).toBe(true);
  });
});
