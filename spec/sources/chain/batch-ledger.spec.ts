import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batchLedger, type BatchLedger } from '../../../sources/chain/batch-ledger.js';
import type { EventBatch } from '../../../sources/chain/messages.js';
import type { HeldBatch } from '../../../sources/chain/passing-line.js';
import { numbersOf, received } from './received.js';

interface Book {
  readonly ledger: BatchLedger;
  /** Ready for the service, by id. */
  readonly ready: Map<string, HeldBatch>;
  readonly dropped: string[];
  position: string | undefined;
  count: number;
}

function book(): Book {
  const ready = new Map<string, HeldBatch>();
  const dropped: string[] = [];
  const ledger = batchLedger({
    onReady: (held) => ready.set(held.batch?.batchId ?? '', held),
    onRepeated: (ids) => dropped.push(...ids),
    onPosition: (position) => (made.position = position),
    onCount: (count) => (made.count = count),
  });
  const made: Book = { ledger, ready, dropped, position: undefined, count: 0 };
  return made;
}

const confirm = ({ ledger, ready }: Book, ...ids: readonly string[]): void =>
  ledger.confirm(ids.flatMap((id) => ready.get(id) ?? []));

describe('batchLedger', () => {
  it('moves the position when a batch and all before it are handled and taken by the service', () => {
    const made = book();
    const [a, b] = ['a', 'b'].map((id, n) => made.ledger.receive(received(id, [n])));
    b?.ack();
    confirm(made, 'b');
    expect([made.position, made.ledger.size, made.count]).toEqual([undefined, 2, 1]);
    a?.ack();
    a?.ack();
    expect([...made.ready.keys(), made.position]).toEqual(['b', 'a', undefined]);
    confirm(made, 'a');
    expect([made.position, made.ledger.size, made.count]).toEqual(['rt_b', 0, 0]);
  });

  it('hands out what is new of a batch that comes again, and readies it when all of it is handled', () => {
    const made = book();
    const a = made.ledger.receive(received('a', [1, 2]));
    made.ledger.reconnected();
    expect(made.ledger.receive(received('n1', [1], 'c2'))).toBeUndefined();
    const rest = made.ledger.receive(received('n2', [2, 3], 'c2'));
    expect([numbersOf(rest), made.dropped]).toEqual([[3], ['a']]);
    rest?.ack();
    expect([...made.ready.keys()]).toEqual([]);
    a?.ack();
    expect([...made.ready.keys()]).toEqual(['n1', 'n2']);
    confirm(made, 'n1');
    expect(made.position).toBe('rt_n1');
    confirm(made, 'n2');
    expect([made.position, made.ledger.size]).toEqual(['rt_n2', 0]);
  });

  it('knows what was handled for as long as it may come again, over several connections', () => {
    const made = book();
    made.ledger.receive(received('a', [1]))?.ack();
    for (const connection of ['c2', 'c3', 'c4']) {
      made.ledger.reconnected();
      expect(made.ledger.receive(received(`n${connection}`, [1], connection))).toBeUndefined();
    }
    expect(made.ledger.size).toBe(1);
    confirm(made, 'nc4');
    expect(made.position).toBe('rt_nc4');
    made.ledger.receive(received('b', [2], 'c4'))?.ack();
    confirm(made, 'b');
    expect(made.ledger.size).toBe(0);
  });

  it('leads nowhere by acknowledgments of an earlier connection, nor by those of an earlier subscription', () => {
    const made = book();
    made.ledger.receive(received('a', [1]))?.ack();
    made.ledger.reconnected();
    confirm(made, 'a');
    expect(made.position).toBeUndefined();
    const b = made.ledger.receive(received('b', [2]));
    made.ledger.restart();
    b?.ack();
    confirm(made, 'b');
    expect([made.position, made.ready.has('b')]).toEqual([undefined, false]);
  });

  it('does not take an old acknowledgment that comes in late for the position of another subscription', () => {
    const made = book();
    made.ledger.receive(received('a', [1]))?.ack();
    made.ledger.restart();
    confirm(made, 'a');
    expect(made.position).toBeUndefined();
  });

  it('neither loses nor repeats nor acknowledges too early, whatever order things come in', () => {
    const step = fc.record({
      act: fc.constantFrom('read', 'ack', 'confirm', 'reconnect'),
      n: fc.nat(6),
      size: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const last = 30;
        const made = book();
        const handled = new Set<number>();
        const handed: number[] = [];
        const open: EventBatch[] = [];
        const contents = new Map<string, readonly number[]>();
        let connection = 1;
        let next = 1;
        const place = (): number => Number(made.position?.split('@')[1] ?? 0);
        const read = (size: number): void => {
          const numbers = Array.from({ length: Math.min(size, last - next + 1) }, (_, at) => next + at);
          if (numbers.length === 0) return;
          next += numbers.length;
          const id = `${connection}-${next}@${next - 1}`;
          contents.set(id, numbers);
          const batch = made.ledger.receive(received(id, numbers, `c${connection}`));
          if (batch === undefined) return;
          open.push(batch);
          handed.push(...(numbersOf(batch) ?? []));
        };
        const ack = (n: number): void => {
          const [batch] = open.splice(n % Math.max(1, open.length), 1);
          for (const number of numbersOf(batch) ?? []) handled.add(number);
          batch?.ack();
        };
        const confirmOne = (n: number): void => {
          const ids = [...made.ready.keys()];
          const id = ids[n % Math.max(1, ids.length)];
          if (id === undefined) return;
          expect((contents.get(id) ?? []).every((number) => handled.has(number))).toBe(true);
          confirm(made, id);
          made.ready.delete(id);
        };
        const reconnect = (): void => {
          connection += 1;
          made.ledger.reconnected();
          made.ready.clear();
          next = place() + 1;
        };
        const check = (): void => {
          for (let number = 1; number <= place(); number += 1) expect(handled.has(number)).toBe(true);
          expect(new Set(handed).size).toBe(handed.length);
        };
        for (const { act, n, size } of steps) {
          if (act === 'read') read(size);
          else if (act === 'ack') ack(n);
          else if (act === 'confirm') confirmOne(n);
          else reconnect();
          check();
        }
        // Without further trouble all of it comes to its end.
        reconnect();
        while (next <= last) read(3);
        while (open.length > 0) ack(0);
        while (made.ready.size > 0) confirmOne(0);
        check();
        expect([place(), handled.size, made.ledger.size]).toEqual([last, last, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
