import { malformed, type Malformed, parseJson } from '../../lib/decode.js';
import { becomeEvent } from './chain-event.js';
import type {
  ChainEvent,
  ChainMessage,
  EventsByName,
  ReceivedBatch,
  StreamingError,
  StreamingHeartbeat,
} from './messages.js';
import { streamingError } from './streaming-error.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * What a line of a stream is; `undefined` for an empty one, which says nothing but that the service is there.
 *
 * Of a batch is checked what the toolkit relies on: a resume token, an id (`batch_id`, or `response_id` in its place), and that its events are
 * lists of objects. `connectionId` goes before what the line says: it is where acknowledgments go. Costs `JSON.parse` and a little per event.
 * Never throws.
 *
 * @example
 * import { readChainMessage } from 'tailrace/sources/chain';
 *
 * const message = readChainMessage('{"type":"heartbeat","connection_id":"c1","subscription_id":7,"timestamp":"2025-01-01T00:00:00Z"}');
 * if (message?.type === 'heartbeat') console.log(message.timestamp);
 */
export function readChainMessage(line: string, connectionId?: string): ChainMessage<ReceivedBatch> | undefined {
  if (line.length < 3 && line.trim() === '') return undefined;
  const parsed = parseJson(line);
  if (!parsed.ok) return malformed(line, parsed.problem);
  const { value } = parsed;
  if (!isMembers(value)) {
    return malformed(line, { code: 'not_an_object', message: `JSON, but not an object: ${line.length} characters` });
  }
  switch (value['type']) {
    case 'event_batch':
      return readBatch(line, value, connectionId);
    case 'heartbeat':
      return heartbeat(value, connectionId);
    case 'error':
      return errorMessage(value, connectionId);
    default:
      return { type: 'unknown', value };
  }
}

function readBatch(line: string, members: Members, connectionId: string | undefined): ReceivedBatch | Malformed {
  const responseId = nameOf(members['response_id']);
  const batchId = nameOf(members['batch_id']) ?? responseId;
  const resumeToken = nameOf(members['resume_token']);
  if (batchId === undefined) return mismatch(line, 'batch_id', 'no id of the batch');
  if (resumeToken === undefined) return mismatch(line, 'resume_token', 'no token to resume after');
  const { events } = members;
  if (!isMembers(events)) return mismatch(line, 'events', 'expected an object');
  let count = 0;
  // Not `Object.entries`: this runs once per batch, its inside once per event.
  for (const name of Object.keys(events)) {
    const list = events[name];
    if (!isEventList(list)) return mismatch(line, 'events', 'expected lists of objects');
    count += list.length;
  }
  if (!isByName(events)) return mismatch(line, 'events', 'expected lists of objects');
  const { batch_size: size } = members;
  return {
    type: 'event_batch',
    responseId: responseId ?? batchId,
    ...commonOf(members, connectionId),
    resumeToken,
    batchId,
    batchSize: typeof size === 'number' ? size : count,
    events,
  };
}

function heartbeat(members: Members, connectionId: string | undefined): StreamingHeartbeat {
  return { type: 'heartbeat', ...commonOf(members, connectionId) };
}

function errorMessage(members: Members, connectionId: string | undefined): StreamingError {
  const errorCode = nameOf(members['error_code']) ?? 'STREAM_ERROR';
  const recoverable = members['recoverable'] !== false;
  return {
    type: 'error',
    ...commonOf(members, connectionId),
    errorCode,
    errorMessage: textOf(members['error_message']),
    recoverable,
    error: streamingError(errorCode, recoverable),
  };
}

function commonOf(
  members: Members,
  connectionId: string | undefined,
): Pick<StreamingHeartbeat, 'connectionId' | 'subscriptionId' | 'timestamp'> {
  return {
    connectionId: connectionId ?? textOf(members['connection_id']),
    subscriptionId: Number(members['subscription_id'] ?? Number.NaN),
    timestamp: textOf(members['timestamp']),
  };
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Also makes events of them. */
function isEventList(value: unknown): value is readonly ChainEvent[] {
  if (!Array.isArray(value)) return false;
  for (const event of value) if (!becomeEvent(event)) return false;
  return true;
}

/** Every list has been looked at by now. */
function isByName(events: Members): events is EventsByName {
  return typeof events === 'object';
}

function mismatch(line: string, path: string, reason: string): Malformed {
  return malformed(line, { code: 'schema_mismatch', path, message: `At ${path}: ${reason}` });
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
