import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import type { PullWakeItem } from '../../../sources/durable/pull-wake-ledger.js';
import { pullWake } from '../../../sources/durable/pull-wake.js';
import { durableSubscriptions } from '../../../sources/durable/subscriptions.js';
import { eventually } from '../../servers/eventually.js';
import { closeAll, local } from './wakes.js';

afterEach(closeAll);

describe('pullWakeSession', () => {
  it('makes wake stream and subscription where it is told to, and takes those that are there', async () => {
    const { root, pen, work } = await local();
    const options = { subscription: 'new', create: true, wakeStream: 'more/wakes', streams: ['events/x'] } as const;
    await pen.create('events/x');
    const first = work({ ...options, leaseTtl: 2_000 });
    await eventually(() => first.calls('claim').length === 1);
    await pen.append('events/x', 1);
    await first.seen(1);
    const second = work({ ...options, leaseTtl: 2_000, worker: 'v' });
    await eventually(() => second.calls('claim').length === 1);
    const third = work({ ...options, leaseTtl: 3_000 });
    await eventually(() => expect(third.error?.code).toBe('subscription_exists'));
    await expect(firstValueFrom(durableSubscriptions({ root }).get('new'))).resolves.toMatchObject({ leaseTtl: 2_000 });
  });

  it('asks for the wake stream where it is not told, and fails for a subscription that is not there', async () => {
    const { root, work } = await local();
    await expect(firstValueFrom(pullWake({ root, subscription: 'none', worker: 'w' }))).rejects.toMatchObject({
      code: 'subscription_not_found',
    });
    const worker = work({ wakeStream: 'nowhere' });
    await eventually(() => expect(worker.error?.code).toBe('stream_not_found'));
  });

  it('asks for no further stream while all credit is out', async () => {
    const here = await local();
    for (const name of ['a', 'b']) {
      await here.pen.create(`events/${name}`);
      await here.pen.append(`events/${name}`, 1, 2);
    }
    const held: Delivery<PullWakeItem>[] = [];
    const worker = here.work({ maxUnacked: 1, concurrency: 1 }, (delivery) => held.push(delivery));
    const reads = (): number => worker.requests.filter(({ line }) => line.includes('/events/')).length;
    await worker.seen(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reads()).toBe(1);
    for (let n = 1; n <= 4; n += 1) {
      await worker.seen(n);
      held[n - 1]?.ack();
    }
    expect(reads()).toBe(2);
  });
});
