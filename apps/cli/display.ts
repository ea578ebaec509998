import { tap } from 'rxjs';
import type { StreamEvent, StreamMonitor } from '../../lib/index.js';
import { oneLine } from './plain-text.js';
import { rateMeter, seconds, statusLine } from './status-line.js';

/** The part of `process.stderr` that the program needs. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** What a person sees while a stream runs; all of it on stderr. */
export interface Display {
  /** A line that stays. Nothing with `quiet`. */
  note(text: string): void;
  /** Takes the status line away until it is drawn again. */
  clear(): void;
  /** Takes it away for good. */
  stop(): void;
}

export interface DisplayOptions {
  readonly quiet: boolean;
  /** One request follows the other: only the first connect, and those after a failure, are told. @default false */
  readonly polls?: boolean | undefined;
  /** Stdout is the same terminal and shows text that keeps to no lines: no status line then, and a note begins a line of its own. */
  readonly freeText?: FreeText | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Text that may stand in the middle of a line. */
export interface FreeText {
  /** Whether it does. From now on it does not: the caller ends the line. */
  endLine(): boolean;
}

/** Four times a second: enough to be alive, rare enough to cost nothing. */
const redrawInterval = 250;
/** To the first column, and everything behind it away. */
const eraseLine = '\r\u001b[2K';

/**
 * On a terminal a status line that is redrawn four times a second, and warnings; elsewhere a line for each connect, reconnect and
 * warning. Nothing at all with `quiet`.
 */
export function openDisplay(screen: Screen, monitor: StreamMonitor, options: DisplayOptions): Display {
  const { quiet, polls = false, freeText } = options;
  const live = !quiet && screen.isTTY === true && freeText === undefined;
  const status = live ? liveStatus(screen, monitor, options) : undefined;
  const isNews = polls ? firstConnects() : () => true;
  const note = (text: string): void => {
    if (quiet) return;
    status?.clear();
    const begin = freeText?.endLine() === true ? '\n' : '';
    screen.write(`${begin}tailrace: ${oneLine(text)}\n`);
  };
  const events = monitor.events$
    .pipe(
      tap((event) => {
        status?.event(event);
        const text = isNews(event) ? describe(event, monitor) : undefined;
        if (text !== undefined && (!live || event.type === 'warning')) note(text);
      }),
    )
    .subscribe();
  return {
    note,
    clear: () => status?.clear(),
    stop: () => {
      events.unsubscribe();
      status?.stop();
    },
  };
}

/** Requests that follow one another are one connection to whoever watches. */
function firstConnects(): (event: StreamEvent) => boolean {
  let isConnected = false;
  return ({ type }) => {
    if (type === 'reconnect') isConnected = false;
    if (type !== 'connect') return true;
    const isNews = !isConnected;
    isConnected = true;
    return isNews;
  };
}

interface LiveStatus {
  event(event: StreamEvent): void;
  clear(): void;
  stop(): void;
}

function liveStatus(screen: Screen, monitor: StreamMonitor, { env, polls = false }: DisplayOptions): LiveStatus {
  const rate = rateMeter();
  // https://no-color.org: present and not empty, whatever its value
  const colour = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  let retries = 0;
  let retryAt = 0;
  let drawn = false;
  let isConnected = false;
  const clear = (): void => {
    if (drawn) screen.write(eraseLine);
    drawn = false;
  };
  const draw = (): void => {
    const { phase } = monitor.state;
    // A request that waits for what comes looks like one that gets no answer.
    const isWaiting = polls && isConnected && phase === 'connecting';
    const state = { ...monitor.state, phase: isWaiting ? 'open' : phase };
    const now = performance.now();
    const view = { rate: rate.sample(state.totalItemsReceived, now), retries, untilRetry: Math.max(0, retryAt - now) };
    screen.write(eraseLine + statusLine(state, { ...view, columns: widthOf(screen), colour }));
    drawn = true;
  };
  draw();
  const redraw = setInterval(draw, redrawInterval);
  return {
    clear,
    event: (event) => {
      if (event.type === 'connect') isConnected = true;
      if (event.type !== 'reconnect') return;
      isConnected = false;
      retries += 1;
      retryAt = performance.now() + event.delay;
    },
    stop: () => {
      clearInterval(redraw);
      clear();
    },
  };
}

/** Some terminals say 0, which means that they do not know. */
function widthOf({ columns = 0 }: Screen): number {
  return columns > 0 ? columns : 80;
}

/** An event as a line of the log; `undefined` for those that another one tells of. */
function describe(event: StreamEvent, { state }: StreamMonitor): string | undefined {
  switch (event.type) {
    case 'connect':
      return 'connected';
    case 'reconnect': {
      const reason = state.lastError === undefined ? '' : `: ${state.lastError.message}`;
      if (event.attempt === 0) return `waiting ${seconds(event.delay)} for a place in the limit of connects`;
      return `reconnecting in ${seconds(event.delay)} (attempt ${event.attempt})${reason}`;
    }
    case 'warning':
      return `warning: ${event.warning.message}`;
    case 'disconnect':
    case 'error':
      return undefined;
  }
}
