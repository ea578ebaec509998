/** Waits that one can watch without losing patience: half a second, doubling up to four. */
export const demoSchedule = { initialBackoff: 500, maxBackoff: 4_000, backoffMultiplier: 2 } as const;

/** The same without end: the page is there to see streams come back. */
export const demoRetry = { ...demoSchedule, maxRetries: -1 } as const;

/** A silence of so many milliseconds is a dead connection: the local servers send several times a second. */
export const demoSilence = 3_000;

/** A connection has proved itself after so many milliseconds: sooner than in earnest, so that failures count from 0 again soon. */
export const demoProof = 2_000;
