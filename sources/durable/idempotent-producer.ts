/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs';
import { checkOptions, anything } from '../../lib/check-options.js';
import type { StreamError } from '../../lib/errors.js';
import { type Sampler, sampler } from '../../lib/sampler.js';
import type { ProducerResult } from './producer-batch.js';
import { producerFailures, type ProducerFailures } from './producer-failures.js';
import { producerIntake, type ProducerIntake } from './producer-intake.js';
import { abortedError, closedError, producerLife, type ProducerLife } from './producer-life.js';
import { checkProducer, type ProducerOptions, type ProducerTarget } from './producer-options.js';

/** What a producer is doing. */
export interface ProducerState {
  readonly epoch: number;
  /** The number of the next batch. */
  readonly nextSeq: number;
  /** Values appended and neither stored nor failed. */
  readonly pending: number;
  /** The same in bytes. */
  readonly pendingLength: number;
  /** Batches that have a number and no answer yet. */
  readonly inFlight: number;
  /** Why every append is refused until `restart()`. */
  readonly error: StreamError | undefined;
}

/** How a stream is closed. */
export interface ProducerCloseOptions {
  /** A last value, stored in one step with the close. @default undefined */
  body?: unknown;
}

/** How often counters may show in `state$`, in milliseconds. */
const sampleInterval = 100;

/**
 * Appends to a durable stream so that every value is stored exactly once and in order, whatever is lost on the way: each request carries the
 * producer's id, an epoch and a number, and is repeated unchanged until the server says what became of it (protocol draft 1.0, 5.2.1).
 *
 * Nothing is sent before the first `append`. Values are joined to batches by time (`lingerMs`) and size, and up to `maxInFlight` batches are
 * under way at once. JSON streams take any value with a JSON form (text is a JSON string there, an array is one message); all other
 * streams take text and bytes, which are put end to end. A value is copied when it is appended.
 *
 * What the answers come to:
 * - network errors, timeouts, 408, 429, 5xx: repeated without end (`maxRetries`) on the schedule of the options, `Retry-After` is the least wait;
 *   batches behind stay in their places.
 * - 400, or 413 for a single value: that batch fails, the others go on. A larger batch that is too large (413) is sent in halves.
 * - 403 with an epoch: another producer of this id has taken over. `StaleEpochError` for everything unacknowledged, or with `autoClaim` the next
 *   epoch, under which it is all sent again; what the old epoch stored without our hearing of it is then stored twice, which nobody can
 *   tell. The fifth claim in a row that brings no stable epoch is the last.
 * - 409 of a closed stream: `StreamClosedError` for everything at once.
 * - 409 where the server has forgotten what it acknowledged (the stream was made again): `SequenceGapError` for everything.
 * - 401, 403: `onError` is asked, then everything unacknowledged fails; so it does on 404, 410 and other refusals, and the producer may go on
 *   when the cause is gone.
 *
 * After `StaleEpochError`, `SequenceGapError`, `retries_exhausted`, `outcome_unknown`, and `parse_error` for a 200 that no server of this protocol
 * gives, all appends are refused until `restart()`. A header function that fails, or a redirect, fails only what it was for.
 *
 * A rejected append that nobody awaits ends no process: `flush()`, `close()` and `errors$` tell of it.
 *
 * @example
 * import { IdempotentProducer } from 'tailrace/sources/durable';
 *
 * const producer = new IdempotentProducer('https://streams.example.com/orders', 'shop-1', { autoClaim: true });
 * for (let order = 1; order <= 100_000; order += 1) {
 *   await producer.ready; // there is room
 *   void producer.append({ order });
 * }
 * await producer.flush(); // all of them are stored
 * producer.detach();
 */
export class IdempotentProducer {
  readonly #failures: ProducerFailures = producerFailures();
  readonly #intake: ProducerIntake;
  readonly #life: ProducerLife;
  readonly #state: Sampler<ProducerState>;

  /**
   * Errors: `TypeError` for an address, an id or options that can never work.
   *
   * @param stream its address, or a handle; of a handle the options are used where `options` says nothing
   * @param producerId the same for all lives of one writer, and of no other writer of this stream
   */
  constructor(stream: ProducerTarget, producerId: string, options: ProducerOptions = {}) {
    const producer = checkProducer(stream, producerId, options);
    const { signal } = producer;
    const onAbort = (): void => this.#life.stop(abortedError(signal?.reason));
    this.#state = sampler(() => this.state, { interval: sampleInterval, scheduler: producer.checked.config.scheduler });
    this.#intake = producerIntake(producer, this.#failures, this.#state.later);
    this.#life = producerLife(this.#intake, this.#failures, () => signal?.removeEventListener('abort', onAbort));
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort);
  }

  get epoch(): number {
    return this.#intake.pipeline.epoch;
  }

  /** The number of the next batch. */
  get nextSeq(): number {
    return this.#intake.pipeline.nextSeq;
  }

  /** Values appended and neither stored nor failed. */
  get pending(): number {
    return this.#intake.held.count;
  }

  /** The same in bytes. */
  get pendingLength(): number {
    return this.#intake.held.length;
  }

  get state(): ProducerState {
    const { epoch, nextSeq, length, broken } = this.#intake.pipeline;
    return {
      ...{ epoch, nextSeq, pending: this.pending, pendingLength: this.pendingLength },
      ...{ inFlight: length, error: broken },
    };
  }

  /** The state now, and after changes at most every 100 ms. Never completes. */
  get state$(): Observable<ProducerState> {
    return this.#state.values$;
  }

  /** Why appends have failed: once per failed batch. Hot, asynchronous, never completes. */
  get errors$(): Observable<StreamError> {
    return this.#failures.errors$;
  }

  /**
   * Resolves when there is room for one more value, at once where there is. Wait for it before each `append`, with one writer; several that
   * wait together wake together. Never rejects.
   */
  get ready(): Promise<void> {
    return this.#intake.room.ready;
  }

  /**
   * Resolves when the value is stored. Rejects when it is not: `queue_full` at once where more is unacknowledged than `maxQueued` or
   * `maxQueuedLength` allow (see `ready`), `already_closed` after `close` or `detach`, `TypeError` for a value that the stream cannot hold,
   * and otherwise as the class says.
   */
  append(value: unknown): Promise<ProducerResult> {
    return this.#life.append(value);
  }

  /**
   * Sends what waits at once, and resolves when everything appended so far is stored. Rejects with the first failure of an append since the last
   * flush, after all others are settled.
   */
  flush(): Promise<void> {
    return this.#life.flush();
  }

  /**
   * Flushes, then closes the stream for good, with a last value or without; that request is repeated as safely as all others. Where anything
   * has failed the stream stays open, the promise rejects, and `close` may be called again. Appends are refused from the call on.
   */
  close(options: ProducerCloseOptions = {}): Promise<ProducerResult> {
    checkOptions('IdempotentProducer.close', { body: anything }, options);
    return this.#life.close(options.body);
  }

  /** Stops and leaves the stream open. Rejects what is unacknowledged, aborts its requests (they may be stored all the same), frees all timers. */
  detach(): void {
    this.#life.stop(closedError());
  }

  /**
   * Takes the next epoch, above the one that has fenced it, and begins with number 0, after a failure that refuses all appends, or between two
   * phases of work. What has failed is not sent again. Without `autoClaim` the server's refusal is what tells of an epoch that is taken.
   *
   * Errors: thrown while values are under way, and after `close` or `detach`.
   */
  restart(): void {
    this.#life.restart();
  }

  /** Flushes and detaches: `await using producer = new IdempotentProducer(...)`. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.detach();
    }
  }
}
