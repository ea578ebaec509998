import { catchError, defer, Observable, throwError } from 'rxjs';
import { maxDuration } from '../../lib/check-options.js';
import { classifyError } from '../../lib/classify.js';
import type { RetryConfig } from '../../lib/config.js';
import { eachOf } from '../../lib/each-of.js';
import { childMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { connection } from './connection.js';
import type { LlmError } from './errors.js';
import { afterRetries, failureWith } from './llm-failure.js';
import type { LlmCall, LlmRun } from './llm-run.js';
import { partFlow } from './part-flow.js';
import type { LlmPart } from './parts.js';
import { llmError } from './provider-answers.js';
import { beforeRestart } from './restart.js';
import { cancelResponse, resumed, resuming } from './resume.js';

/** The parts of one call, retried by phase, one by one. Every subscription is a call of its own. */
export function keptLlm(call: LlmCall): Observable<LlmPart> {
  return new Observable<readonly LlmPart[]>((subscriber) => {
    const run = runOf(call, (part) => subscriber.next([part]));
    const over = (end: () => void): void => {
      run.isOver = true;
      end();
    };
    subscriber.add(() => {
      if (!run.isOver) cancelResponse(run);
    });
    const attempts = defer(() => nextAttempt(run)).pipe(retryBackoff(retryOf(run)));
    subscribeWithin(attempts, subscriber, {
      next: (parts) => subscriber.next(parts),
      error: (error: unknown) => over(() => subscriber.error(givenUp(run, error))),
      complete: () => over(() => subscriber.complete()),
    });
  }).pipe(eachOf());
}

function runOf(call: LlmCall, emit: LlmRun['emit']): LlmRun {
  return {
    ...{ call, emit, monitor: childMonitor(call.retry.monitor) },
    ...{ attempts: 0, next: 'request', mayRetry: true, isOver: false },
    ...{ flow: undefined, resumable: undefined, requestId: undefined },
    ...{ standing: undefined, lastError: undefined, lastContent: undefined },
  };
}

function retryOf(run: LlmRun): RetryConfig {
  const { retry, onInterrupted } = run.call;
  return {
    ...retry,
    monitor: run.monitor,
    shouldRetry: (error) => run.mayRetry && retry.shouldRetry?.(error) !== false,
    // What is said before the content proves nothing, and each try may be billed: so failures count as long as it lasts. A response that can be
    // resumed is not made again, and may well outlive many connections.
    ...(onInterrupted === 'resume' ? {} : { resetAfter: maxDuration }),
    onReconnect: (failures, delayMs) => {
      const cause = run.lastError;
      // A connection that resumes belongs to the attempt that it goes on with.
      const coming = run.next === 'request' ? run.attempts + 1 : run.attempts;
      if (cause !== undefined) run.emit({ type: 'retry', attempt: coming, delayMs, cause });
      return retry.onReconnect?.(failures, delayMs);
    },
  };
}

function nextAttempt(run: LlmRun): Observable<readonly LlmPart[]> {
  const resume = run.next === 'request' ? undefined : resuming(run);
  const parts = resume === undefined ? requested(run) : resumed(run, resume);
  return parts.pipe(catchError((error: unknown) => throwError(() => afterFailure(run, error))));
}

/** A new request, whose answer takes the place of any before it. */
function requested(run: LlmRun): Observable<readonly LlmPart[]> {
  const { wire, request, onInterrupted } = run.call;
  const { reader, resumable } = run.call.reader();
  const flow = partFlow({ wire, reader, holdsCalls: onInterrupted === 'restart' });
  Object.assign(run, { flow, resumable, requestId: undefined });
  run.attempts += 1;
  const attempt = run.attempts;
  return connection(run, {
    request,
    flow,
    onOpen: ({ requestId, headers }) => {
      const { standing } = run;
      run.standing = undefined;
      const open: LlmPart = { type: 'open', requestId, headers, attempt };
      if (standing === undefined) return [open];
      return [{ type: 'reset', attempt: standing.attempt, discarded: standing.message }, open];
    },
  });
}

/** What the failure is to the consumer, and in `run` whether there may be another try. */
function afterFailure(run: LlmRun, thrown: unknown): LlmError {
  const error = (run.lastError = failureOf(run, thrown));
  const next = nextAfter(run, error);
  run.mayRetry = next === 'retry';
  return typeof next === 'string' ? error : next;
}

/** `fail`: it could be retried, and must not be. An error: this one, which cannot be. */
function nextAfter(run: LlmRun, error: LlmError): 'fail' | 'retry' | LlmError {
  const { call, flow } = run;
  if (!error.isRetryable) return error;
  // Waiting for less than the server asks makes it worse for everybody.
  if (error.retryAfter !== undefined && error.retryAfter > call.maxRetryAfter) return 'fail';
  if (resuming(run) !== undefined) {
    if (run.next === 'request') run.next = 'resume';
    return 'retry';
  }
  run.next = 'request';
  if (flow?.hasContent !== true) return 'retry';
  if (call.onInterrupted !== 'restart') return 'fail';
  return beforeRestart(run, flow, error);
}

/** The failure with all that came before it. */
function failureOf({ call, flow, requestId, standing }: LlmRun, thrown: unknown): LlmError {
  const error = llmError(call.wire, thrown);
  const message = flow?.message;
  return failureWith(error, {
    requestId: error.requestId ?? requestId,
    partial: flow?.hasContent === true ? message : standing?.message,
    usage: message?.usage ?? standing?.message.usage,
  });
}

function givenUp(run: LlmRun, error: unknown): LlmError {
  return afterRetries(run.call.wire, classifyError(error));
}
