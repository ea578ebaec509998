import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { memoryCheckpoint } from '../../lib/checkpoint.js';
import { createDelivery } from '../../lib/delivery.js';
import { checkpoint } from '../../operators/checkpoint.js';
import { checkpointRig } from './scripted-store.js';

describe('checkpoint', () => {
  it('passes deliveries on at once, with their value, position and attempt', () => {
    const rig = checkpointRig();
    rig.send('a', 'b');
    expect([...rig.out.values()].map(({ value, position, attempt }) => [value, position, attempt])).toEqual([
      ['a', 'a', 1],
      ['b', 'b', 1],
    ]);
    rig.ack('b');
    expect(rig.ledger.log).toEqual(['ack b']);
  });

  it('saves by age: the latest position, so long after the first acknowledgment that is not saved', async () => {
    const rig = checkpointRig({ every: 100 });
    rig.send('a', 'b', 'c');
    await rig.until(50);
    rig.ack('a');
    await rig.until(120);
    rig.ack('b');
    await rig.until(1_000);
    rig.ack('c');
    await rig.until(2_000);
    expect(rig.store.calls).toEqual(['150 b', '1100 c']);
    expect(rig.timers).toBe(0);
  });

  it('saves by count at once, and by age what is left', async () => {
    const rig = checkpointRig({ every: 100, everyCount: 3 });
    const all = ['1', '2', '3', '4', '5', '6', '7'];
    rig.send(...all);
    for (const value of all) {
      rig.ack(value);
      await rig.until(rig.scheduler.now() + 1);
    }
    await rig.until(500);
    expect(rig.store.calls).toEqual(['2 3', '5 6', '106 7']);
  });

  it('never saves past one that is not acknowledged, whatever is behind it', async () => {
    const rig = checkpointRig({ every: 10, everyCount: 2 });
    rig.send('5', '3', '4', '6');
    rig.ack('4', '6', '3');
    await rig.until(1_000);
    expect(rig.store.calls).toEqual([]);
    expect(rig.timers).toBe(0);
    rig.ack('5');
    await rig.until(2_000);
    expect(rig.store.stored).toEqual(['6']);
  });

  it('goes no further than before a delivery that was nacked or released, and says so upstream', async () => {
    const rig = checkpointRig({ every: 10 });
    rig.send('a', 'b', 'c', 'd', 'e');
    rig.out.get('b')?.nack('no');
    rig.out.get('d')?.release();
    rig.ack('a', 'c', 'e');
    await rig.until(100);
    expect(rig.ledger.log).toEqual(['nack b: no', 'release d', 'ack a', 'ack c', 'ack e']);
    expect(rig.store.stored).toEqual(['a']);
  });

  it('hears each delivery once: a second word changes nothing', async () => {
    const rig = checkpointRig({ every: 10 });
    rig.send('a', 'b');
    rig.out.get('a')?.release();
    rig.ack('a', 'a', 'b', 'b');
    await rig.until(100);
    expect([rig.ledger.log, rig.store.calls, rig.ledger.outstanding]).toEqual([['release a', 'ack b'], [], 0]);
  });

  it('saves nothing for deliveries without a position, and goes on behind them', async () => {
    const rig = checkpointRig({ every: 10 });
    const settler = { settle: () => undefined };
    const parts = { value: 'none', position: undefined, attempt: 1, tag: 0 };
    rig.source.next(createDelivery(parts, settler));
    rig.ack('none');
    await rig.until(100);
    expect([rig.store.calls, rig.timers]).toEqual([[], 0]);
    await rig.saved.drain();
    rig.send('a');
    rig.ack('a');
    rig.source.next(createDelivery(parts, settler));
    await rig.saved.drain();
    rig.ack('none');
    await rig.saved.drain();
    rig.send('b');
    rig.ack('b');
    await rig.saved.drain();
    expect(rig.store.stored).toEqual(['a', 'b']);
  });

  it('makes one save at a time, and the next one takes the latest position at once if it is due', async () => {
    const rig = checkpointRig({ every: 100, everyCount: 2 });
    rig.store.answer = { after: 1_000 };
    rig.send('1', '2', '3', '4', '5', '6', '7');
    rig.ack('1', '2');
    await rig.until(10);
    rig.ack('3', '4', '5', '6');
    await rig.until(950);
    rig.ack('7');
    await rig.until(3_000);
    expect(rig.store.calls).toEqual(['0 2', '1000 7']);
    expect(rig.store.peak).toBe(1);
  });

  it('counts the age of what is acknowledged during a save from then on', async () => {
    const rig = checkpointRig({ every: 100 });
    rig.store.answer = { after: 150 };
    rig.send('1', '2', '3');
    rig.ack('1');
    await rig.until(240);
    rig.ack('2');
    await rig.until(1_000);
    expect(rig.store.calls).toEqual(['100 1', '340 2']);
    rig.ack('3');
    await rig.until(1_101);
    expect(rig.store.calls.at(-1)).toBe('1100 3');
  });

  it('waits for a store that never answers with maxUnsaved, and gives the credit back when it has', async () => {
    const rig = checkpointRig({ every: 10, maxUnsaved: 3 });
    rig.store.answer = 'hangs';
    rig.send('1', '2');
    rig.ack('1', '2');
    await rig.until(50);
    rig.send('3', '4', '5');
    rig.ack('3', '4', '5');
    expect(rig.ledger.log).toEqual(['ack 1', 'ack 2']);
    rig.store.answer = 'ok';
    rig.store.release();
    await rig.until(60);
    expect(rig.ledger.log).toEqual(['ack 1', 'ack 2', 'ack 3', 'ack 4', 'ack 5']);
    // What holds credit back is saved without a wait.
    expect(rig.store.calls).toEqual(['10 2', '50 5']);
  });

  it('holds credit back behind a stuck delivery, so that what comes again stays bounded', async () => {
    const rig = checkpointRig({ every: 10, maxUnsaved: 3 });
    rig.send('stuck', '1', '2', '3', '4');
    rig.ack('1', '2', '3', '4');
    await rig.until(1_000);
    expect([rig.ledger.outstanding, rig.store.calls, rig.timers]).toEqual([5, [], 0]);
    rig.ack('stuck');
    await rig.until(1_001);
    expect([rig.ledger.outstanding, rig.store.stored]).toEqual([0, ['4']]);
  });

  it.each<[string, unknown[]]>([
    ['store', []],
    ['store', ['file']],
    ['key', [memoryCheckpoint()]],
    ['key', [memoryCheckpoint(), '']],
    ['every', [memoryCheckpoint(), 'a', { every: 0 }]],
    ['every', [memoryCheckpoint(), 'a', { every: Infinity }]],
    ['everyCount', [memoryCheckpoint(), 'a', { everyCount: 1.5 }]],
    ['maxUnsaved', [memoryCheckpoint(), 'a', { maxUnsaved: Number.NaN }]],
    ['maxFailures', [memoryCheckpoint(), 'a', { maxFailures: '3' }]],
    ['onFailure', [memoryCheckpoint(), 'a', { onFailure: true }]],
    ['monitor', [memoryCheckpoint(), 'a', { monitor: null }]],
    ['unknown option "interval"', [memoryCheckpoint(), 'a', { interval: 5 }]],
  ])('refuses a senseless %s', (named, args) => {
    const call = (): unknown => Reflect.apply(checkpoint, undefined, args);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });

  it('keeps the types of what it passes', () => {
    const delivery = createDelivery({ value: 7, position: '7', attempt: 1, tag: 0 }, { settle: () => undefined });
    const sum: number[] = [];
    of(delivery)
      .pipe(checkpoint(memoryCheckpoint(), 'a'))
      .subscribe(({ value }) => sum.push(value + 1));
    expect(sum).toEqual([8]);
  });
});
