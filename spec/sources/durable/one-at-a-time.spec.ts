import { describe, expect, it } from '@jest/globals';
import { EMPTY, of, Subject, throwError } from 'rxjs';
import { oneAtATime } from '../../../sources/durable/one-at-a-time.js';

function noted(): { said: unknown[]; outcome: { value: (value: unknown) => void; error: (error: unknown) => void } } {
  const said: unknown[] = [];
  return { said, outcome: { value: (value) => said.push(value), error: (error) => said.push({ error }) } };
}

describe('one call at a time', () => {
  it('is busy until the call completes, then tells its value, then is free', () => {
    const { said, outcome } = noted();
    const turnstile = oneAtATime(() => said.push('free'));
    const call = new Subject<number>();
    turnstile.run(call, outcome);
    call.next(1);
    expect([turnstile.isBusy, said]).toEqual([true, []]);
    call.complete();
    expect([turnstile.isBusy, said]).toEqual([false, [1, 'free']]);
  });

  it('tells an error, and an end without a value', () => {
    const { said, outcome } = noted();
    const turnstile = oneAtATime(() => said.push('free'));
    turnstile.run(
      throwError(() => 'no'),
      outcome,
    );
    turnstile.run(EMPTY, outcome);
    expect(said).toEqual([{ error: 'no' }, 'free', { error: expect.objectContaining({ code: 'aborted' }) }, 'free']);
  });

  it('is free at once when the call is unsubscribed from, and tells nothing of it', () => {
    const { said, outcome } = noted();
    const turnstile = oneAtATime(() => said.push('free'));
    const call = new Subject<number>();
    turnstile.run(call, outcome).unsubscribe();
    expect([turnstile.isBusy, said, call.observed]).toEqual([false, ['free'], false]);
  });

  it('lets who hears of the outcome begin the next call, which the end of the first leaves alone', () => {
    const { said, outcome } = noted();
    const turnstile = oneAtATime(() => said.push(turnstile.isBusy ? 'busy' : 'free'));
    const second = new Subject<number>();
    turnstile.run(of(1), { ...outcome, value: () => void turnstile.run(second, outcome) });
    expect([turnstile.isBusy, said]).toEqual([true, ['busy']]);
    second.next(2);
    second.complete();
    expect(said).toEqual(['busy', 2, 'free']);
  });
});
