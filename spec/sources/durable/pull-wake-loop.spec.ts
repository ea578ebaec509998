import { describe, expect, it } from '@jest/globals';
import { defer, NEVER, type Observable, of, Subject, throwError, VirtualTimeScheduler } from 'rxjs';
import { type DurableErrorCode, DurableStreamError } from '../../../sources/durable/errors.js';
import type { WakeHint } from '../../../sources/durable/pull-wake-hints.js';
import { wakeLoop } from '../../../sources/durable/pull-wake-loop.js';
import type { Claim } from '../../../sources/durable/subscription-schemas.js';
import { type AckResult, durableSubscriptions } from '../../../sources/durable/subscriptions.js';

const claimOf = (generation: number): Claim => ({
  ...{ subscription: 's', worker: 'w', wakeId: 'k', generation, token: 't', streams: [], leaseTtl: 1_000 },
});
const refusal = (code: DurableErrorCode): Observable<Claim> =>
  throwError(() => new DurableStreamError('no', { errorType: 'client_error', code }));

interface Running {
  readonly hints: Subject<WakeHint>;
  /** The acknowledgments to come: a lease without streams is done with its first. */
  readonly acks: Subject<AckResult>[];
  readonly ends: unknown[];
  readonly claims: number;
}

function run(time: VirtualTimeScheduler, ...answers: readonly Observable<Claim>[]): Running {
  const hints = new Subject<WakeHint>();
  const acks: Subject<AckResult>[] = [];
  const ends: unknown[] = [];
  let claims = 0;
  const ack = (): Observable<AckResult> => {
    const answer = new Subject<AckResult>();
    acks.push(answer);
    return answer;
  };
  const client = { ...durableSubscriptions({ root: 'http://127.0.0.1:9' }), ack };
  wakeLoop({
    hints,
    claims: defer(() => answers[Math.min(claims++, answers.length - 1)] ?? NEVER),
    work: { client, read: () => NEVER, concurrency: 1, scheduler: time },
    ...{ backoff: { initialBackoff: 10, maxBackoff: 40, jitter: 'none' }, random: undefined },
  }).subscribe({ error: (error: unknown) => ends.push(error), complete: () => ends.push('complete') });
  return {
    ...{ hints, acks, ends },
    get claims() {
      return claims;
    },
  };
}

describe('wakeLoop', () => {
  it('claims for each hint while it is idle, and rests when another worker has it or there is no work', () => {
    const running = run(new VirtualTimeScheduler(), refusal('already_claimed'), refusal('no_pending_work'), NEVER);
    expect(running.claims).toBe(0);
    for (const [index, hint] of [undefined, 1, 2].entries()) {
      running.hints.next(hint);
      expect(running.claims).toBe(index + 1);
    }
    expect(running.ends).toEqual([]);
  });

  it('takes a hint of its own lease, told of late, for no reason to claim again, and a newer one for a reason', () => {
    const time = new VirtualTimeScheduler();
    const running = run(time, of(claimOf(3)), refusal('no_pending_work'));
    running.hints.next(undefined);
    running.hints.next(3);
    running.acks[0]?.next({ nextWake: false });
    time.flush();
    expect(running.claims).toBe(1);
    running.hints.next(4);
    expect(running.claims).toBe(2);
  });

  it('claims again after the lease when a newer wake was told of meanwhile', () => {
    const time = new VirtualTimeScheduler();
    const running = run(time, of(claimOf(3)), refusal('no_pending_work'));
    running.hints.next(undefined);
    running.hints.next(4);
    expect(running.claims).toBe(1);
    running.acks[0]?.next({ nextWake: false });
    time.maxFrames = 20;
    time.flush();
    expect(running.claims).toBe(2);
  });

  it('claims again when a hint has come while a claim was being refused', () => {
    const answer = new Subject<Claim>();
    const running = run(new VirtualTimeScheduler(), answer, refusal('no_pending_work'));
    running.hints.next(1);
    running.hints.next(2);
    answer.error(new DurableStreamError('no', { errorType: 'client_error', code: 'already_claimed' }));
    expect(running.claims).toBe(2);
  });

  it('waits longer after each lease that brings nothing forward', () => {
    const time = new VirtualTimeScheduler(undefined, 200);
    const times: number[] = [];
    const running = run(
      time,
      defer(() => (times.push(time.now()), of(claimOf(1)))),
    );
    running.hints.next(undefined);
    for (let n = 0; n < 4; n += 1) {
      running.acks[n]?.next({ nextWake: true });
      time.maxFrames = time.now() + 40;
      time.flush();
    }
    expect(times.length).toBeGreaterThanOrEqual(4);
    const waits = times.slice(1).map((at, n) => at - (times[n] ?? 0));
    expect(waits.slice(0, 2)).toEqual([10, 20]);
  });

  it('ends with any other error of a claim, and with the hints when it is idle', () => {
    const failed = run(new VirtualTimeScheduler(), refusal('subscription_not_found'));
    failed.hints.next(undefined);
    expect(failed.ends).toEqual([expect.objectContaining({ code: 'subscription_not_found' })]);
    const idle = run(new VirtualTimeScheduler(), NEVER);
    idle.hints.complete();
    expect(idle.ends).toEqual(['complete']);
    const busy = run(new VirtualTimeScheduler(), of(claimOf(1)));
    busy.hints.next(undefined);
    busy.hints.complete();
    expect(busy.ends).toEqual([]);
    busy.acks[0]?.next({ nextWake: false });
    expect(busy.ends).toEqual(['complete']);
  });
});
