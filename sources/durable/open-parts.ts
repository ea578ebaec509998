import { type Observable, startWith } from 'rxjs';
import type { StreamResponse } from '../../lib/http.js';
import type { ReadGate } from '../../lib/read-gate.js';
import type { StreamMonitor } from '../../lib/state.js';
import { classifyDurable } from './answers.js';
import { bodyParts } from './body-parts.js';
import { durableExchange, type DurableRequest, type Overrides } from './exchange.js';
import { openPart } from './open-part.js';
import { type DurablePart, type OpenPart, resumePlace } from './parts.js';
import { noEventStream, parseError, refuseRegression, wrongType } from './read-faults.js';
import type { CheckedRead } from './read-options.js';
import type { ReadProgress, Target } from './read-progress.js';
import type { SsePayload } from './sse-batch.js';
import { smallLengthOf } from './small-body.js';
import { sseParts } from './sse-parts.js';
import { isJsonType, mediaTypeOf, metadataOf, streamHeaders } from './wire.js';

/** One request of a reader, and how its answer is read. */
export interface PartsRequest {
  readonly live: OpenPart['live'];
  /** Where to read from; moves with what goes out. */
  readonly at: ReadProgress;
  readonly cursor: string | undefined;
  /** The stream's own, as far as it is known. */
  readonly contentType: string | undefined;
  /** One part of data per body. SSE batches are whole in any case. */
  readonly whole: boolean;
  /** What passes caches by. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
  /** @default options.timeout, or 120_000 */
  readonly idleTimeout?: number | undefined;
}

/** What the requests of one subscription share. */
export interface PartsContext {
  readonly read: CheckedRead;
  readonly overrides: Overrides;
  readonly monitor: StreamMonitor;
  readonly gate: ReadGate | undefined;
}

/** Servers wait about 30 s before they answer a long-poll with nothing; some are told to wait longer. */
const longPollTimeout = 90_000;

/** One request, one response. Errors: those of the exchange, and what is wrong with the body. */
export function openParts(context: PartsContext, request: PartsRequest): Observable<readonly DurablePart[]> {
  const { read, overrides, monitor, gate } = context;
  const { live, at, cursor, extra } = request;
  const liveParams = live === 'catch-up' ? {} : { live, cursor };
  const whole: DurableRequest = {
    operation: 'read',
    params: { ...extra, offset: at.offset, ...liveParams },
    ...{ gate, monitor },
    classify: (answer) => classifyDurable('read', resumePlace(at))(answer),
    ...limitsOf(context, request),
    ...(live === 'sse' && { headers: { accept: 'text/event-stream' }, contentTypes: ['text/event-stream'] }),
  };
  return durableExchange(read.checked, whole, overrides, (response) => answerParts(context, request, response));
}

function limitsOf({ read }: PartsContext, { live, idleTimeout }: PartsRequest): Partial<DurableRequest> {
  const { timeout } = read.checked.config;
  return {
    ...(live === 'long-poll' && { headersTimeout: timeout ?? longPollTimeout }),
    ...(idleTimeout !== undefined && { idleTimeout }),
  };
}

function answerParts(
  context: PartsContext,
  request: PartsRequest,
  response: StreamResponse,
): Observable<readonly DurablePart[]> {
  const { live, at } = request;
  const { status, headers } = response;
  const own = live === 'sse' ? undefined : (headers.get('content-type') ?? undefined);
  const contentType = own ?? request.contentType;
  const open = openPart(live, response, contentType);
  if (live === 'sse' && status !== 204) {
    const payload = payloadOf(context, contentType, headers.get(streamHeaders.sseEncoding));
    const { limits } = context.read;
    return sseParts(response.bytes, { at, payload, limits }).pipe(startWith([open]));
  }
  const target = targetOf(response, at);
  // Servers leave it out of a catch-up and at the end: any other live answer without it has been through something that strips headers.
  if (live === 'long-poll' && status === 200 && target.cursor === undefined && !target.closed) {
    throw parseError('the live answer has no header Stream-Cursor', at);
  }
  const mayBeEmpty = status === 204 || !moves(at, target);
  const shape = shapeOf(context, request, contentType);
  const smallLength = smallLengthOf(headers, shape.limits.maxItemLength);
  return bodyParts(response.bytes, { at, target, mayBeEmpty, smallLength, open, ...shape });
}

/** Checked before the body is read: nothing of another stream goes out. */
function targetOf({ status, headers }: StreamResponse, at: ReadProgress): Target {
  const { nextOffset, upToDate, ...rest } = metadataOf(headers);
  if (nextOffset === undefined) throw parseError(`the answer (HTTP ${status}) has no header Stream-Next-Offset`, at);
  refuseRegression(at, nextOffset);
  // 204 says that nothing has come within the server's time (draft 1.0, 1.7).
  return { nextOffset, upToDate: upToDate || status === 204, ...rest };
}

function moves({ offset }: ReadProgress, { nextOffset }: Target): boolean {
  return offset !== 'now' && offset !== nextOffset;
}

function shapeOf(
  { read: { mode, limits } }: PartsContext,
  { whole, at }: PartsRequest,
  contentType: string | undefined,
): { isJson: boolean; whole: boolean; limits: CheckedRead['limits'] } {
  const isJsonStream = isJsonType(contentType);
  if (mode === 'json') {
    if (contentType !== undefined && !isJsonStream)
      throw wrongType('the stream is not JSON; read it as text or bytes', at);
    return { isJson: true, whole, limits };
  }
  if (mode === undefined) return { isJson: isJsonStream, whole, limits };
  // A body that is repeated after a cut may have more messages: as text it is then another one, from its last bracket on.
  return { isJson: false, whole: whole || isJsonStream, limits };
}

function payloadOf(
  { read: { mode } }: PartsContext,
  contentType: string | undefined,
  encoding: string | null,
): SsePayload {
  if (encoding?.trim().toLowerCase() === 'base64') return 'base64';
  if (isJsonType(contentType)) return mode === undefined || mode === 'json' ? 'json' : 'text';
  if (mode === 'json') return 'json';
  // Binary data is always in base64, but a browser may not be shown the header that says so.
  if (contentType !== undefined && mediaTypeOf(contentType)?.startsWith('text/') !== true) {
    throw noEventStream('the event stream does not say how it encodes binary data');
  }
  return 'text';
}
