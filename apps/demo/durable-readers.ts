import { defer, map, type Observable, repeat, tap } from 'rxjs';
import { createMonitor, type StreamEvent, type StreamMonitor } from '../../lib/index.js';
import { durableStream } from '../../sources/durable/index.js';
import type { ModeSummary, Reporter } from './reporter.js';

/** What the producer appends. */
export interface Numbered {
  readonly n: number;
  readonly text: string;
}

/** All ways of reading on at the tail; `catch-up` asks for what is there, again and again, from where it was. */
export const modes = ['catch-up', 'long-poll', 'sse', 'live: true'] as const;
export type Mode = (typeof modes)[number];

/** One reader of the stream. */
export interface Reader {
  readonly mode: Mode;
  /** Whether it has seen the end of the stream, or has given up. */
  readonly isOver: boolean;
  has(n: number): boolean;
  /** What it has received, against what was stored. */
  summary(stored: ReadonlySet<number>): ModeSummary;
  stop(): void;
}

/** The waits are short, so that much can happen in one sitting; a silence this long is a dead connection. */
const impatient = { maxRetries: -1, initialBackoff: 20, maxBackoff: 500, timeout: 1_500 };
/** Between two looks of `catch-up`. */
const lookInterval = 200;

/** Reads the stream from its beginning, in one mode, until it is closed. */
export function startReader(url: string, mode: Mode, report: Reporter): Reader {
  const monitor = createMonitor();
  const seen = new Set<number>();
  const counts = { duplicates: 0, disordered: 0, reconnects: 0 };
  let last = 0;
  let isOver = false;
  const failures = tap((event: StreamEvent) => {
    if (event.type !== 'error') return;
    counts.reconnects += 1;
    report.event('durable', `${mode}: ${event.error.message}`);
  });
  const watching = monitor.events$.pipe(failures).subscribe();
  const take = (item: Numbered): void => {
    if (seen.has(item.n)) counts.duplicates += 1;
    else if (item.n < last) counts.disordered += 1;
    seen.add(item.n);
    last = Math.max(last, item.n);
    report.item('durable', { mode, ...item }, `${item.text}, by ${mode}`);
  };
  const reading = messagesBy(mode, url, monitor).subscribe({
    next: take,
    error: (error: unknown) => {
      report.event('durable', `${mode} gave up: ${String(error)}`);
      isOver = true;
    },
    complete: () => (isOver = true),
  });
  return {
    mode,
    get isOver() {
      return isOver;
    },
    has: (n) => seen.has(n),
    summary: (stored) => {
      const lost = [...stored].filter((n) => !seen.has(n)).length;
      return { received: seen.size, lost, ...counts };
    },
    stop: () => {
      reading.unsubscribe();
      watching.unsubscribe();
    },
  };
}

function messagesBy(mode: Mode, url: string, monitor: StreamMonitor): Observable<Numbered> {
  if (mode === 'catch-up') return looks(url, monitor);
  return durableStream<Numbered>(url, { ...impatient, monitor, live: mode === 'live: true' ? true : mode });
}

/** Never completes: only live readers are told of the end. */
function looks(url: string, monitor: StreamMonitor): Observable<Numbered> {
  let offset = '-1';
  return defer(() =>
    durableStream<Numbered>(url, { ...impatient, monitor, live: false, offset, maxUnacked: 1_000 }),
  ).pipe(
    tap((delivery) => {
      offset = delivery.position ?? offset;
    }),
    map((delivery) => {
      delivery.ack();
      return delivery.value;
    }),
    repeat({ delay: lookInterval }),
  );
}
