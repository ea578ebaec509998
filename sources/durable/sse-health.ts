import { isStreamError, type StreamError, streamEnded } from '../../lib/errors.js';
import { maxDuration } from '../../lib/check-options.js';

/** Whether event streams get through to this reader, and how often they speak. */
export interface SseHealth {
  /** Whether to try one now. */
  isUsable(): boolean;
  /** How long one may be silent, in milliseconds. */
  idleTimeout(): number;
  /** The answer to one is there. */
  opened(): void;
  /** Events have come. */
  heard(): void;
  /** One is over. `undefined`: go on at once; else the failure that a retry waits for. */
  ended(error: unknown): unknown;
}

export interface SseHealthOptions {
  readonly probeInterval: number;
  readonly random: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** An end before that is no server that cuts now and then. */
const shortLife = 1_000;
/** Short ones without an event in a row, before a proxy that holds everything back is the likely reason (draft 1.0, 1.8). */
const shortOnes = 3;
/** Servers say something every 30 s; half as long again is a dead connection. */
const leastIdle = 45_000;
/** Node's own fetch ends a body after 300 s of silence. */
const mostIdle = 290_000;
const longestProbe = 3_600_000;

/**
 * An event stream that brings nothing and ends, or stays silent, is held back on its way: long-poll gets through there. It is tried again
 * later, at intervals that double.
 */
export function sseHealth({ probeInterval, random, now }: SseHealthOptions): SseHealth {
  let openedAt: number | undefined;
  let heardAt: number | undefined;
  let longestGap = 0;
  let shorts = 0;
  /** Times in a row that it did not get through. */
  let blocks = 0;
  let blockedUntil = 0;
  const block = (): unknown => {
    const wait = Math.min(probeInterval * 2 ** Math.min(blocks, 30), longestProbe, maxDuration);
    blockedUntil = now() + wait * (0.75 + 0.5 * random());
    blocks += 1;
    shorts = 0;
    return undefined;
  };
  const afterSilence = (error: unknown, lived: number): unknown => {
    if (isStreamError(error) && error.code === 'idle_timeout') return block();
    if (lived >= shortLife) return error;
    shorts += 1;
    // One that is only tried whether it gets through again is not tried three times.
    return shorts >= shortOnes || blocks > 0 ? block() : error;
  };
  return {
    isUsable: () => now() >= blockedUntil,
    idleTimeout: () => Math.min(Math.max(leastIdle, 2 * longestGap), mostIdle),
    opened: () => {
      openedAt = now();
      heardAt = undefined;
    },
    heard: () => {
      const time = now();
      if (heardAt !== undefined) longestGap = Math.max(longestGap, time - heardAt);
      heardAt = time;
      shorts = 0;
      blocks = 0;
    },
    ended: (error) => {
      const lived = openedAt === undefined ? undefined : now() - openedAt;
      openedAt = undefined;
      if (error !== undefined && (!isStreamError(error) || !isDrop(error))) return isNone(error) ? block() : error;
      if (lived === undefined) return isHeldBack(error) ? block() : error;
      const failure = error ?? streamEnded();
      if (heardAt === undefined) return afterSilence(failure, lived);
      return lived >= shortLife ? undefined : failure;
    },
  };
}

/** Worth another try, and no word of the server's. */
function isDrop({ isRetryable, statusCode }: StreamError): boolean {
  return isRetryable && statusCode === undefined;
}

/** An answer that is no event stream, or a server that has none. */
function isNone(error: unknown): boolean {
  if (!isStreamError(error)) return false;
  return error.code === 'content_type' || error.statusCode === 406 || error.statusCode === 501;
}

/** Not even the headers came through. */
function isHeldBack(error: unknown): boolean {
  return isStreamError(error) && error.code === 'headers_timeout';
}
