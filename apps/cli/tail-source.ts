import { catchError, defer, EMPTY, filter, map, type Observable, Subject, takeUntil, tap, throwError } from 'rxjs';
import {
  childMonitor,
  exchange,
  isStreamError,
  lines,
  parseJson,
  type RequestValues,
  type SseEvent,
  type StreamMonitor,
  type StreamResponse,
} from '../../lib/index.js';
import { withRetryAfter } from '../../lib/errors.js';
import { nodeTransport } from '../../lib/node/index.js';
import { resumableEvents, resumeHeader, type SsePosition } from '../../lib/sse-resume.js';
import { retryBackoff } from '../../operators/index.js';
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
  const { url, headers, format, timeout, retries: maxRetries, allowSecretInQuery } = options;
  const monitor = childMonitor(options.monitor);
  const contentTypes = format === 'sse' ? ['text/event-stream'] : undefined;
  const transport = pacedTransport(nodeTransport(), { room: options.room, idleTimeout: timeout ?? defaultTimeout });
  return defer(() => {
    const position: SsePosition = { lastEventId: '', retry: undefined };
    const over = new Subject<void>();
    const request = {
      ...{ url, transport, monitor, contentTypes, allowSecretInQuery },
      ...{ headersTimeout: timeout, idleTimeout: 0 },
      headers: () => ({
        accept: 'text/event-stream, application/x-ndjson, */*',
        ...headers,
        ...resumeHeader(position),
      }),
    };
    const connection = exchange(request, (response) => {
      if (response.status !== 204) return read(response, options, position);
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
  });
}

function read(response: StreamResponse, options: TailOptions, position: SsePosition): Observable<string> {
  const { format, data, dataOnly } = options;
  const type = response.headers.get('content-type') ?? '';
  if (format === 'ndjson' || (format === 'auto' && !/^\s*text\/event-stream\s*(?:;|$)/i.test(type))) {
    return response.bytes.pipe(
      lines(),
      filter(jsonOnly(options)),
      map((line) => safeLine(line.trim())),
    );
  }
  const show = ({ event, id, data: text }: SseEvent): string =>
    data ? dataOnly(text) : jsonLine({ event, id, data: text });
  return resumableEvents(response.bytes, position, true).pipe(map(show));
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
