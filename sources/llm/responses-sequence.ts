import { lostEvents } from './lost-events.js';

/** The numbers of the events of one response, over all of its connections. */
export interface ResponsesSequence {
  /** Whether this event is a new one. Throws where some are missing before it. */
  isNew(number: unknown): boolean;
  /** A frame that could not be read may have had the next number. */
  skip(): void;
  readonly last: number | undefined;
}

/**
 * Counts `sequence_number`, which goes up by one. Several servers leave it out, so an event without one is new. Lower numbers are repeats as soon
 * as the numbers have been seen to count; a server that numbers everything 0 does not count.
 */
export function responsesSequence(after: number | undefined): ResponsesSequence {
  let last = after;
  let skipped = 0;
  let isCounting = after !== undefined;
  return {
    isNew: (number) => {
      if (typeof number !== 'number') return true;
      if (last !== undefined && number > last + 1 + skipped) {
        throw lostEvents('openai-responses', `event ${number} follows event ${last}: ${number - last - 1} are missing`);
      }
      if (last !== undefined && number <= last) return !isCounting;
      isCounting ||= last !== undefined;
      last = number;
      skipped = 0;
      return true;
    },
    skip: () => {
      skipped += 1;
    },
    get last() {
      return last;
    },
  };
}
