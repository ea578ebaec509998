import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, type Observable, of, throwError, VirtualTimeScheduler } from 'rxjs';
import { answerInHeaders } from '../../../sources/durable/answer-in-headers.js';

function seenOf(bytes: Observable<Uint8Array>): { readonly at: readonly number[]; readonly timers: number } {
  const scheduler = new VirtualTimeScheduler();
  const response = { status: 200, headers: new Headers(), requestId: undefined, bytes };
  const at: number[] = [];
  answerInHeaders(response, 'answer', scheduler).subscribe({
    next: (answer) => {
      expect(answer).toBe('answer');
      at.push(scheduler.now());
    },
    complete: () => at.push(scheduler.now()),
  });
  const timers = scheduler.actions.filter(({ closed }) => !closed).length;
  scheduler.flush();
  return { at, timers };
}

const some = of(new Uint8Array(3), new Uint8Array(3));

describe('an answer that is in its headers', () => {
  it('comes with the end of its body, whatever that end is, and leaves no timer', () => {
    expect(seenOf(some)).toEqual({ at: [0, 0], timers: 0 });
    expect(
      seenOf(
        concat(
          some,
          throwError(() => new Error('cut')),
        ),
      ),
    ).toEqual({ at: [0, 0], timers: 0 });
  });

  it('waits five seconds for a body that never ends', () => {
    expect(seenOf(concat(some, NEVER))).toEqual({ at: [5_000, 5_000], timers: 1 });
  });
});
