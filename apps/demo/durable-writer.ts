import { tap } from 'rxjs';
import { createMonitor, type StreamEvent } from '../../lib/index.js';
import { IdempotentProducer } from '../../sources/durable/index.js';
import type { Numbered } from './durable-readers.js';
import type { Reporter } from './reporter.js';
import { pause } from './waiting.js';

/** Appends numbered messages, one after the other, until it is told to stop. */
export interface Writer {
  /** The numbers that the server has stored, as the producer says. */
  readonly stored: ReadonlySet<number>;
  readonly reconnects: number;
  /** Waits until everything is stored, and closes the stream. Rejects where that does not come about within so many milliseconds. */
  finish(patience: number): Promise<void>;
}

/** Between two messages. */
const pace = 20;
/** As the readers': short, so that much can happen in one sitting. */
const impatient = { initialBackoff: 20, maxBackoff: 500, timeout: 1_500 };

export function startWriter(url: string, report: Reporter): Writer {
  const monitor = createMonitor();
  const stopped = new AbortController();
  const producer = new IdempotentProducer(url, 'demo', { ...impatient, monitor, contentType: 'application/json' });
  const stored = new Set<number>();
  let reconnects = 0;
  const repeats = tap((event: StreamEvent) => {
    if (event.type !== 'reconnect') return;
    reconnects += 1;
    const reason = monitor.state.lastError?.message ?? 'unknown';
    report.event('durable', `the producer repeats a request: ${reason}`);
  });
  const watching = monitor.events$.pipe(repeats).subscribe();
  const write = async (): Promise<void> => {
    for (let n = 1; !stopped.signal.aborted; n += 1) {
      const message: Numbered = { n, text: `message ${n}` };
      await producer.ready;
      // What is refused is not stored, and nobody misses it; `finish` tells of it.
      producer.append(message).then(
        () => stored.add(n),
        () => undefined,
      );
      await pause(pace, stopped.signal);
    }
  };
  const writing = write();
  return {
    stored,
    get reconnects() {
      return reconnects;
    },
    finish: async (patience) => {
      stopped.abort();
      const limit = setTimeout(() => producer.detach(), patience);
      try {
        await writing;
        await producer.close();
      } finally {
        clearTimeout(limit);
        producer.detach();
        watching.unsubscribe();
      }
    },
  };
}
