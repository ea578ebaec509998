import type { SseEvent } from '../../lib/sse-block.js';
import { base64Bytes } from './base64.js';
import type { BytesPart, DurablePart, ItemsPart } from './parts.js';
import { parseError, refuseLostData, refuseRegression, tooLong } from './read-faults.js';
import type { ReadLimits } from './read-options.js';
import { type Counted, counted, type ReadProgress } from './read-progress.js';
import { readControl } from './sse-control.js';
import { joined } from './text-pieces.js';

/** What the data of an event stream is. */
export type SsePayload = 'json' | 'text' | 'base64';

/** How an SSE answer is read. */
export interface SseReading {
  /** Moves with what goes out. */
  readonly at: ReadProgress;
  readonly payload: SsePayload;
  readonly limits: ReadLimits;
}

/** What has come since the last control event. */
export interface SseBatch extends SseReading {
  held: string[];
  length: number;
  /** Of the chunk in hand. */
  parts: DurablePart[];
  closed: boolean;
}

export function sseBatch(reading: SseReading): SseBatch {
  return { ...reading, held: [], length: 0, parts: [], closed: false };
}

/** Holds data, and lets it out with its control event. Throws what is wrong with the one or the other. */
export function takeEvent(batch: SseBatch, { event, data }: SseEvent): void {
  if (batch.closed) return;
  if (event === 'data') {
    batch.length += data.length;
    const { maxBatchLength } = batch.limits;
    const limit = batch.payload === 'base64' ? Math.ceil(maxBatchLength / 3) * 4 : maxBatchLength;
    if (batch.length > limit) throw tooLong('an SSE batch', maxBatchLength, batch.at);
    batch.held.push(data);
  } else if (event === 'control') settle(batch, data);
}

/** The position of what is held is known: it goes out. */
function settle(batch: SseBatch, data: string): void {
  const { at, parts, held } = batch;
  const control = readControl(data);
  if (control === undefined) throw parseError('a control event is not what the protocol says', at);
  const { nextOffset } = control;
  refuseRegression(at, nextOffset);
  // Only the first batch of a reader that resumes within one has anything to count off.
  const count = at.skip === 0 ? undefined : counted(at);
  if (held.length > 0) {
    const part = batch.payload === 'json' ? itemsPart(held, at, nextOffset) : bytesPart(batch, nextOffset);
    const fresh = count === undefined ? part : freshOf(part, count);
    if (fresh !== undefined && lengthOf(fresh) > 0) parts.push(fresh);
    batch.held = [];
    batch.length = 0;
  }
  if (count !== undefined) {
    count.reach(nextOffset);
    if (control.upToDate) refuseLostData(at);
  }
  at.offset = nextOffset;
  batch.closed = control.closed;
  parts.push(control);
}

function itemsPart(held: readonly string[], at: ReadProgress, nextOffset: string): ItemsPart {
  return { type: 'items', items: itemsOf(held, at), from: { offset: at.offset, skip: 0 }, nextOffset };
}

function lengthOf(part: ItemsPart | BytesPart): number {
  return part.type === 'items' ? part.items.length : part.bytes.length;
}

function freshOf(part: ItemsPart | BytesPart, count: Counted): ItemsPart | BytesPart | undefined {
  const fresh = count.take(lengthOf(part));
  if (fresh === undefined) return undefined;
  const { known, from } = fresh;
  if (part.type === 'items') return { ...part, items: part.items.slice(known), from };
  return { ...part, bytes: part.bytes.subarray(known), from };
}

function itemsOf(held: readonly string[], at: ReadProgress): readonly unknown[] {
  const [first] = held;
  if (first !== undefined && held.length === 1) return arrayOf(first, at);
  return held.flatMap((text) => arrayOf(text, at));
}

/** A lone value is one message: every array is of messages, and is taken apart once. */
function arrayOf(text: string, at: ReadProgress): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw parseError(`data of ${text.length} characters is not JSON`, at);
  }
  return Array.isArray(value) ? value : [value];
}

/** One part for the whole batch: within text that the server has changed a place would mean nothing. */
function bytesPart({ held, payload, at }: SseBatch, nextOffset: string): BytesPart {
  const bytes = payload === 'text' ? new TextEncoder().encode(held.join('')) : decoded(held, at);
  return { type: 'bytes', bytes, from: { offset: at.offset, skip: 0 }, nextOffset };
}

/** Every event is padded on its own. */
function decoded(held: readonly string[], at: ReadProgress): Uint8Array {
  const pieces = held.map((text) => {
    const bytes = base64Bytes(text);
    if (bytes === undefined) throw parseError(`data of ${text.length} characters is not base64`, at);
    return bytes;
  });
  const [first] = pieces;
  return first !== undefined && pieces.length === 1 ? first : joined(pieces);
}
