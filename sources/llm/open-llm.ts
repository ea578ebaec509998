import { catchError, defer, Observable, throwError } from 'rxjs';
import { checkOptions, integer } from '../../lib/check-options.js';
import { isStreamError } from '../../lib/errors.js';
import { exchange, type StreamResponse } from '../../lib/http.js';
import { malformedPolicy, malformedRules } from '../../lib/malformed-policy.js';
import { checkRequest } from '../../lib/request.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmRequest } from './llm-options.js';
import { classifyLlm, llmError, notAStream } from './provider-answers.js';
import { wireEventReader } from './wire-events.js';
import type { WireEvent } from './wire-reader.js';
import type { LlmWire } from './vocabulary.js';

/** Headers are in. */
export interface OpenedLlm {
  readonly requestId: string | undefined;
  /** Those that the providers document: request ids, rate limits, times; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
}

/** What one connection says: first that it is open, then its events, one list for each piece of the body that ends some. */
export type WireFact =
  | { readonly type: 'open'; readonly opened: OpenedLlm }
  | { readonly type: 'events'; readonly events: readonly WireEvent[] };

/** An image may come whole in one event. */
const defaultMaxEventLength = 67_108_864;
/** Some proxies name none, or one that says nothing. A page or JSON is no stream. */
const contentTypes: readonly string[] = ['text/event-stream', 'text/plain', 'application/octet-stream', ''];
const limits = ['requests', 'tokens', 'input-tokens', 'output-tokens'];
/** Headers that the two vendors document; no cookie, nothing that is ours. */
const documented: readonly string[] = [
  ...['request-id', 'x-request-id', 'cf-ray', 'content-type', 'date', 'openai-model', 'openai-processing-ms'],
  ...['openai-version', 'retry-after', 'retry-after-ms', 'x-should-retry', 'anthropic-organization-id'],
  ...limits.flatMap((limit) => ['limit', 'remaining', 'reset'].map((word) => `anthropic-ratelimit-${limit}-${word}`)),
  ...['requests', 'tokens'].flatMap((limit) =>
    ['limit', 'remaining', 'reset'].map((word) => `x-ratelimit-${word}-${limit}`),
  ),
];

/**
 * One request and the events of its one answer. Cold; nothing is retried.
 *
 * Completes at the end of the body, which proves nothing: whoever drives it looks for the provider's terminal marker, and unsubscribes there,
 * which closes the socket. Events that came before a failure are emitted before it.
 *
 * Errors: an `LlmError` of every `errorType`. HTTP errors as the provider means them; a 200 that is no event stream as the error in its body,
 * else `content_type`; a body that broke off, or ended inside a frame, as `TruncatedStreamError`; `frame_too_large`; `malformed` under the
 * policy `error`.
 */
export function openEvents(request: LlmRequest, wire: LlmWire): Observable<WireFact> {
  const { malformed, onInvalid, maxMalformedInARow, maxEventLength, ...http } = request;
  const policy = { malformed, onInvalid, maxMalformedInARow };
  checkOptions('openEvents', { ...malformedRules, maxEventLength: integer(1) }, { ...policy, maxEventLength });
  const options = { policy, wire, maxLength: maxEventLength ?? defaultMaxEventLength, monitor: request.monitor };
  const checked = { ...http, contentTypes, classify: classifyLlm(wire) };
  checkRequest('openEvents', checked);
  return defer(() => {
    const seen: Seen = { lastEvent: undefined };
    return exchange(checked, (response) => readFacts(response, options, seen)).pipe(
      catchError((error: unknown) => {
        const isPage = isStreamError(error) && error.code === 'content_type';
        return throwError(() => (isPage ? notAStream(wire, error) : llmError(wire, error, seen.lastEvent)));
      }),
    );
  });
}

interface Seen {
  lastEvent: string | undefined;
}

interface FactOptions {
  readonly policy: Pick<LlmRequest, 'malformed' | 'onInvalid' | 'maxMalformedInARow'>;
  readonly wire: LlmWire;
  readonly maxLength: number;
  readonly monitor: LlmRequest['monitor'];
}

function readFacts(response: StreamResponse, options: FactOptions, seen: Seen): Observable<WireFact> {
  const { status, requestId, bytes } = response;
  const { wire, maxLength, monitor } = options;
  return new Observable((subscriber) => {
    const policy = malformedPolicy(options.policy, monitor?.report);
    const reader = wireEventReader({ wire, policy, maxLength, requestId });
    const emit = (events: readonly WireEvent[]): void => {
      seen.lastEvent = reader.lastEvent;
      if (events.length > 0) subscriber.next({ type: 'events', events });
    };
    /** What came before a failure counts. */
    const attempt = (step: () => readonly WireEvent[]): void => {
      try {
        emit(step());
      } catch (error) {
        emit(reader.rest());
        subscriber.error(error);
      }
    };
    subscriber.next({ type: 'open', opened: { requestId, headers: headersOf(response), status } });
    subscribeWithin(bytes, subscriber, {
      next: (piece) => attempt(() => reader.feed(piece)),
      error: (error) => subscriber.error(error),
      complete: () => {
        attempt(() => reader.end());
        subscriber.complete();
      },
    });
  });
}

function headersOf({ headers }: StreamResponse): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of documented) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}
