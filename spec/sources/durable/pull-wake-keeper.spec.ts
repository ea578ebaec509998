import { describe, expect, it } from '@jest/globals';
import { NEVER, type Observable, of, throwError, timer, map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { DurableStreamError, type DurableErrorCode } from '../../../sources/durable/errors.js';
import { leaseKeeper, type LeaseKeeper } from '../../../sources/durable/pull-wake-keeper.js';
import { leaseLedger, type LeaseLedger } from '../../../sources/durable/pull-wake-ledger.js';
import type { Claim } from '../../../sources/durable/subscription-schemas.js';
import { type AckResult, durableSubscriptions, type StreamAck } from '../../../sources/durable/subscriptions.js';

const streams = [{ path: 'a', linkType: 'glob', ackedOffset: '-1', tailOffset: '9', hasPending: true }];
const claim: Claim = {
  ...{ subscription: 's', worker: 'w', wakeId: 'k', generation: 1, token: 't', streams, leaseTtl: 30 },
};

interface Kept {
  readonly keeper: LeaseKeeper;
  readonly ledger: LeaseLedger;
  /** What has happened, with its time. */
  readonly log: string[];
}

/** A keeper whose acknowledgments are answered by `answer`. */
function keep(scheduler: TestScheduler, answer: (n: number) => Observable<AckResult>): Kept {
  const log: string[] = [];
  const say = (text: string): void => void log.push(`${scheduler.now()} ${text}`);
  let sent = 0;
  const ack = (_claim: unknown, acks: readonly StreamAck[], { done = false } = {}): Observable<AckResult> => {
    say(`ack${acks.map(({ stream, offset }) => ` ${stream}:${offset}`).join('')}${done ? ' done' : ''}`);
    return answer(sent++);
  };
  const client = { ...durableSubscriptions({ root: 'http://127.0.0.1:9' }), ack };
  const ledger = leaseLedger(streams, () => keeper.settled());
  const keeper = leaseKeeper(
    { claim, client, ledger, scheduler },
    {
      done: (nextWake) => (say(`done ${nextWake}`), keeper.stop()),
      lost: () => (say('lost'), keeper.stop()),
      refused: () => (say('refused'), keeper.stop()),
      failed: () => (say('failed'), keeper.stop()),
    },
  );
  return { keeper, ledger, log };
}

function virtual(run: (scheduler: TestScheduler, flush: () => void) => void): void {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.maxFrames = 200;
  run(scheduler, () => scheduler.flush());
}

const ok = (): Observable<AckResult> => of({ nextWake: false });
const fails = (code: DurableErrorCode) => (): Observable<AckResult> =>
  throwError(() => new DurableStreamError('no', { errorType: 'client_error', code }));

describe('leaseKeeper', () => {
  it('beats at every third of the lease, and each beat that is answered extends it', () => {
    virtual((scheduler, flush) => {
      const { keeper, log } = keep(scheduler, ok);
      scheduler.schedule(() => keeper.stop(), 95);
      flush();
      expect(log).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90].map((time) => `${time} ack`));
    });
  });

  it('takes the lease for lost a whole lease after the last heartbeat that was answered was sent', () => {
    virtual((scheduler, flush) => {
      const late = timer(5, scheduler).pipe(map(() => ({ nextWake: false })));
      const { log } = keep(scheduler, (n) => (n === 0 ? late : NEVER));
      flush();
      expect(log).toEqual(['10 ack', '20 ack', '40 lost']);
    });
  });

  it('has one request under way, and puts what comes meanwhile into the next', () => {
    virtual((scheduler, flush) => {
      const slow = (): Observable<AckResult> => timer(4, scheduler).pipe(map(() => ({ nextWake: true })));
      const { keeper, ledger, log } = keep(scheduler, slow);
      for (const at of [10, 11, 12]) {
        scheduler.schedule(() => {
          ledger.settle(ledger.enter({ stream: 'a', value: at, offset: '' }), true);
          ledger.reached('a', String(at));
        }, at);
      }
      scheduler.schedule(() => keeper.allRead(), 13);
      flush();
      expect(log).toEqual(['10 ack', '14 ack a:12 done', '18 done true']);
      expect(keeper.progressed).toBe(true);
    });
  });

  it('is not done before everything is settled', () => {
    virtual((scheduler, flush) => {
      const { keeper, ledger, log } = keep(scheduler, ok);
      const held = ledger.enter({ stream: 'a', value: 1, offset: '' });
      ledger.reached('a', '5');
      keeper.allRead();
      expect(log).toEqual([]);
      scheduler.schedule(() => {
        ledger.settle(held, true);
        keeper.allRead();
      }, 15);
      flush();
      expect(log).toEqual(['10 ack', '15 ack a:5 done', '15 done false']);
    });
  });

  it('does not pass what was given back, and is done all the same', () => {
    virtual((scheduler) => {
      const { keeper, ledger, log } = keep(scheduler, ok);
      ledger.settle(ledger.enter({ stream: 'a', value: 1, offset: '' }), false);
      ledger.reached('a', '5');
      keeper.allRead();
      expect(log).toEqual(['0 ack done', '0 done false']);
      expect(keeper.progressed).toBe(false);
    });
  });

  it.each([
    ['fenced', 'lost'],
    ['lease_lost', 'lost'],
    ['invalid_offset', 'refused'],
    ['bad_request', 'failed'],
  ] as const)('reads %s as %s, and is silent from then on', (code, end) => {
    virtual((scheduler, flush) => {
      const { log } = keep(scheduler, fails(code));
      flush();
      expect(log).toEqual(['10 ack', `10 ${end}`]);
    });
  });
});
