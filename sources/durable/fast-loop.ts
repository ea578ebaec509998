/** Keeps a reader from asking in a loop that brings nothing. */
export interface FastLoopGuard {
  /** An answer has come after so many milliseconds, with or without data or a new offset. */
  answered(isProgress: boolean, took: number): void;
  /** How long to wait before the next request, in milliseconds. */
  delay(): number;
  /** What makes the next request one that no cache has seen. */
  params(): Readonly<Record<string, string>> | undefined;
}

/** Answers in a row that bring nothing and come at once: a cache, or a server that does not wait, and not a quiet stream. */
const suspicious = 5;
/** Five of these make less than a second. */
const atOnce = 200;
const firstWait = 100;
const longestWait = 10_000;
/** Nobody else's parameter, and no secret. */
const cacheBuster = '_tailrace_uncached';

/**
 * After five empty answers in a row within a second (draft 1.0, 1.7) it waits, each time twice as long, with jitter, and passes caches by: a
 * cached empty answer would be given for ever. Ends with the first progress, or the first answer that was waited for.
 */
export function fastLoopGuard(random: () => number = Math.random): FastLoopGuard {
  let inARow = 0;
  const excess = (): number => inARow - suspicious;
  return {
    answered: (isProgress, took) => {
      inARow = isProgress || took >= atOnce ? 0 : inARow + 1;
    },
    delay: () => {
      if (excess() < 0) return 0;
      const wait = Math.min(firstWait * 2 ** Math.min(excess(), 20), longestWait);
      return Math.round(wait / 2 + (wait / 2) * random());
    },
    params: () => (excess() < 0 ? undefined : { [cacheBuster]: Math.floor(random() * 2 ** 48).toString(36) }),
  };
}
