import { isStreamError, type Transport } from '../../lib/index.js';
import { ringQueue } from '../../lib/ring-queue.js';
import { isJsonType, metadataOf } from '../../sources/durable/wire.js';
import { UnfinishedError } from './exit-codes.js';

/** How much of stdin is stored: lines of a JSON stream, else bytes. */
export interface StoredInput {
  /** The next value has been read; `end` is how much of stdin is read with it. */
  readonly read: (end: number) => void;
  /** So many more values are stored, the oldest first. */
  readonly stored: (values: number) => void;
  /** This body of a request is stored. */
  readonly storedBody: (body: string | Uint8Array) => void;
  /** The error, with what was stored before it. */
  readonly before: (error: unknown) => UnfinishedError;
}

export function storedInput(contentType: string): StoredInput {
  const isJson = isJsonType(contentType);
  const ends = ringQueue<number>();
  let done = 0;
  const stored = (values: number): void => {
    for (let n = 0; n < values; n += 1) done = ends.shift() ?? done;
  };
  const storedUpTo = (end: number): void => {
    while (done < end) done = ends.shift() ?? end;
  };
  return {
    read: ends.push,
    stored,
    storedBody: (body) => (isJson ? stored(messagesIn(body)) : storedUpTo(done + Buffer.byteLength(body))),
    before: (error) => {
      const amount = `${done} ${isJson ? 'line' : 'byte'}${done === 1 ? '' : 's'} stored`;
      const advice = done === 0 ? '' : `: skip ${done} when resuming`;
      return new UnfinishedError(error, amount + advice + doubtOf(error));
    },
  };
}

/** The same transport, which tells of each body that the server has stored. */
export function tellingTransport(transport: Transport, storedBody: StoredInput['storedBody']): Transport {
  return async (request) => {
    const response = await transport(request);
    const { method, body } = request;
    const { status, headers } = response;
    // Without the offset it may be the answer of something else.
    const isStored = status >= 200 && status < 300 && metadataOf(headers).nextOffset !== undefined;
    if (isStored && method === 'POST' && body !== undefined) storedBody(body);
    return response;
  };
}

function messagesIn(body: string | Uint8Array): number {
  const messages: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  return Array.isArray(messages) ? messages.length : 0;
}

/** `parse_error`: the answer is a success and does not say so in full. */
function doubtOf(error: unknown): string {
  const isInDoubt = isStreamError(error) && (error.code === 'outcome_unknown' || error.code === 'parse_error');
  return isInDoubt ? '; the batch that failed may be stored or not' : '';
}
