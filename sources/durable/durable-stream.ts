import { defer, type Observable, tap } from 'rxjs';
import { checkOptions, type OptionRules, requireOption } from '../../lib/check-options.js';
import type { Delivery } from '../../lib/delivery.js';
import { abortable, abortListeners, type OnAbort, quiet, signalRule } from './abortable.js';
import { type AppendResult, seqRule } from './append.js';
import type { AppendStreamResult } from './append-stream.js';
import { type CloseDetails, closeRules, type CloseResult } from './close.js';
import { type CreateDetails, createRules, type CreateResult } from './create.js';
import type { DeleteResult } from './delete.js';
import type { DurableDeliveryOptions } from './deliveries.js';
import { type DurableHandle, durableHandle, type DurableStreamOptions, handleRules } from './durable-handle.js';
import { type ForkDetails, forkRules, forkTarget } from './fork.js';
import type { HeadResult } from './head.js';
import { type DurableOptions, durableRules } from './options.js';
import { stream, type StreamOptions } from './stream.js';
import type { StreamResponse } from './stream-response.js';
import {
  type DurableBytesOptions,
  type DurableJsonOptions,
  durableStream,
  type DurableTextOptions,
} from './streams.js';
import { hasUrl, type WithUrl } from './with-url.js';

/** For every call of a handle. */
export interface CallOptions {
  /** Ends the call: its promise rejects with the signal's reason at once, its socket is closed. @default undefined */
  signal?: AbortSignal | undefined;
}

/** How one value is appended by a handle. */
export interface HandleAppendOptions extends CallOptions {
  /** Must be greater than the last one that the stream has taken, compared as bytes; such an append goes alone. @default undefined */
  seq?: string | undefined;
}

/** A stream that is to be made, and the handle for it. */
export interface CreateStreamOptions extends DurableStreamOptions, CreateDetails, CallOptions {}

/** What `DurableStream.connect` takes. */
export interface ConnectStreamOptions extends DurableStreamOptions, CallOptions {}

const callRules: OptionRules<CallOptions> = { signal: signalRule };
const appendRules: OptionRules<HandleAppendOptions> = { ...callRules, seq: seqRule };
const streamRules: OptionRules<DurableStreamOptions> = { ...durableRules, ...handleRules };

/**
 * A stream to write to and to read from. Making the handle sends nothing.
 *
 * Appends are sent one request at a time, in order; those made while one is under way wait and go together. Each promise says what became of its
 * own append; one that nobody looks at fails in silence, and is seen in `monitor` only. `close` waits for the appends before it, the other calls
 * do not. What an `onError` handler gives holds for all later calls of the handle, its readers and producers.
 *
 * Errors: `DurableStreamError` and its classes, and `FetchError`; see the functions of the same names (`appendDurable`, ...). `queue_full` for an
 * append that finds too much waiting. After `stream_closed`, `stream_not_found` and `stream_gone` what waits is rejected at once; later appends
 * ask the server again.
 *
 * @example
 * import { DurableStream } from 'tailrace/sources/durable';
 *
 * const orders = await DurableStream.create('https://streams.example.com/orders', { contentType: 'application/json' });
 * await Promise.all([orders.append({ id: 1 }), orders.append({ id: 2 })]);
 * const { nextOffset } = await orders.append({ id: 3 });
 * console.log(orders.creation?.created, nextOffset);
 */
export class DurableStream {
  /** As given. */
  readonly url: string;
  readonly #options: DurableStreamOptions;
  readonly #handle: DurableHandle;
  readonly #onAbort: OnAbort = abortListeners();
  #creation: CreateResult | undefined;

  constructor(url: string | URL, options?: DurableStreamOptions);
  constructor(options: WithUrl<DurableStreamOptions>);
  constructor(first: string | URL | WithUrl<DurableStreamOptions>, second?: DurableStreamOptions) {
    const { url, options } = told(first, second);
    checkOptions('DurableStream', streamRules, options);
    this.#options = { ...options };
    this.#handle = durableHandle('DurableStream', url, options);
    this.url = String(url);
  }

