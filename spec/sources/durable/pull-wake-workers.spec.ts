import { afterEach, describe, expect, it } from '@jest/globals';
import { createMonitor } from '../../../lib/state.js';
import { fetchTransport, type Transport } from '../../../lib/transport.js';
import { eventually } from '../../servers/eventually.js';
import { acked, closeAll, local } from './wakes.js';

afterEach(closeAll);

describe('workers of one subscription', () => {
  it('shares the work of two workers: each item is handled once', async () => {
    const here = await local();
    const handled: unknown[] = [];
    const workers = ['v', 'w'].map((worker) =>
      here.work({ worker }, (delivery) => {
        handled.push(delivery.value.value);
        setImmediate(() => delivery.ack());
      }),
    );
    await eventually(() => workers.every((worker) => worker.calls('claim').length > 0));
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => here.pen.create(`events/${name}`)));
    for (let n = 0; n < 40; n += 1) await here.pen.append(`events/${names[n % 4] ?? ''}`, n);
    await eventually(() => handled.length >= 40);
    expect([...handled].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(workers.map(({ error }) => error)).toEqual([undefined, undefined]);
  });

  it('passes work on when a worker is cut off: the one that was cut off stops, and what it says then counts for nothing', async () => {
    const here = await local();
    await here.pen.create('events/a');
    const tail = await here.pen.append('events/a', 1, 2, 3);
    const cut: Transport = (request) =>
      /ack|release/.test(request.url) ? new Promise(() => undefined) : fetchTransport()(request);
    const monitor = createMonitor();
    const stuck = here.work({ worker: 'stuck', transport: cut, maxUnacked: 2, monitor }, () => undefined);
    await stuck.seen(2);
    const other = here.work({ worker: 'other' });
    await eventually(() => expect(other.values).toEqual([1, 2, 3]));
    await eventually(async () => expect(await acked(here)).toEqual({ 'events/a': tail }));
    for (const late of stuck.deliveries) late.ack();
    await eventually(() => monitor.state.outstanding === 0);
    expect(stuck.values).toEqual([1, 2]);
    expect(stuck.error).toBeUndefined();
    await here.pen.append('events/a', 4);
    await other.seen(4);
  });
});
