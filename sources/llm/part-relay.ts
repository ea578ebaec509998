import type { LlmError } from './errors.js';
import { isLlmError } from './llm-failure.js';
import type { LlmPart } from './parts.js';

/** Joins the parts of sources that follow one another for one answer. */
export interface PartRelay {
  /** A part as the consumer should see it: attempts count on over all sources. */
  passed(part: LlmPart): LlmPart;
  /** The next source begins. Returns what takes back what the last one has said, if it has said anything. */
  next(failed: unknown): readonly LlmPart[];
  /** The attempts so far. */
  readonly attempts: number;
}

/** Nothing has come yet. */
export function partRelay(): PartRelay {
  let before = 0;
  let attempts = 0;
  return {
    passed: (part) => {
      if (part.type === 'open') attempts = before + part.attempt;
      const counts = part.type === 'open' || part.type === 'retry' || part.type === 'reset';
      return counts && before > 0 ? { ...part, attempt: before + part.attempt } : part;
    },
    next: (failed) => {
      before = attempts;
      const discarded = isLlmError(failed) ? failed.partial : undefined;
      return discarded === undefined ? [] : [{ type: 'reset', attempt: attempts, discarded }];
    },
    get attempts() {
      return attempts;
    },
  };
}

/** A failure, or the one that it gave up with. */
export function realFailure(error: LlmError): LlmError {
  return error.code === 'retries_exhausted' && isLlmError(error.cause) ? error.cause : error;
}
