/// <reference lib="esnext.disposable" preserve="true" />
import { checkOptions, oneOf } from '../../lib/check-options.js';
import { byteEvents, type DurableEvent, jsonBatches, jsonEvents, textEvents } from './batch-shapes.js';
import { batchesCollector, bytesCollector, jsonCollector, textCollector } from './collect.js';
import { DurableStreamError } from './errors.js';
import {
  type DurableItemChecks,
  itemCheckRules,
  itemChecksOf,
  refuseSenselessChecks,
  strictChecks,
} from './item-check.js';
import { byteItems, jsonItems, textItems } from './item-shapes.js';
import type { DurableReadOptions } from './read-options.js';
import { type ReadView, readView } from './read-view.js';
import type { OneReading, Reader } from './response-reader.js';

/** What the events of a response carry. */
export interface EventOptions<T = unknown> extends DurableItemChecks<T> {
  /** @default 'json' */
  mode?: 'json' | undefined;
}

/** A response whose first headers are in; everything else comes as it is read. One-shot: read it one way, once. */
export interface StreamResponse extends AsyncIterable<Uint8Array> {
  /** Of the stream, without its query. */
  readonly url: string;
  /** Of the first response. */
  readonly status: number;
  /** Of the first response, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The stream's own media type; `undefined` where nothing has said it. */
  readonly contentType: string | undefined;
  readonly live: NonNullable<DurableReadOptions['live']>;
  /** Everything before it has been handed out: resume here. At first the offset that was asked for. */
  readonly offset: string;
  /** The last one that the server has given. */
  readonly cursor: string | undefined;
  /** What has been handed out reaches the tail. */
  readonly upToDate: boolean;
  /** What has been handed out is all that there will ever be. */
  readonly closed: boolean;
  /** Bytes of the bodies. Not over SSE, where the bytes are those of its events. */
  body(): ReadView<Uint8Array, Uint8Array>;
  /** Text of the bodies; pieces end between two characters. */
  text(): ReadView<string, string>;
  /** Messages of a JSON stream. */
  json<T = unknown>(checks?: DurableItemChecks<T>): ReadView<T[], T>;
  /** The same, one array per response or SSE batch. */
  jsonBatches<T = unknown>(checks?: DurableItemChecks<T>): ReadView<(readonly T[])[], readonly T[]>;
  /** Data with the offset behind it, one per response or SSE batch. */
  events(options: { mode: 'text' }): AsyncIterable<DurableEvent<string>>;
  events(options: { mode: 'bytes' }): AsyncIterable<DurableEvent<Uint8Array>>;
  events<T = unknown>(options?: EventOptions<T>): AsyncIterable<DurableEvent<readonly T[]>>;
  /** The bytes, as {@link body}. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>;
  /** Closes the connection. What is being iterated ends; what is being awaited is rejected with `already_closed`. */
  cancel(): void;
  /** The same, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

type Views = Pick<StreamResponse, 'body' | 'text' | 'json' | 'jsonBatches' | 'events'>;
type EventView = AsyncIterable<DurableEvent<unknown>>;

/** The object that `stream` resolves to. */
export function streamResponse(reader: Reader): StreamResponse {
  const { state, open } = reader;
  const { body, text, json, jsonBatches: batches, events } = viewsOf(reader);
  const cancel = (): void => reader.cancel();
  return {
    url: reader.url,
    status: open.status,
    headers: open.headers,
    contentType: open.contentType,
    live: reader.live,
    get offset() {
      return state.offset;
    },
    get cursor() {
      return state.cursor;
    },
    get upToDate() {
      return state.upToDate;
    },
    get closed() {
      return state.closed;
    },
    ...{ body, text, json, jsonBatches: batches, events, cancel },
    [Symbol.asyncIterator]: () => body()[Symbol.asyncIterator](),
    [Symbol.asyncDispose]: () => {
      cancel();
      return Promise.resolve();
    },
  };
}

function viewsOf(reader: Reader): Views {
  function json<T>(checks?: DurableItemChecks<T>): ReadView<T[], T>;
  function json(checks?: DurableItemChecks): ReadView<unknown[], unknown> {
    return begin(reader, { collector: jsonCollector, shaper: jsonItems, checks: checked('json', checks) });
  }
  function batches<T>(checks?: DurableItemChecks<T>): ReadView<(readonly T[])[], readonly T[]>;
  function batches(checks?: DurableItemChecks): ReadView<(readonly unknown[])[], readonly unknown[]> {
    return begin(reader, { collector: batchesCollector, shaper: jsonBatches, checks: checked('jsonBatches', checks) });
  }
  function events(options: { mode: 'text' }): AsyncIterable<DurableEvent<string>>;
  function events(options: { mode: 'bytes' }): AsyncIterable<DurableEvent<Uint8Array>>;
  function events<T>(options?: EventOptions<T>): AsyncIterable<DurableEvent<readonly T[]>>;
  function events({ mode = 'json', ...checks }: AnyEventOptions = {}): EventView {
    checkOptions('events', { mode: oneOf('json', 'text', 'bytes') }, { mode });
    refuseSenselessChecks('events', itemChecksOf(checks), mode);
    return eventView(reader, mode, checked('events', checks));
  }
  return {
    body: () => begin(reader, { collector: bytesCollector, shaper: byteItems, checks: {}, refusal: noBytes(reader) }),
    text: () => begin(reader, { collector: textCollector, shaper: textItems, checks: {} }),
    ...{ json, jsonBatches: batches, events },
  };
}

type EventMode = 'json' | 'text' | 'bytes';
type AnyEventOptions = DurableItemChecks & { mode?: EventMode | undefined };

function eventView(reader: Reader, mode: EventMode, checks: DurableItemChecks): EventView {
  const refusal = reader.claim();
  const reading = { mode, whole: true, checks } as const;
  const each = (): AsyncIterator<DurableEvent<unknown>> => {
    if (mode === 'text') return reader.each({ ...reading, shaper: textEvents });
    if (mode === 'bytes') return reader.each({ ...reading, shaper: byteEvents });
    return reader.each({ ...reading, shaper: jsonEvents });
  };
  let iterated = false;
  return {
    [Symbol.asyncIterator]: () => {
      const problem = refusal ?? (iterated ? reader.claim() : undefined);
      if (problem !== undefined) throw problem;
      iterated = true;
      return each();
    },
  };
}

function begin<Whole, Item>(reader: Reader, reading: OneReading<Whole, Item>): ReadView<Whole, Item> {
  const { collector, shaper, checks, refusal = reader.claim() } = reading;
  return readView({
    refusal,
    whole: () => reader.whole(collector, checks),
    each: () => reader.each({ mode: collector.mode, whole: collector.whole, shaper, checks }),
  });
}

/** Errors: `TypeError` that names the option. */
function checked(where: string, checks: DurableItemChecks = {}): DurableItemChecks {
  checkOptions(where, itemCheckRules, checks);
  refuseSenselessChecks(where, checks, undefined);
  return strictChecks(checks);
}

/** Text in events loses its carriage returns, and binary data is encoded there. */
function noBytes({ live }: Reader): DurableStreamError | undefined {
  if (live !== 'sse') return undefined;
  const message = "raw bytes cannot be read over SSE; use text(), json(), or events({ mode: 'bytes' })";
  return new DurableStreamError(message, { errorType: 'client_error', code: 'not_supported' });
}
