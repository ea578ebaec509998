import { catchError, concat, defer, EMPTY, map, type Observable, of, repeat, takeWhile, throwError, timer } from 'rxjs';
import { filter } from 'rxjs';
import { maxDuration } from '../../lib/check-options.js';
import { jsonCall, type JsonRequest } from '../../lib/json-call.js';
import { type BackgroundCall, findable } from './background-call.js';
import { connection, noteContent } from './connection.js';
import type { LlmError } from './errors.js';
import { failureWith } from './llm-failure.js';
import type { LlmRequest } from './llm-options.js';
import type { LlmRun } from './llm-run.js';
import type { PartFlow } from './part-flow.js';
import type { LlmPart } from './parts.js';
import { llmError } from './provider-answers.js';
import type { ResponsesPosition } from './responses-head.js';
import type { ResponsesReader } from './responses-parts.js';
import { isObject } from './shapes.js';

/** A response that goes on without us, and what is needed to go on with it. */
export interface Resuming {
  readonly background: BackgroundCall;
  readonly flow: PartFlow;
  readonly reader: ResponsesReader;
  readonly position: ResponsesPosition;
}

/** `undefined` where there is nothing to go on with: the response has no name yet, or is over, or was not created with `background`. */
export function resuming({ call, flow, resumable: reader }: LlmRun): Resuming | undefined {
  const { background } = call;
  const position = findable(reader?.position);
  if (background === undefined || flow === undefined || reader === undefined || position === undefined)
    return undefined;
  return flow.isFailed || flow.isDone || call.onInterrupted !== 'resume'
    ? undefined
    : { background, flow, reader, position };
}

/**
 * The rest of a response, on another connection: behind the number of its last event, and once the server no longer streams it, or where it does not
 * count, by asking for the whole response until it is over. Nothing is emitted twice: the reader knows what it has read.
 */
export function resumed(run: LlmRun, resume: Resuming): Observable<readonly LlmPart[]> {
  const { background, flow, position } = resume;
  if (run.next === 'poll' || position.sequenceNumber === undefined) return polled(run, resume);
  const cursor = position.sequenceNumber;
  return connection(run, {
    request: background.resume(position),
    flow,
    onOpen: () => [{ type: 'resume', cursor, by: 'stream' }],
  }).pipe(
    catchError((error: unknown) => {
      if (!isExpired(llmError(run.call.wire, error))) return throwError(() => error);
      run.next = 'poll';
      return polled(run, resume);
    }),
  );
}

/** The server has the response, perhaps, and no stream of it: too old, not begun as one, or a proxy that knows no streams. */
function isExpired({ statusCode, code, phase }: LlmError): boolean {
  return phase !== 'body' && (statusCode === 400 || statusCode === 404 || code === 'content_type');
}

function polled(run: LlmRun, resume: Resuming): Observable<readonly LlmPart[]> {
  const { background, flow, reader, position } = resume;
  const { scheduler } = run.call.retry;
  const cursor = position.sequenceNumber ?? -1;
  const call = defer(() => jsonCall(plainRequest(run, background.poll(position.responseId))));
  return call.pipe(
    catchError((error: unknown) => throwError(() => gone(llmError(run.call.wire, error)))),
    map((response): readonly LlmPart[] => {
      flow.finish((sink) => isObject(response) && reader.finishFrom(response, sink));
      const parts = flow.take();
      noteContent(run, flow, parts);
      return flow.isDone ? [{ type: 'resume', cursor, by: 'poll' }, ...parts] : [];
    }),
    repeat({ delay: () => timer(background.pollInterval, scheduler) }),
    takeWhile((parts) => parts.length === 0, true),
    filter((parts) => parts.length > 0),
  );
}

function gone(error: LlmError): LlmError {
  return error.statusCode === 404 ? failureWith(error, { code: 'resume_expired' }) : error;
}

/** A request whose answer is JSON. The monitor is of the stream, which has no connection meanwhile. */
function plainRequest({ call }: LlmRun, request: LlmRequest): JsonRequest {
  const { malformed: _m, onInvalid: _i, maxMalformedInARow: _r, maxEventLength: _l, ...plain } = request;
  const limit = call.limits.connect === 0 ? maxDuration : call.limits.connect;
  return { ...plain, headersTimeout: limit, idleTimeout: limit, monitor: undefined };
}

/** Tells the provider to stop a response that nobody waits for. Goes on after the unsubscription that it follows; a failure is a warning. */
export function cancelResponse(run: LlmRun): void {
  const resume = resuming(run);
  if (resume === undefined || !resume.background.cancelOnUnsubscribe) return;
  const { background, position } = resume;
  const call = jsonCall(plainRequest(run, { ...background.cancel(position.responseId), gate: undefined }));
  concat(call, of(undefined))
    .pipe(
      catchError((cause: unknown) => {
        const message = 'the response could not be cancelled';
        run.monitor.report.warn({ kind: 'termination_failed', message, cause: llmError(run.call.wire, cause) });
        return EMPTY;
      }),
    )
    .subscribe();
}
