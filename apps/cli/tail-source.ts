import { catchError, defer, EMPTY, filter, map, type Observable, Subject, takeUntil, tap, throwError } from 'rxjs';
import {
  childMonitor,
  type Delivery,
  exchange,
  isStreamError,
  lines,
  parseJson,
  type ReadGate,
  readGate,
  type RequestValues,
  type SseEvent,
  type StreamMonitor,
  type StreamResponse,
} from '../../lib/index.js';
import { withRetryAfter } from '../../lib/errors.js';
import { defaultTransport } from '../../lib/node/default-transport.js';
import { resumableEvents, resumeHeader, type SsePosition } from '../../lib/sse-resume.js';
import { deliver, retryBackoff } from '../../operators/index.js';
import { CliError, exitCodes } from './exit-codes.js';
import { jsonLine, safeLine } from './json-line.js';
import { type Pace, pacedTransport } from './paced-transport.js';

export interface TailOptions {
  readonly url: string;
  readonly headers: RequestValues;
  readonly format: 'auto' | 'ndjson' | 'sse';
  /** Prints an event's data and nothing else. */
  readonly dataOnly: (data: string) => string;
  readonly data: boolean;
  readonly retries: number | undefined;
  readonly timeout: number | undefined;
  readonly allowSecretInQuery: boolean;
  readonly monitor: StreamMonitor;
  readonly note: (text: string) => void;
  readonly room: Pace['room'];
}

/** As the library's own. */
const defaultTimeout = 120_000;

/**
 * The lines of any stream, kept going. Lines of JSON pass as the server wrote them: parsing and printing them again, as
 * `streamWithRetry` would make necessary, costs digits of large numbers. Events resume by their id and are over with 204. While
 * stdout is full the server waits.
 *
 * Errors: as `byteStream`, `lines`, `sse` and `retryBackoff`.
 */
export function tailLines(options: TailOptions): Observable<string> {
  return defer(() => {
    const position: SsePosition = { lastEventId: '', retry: undefined };
    return keptGoing(options, { position }, (response) =>
      isLines(response, options)
        ? response.bytes.pipe(
            lines(),
            filter(jsonOnly(options)),
            map((line) => safeLine(line.trim())),
          )
        : resumableEvents(response.bytes, position, true).pipe(map((event) => eventLine(event, options))),
    );
  });
}

/**
 * The events of an event stream as deliveries, each with its id as position, from behind the event of id `lastEventId`. At most
 * `maxUnacked` are out; meanwhile the server waits.
 *
 * Errors: those of {@link tailLines}; `CliError` for a body without events, which has no positions.
 */
export function tailDeliveries(
  options: TailOptions,
  lastEventId: string,
  maxUnacked: number,
): Observable<Delivery<SseEvent>> {
  return defer(() => {
    const position: SsePosition = { lastEventId, retry: undefined };
    const gate = readGate();
    const events = keptGoing({ ...options, format: 'sse' }, { position, gate }, (response) =>
      resumableEvents(response.bytes, position, true),
    );
    // An event without an id of its own has that of the event before it: resuming behind that brings it again.
    const positionOf = ({ id }: SseEvent): string | undefined => (id === '' ? undefined : id);
    return events.pipe(
      catchError((error: unknown) => throwError(() => (isNoEventStream(error) ? noPosition() : error))),
      tap(idWarning(options)),
      deliver({ maxUnacked, gate, positionOf, monitor: options.monitor }),
    );
  });
}

/** An event as it is printed. */
export function eventLine(
  { event, id, data: text }: SseEvent,
  { data, dataOnly }: Pick<TailOptions, 'data' | 'dataOnly'>,
): string {
  return data ? dataOnly(text) : jsonLine({ event, id, data: text });
}

interface Keeping {
  readonly position: SsePosition;
  readonly gate?: ReadGate | undefined;
}

function keptGoing<T>(
  options: TailOptions,
  { position, gate }: Keeping,
  read: (response: StreamResponse) => Observable<T>,
): Observable<T> {
  const { url, headers, format, timeout, retries: maxRetries, allowSecretInQuery } = options;
  const monitor = childMonitor(options.monitor);
  const contentTypes = format === 'sse' ? ['text/event-stream'] : undefined;
  const transport = pacedTransport(defaultTransport(), { room: options.room, idleTimeout: timeout ?? defaultTimeout });
  const over = new Subject<void>();
  const request = {
    ...{ url, transport, gate, monitor, contentTypes, allowSecretInQuery },
    ...{ headersTimeout: timeout, idleTimeout: 0 },
    headers: () => ({
      accept: 'text/event-stream, application/x-ndjson, */*',
      ...headers,
      ...resumeHeader(position),
    }),
  };
  const connection = exchange(request, (response) => {
    if (response.status !== 204) return read(response);
    over.next();
    return EMPTY;
  });
  return connection.pipe(
    catchError((error: unknown) =>
      throwError(() => (isStreamError(error) ? withRetryAfter(error, position.retry) : error)),
    ),
    retryBackoff({ maxRetries, monitor }),
    takeUntil(over),
    tap(() => monitor.report.item()),
  );
}

function isLines({ headers }: StreamResponse, { format }: TailOptions): boolean {
  const type = headers.get('content-type') ?? '';
  return format === 'ndjson' || (format === 'auto' && !/^\s*text\/event-stream\s*(?:;|$)/i.test(type));
}

function isNoEventStream(error: unknown): boolean {
  return isStreamError(error) && error.code === 'content_type';
}

function noPosition(): CliError {
  const hint = 'only events have ids to resume by; leave --checkpoint out';
  return new CliError('--checkpoint does not fit this URL: it sends no event stream', {
    exitCode: exitCodes.fatal,
    hint,
  });
}

/** Told once: the stream itself is sound. */
function idWarning({ note }: TailOptions): (event: SseEvent) => void {
  let isTold = false;
  return ({ id }) => {
    if (id !== '' || isTold) return;
    isTold = true;
    note('warning: an event has no id, and none came before it: there is nothing for --checkpoint to resume by');
  };
}

/** Empty lines are heartbeats; what is not JSON would break whoever reads our lines. */
function jsonOnly({ monitor, note }: TailOptions): (line: string) => boolean {
  let malformed = 0;
  return (line) => {
    if (line.trim() === '') return false;
    const parsed = parseJson(line);
    if (parsed.ok) return true;
    monitor.report.malformed();
    malformed += 1;
    if (malformed === 1) note(`warning: a line is left out, and so are others like it: ${parsed.problem.message}`);
    return false;
  };
}