  /** Makes the stream, or confirms that it is there as wanted; `creation` says which. Errors: as `createDurable`. */
  static create(url: string | URL, options?: CreateStreamOptions): Promise<DurableStream>;
  static create(options: WithUrl<CreateStreamOptions>): Promise<DurableStream>;
  static create(
    first: string | URL | WithUrl<CreateStreamOptions>,
    second?: CreateStreamOptions,
  ): Promise<DurableStream> {
    return quiet(DurableStream.#created(first, second));
  }

  /** The handle of a stream that is there. Errors: `StreamNotFoundError` where it is not; else as `headDurable`. */
  static connect(url: string | URL, options?: ConnectStreamOptions): Promise<DurableStream>;
  static connect(options: WithUrl<ConnectStreamOptions>): Promise<DurableStream>;
  static connect(
    first: string | URL | WithUrl<ConnectStreamOptions>,
    second?: ConnectStreamOptions,
  ): Promise<DurableStream> {
    return quiet(DurableStream.#connected(first, second));
  }

  /** How requests are made, for producers on this handle. Not shown by inspection, because headers are secrets. */
  get options(): DurableOptions {
    const {
      contentType: _type,
      batching: _batching,
      maxBatchLength: _length,
      maxBatchItems: _items,
      maxQueuedItems: _queued,
      maxQueuedLength: _queuedLength,
      retryAppends: _retryAppends,
      ...options
    } = this.#options;
    return { ...options, ...this.#handle.recovering };
  }

  /** The stream's media type, parameters included, as far as it is known. */
  get contentType(): string | undefined {
    return this.#handle.contentType;
  }

  /** What came of the last `create`. */
  get creation(): CreateResult | undefined {
    return this.#creation;
  }

  /** Makes the stream, or confirms that it is there as wanted. Errors: as `createDurable`. */
  create(options: CreateDetails & CallOptions = {}): Promise<CreateResult> {
    const where = 'DurableStream.create';
    const { signal: _own, ...details } = options;
    return this.#call(where, { ...createRules, ...callRules }, options, () =>
      this.#handle.create(where, details).pipe(tap((creation) => (this.#creation = creation))),
    );
  }

  /** What the server knows of the stream; `exists: false` where there is none. Errors: as `headDurable`. */
  head(options: CallOptions = {}): Promise<HeadResult> {
    return this.#call('DurableStream.head', callRules, options, () => this.#handle.head());
  }

  /** Appends one value; an array is one message. The value is copied now. Errors: as `appendDurable`, and `queue_full`. */
  append(value: unknown, options: HandleAppendOptions = {}): Promise<AppendResult> {
    const where = 'DurableStream.append';
    return this.#call(where, appendRules, options, () => this.#handle.append(where, value, options.seq));
  }

  /**
   * Appends every value of a source, in order, and resolves when the last one is stored. An async iterable is pulled only while there is room;
   * an Observable is buffered up to the limits of the queue, then `queue_full`. Nothing is stored behind a value that failed. When the source
   * fails, what it has given before is stored first.
   */
  appendStream(
    source: AsyncIterable<unknown> | Observable<unknown>,
    options: CallOptions = {},
  ): Promise<AppendStreamResult> {
    const where = 'DurableStream.appendStream';
    return this.#call(where, callRules, options, () => this.#handle.appendStream(where, source));
  }

  /** Closes the stream for good, behind the appends made before; `body` is its last message. Errors: as `closeDurable`. */
  close(options: CloseDetails & CallOptions = {}): Promise<CloseResult> {
    const where = 'DurableStream.close';
    const { signal: _own, ...details } = options;
    return this.#call(where, { ...closeRules, ...callRules }, options, () => this.#handle.close(where, details));
  }

  /** Deletes the stream, without waiting for appends. Errors: as `deleteDurable`. */
  delete(options: CallOptions = {}): Promise<DeleteResult> {
    return this.#call('DurableStream.delete', callRules, options, () => this.#handle.delete());
  }

  /**
   * Makes a stream that begins with the data of this one, and gives its handle, with the options of this one. `targetUrl` may be relative; query
   * parameters in it are its own. Errors: as `forkDurable`.
   */
  fork(targetUrl: string | URL, options: ForkDetails & CallOptions = {}): Promise<DurableStream> {
    return quiet(this.#forked(targetUrl, options));
  }

  /** Opens one response; see the function `stream`. Options given here go before those of the handle. Errors: as `stream`. */
  stream(options: StreamOptions = {}): Promise<StreamResponse> {
    return quiet(stream(this.url, over(this.options, options)));
  }

  /**
   * The items of the stream as deliveries, to be settled one by one; cold. As `durableStream` with `maxUnacked`. Options given here go before
   * those of the handle. Errors: as `durableStream`.
   */
  deliveries(options: DurableTextOptions & DurableDeliveryOptions): Observable<Delivery<string>>;
  deliveries(options: DurableBytesOptions & DurableDeliveryOptions): Observable<Delivery<Uint8Array>>;
  deliveries<T = unknown>(options: DurableJsonOptions<T> & DurableDeliveryOptions): Observable<Delivery<T>>;
  deliveries(
    options: (DurableTextOptions | DurableBytesOptions | DurableJsonOptions) & DurableDeliveryOptions,
  ): Observable<Delivery<unknown>> {
    requireOption('DurableStream.deliveries', 'maxUnacked', options.maxUnacked);
    const whole = over(this.options, options);
    switch (whole.mode) {
      case 'text':
        return durableStream(this.url, whole);
      case 'bytes':
        return durableStream(this.url, whole);
      case 'json':
      case undefined:
        return durableStream(this.url, whole);
    }
  }

  static async #created(
    first: string | URL | WithUrl<CreateStreamOptions>,
    second: CreateStreamOptions | undefined,
  ): Promise<DurableStream> {
    const where = 'DurableStream.create';
    const { url, options } = told(first, second);
    checkOptions(where, { ...streamRules, ...createRules, ...callRules }, options);
    const { ttlSeconds, expiresAt, body, closed, forkedFrom, forkOffset, forkSubOffset, signal, ...own } = options;
    const stream = new DurableStream(url, own);
    await stream.create({ ttlSeconds, expiresAt, body, closed, forkedFrom, forkOffset, forkSubOffset, signal });
    return stream;
  }

  static async #connected(
    first: string | URL | WithUrl<ConnectStreamOptions>,
    second: ConnectStreamOptions | undefined,
  ): Promise<DurableStream> {
    const where = 'DurableStream.connect';
    const { url, options } = told(first, second);
    const { signal, ...own } = options;
    checkOptions(where, callRules, { signal });
    checkOptions(where, streamRules, own);
    const stream = new DurableStream(url, own);
    await stream.#call(where, callRules, { signal }, () => stream.#handle.connect());
    return stream;
  }

  async #forked(targetUrl: string | URL, options: ForkDetails & CallOptions): Promise<DurableStream> {
    const where = 'DurableStream.fork';
    checkOptions(where, { ...forkRules, ...callRules }, options);
    const target = forkTarget(where, this.url, targetUrl);
    const fork = new DurableStream(target, {
      ...this.#options,
      ...this.#handle.recovering,
      contentType: this.contentType,
    });
    await fork.create({ ...options, forkedFrom: this.url });
    return fork;
  }

  #call<T, O extends CallOptions>(
    where: string,
    rules: OptionRules<O>,
    options: O,
    call: () => Observable<T>,
  ): Promise<T> {
    try {
      checkOptions(where, rules, options);
    } catch (error) {
      return quiet(Promise.reject(error));
    }
    return abortable(defer(call), options.signal, this.#onAbort);
  }
}

/** Of the handle's own options only those of every request go on to a reader, and only where it has none. */
function over<O extends DurableOptions>(own: DurableOptions, options: O): O {
  const missing = Object.entries(own).filter(([key]) => key in durableRules && Reflect.get(options, key) === undefined);
  return { ...options, ...Object.fromEntries(missing) };
}

/** Options in either form. */
function told(
  first: string | URL | WithUrl<CreateStreamOptions>,
  second: CreateStreamOptions = {},
): { url: string | URL; options: CreateStreamOptions } {
  if (!hasUrl(first)) return { url: first, options: second };
  const { url, ...options } = first;
  return { url, options };
}
