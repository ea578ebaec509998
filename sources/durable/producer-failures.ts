import { type Observable, Subject } from 'rxjs';
import { classifyError } from '../../lib/classify.js';
import type { StreamError } from '../../lib/errors.js';

/** Failures of appends, so that one that nobody awaits is heard of all the same. */
export interface ProducerFailures {
  readonly errors$: Observable<StreamError>;
  /** Notes one; the values of a batch share theirs. */
  note(error: unknown): void;
  /** Rejects when anything has failed before that no flush has told of, or when one of these does. */
  tellAfter(appends: Iterable<Promise<unknown>>): Promise<void>;
}

export function producerFailures(): ProducerFailures {
  const errors = new Subject<StreamError>();
  let untold: Failure | undefined;
  let last: unknown;
  return {
    errors$: errors.asObservable(),
    note: (error) => {
      untold ??= { error };
      if (error === last) return;
      last = error;
      const classified = classifyError(error);
      // Later: a listener may restart or detach the producer, which is in the middle of a step.
      void Promise.resolve().then(() => errors.next(classified));
    },
    tellAfter: async (appends) => {
      const failed = firstOf(await Promise.all(Array.from(appends, failureOf)));
      const told = untold ?? failed;
      untold = undefined;
      return told === undefined ? undefined : Promise.reject(told.error);
    },
  };
}

interface Failure {
  readonly error: unknown;
}

function failureOf(append: Promise<unknown>): Promise<Failure | undefined> {
  return append.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
}

function firstOf(failures: readonly (Failure | undefined)[]): Failure | undefined {
  return failures.find((failure) => failure !== undefined);
}
