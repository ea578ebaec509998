import { describe, expect, it } from '@jest/globals';
import { from, NEVER, of, Subject, take, throwError, toArray } from 'rxjs';
import type { Delivery } from '../../../lib/delivery.js';
import { splitBatches } from '../../../sources/chain/batch-views.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import { sampleBatch, sampleDeliveries } from './sample-batches.js';

/** The names of the events, one part each. */
const names = splitBatches(({ events }) => Object.keys(events), { flushes: 'each' });

const two = sampleBatch('two', { A: [{}], B: [{}] });
const three = sampleBatch('three', { A: [{}], B: [{}], C: [{}] });
const none = sampleBatch('none', {});

function parts(source: Delivery<EventBatch>): { readonly all: Delivery<string>[] } {
  const all: Delivery<string>[] = [];
  from([source])
    .pipe(names)
    .subscribe((part) => all.push(part));
  return { all };
}

describe('parts of plain batches', () => {
  it('come in order, none of a batch without any', () => {
    const seen: string[] = [];
    from([two, none, three])
      .pipe(names)
      .subscribe((name) => seen.push(name));
    expect(seen).toEqual(['A', 'B', 'A', 'B', 'C']);
  });

  it('stop where the consumer leaves', () => {
    const seen: string[] = [];
    const source = new Subject<EventBatch>();
    source.pipe(names, take(2)).subscribe((name) => seen.push(name));
    source.next(three);
    expect(seen).toEqual(['A', 'B']);
    expect(source.observed).toBe(false);
  });

  it('pass the end on, and what the cutter throws as the error', () => {
    const said: string[] = [];
    const failing = splitBatches<string>(
      () => {
        throw new Error('no parts');
      },
      { flushes: 'each' },
    );
    of(two)
      .pipe(names, toArray())
      .subscribe({ next: (all) => said.push(all.join()), complete: () => said.push('complete') });
    throwError(() => 'broken')
      .pipe(names)
      .subscribe({ error: (error: unknown) => said.push(String(error)) });
    of(two)
      .pipe(failing)
      .subscribe({ error: (error: unknown) => said.push(String(error)) });
    expect(said).toEqual(['A,B', 'complete', 'broken', 'Error: no parts']);
  });
});

describe('parts of delivered batches', () => {
  it('acknowledge the batch when the last one is acknowledged, in any order', () => {
    const { said, deliver } = sampleDeliveries();
    const [a, b, c] = parts(deliver(three)).all;
    c?.ack();
    a?.ack();
    a?.ack();
    expect(said).toEqual([]);
    b?.ack();
    expect(said).toEqual(['ack three']);
  });

  it.each([
    ['a nack goes before everything, with the first reason', ['nack', 'release', 'nack'], 'nack three: 0'],
    ['a release goes before acknowledgments', ['ack', 'release', 'ack'], 'release three'],
    ['a late nack counts', ['ack', 'ack', 'nack'], 'nack three: 2'],
  ])('settle the batch together: %s', (_name, outcomes, expected) => {
    const { said, deliver } = sampleDeliveries();
    const { all } = parts(deliver(three));
    for (const [index, part] of all.entries()) {
      expect(said).toEqual([]);
      const outcome = outcomes[index];
      if (outcome === 'nack') part.nack(index);
      else if (outcome === 'release') part.release();
      else part.ack();
    }
    expect(said).toEqual([expected]);
  });

  it('acknowledge a batch without parts at once', () => {
    const { said, deliver } = sampleDeliveries();
    expect(parts(deliver(none)).all).toEqual([]);
    expect(said).toEqual(['ack none']);
  });

  it('carry the attempt, and the position on the last one alone', () => {
    const { deliver } = sampleDeliveries();
    const { all } = parts(deliver(three, { attempt: 4 }));
    expect(all.map(({ attempt }) => attempt)).toEqual([4, 4, 4]);
    expect(all.map(({ position }) => position)).toEqual([undefined, undefined, 'rt_three']);
  });

  it('say that all credit is out on each of them, or on the last', () => {
    const { deliver } = sampleDeliveries();
    const seen: (boolean | undefined)[] = [];
    const last = splitBatches(({ events }) => Object.keys(events), { flushes: 'last' });
    const { all } = parts(deliver(three, { isFull: true }));
    expect(all.map(({ exhaustsCredit }) => exhaustsCredit)).toEqual([true, true, true]);
    of(deliver(three, { isFull: true }))
      .pipe(last)
      .subscribe(({ exhaustsCredit }) => seen.push(exhaustsCredit));
    of(deliver(two))
      .pipe(names)
      .subscribe(({ exhaustsCredit }) => seen.push(exhaustsCredit));
    expect(seen).toEqual([false, false, true, false, false]);
  });

  it('are released with what the consumer leaves behind, once it has settled the others', () => {
    const { said, deliver } = sampleDeliveries();
    const source = new Subject<Delivery<EventBatch>>();
    const held: Delivery<string>[] = [];
    source.pipe(names, take(2)).subscribe((part) => held.push(part));
    source.next(deliver(three));
    expect(said).toEqual([]);
    for (const part of held) part.ack();
    expect(said).toEqual(['release three']);
  });

  it('nack a batch that cannot be cut, and go on', () => {
    const { said, deliver } = sampleDeliveries();
    const picky = splitBatches(
      ({ batchId }) => {
        if (batchId === 'two') throw new Error('not this one');
        return [batchId];
      },
      { flushes: 'each' },
    );
    from([deliver(two), deliver(three)])
      .pipe(picky)
      .subscribe((part) => part.ack());
    expect(said).toEqual(['nack two: Error: not this one', 'ack three']);
  });

  it('do nothing before a subscription, and leave the source with the consumer', () => {
    let isLeft = false;
    const source = new Subject<Delivery<EventBatch>>();
    const view = source.pipe(names);
    expect(source.observed).toBe(false);
    const subscription = view.subscribe({ complete: () => (isLeft = true) });
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
    NEVER.pipe(names).subscribe().unsubscribe();
    expect(isLeft).toBe(false);
  });

  it('may be settled while they come: the next batch comes within', () => {
    const { said, deliver } = sampleDeliveries();
    const source = new Subject<Delivery<EventBatch>>();
    const seen: string[] = [];
    source.pipe(names).subscribe((part) => {
      seen.push(part.value);
      part.ack();
      if (said.length === 1 && part.value === 'B' && seen.length === 2) source.next(deliver(three));
    });
    source.next(deliver(two));
    expect(seen).toEqual(['A', 'B', 'A', 'B', 'C']);
    expect(said).toEqual(['ack two', 'ack three']);
  });
});
