import {
  asyncScheduler,
  type MonoTypeOperatorFunction,
  Observable,
  type SchedulerLike,
  type Subscriber,
  type Subscription,
} from 'rxjs';
import { checkOptions, duration, instance, integer, oneOf, text } from '../../lib/check-options.js';
import { ringQueue } from '../../lib/ring-queue.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmPart } from './parts.js';
import { type SmoothUnit, textCutters, type TextCutter } from './text-cutter.js';
import type { LlmLoopPart } from './tool-loop.js';

/** In what pieces a text comes, and how fast. */
export interface SmoothOptions {
  /** A word has the spaces and signs behind it; a line its LF; a grapheme is a character as people see it. @default 'word' */
  by?: SmoothUnit | undefined;
  /** Between two pieces, in milliseconds. 0 cuts and does not wait. @default 10 */
  delayMs?: number | undefined;
  /** Where words end, for languages that put no spaces between them: a BCP 47 tag. @default the locale of the runtime */
  locale?: string | undefined;
  /** No more characters than this wait; when more come, the oldest are emitted at once. @default 2_000 */
  maxWaiting?: number | undefined;
  /** Timer of `delayMs`. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/**
 * Cuts the text and the thinking of a stream anew, into words, lines or characters, and emits them evenly, for people who read along. Providers
 * send what the network makes of it: half a word, or twenty at once.
 *
 * Nothing is lost, changed or put in another order: the pieces of a block are its text, and every other part comes where it came. Any part but
 * `text.delta` and `thinking.delta` lets all that waits go at once, and then comes itself: so no call, stop or message is ever late. The same before
 * completion and **before** an error. Dropped on unsubscription.
 *
 * Holds at most `maxWaiting` characters. The last word, line or character waits for the next piece, since it may go on; a word of more than 256
 * characters is cut between two of them, a line of more than `maxWaiting` too. Ropes of a hundred marks on one letter are cut as well.
 *
 * Errors: those of the source. A `TypeError` at once for options that make no sense, and where the runtime has no `Intl.Segmenter`; a `RangeError`
 * for a locale that is none.
 *
 * @example
 * import { anthropicMessages, smooth } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Hello' }] };
 * anthropicMessages({ apiKey: 'AAAA', body })
 *   .pipe(smooth({ by: 'word', delayMs: 20 }))
 *   .subscribe((part) => {
 *     if (part.type === 'text.delta') console.log(part.text);
 *   });
 */
export function smooth<P extends LlmLoopPart>(options: SmoothOptions = {}): MonoTypeOperatorFunction<P> {
  checkOptions('smooth', rules, options);
  const { by = 'word', delayMs = 10, locale, maxWaiting = 2_000, scheduler = asyncScheduler } = options;
  const makeCutter = textCutters({ by, locale, maxHeld: maxWaiting });
  return (source) =>
    new Observable((subscriber) => {
      const pace = pacer(subscriber, { delayMs, maxWaiting, scheduler });
      const pieces = recut<P>(makeCutter, pace);
      subscribeWithin(source, subscriber, {
        next: (part) => (isDelta(part) ? pieces.delta(part) : pieces.other(part)),
        error: (error) => pieces.end(() => subscriber.error(error)),
        complete: () => pieces.end(() => subscriber.complete()),
      });
    });
}

const rules = {
  by: oneOf('word', 'line', 'grapheme'),
  delayMs: duration(0),
  locale: text,
  maxWaiting: integer(1),
  scheduler: instance,
};

type Delta = Extract<LlmPart, { readonly type: 'text.delta' | 'thinking.delta' }>;

function isDelta<P extends LlmLoopPart>(part: P): part is P & Delta {
  return part.type === 'text.delta' || part.type === 'thinking.delta';
}

interface Recut<P> {
  delta(part: P & Delta): void;
  other(part: P): void;
  end(over: () => void): void;
}

function recut<P extends LlmLoopPart>(makeCutter: () => TextCutter, pace: Pacer<P>): Recut<P> {
  const cutter = makeCutter();
  /** Whose text the cutter has. */
  let open: (P & Delta) | undefined;
  const flush = (): void => {
    const rest = cutter.flush();
    if (open !== undefined && rest !== '') pace.piece({ ...open, text: rest }, rest.length);
    open = undefined;
  };
  return {
    delta: (part) => {
      if (open !== undefined && !isSameBlock(open, part)) flush();
      open = part;
      for (const unit of cutter.feed(part.text)) pace.piece({ ...part, text: unit }, unit.length);
      pace.run(cutter.held);
    },
    other: (part) => {
      flush();
      pace.now(part);
    },
    end: (over) => {
      flush();
      pace.end(over);
    },
  };
}

function isSameBlock(one: Delta, other: Delta): boolean {
  return one.key === other.key && one.type === other.type && one.choice === other.choice;
}

/** Emits in order: pieces evenly, everything else at once, and what is before it too. */
interface Pacer<P> {
  /** Waits for its turn. */
  piece(part: P, length: number): void;
  /** `held` characters wait elsewhere. */
  run(held: number): void;
  now(part: P): void;
  end(over: () => void): void;
}

interface PacerOptions {
  readonly delayMs: number;
  readonly maxWaiting: number;
  readonly scheduler: SchedulerLike;
}

function pacer<P>(subscriber: Subscriber<P>, { delayMs, maxWaiting, scheduler }: PacerOptions): Pacer<P> {
  const queue = ringQueue<{ readonly part: P; readonly length: number }>();
  let waiting = 0;
  /** So many at the head do not wait. */
  let urgent = 0;
  let held = 0;
  let timer: Subscription | undefined;
  let finish: (() => void) | undefined;
  subscriber.add(() => timer?.unsubscribe());
  const isDue = (): boolean => urgent > 0 || waiting + held > maxWaiting || timer === undefined;
  const tick = (): void => {
    timer = undefined;
    run();
  };
  const emit = (): void => {
    const entry = queue.shift();
    if (entry === undefined) return;
    waiting -= entry.length;
    if (urgent > 0) urgent -= 1;
    else if (delayMs > 0 && timer === undefined) timer = scheduler.schedule(tick, delayMs);
    subscriber.next(entry.part);
  };
  /** A consumer may make the source say more, and come back here: what it is given is off the queue already, so order is kept. */
  const run = (): void => {
    while (queue.size > 0 && isDue() && !subscriber.closed) emit();
    if (queue.size === 0) finish?.();
  };
  return {
    piece: (part, length) => {
      queue.push({ part, length });
      waiting += length;
    },
    run: (elsewhere) => {
      held = elsewhere;
      run();
    },
    now: (part) => {
      queue.push({ part, length: 0 });
      urgent = queue.size;
      held = 0;
      run();
    },
    end: (over) => {
      finish = over;
      urgent = queue.size;
      held = 0;
      run();
    },
  };
}
