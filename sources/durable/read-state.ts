import type { MonoTypeOperatorFunction } from 'rxjs';
import { fastLoopGuard } from './fast-loop.js';
import type { PartsRequest } from './open-parts.js';
import type { DurablePart, OpenPart } from './parts.js';
import type { CheckedRead } from './read-options.js';
import type { ReadProgress } from './read-progress.js';
import { watchAnswer, watchEventStream } from './read-watch.js';
import { sseHealth } from './sse-health.js';
import { mediaTypeOf } from './wire.js';

type Parts = readonly DurablePart[];

/** What happens at the tail: complete, ask and wait, one open connection, or the better of both for the stream. */
export type Tail = 'none' | 'long-poll' | 'sse' | 'auto-live';

/** What one reader knows, over all of its connections. */
export interface ReadState {
  readonly at: ReadProgress;
  /** Nothing more is to be asked for. */
  readonly isOver: boolean;
  /** Since this was last set to `false`. */
  hasProgressed: boolean;
  /** What to ask for now. */
  next(whole: boolean): PartsRequest;
  /** Takes note of what has come; whether it is progress: data, a new offset, or the tail for the first time. */
  note(parts: Parts): boolean;
  /** Watches over one connection, which completes where the next may follow at once. */
  watch(live: OpenPart['live']): MonoTypeOperatorFunction<Parts>;
  /** How long to wait before the next request, in milliseconds. */
  delay(): number;
}

/** What changes. */
interface Facts {
  readonly at: ReadProgress;
  /** The last one that a position has told. */
  offset: string;
  cursor: string | undefined;
  contentType: string | undefined;
  upToDate: boolean;
  wasUpToDate: boolean;
  isOver: boolean;
  hasProgressed: boolean;
}

export function readState(read: CheckedRead, tail: Tail): ReadState {
  const { random = Math.random, scheduler } = read.checked.config;
  const now = scheduler === undefined ? () => performance.now() : () => scheduler.now();
  const guard = fastLoopGuard(random);
  const health = sseHealth({ probeInterval: read.sseProbeInterval, random, now });
  const facts: Facts = {
    at: { ...read.start },
    offset: read.start.offset,
    cursor: read.cursor,
    ...{ contentType: undefined, upToDate: false, wasUpToDate: false, isOver: false, hasProgressed: false },
  };
  const { timeout } = read.checked.config;
  const next = (whole: boolean): PartsRequest => {
    const { at, cursor, contentType } = facts;
    const live = nextKind(facts, wantsSse(tail, read, contentType) && health.isUsable());
    const idleTimeout = live === 'sse' && timeout === undefined ? health.idleTimeout() : undefined;
    return { live, at, cursor, contentType, whole, extra: guard.params(), idleTimeout };
  };
  return {
    at: facts.at,
    get isOver() {
      return facts.isOver;
    },
    get hasProgressed() {
      return facts.hasProgressed;
    },
    set hasProgressed(value) {
      facts.hasProgressed = value;
    },
    next,
    note: (parts) => {
      const isProgress = note(facts, parts, tail);
      if (isProgress) facts.hasProgressed = true;
      return isProgress;
    },
    watch: (live) =>
      live === 'sse' ? watchEventStream(health, () => facts.isOver) : watchAnswer(guard, { at: facts.at, now }),
    delay: () => guard.delay(),
  };
}

/** Catch-up URLs are the ones that caches share, so they go first, and again after a burst that one answer did not hold. */
function nextKind({ upToDate, at }: Facts, sse: boolean): OpenPart['live'] {
  if (!upToDate) return 'catch-up';
  // The rest of a broken answer is counted off only in a body.
  return sse && at.skip === 0 ? 'sse' : 'long-poll';
}

/** Text over SSE loses carriage returns and leading spaces at the reference server, so nobody gets it who has not asked for it. */
function wantsSse(tail: Tail, { mode }: CheckedRead, contentType: string | undefined): boolean {
  const isText = mediaTypeOf(contentType)?.startsWith('text/') === true;
  if (tail === 'sse') return !(isText && mode === 'bytes');
  return tail === 'auto-live' && contentType !== undefined && !isText;
}

function note(facts: Facts, parts: Parts, tail: Tail): boolean {
  let isProgress = false;
  for (const part of parts) {
    switch (part.type) {
      case 'open':
        facts.contentType = part.contentType;
        break;
      case 'items':
      case 'bytes':
        isProgress = true;
        break;
      case 'position':
        isProgress ||= part.nextOffset !== facts.offset || (part.upToDate && !facts.wasUpToDate);
        facts.offset = part.nextOffset;
        facts.cursor = part.cursor ?? facts.cursor;
        facts.upToDate = part.upToDate;
        facts.wasUpToDate ||= part.upToDate;
        facts.isOver = part.closed || (tail === 'none' && part.upToDate);
    }
  }
  return isProgress;
}
