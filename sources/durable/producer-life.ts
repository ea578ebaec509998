import { DurableStreamError } from './errors.js';
import type { ProducerResult } from './producer-batch.js';
import type { ProducerFailures } from './producer-failures.js';
import type { ProducerIntake } from './producer-intake.js';
import { quiet } from './producer-item.js';

/** What a producer is told to do with its whole. */
export interface ProducerLife {
  append(value: unknown): Promise<ProducerResult>;
  flush(): Promise<void>;
  close(body: unknown): Promise<ProducerResult>;
  stop(error: DurableStreamError): void;
  restart(): void;
}

export function producerLife(intake: ProducerIntake, failures: ProducerFailures, onStopped: () => void): ProducerLife {
  let stopped: { readonly error: DurableStreamError } | undefined;
  let closing: Promise<ProducerResult> | undefined;
  const refuse = (): Promise<never> => quiet(Promise.reject(stopped?.error ?? closedError()));
  const stop = (error: DurableStreamError): void => {
    if (stopped !== undefined) return;
    stopped = { error };
    onStopped();
    intake.stop(error);
  };
  const flush = async (): Promise<void> => {
    intake.hurry(1);
    try {
      await failures.tellAfter(intake.outstanding);
    } finally {
      intake.hurry(-1);
    }
  };
  const close = async (body: unknown): Promise<ProducerResult> => {
    try {
      await flush();
      if (stopped !== undefined) return await refuse();
      const result = await intake.closeWith(body);
      stop(closedError());
      return result;
    } catch (error) {
      // Nothing is closed, so the owner may go on, or try again.
      closing = undefined;
      throw error;
    }
  };
  return {
    append: (value) => (stopped === undefined && closing === undefined ? intake.add(value) : refuse()),
    flush: () => quiet(flush()),
    close: (body) => (closing ??= stopped === undefined ? quiet(close(body)) : refuse()),
    stop,
    restart: () => {
      if (stopped !== undefined) throw stopped.error;
      if (intake.pipeline.broken === undefined && intake.held.count > 0) throw busy();
      intake.pipeline.restart();
    },
  };
}

export function closedError(): DurableStreamError {
  return new DurableStreamError('the producer is closed or detached', {
    errorType: 'fatal_error',
    code: 'already_closed',
  });
}

export function abortedError(cause: unknown): DurableStreamError {
  return new DurableStreamError('the signal of the producer is aborted', {
    errorType: 'fatal_error',
    code: 'aborted',
    cause,
  });
}

function busy(): DurableStreamError {
  const message = 'values are under way; await flush() before restart()';
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'unexpected' });
}
