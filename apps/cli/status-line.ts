import type { StreamPhase, StreamState } from '../../lib/index.js';
import { oneLine } from './plain-text.js';

/** What the line shows beside the state. */
export interface StatusView {
  /** Items a second, lately. */
  readonly rate: number;
  /** Reconnects so far. */
  readonly retries: number;
  /** Milliseconds until the next connection. */
  readonly untilRetry: number;
  /** Width of the terminal. */
  readonly columns: number;
  readonly colour: boolean;
}

const colours: Readonly<Record<StreamPhase, number>> = { idle: 2, connecting: 33, open: 32, waiting: 33, closed: 31 };

/** The state of a stream in one line that fits the terminal: phase, rate, received, retries, lag. */
export function statusLine(state: StreamState, view: StatusView): string {
  const { phase, lastError } = state;
  const parts = [
    phase === 'waiting' ? `waiting ${seconds(view.untilRetry)}` : phase,
    `${rateText(view.rate)}/s`,
    `${state.totalItemsReceived} received`,
    `${view.retries} ${view.retries === 1 ? 'retry' : 'retries'}`,
    ...(state.lag === undefined ? [] : [`lag ${seconds(state.lag)}`]),
    ...(state.malformed === 0 ? [] : [`${state.malformed} malformed`]),
    ...(phase === 'waiting' && lastError !== undefined ? [oneLine(lastError.message)] : []),
  ];
  // The last column stays free: a terminal that wraps there would leave the line behind.
  const text = parts.join('  ').slice(0, Math.max(0, view.columns - 1));
  if (!view.colour || !text.startsWith(phase)) return text;
  return `\u001b[${colours[phase]}m${phase}\u001b[0m${text.slice(phase.length)}`;
}

/** `0.3 s`, `12 s`. */
export function seconds(milliseconds: number): string {
  const value = milliseconds / 1_000;
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

function rateText(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
}

/** Items a second over the last two seconds. */
export interface RateMeter {
  /** `total` so far, at `now` in milliseconds. */
  sample(total: number, now: number): number;
}

const rateWindow = 2_000;

export function rateMeter(): RateMeter {
  let samples: { readonly total: number; readonly now: number }[] = [];
  return {
    sample: (total, now) => {
      samples = [...samples.filter((one) => now - one.now <= rateWindow), { total, now }];
      const [first] = samples;
      return first === undefined || first.now === now ? 0 : ((total - first.total) * 1_000) / (now - first.now);
    },
  };
}
