import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, VirtualTimeScheduler } from 'rxjs';
import { checkpoint } from '../../operators/checkpoint.js';
import { drain } from '../../operators/drain.js';
import { creditSource } from './credit-source.js';
import { checkpointRig, scriptedStore } from './scripted-store.js';

describe('drain', () => {
  it('ends the subscription, and resolves when all that was acknowledged is saved', async () => {
    const rig = checkpointRig();
    rig.store.answer = { after: 100 };
    rig.send('a', 'b', 'c');
    rig.ack('a', 'b');
    let done = false;
    const drained = drain(rig.subscription, rig.saved).then(() => (done = true));
    expect([rig.source.observed, rig.timers]).toEqual([false, 1]);
    await rig.until(90);
    expect(done).toBe(false);
    await rig.until(110);
    await drained;
    expect([rig.store.stored, rig.timers]).toEqual([['b'], 0]);
  });

  it('waits for the save that runs, and then saves what came during it', async () => {
    const rig = checkpointRig({ everyCount: 1 });
    rig.store.answer = { after: 100 };
    rig.send('a', 'b');
    rig.ack('a');
    await rig.until(50);
    rig.ack('b');
    const drained = drain(rig.subscription, rig.saved);
    await rig.until(300);
    await drained;
    expect([rig.store.calls, rig.store.peak]).toEqual([['0 a', '100 b'], 1]);
  });

  it('may be called twice, at once and later, and with nothing to save', async () => {
    const rig = checkpointRig();
    await drain(rig.subscription, rig.saved, rig.saved);
    expect(rig.store.calls).toEqual([]);
    const other = checkpointRig();
    other.send('a');
    other.ack('a');
    await Promise.all([drain(other.subscription, other.saved), drain(other.subscription, other.saved)]);
    await drain(other.subscription, other.saved);
    expect(other.store.calls).toEqual(['0 a']);
    await drain(other.subscription);
  });

  it('rejects with what the store says, and resolves once the store is well again', async () => {
    const rig = checkpointRig();
    rig.store.answer = 'rejects';
    rig.send('a');
    rig.ack('a');
    await expect(drain(rig.subscription, rig.saved)).rejects.toThrow('disk full');
    rig.store.answer = 'throws';
    await expect(rig.saved.drain()).rejects.toThrow('no disk');
    rig.store.answer = 'ok';
    await rig.saved.drain();
    expect(rig.store.stored).toEqual(['a']);
    const calls = rig.store.calls.length;
    await rig.saved.drain();
    expect(rig.store.calls).toHaveLength(calls);
  });

  it('saves what is acknowledged after the end, before it is called or after', async () => {
    const rig = checkpointRig();
    rig.send('a', 'b', 'c');
    rig.subscription.unsubscribe();
    await rig.until(10);
    rig.ack('a');
    await drain(rig.subscription, rig.saved);
    expect(rig.store.stored).toEqual(['a']);
    rig.ack('b');
    await rig.until(20);
    expect(rig.store.stored).toEqual(['a', 'b']);
    rig.store.answer = 'rejects';
    rig.ack('c');
    await rig.until(30);
    rig.store.answer = 'ok';
    await rig.saved.drain();
    expect(rig.store.stored).toEqual(['a', 'b', 'c']);
  });

  it('waits for what was acknowledged after the end during the last save', async () => {
    const rig = checkpointRig();
    rig.store.answer = { after: 100 };
    rig.send('a', 'b');
    rig.ack('a');
    rig.subscription.unsubscribe();
    await rig.until(50);
    rig.ack('b');
    await rig.until(110);
    const stored = rig.saved.drain().then(() => [...rig.store.stored]);
    await rig.until(300);
    expect(await stored).toEqual(['a', 'b']);
  });

  it('lets every checkpoint finish although one fails', async () => {
    const [failing, slow] = [checkpointRig(), checkpointRig()];
    failing.store.answer = 'rejects';
    slow.store.answer = { after: 100 };
    for (const rig of [failing, slow]) {
      rig.send('a');
      rig.ack('a');
    }
    slow.subscription.add(failing.subscription);
    const outcome = drain(slow.subscription, failing.saved, slow.saved).catch(String);
    await slow.until(200);
    expect(await outcome).toBe('Error: disk full');
    expect(slow.store.stored).toEqual(['a']);
  });

  it('never lets an earlier subscription set back what a later one has saved', async () => {
    const scheduler = new VirtualTimeScheduler();
    const store = scriptedStore(scheduler);
    const saved = checkpoint(store, 'posts', { scheduler });
    const { make } = creditSource({ total: 0 });
    const run = (...values: number[]) =>
      concat(from(values.map(make)), NEVER)
        .pipe(saved)
        .subscribe((delivery) => delivery.ack());
    store.answer = 'rejects';
    run(1, 2, 3).unsubscribe();
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.stored).toEqual([]);
    store.answer = 'ok';
    // It began where the first one did, and went further.
    run(1, 2, 3, 4, 5).unsubscribe();
    await saved.drain();
    await saved.drain();
    expect(store.stored).toEqual(['p5']);
    expect(store.peak).toBe(1);
  });

  it('makes one save at a time over several subscriptions, and saves the last of each', async () => {
    const rig = checkpointRig();
    rig.store.answer = 'hangs';
    rig.send('a', 'b');
    rig.ack('a');
    rig.subscription.unsubscribe();
    rig.ack('b');
    const later = rig.source.pipe(rig.saved).subscribe((delivery) => delivery.ack());
    rig.send('c');
    const drained = drain(later, rig.saved);
    await rig.until(10);
    expect(rig.store.calls).toEqual(['0 a']);
    rig.store.answer = 'ok';
    rig.store.release();
    await drained;
    expect([rig.store.stored.at(-1), rig.store.peak]).toEqual(['c', 1]);
  });
});
