import { catchError, defer, defaultIfEmpty, EMPTY, from, mergeMap, type Observable, take, throwError } from 'rxjs';
import { streamEnded } from '../../lib/errors.js';
import { chainError } from './answers.js';
import type { ChainRun } from './chain-run.js';
import { type ChainNoticeCode, type EventStreamerError, EventStreamerSubscriptionError } from './errors.js';
import { type ChainErrorRule, final, retryable, ruleFor } from './policy.js';
import { checkProcessingStatus } from './stream-calls.js';
import { getSubscription } from './subscriptions.js';

const context = { operation: 'stream events', subject: 'subscription' } as const;

/** Answers that may be about the token, where one was sent. */
const refusals: ReadonlySet<number | undefined> = new Set([400, 409, 410, 412, 416, 422]);

/**
 * What follows a connection that has failed: whatever is done about it, and then the error to go on by: one that is worth another try, or one that
 * ends the stream.
 */
export function afterFailure(run: ChainRun, thrown: unknown): Observable<never> {
  const error = chainError(thrown, context);
  const { ruling } = run;
  run.ruling = undefined;
  const isTold = ruling?.error === error;
  run.failure = { error, isTold };
  const code = noticeCodeOf(error, run.token);
  const rule = isTold ? ruling.rule : ruleOf(run, code);
  if (rule === undefined) return throwError(() => error);
  switch (rule.action) {
    case 'end':
      return throwError(() => final(error));
    case 'continue':
      // Nothing can go on that is over.
      return throwError(() => error);
    case 'reconnect':
      return throwError(() => retryable(error, rule));
    case 'recover':
      return recovery(run, code, { error, rule });
  }
}

/** A failure in the service's own words; `undefined` where it has none for it. */
export function noticeCodeOf(error: EventStreamerError, token: string | undefined): ChainNoticeCode | undefined {
  switch (error.code) {
    case 'subscription_not_found':
      return 'SUBSCRIPTION_NOT_FOUND';
    case 'invalid_resume_token':
      return 'INVALID_RESUME_TOKEN';
    case 'processing_stopped':
      return 'PROCESSING_STOPPED';
    case 'circuit_breaker_open':
      return 'CIRCUIT_BREAKER_OPEN';
    case 'connection_lost':
      return 'CONNECTION_LOST';
  }
  if (error.errorType === 'rate_limited') return 'RATE_LIMITED';
  return token !== undefined && refusals.has(error.statusCode) ? 'INVALID_RESUME_TOKEN' : undefined;
}

/**
 * What follows a clean end: completion, where the subscription has an end and the service has come to it; else the error of a drop. What is
 * acknowledged is sent first: the service may count by that.
 */
export function afterEnd(run: ChainRun): Observable<never> {
  const { onEnd, client } = run.checked;
  const dropped = throwError(() => chainError(streamEnded(), context));
  if (onEnd === 'complete') return EMPTY;
  if (onEnd === 'reconnect') return dropped;
  return from(run.acks.flush()).pipe(
    mergeMap(() => getSubscription(client, run.subscriptionId)),
    catchError((error: unknown) =>
      throwError(() => (isWorthTelling(error) ? error : chainError(streamEnded(), context))),
    ),
    mergeMap(({ endBlock, lastProcessedBlock }) => {
      const isOver = endBlock !== undefined && lastProcessedBlock !== undefined && lastProcessedBlock >= endBlock;
      return isOver ? EMPTY : dropped;
    }),
  );
}

function ruleOf({ checked }: ChainRun, code: ChainNoticeCode | undefined): ChainErrorRule | undefined {
  return code === undefined ? undefined : ruleFor(code, checked.options.policy);
}

interface Failure {
  readonly error: EventStreamerError;
  readonly rule: ChainErrorRule;
}

function recovery(run: ChainRun, code: ChainNoticeCode | undefined, failure: Failure): Observable<never> {
  const again = throwError(() => retryable(failure.error, failure.rule));
  switch (code) {
    case 'SUBSCRIPTION_NOT_FOUND':
      return replaced(run, failure, again);
    case 'INVALID_RESUME_TOKEN':
      return otherToken(run, failure, again);
    case 'PROCESSING_STOPPED':
      // Asked for its own sake: a subscription that is gone is found out here. Opening the stream starts the work again.
      return checkProcessingStatus(run.checked.client, run.subscriptionId).pipe(
        catchError((error: unknown) => (isMissing(error) ? afterFailure(run, error) : again)),
        mergeMap(() => again),
      );
    case 'CONNECTION_LOST':
    case 'CIRCUIT_BREAKER_OPEN':
    case 'RATE_LIMITED':
    case 'STREAM_ERROR':
    case undefined:
      return again;
  }
}

/** Goes on with the subscription that `onMissing` gives, from its beginning: tokens belong to one subscription. */
function replaced(run: ChainRun, { error }: Failure, again: Observable<never>): Observable<never> {
  const { onMissing } = run.checked.options;
  if (onMissing === undefined) return throwError(() => final(error));
  return defer(() => onMissing(error)).pipe(
    take(1),
    defaultIfEmpty(undefined),
    catchError((cause: unknown) => throwError(() => notReplaced(error, 'onMissing has failed', cause))),
    mergeMap((id) => {
      if (!Number.isSafeInteger(id) || id === undefined || id < 0) {
        return throwError(() => notReplaced(error, 'onMissing has given no id'));
      }
      moveOn(run, id);
      return again;
    }),
  );
}

function moveOn(run: ChainRun, id: number): void {
  run.subscriptionId = id;
  run.token = undefined;
  run.isTokenStored = false;
  run.acks.drop();
  run.ledger.restart();
  const { checkpoint } = run.checked;
  if (checkpoint !== undefined) run.saved?.moveTo(checkpoint.keyOf(id));
  run.notice({ kind: 'subscription_replaced', message: `the stream goes on with subscription ${id}` });
}

/** The service's own token, else none: what follows may come twice, or leave something out, and is told of. */
function otherToken(run: ChainRun, { error }: Failure, again: Observable<never>): Observable<never> {
  const refused = run.token;
  // Nothing was asked for that could be left out.
  if (refused === undefined) return throwError(() => final(error));
  const goOn = (stored: string | undefined): Observable<never> => {
    run.token = stored;
    run.isTokenStored = true;
    const from_ = stored === undefined ? 'wherever the service begins' : 'where the service has stored it';
    run.notice({
      kind: 'position_lost',
      message: `the resume token was refused; the stream goes on from ${from_}`,
      cause: error,
    });
    return again;
  };
  if (run.isTokenStored) return goOn(undefined);
  return getSubscription(run.checked.client, run.subscriptionId).pipe(
    catchError((failed: unknown) => throwError(() => chainError(failed, context))),
    mergeMap(({ resumeToken }) => goOn(resumeToken === refused ? undefined : resumeToken)),
  );
}

function notReplaced(error: EventStreamerError, reason: string, cause: unknown = error): EventStreamerError {
  const { statusCode, responseBody, requestId } = error;
  return new EventStreamerSubscriptionError(`the subscription is gone, and ${reason}`, {
    ...{ errorType: 'client_error', code: 'subscription_not_found', ...context },
    ...{ statusCode, responseBody, requestId, cause },
  });
}

function isMissing(error: unknown): boolean {
  return chainError(error, context).code === 'subscription_not_found';
}

/** A drop may have any reason; these two say that there will be no other connection. */
function isWorthTelling(error: unknown): boolean {
  return isMissing(error) || chainError(error, context).errorType === 'authentication_error';
}
