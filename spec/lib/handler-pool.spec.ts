import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { type HandlerPool, handlerPool, type HandlerPoolOptions } from '../../lib/handler-pool.js';
import { type DeliveryLedger, deliveryLedger } from '../operators/delivery-ledger.js';

interface Pooled {
  readonly pool: HandlerPool<string>;
  readonly ledger: DeliveryLedger<string>;
  readonly gates: Map<string, Subject<string>>;
  readonly ends: unknown[];
  readonly seen: string[];
}

function pooled(changes: Partial<HandlerPoolOptions<string, string>> = {}): Pooled {
  const gates = new Map<string, Subject<string>>();
  const [ends, seen]: [unknown[], string[]] = [[], []];
  const handler = (value: string): Subject<string> => {
    const gate = new Subject<string>();
    gates.set(value, gate);
    return gate;
  };
  const limits = { concurrency: 2, ordered: true, maxHeld: 10, timeout: undefined, onHandlerError: 'nack' } as const;
  const pool = handlerPool<string, string>(
    { handler, ...limits, abortable: undefined, scheduler: undefined, ...changes },
    { next: (value) => seen.push(value), end: (failure) => ends.push(failure) },
  );
  return { pool, ledger: deliveryLedger<string>(), gates, ends, seen };
}

describe('handlerPool', () => {
  it('starts as many as it may, the next one when one has ended, and ends with the last', () => {
    const { pool, ledger, gates, ends } = pooled();
    for (const value of 'abc') pool.add(ledger.deliver(value));
    pool.finish();
    expect([...gates.keys()]).toEqual(['a', 'b']);
    gates.get('a')?.complete();
    expect([...gates.keys()]).toEqual(['a', 'b', 'c']);
    gates.get('c')?.complete();
    expect(ends).toEqual([]);
    gates.get('b')?.complete();
    expect(ends).toEqual([undefined]);
    expect(ledger.log).toEqual(['ack a', 'ack b', 'ack c']);
  });

  it('keeps the first failure', () => {
    const { pool, ledger, gates, ends } = pooled({ onHandlerError: 'error' });
    pool.add(ledger.deliver('a'));
    pool.finish({ error: 'source' });
    gates.get('a')?.error('handler');
    expect(ends).toEqual([{ error: 'source' }]);
  });

  it('errors although the source has completed before a handler failed', () => {
    const { pool, ledger, gates, ends } = pooled({ onHandlerError: 'error' });
    for (const value of 'abc') pool.add(ledger.deliver(value));
    pool.finish();
    gates.get('a')?.error('handler');
    gates.get('b')?.complete();
    expect(ends).toEqual([{ error: 'handler' }]);
    expect([...gates.keys()]).toEqual(['a', 'b']);
    pool.leave();
    pool.release();
    expect(ledger.log).toEqual(['ack b', 'release c', 'release a']);
  });

  it('starts nothing after leaving, and releases all, what comes late too', () => {
    const { pool, ledger, gates } = pooled({ concurrency: 1 });
    pool.add(ledger.deliver('a'));
    pool.leave();
    pool.add(ledger.deliver('b'));
    expect(gates.get('a')?.observed).toBe(false);
    expect(ledger.log).toEqual([]);
    pool.release();
    pool.leave();
    pool.add(ledger.deliver('c'));
    expect([...gates.keys()]).toEqual(['a']);
    expect(ledger.log).toEqual(['release a', 'release b', 'release c']);
  });
});
