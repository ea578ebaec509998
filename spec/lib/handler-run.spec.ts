import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, Subject, VirtualTimeScheduler } from 'rxjs';
import { type DeliveryHandler, handlerStarter, stopJob } from '../../lib/handler-run.js';
import { type HandlerJob, handlerTurns } from '../../lib/handler-turns.js';
import { deliveryLedger } from '../operators/delivery-ledger.js';

interface Started {
  readonly log: string[];
  readonly job: HandlerJob<string, number>;
  readonly scheduler: VirtualTimeScheduler;
}

function started(handler: DeliveryHandler<string, number>, abortable?: boolean): Started {
  const log: string[] = [];
  const scheduler = new VirtualTimeScheduler();
  const turns = handlerTurns<string, number>({ ordered: false, maxHeld: 1 }, () => undefined);
  const job = turns.begin(deliveryLedger<string>().deliver('a'));
  const end = (word: string): void => {
    log.push(word);
    turns.drop(job);
  };
  const starter = handlerStarter<string, number>(
    { handler, timeout: 10, abortable, scheduler },
    {
      oldest: turns.oldest,
      result: (_, value) => log.push(`result ${value}`),
      complete: (_, last) => end(`complete ${String(last)}`),
      fail: (_, reason) => end(`fail ${reason instanceof Error ? reason.message : String(reason)}`),
    },
  );
  starter.run(job);
  return { log, job, scheduler };
}

describe('handlerStarter', () => {
  it('tells results and the end of a series, and lets it go before the end is told', () => {
    const gate = new Subject<number>();
    let released = false;
    const log: unknown[] = [];
    const series = new Observable<number>((subscriber) => {
      gate.subscribe(subscriber);
      return () => {
        released = true;
      };
    });
    const { log: told } = started(() => series);
    gate.next(1);
    log.push(released);
    gate.complete();
    log.push(released);
    expect([log, told]).toEqual([
      [false, true],
      ['result 1', 'complete undefined'],
    ]);
  });

  it('tells a plain result at once and a promised one later', async () => {
    expect(started(() => 1).log).toEqual(['complete 1']);
    const promised = started(() => Promise.resolve(2));
    expect(promised.log).toEqual([]);
    await Promise.resolve();
    expect(promised.log).toEqual(['complete 2']);
  });

  it('says nothing of a job that is over', async () => {
    const gate = new Subject<number>();
    const { log, job, scheduler } = started(() => gate);
    scheduler.flush();
    gate.next(1);
    gate.error(new Error('late'));
    expect(log).toEqual(['fail the handler has not ended within 10 ms']);
    stopJob(job, undefined);
    expect(gate.observed).toBe(false);
  });

  it('says nothing of a promise that is late', async () => {
    for (const late of [Promise.resolve(1), Promise.reject(new Error('late'))]) {
      const { log, scheduler } = started(() => late);
      scheduler.flush();
      await new Promise((resolve) => setImmediate(resolve));
      expect(log).toEqual(['fail the handler has not ended within 10 ms']);
    }
  });

  it('aborts the signal that a handler has taken', () => {
    let taken: AbortSignal | undefined;
    const { job } = started((_value, _delivery, signal) => {
      taken = signal;
      return NEVER;
    });
    stopJob(job, 'why');
    expect(taken?.reason).toBe('why');
    expect(started(() => NEVER).job.controller).toBeUndefined();
    expect(started(() => NEVER, true).job.controller).toBeDefined();
  });
});
