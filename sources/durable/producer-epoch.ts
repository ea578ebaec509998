import { lastNumber } from './producer-options.js';

/** So many claims without a stable epoch in between mean that another producer claims as eagerly. */
const maxClaims = 5;

/** Which life of the producer this is, and how often it had to be taken. */
export interface ProducerEpoch {
  readonly number: number;
  /** The server has accepted a batch of it: more than one may be under way. */
  readonly accepted: boolean;
  accept(): void;
  /** Begins the next life, above `atLeast`. `false` when that was done too often, or there is no higher number. */
  claim(atLeast: number): boolean;
  /** The same by the owner's wish: not counted. */
  next(atLeast: number): void;
}

export interface ProducerEpochOptions {
  readonly first: number;
  /** An epoch that was accepted this long ago ends the row of claims, in milliseconds. */
  readonly stableAfter: number;
  readonly now: () => number;
}

export function producerEpoch({ first, stableAfter, now }: ProducerEpochOptions): ProducerEpoch {
  let number = first;
  let acceptedAt: number | undefined;
  let claims = 0;
  const begin = (next: number): void => {
    number = next;
    acceptedAt = undefined;
  };
  return {
    get number() {
      return number;
    },
    get accepted() {
      return acceptedAt !== undefined;
    },
    accept: () => {
      acceptedAt ??= now();
    },
    claim: (atLeast) => {
      const next = Math.max(number, atLeast) + 1;
      if (acceptedAt !== undefined && now() - acceptedAt >= stableAfter) claims = 0;
      claims += 1;
      if (claims > maxClaims || next > lastNumber) return false;
      begin(next);
      return true;
    },
    next: (atLeast) => {
      claims = 0;
      begin(Math.max(number, atLeast) + 1);
    },
  };
}
