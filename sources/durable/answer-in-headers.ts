import {
  catchError,
  EMPTY,
  endWith,
  ignoreElements,
  type Observable,
  type SchedulerLike,
  takeUntil,
  timer,
} from 'rxjs';
import type { StreamResponse } from '../../lib/http.js';

/** A body of no interest is read to its end, or its connection could not be used again; but no longer than this, in milliseconds. */
const patience = 5_000;

/** An answer of which everything is in the headers: a body that breaks off, or never ends, takes nothing back. */
export function answerInHeaders<T>(
  { bytes }: StreamResponse,
  answer: T,
  scheduler: SchedulerLike | undefined,
): Observable<T> {
  return bytes.pipe(
    ignoreElements(),
    catchError(() => EMPTY),
    takeUntil(timer(patience, scheduler)),
    endWith(answer),
  );
}
