import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { StreamError } from './errors.js';
import { type IdleTimer, idleTimer } from './idle-timer.js';
import type { ReadGate } from './read-gate.js';
import type { StreamReporter } from './state.js';
import type { ByteReader } from './transport.js';

export interface BodyOptions {
  readonly target: string;
  /** 0 for none. */
  readonly idleTimeout: number;
  readonly chunkSize: number | undefined;
  /** What `Content-Length` promises of a body that is not encoded. */
  readonly expected: number | undefined;
  /** While it is closed nothing is read. */
  readonly gate?: ReadGate | undefined;
  readonly report: StreamReporter | undefined;
  readonly scheduler: SchedulerLike | undefined;
  /** The socket has nothing more to say. */
  readonly onEnd?: (() => void) | undefined;
}

/**
 * The bytes of one body, as they come. Read on its own pace: the next piece is asked for when the last one has been handed
 * down. Can be subscribed to once.
 *
 * Errors: `timeout` (`idle_timeout`), `stream_interrupted` (`truncated`, or what the platform says of a broken socket).
 */
export function bodyStream(body: ByteReader | undefined, options: BodyOptions): Observable<Uint8Array> {
  let used = false;
  return new Observable((subscriber) => {
    if (used) throw new TypeError('the body of an answer can be read once');
    used = true;
    if (body === undefined) {
      options.onEnd?.();
      return subscriber.complete();
    }
    const idle = options.idleTimeout === 0 ? undefined : silence(options, subscriber);
    pump(body, subscriber, idle, options).catch((error: unknown) => subscriber.error(error));
    return () => idle?.stop();
  });
}

async function pump(
  body: ByteReader,
  subscriber: Subscriber<Uint8Array>,
  idle: IdleTimer | undefined,
  { chunkSize, expected, gate, report, target, onEnd }: BodyOptions,
): Promise<void> {
  let received = 0;
  for (;;) {
    if (gate?.isOpen === false) await held(gate, idle);
    if (subscriber.closed) return;
    const piece = await body.read();
    if (piece.done) onEnd?.();
    if (subscriber.closed) return;
    if (piece.done) break;
    received += piece.value.byteLength;
    idle?.touch();
    report?.bytes(piece.value.byteLength);
    if (chunkSize === undefined) subscriber.next(piece.value);
    else emitSlices(piece.value, chunkSize, subscriber);
  }
  // A proxy may turn a killed server into a clean end; a promised length tells.
  if (expected !== undefined && received < expected) throw truncated(target, received, expected);
  subscriber.complete();
}

/** The consumer is full. Silence of our own making is none, so the limit stands still. */
async function held(gate: ReadGate, idle: IdleTimer | undefined): Promise<void> {
  idle?.pause();
  await gate.opened();
  idle?.resume();
}

function emitSlices(bytes: Uint8Array, size: number, subscriber: Subscriber<Uint8Array>): void {
  for (let start = 0; start < bytes.byteLength && !subscriber.closed; start += size) {
    subscriber.next(bytes.subarray(start, start + size));
  }
}

function silence(options: BodyOptions, subscriber: Subscriber<Uint8Array>): IdleTimer {
  const { idleTimeout: limit, report, scheduler, target } = options;
  const message = `no byte from ${target} for ${limit} ms`;
  return idleTimer({
    limit,
    scheduler,
    onHalf: () => report?.warn({ kind: 'silence', message: `no byte from ${target} for ${limit / 2} ms` }),
    onIdle: () =>
      subscriber.error(new StreamError(message, { errorType: 'timeout', code: 'idle_timeout', phase: 'body' })),
  });
}

function truncated(target: string, received: number, expected: number): StreamError {
  return new StreamError(`${target} ended after ${received} of ${expected} bytes`, {
    errorType: 'stream_interrupted',
    code: 'truncated',
    phase: 'body',
  });
}
