import { describe, expect, it } from '@jest/globals';
import { type HandlerJob, type HandlerTurns, handlerTurns } from '../../lib/handler-turns.js';
import { type DeliveryLedger, deliveryLedger } from '../operators/delivery-ledger.js';

type Job = HandlerJob<string, number>;

interface Begun {
  readonly ledger: DeliveryLedger<string>;
  readonly seen: number[];
  readonly turns: HandlerTurns<string, number>;
  readonly jobs: readonly [Job, Job, Job];
}

function begun(ordered: boolean, onEmit: (value: number) => void = () => undefined): Begun {
  const ledger = deliveryLedger<string>();
  const seen: number[] = [];
  const turns: HandlerTurns<string, number> = handlerTurns<string, number>({ ordered, maxHeld: 2 }, (value) => {
    seen.push(value);
    onEmit(value);
  });
  const begin = (value: string): Job => turns.begin(ledger.deliver(value));
  return { ledger, seen, turns, jobs: [begin('a'), begin('b'), begin('c')] as const };
}

describe('handlerTurns', () => {
  it('emits and acknowledges in order of beginning', () => {
    const { ledger, seen, turns, jobs } = begun(true);
    const [a, b, c] = jobs;
    turns.handled(c, 3);
    turns.result(b, 2);
    expect([seen, ledger.log]).toEqual([[], []]);
    turns.handled(a, 1);
    expect([seen, ledger.log]).toEqual([[1, 2], ['ack a']]);
    turns.result(b, 2.5);
    turns.handled(b, undefined);
    expect([seen, ledger.log]).toEqual([
      [1, 2, 2.5, 3],
      ['ack a', 'ack b', 'ack c'],
    ]);
    expect(turns.isEmpty).toBe(true);
  });

  it('emits and acknowledges as it comes without an order', () => {
    const { ledger, seen, turns, jobs } = begun(false);
    turns.handled(jobs[2], 3);
    turns.handled(jobs[1], undefined);
    expect([seen, ledger.log]).toEqual([[3], ['ack c', 'ack b']]);
    expect(turns.oldest()).toBe(jobs[0]);
  });

  it('says when a job holds more than it may', () => {
    const { turns, jobs } = begun(true);
    expect([1, 2, 3].map((value) => turns.result(jobs[1], value))).toEqual([true, true, false]);
    expect(turns.result(jobs[0], 4)).toBe(true);
  });

  it('puts what the consumer causes behind what is held', () => {
    const { seen, turns, jobs } = begun(true, (value) => {
      if (value !== 1) return;
      turns.result(jobs[1], 3);
      turns.handled(jobs[1], 4);
    });
    turns.result(jobs[1], 1);
    turns.result(jobs[1], 2);
    turns.drop(jobs[0]);
    turns.pass();
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('passes the turn on when a job is dropped, anywhere in the row', () => {
    const { ledger, seen, turns, jobs } = begun(true);
    turns.handled(jobs[2], 3);
    turns.drop(jobs[1]);
    turns.drop(jobs[0]);
    turns.drop(jobs[0]);
    turns.pass();
    expect([seen, ledger.log, turns.isEmpty]).toEqual([[3], ['ack c'], true]);
  });

  it('drops the rest of what a job holds when the consumer ends it', () => {
    const { seen, turns, jobs } = begun(true, () => turns.drop(jobs[1]));
    turns.result(jobs[1], 1);
    turns.result(jobs[1], 2);
    turns.drop(jobs[0]);
    turns.pass();
    expect(seen).toEqual([1]);
  });

  it('acknowledges at leaving what has nothing left to emit, and gives the rest', () => {
    const { ledger, turns, jobs } = begun(true);
    turns.handled(jobs[1], undefined);
    turns.handled(jobs[2], 3);
    expect(turns.leave()).toEqual([jobs[0], jobs[2]]);
    expect(ledger.log).toEqual(['ack b']);
    expect(turns.isEmpty).toBe(true);
  });
});
