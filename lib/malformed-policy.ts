import { callback, integer, oneOf, type OptionRules } from './check-options.js';
import type { Malformed } from './decode.js';
import { StreamError } from './errors.js';
import type { StreamReporter } from './state.js';

/** What becomes of frames that are no JSON, or not of the schema. They are never dropped in silence. */
export interface MalformedOptions {
  /** `report` counts the frame in the monitor, calls `onInvalid` and goes on; `error` ends the stream. @default 'report' */
  malformed?: 'report' | 'error' | undefined;
  /** Called for every malformed frame. What it throws is dropped. */
  onInvalid?: ((malformed: Malformed) => void) | undefined;
  /**
   * This many in a row, with nothing good between them, end the stream under `report` as well: it speaks another format.
   * @default 100
   */
  maxMalformedInARow?: number | undefined;
}

export const malformedRules: OptionRules<MalformedOptions> = {
  malformed: oneOf('report', 'error'),
  onInvalid: callback,
  maxMalformedInARow: integer(1),
};

/** The policy at work on one connection. */
export interface MalformedPolicy {
  /** A good frame came. */
  good(): void;
  /** A bad one came; an error where the stream must end with it. */
  bad(malformed: Malformed): StreamError | undefined;
}

export function malformedPolicy(options: MalformedOptions, report: StreamReporter | undefined): MalformedPolicy {
  const { malformed: policy = 'report', onInvalid, maxMalformedInARow = 100 } = options;
  let inARow = 0;
  return {
    good: () => {
      inARow = 0;
    },
    bad: (malformed) => {
      inARow += 1;
      report?.malformed();
      try {
        onInvalid?.(malformed);
      } catch (cause) {
        report?.warn({ kind: 'callback_failed', message: 'onInvalid has thrown', cause });
      }
      if (policy === 'error') return fatal(malformed.message);
      return inARow >= maxMalformedInARow ? fatal(`${inARow} in a row, the last one: ${malformed.message}`) : undefined;
    },
  };
}

function fatal(reason: string): StreamError {
  return new StreamError(`malformed frame: ${reason}`, { errorType: 'fatal_error', code: 'malformed', phase: 'body' });
}
