/** Starts items at a rate; returns what stops them. */
export type StartFlow = (perSecond: number) => () => void;

/** The rate, and how long a flood lasts. */
export interface FloodingOptions {
  /** Items a second while nothing happens. */
  readonly perSecond: number;
  /** How long a flood lasts, in milliseconds. @default 5_000 */
  readonly floodMs?: number | undefined;
}

/** Items that come by themselves. */
export interface FloodingFlow {
  /** A hundred times the rate. Asked for again before it is over it lasts as long from then on. */
  flood(): void;
  /** Begins anew at the rate of the moment. */
  restart(): void;
  stop(): void;
}

const floodFactor = 100;

/**
 * Starts a flow at once. A flood takes its place and does not come beside it: two flows that take their ids from the clock would make the
 * same ids.
 */
export function floodingFlow(start: StartFlow, { perSecond, floodMs = 5_000 }: FloodingOptions): FloodingFlow {
  let rate = perSecond;
  let stopFlow = start(rate);
  let ebb: ReturnType<typeof setTimeout> | undefined;
  const restart = (): void => {
    stopFlow();
    stopFlow = start(rate);
  };
  const change = (next: number): void => {
    if (next === rate) return;
    rate = next;
    restart();
  };
  return {
    restart,
    flood: () => {
      change(perSecond * floodFactor);
      clearTimeout(ebb);
      ebb = setTimeout(() => change(perSecond), floodMs);
    },
    stop: () => {
      clearTimeout(ebb);
      stopFlow();
    },
  };
}
