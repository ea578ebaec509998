import type { XEntry } from './post-shape.js';
import { postGenerator } from './posts.js';

export interface FlowOptions {
  readonly perSecond: number;
  readonly seed?: number;
  /** Stop after this many posts. @default never */
  readonly total?: number;
}

/** Posts that come by themselves. */
export interface Flow {
  /** Posts published so far. */
  readonly count: number;
  stop(): void;
  /** Resolves when it has stopped or reached its total. */
  readonly done: Promise<void>;
}

/** Timers are late on a busy machine: each tick publishes what is due by then, so that the rate holds on average. */
const tick = 10;

export function startFlow(options: FlowOptions, now: () => number, publish: (entry: XEntry) => void): Flow {
  const { perSecond, seed = 1, total = Infinity } = options;
  const next = postGenerator(seed, { now });
  const start = performance.now();
  let count = 0;
  let finish = (): void => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * perSecond));
    for (; count < due; count++) publish(next());
    if (count >= total) stop();
  }, tick);
  const stop = (): void => {
    clearInterval(timer);
    finish();
  };
  return {
    get count() {
      return count;
    },
    stop,
    done,
  };
}
