import { catchError, concat, EMPTY, ignoreElements, Observable, type Subscriber, tap, throwError } from 'rxjs';
import { isStreamError } from '../../lib/errors.js';
import { exchange } from '../../lib/http.js';
import type { ReadGate } from '../../lib/read-gate.js';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { xRequest } from './api.js';
import { afterBudget } from './connect-budget.js';
import { endpointOf, type XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import type { XMessage } from './messages.js';
import { openConnection } from './open-stream.js';
import { bothBudgets, xRetryConfig } from './reconnect.js';
import {
  deliverySlack,
  type Filling,
  fillingOf,
  missedSince,
  planRecovery,
  type RecoveryPlan,
  recoveryQuery,
} from './recovery.js';
import type { Session, XStreamMessage } from './session-options.js';

/** One subscription to a stream that is kept going. */
export interface Run<Name extends XStreamName> extends Session<Name> {
  /** Of this subscription alone: its last byte is the position. */
  readonly monitor: StreamMonitor;
  /** Closed while a consumer with credit has none left. */
  readonly gate: ReadGate | undefined;
  /** The newest item so far of a finite stream, in milliseconds since 1970. */
  newestItemAt: number | undefined;
  /** Beginnings of the gaps that replays are still filling, in milliseconds since 1970. */
  readonly replays: Set<number>;
  /** A piece of a body has come, and no item of it has been looked at for its age. */
  hasFreshPiece: boolean;
  /** Of the connection in hand, where it repeats what was missed. */
  filling: Filling | undefined;
}

/**
 * Connects, and connects again on X's schedules, asking each time for what was missed. Replays of longer gaps run beside the live
 * connection and end with it. Duplicates are not removed here.
 */
export function keptConnection<Name extends XStreamName>(run: Run<Name>): Observable<readonly XStreamMessage<Name>[]> {
  return new Observable((subscriber) => {
    const { report } = run.monitor;
    const connection = afterBudget(run, { connect: () => connectOnce(run, subscriber), onWait: report.waiting });
    const retried = connection.pipe(retryBackoff({ ...retryOf(run), monitor: run.monitor }));
    subscribeWithin(retried, subscriber, subscriber);
  });
}

function retryOf<Name extends XStreamName>({ config, budget, finite }: Run<Name>): ReturnType<typeof xRetryConfig> {
  return xRetryConfig({ ...config, retryBudget: bothBudgets(budget, config.retryBudget) }, !finite);
}

function connectOnce<Name extends XStreamName>(
  run: Run<Name>,
  subscriber: Subscriber<readonly XStreamMessage<Name>[]>,
): Observable<readonly XMessage<XItem<Name>>[]> {
  const { name, options, monitor } = run;
  const plan = nextPlan(run, Date.now());
  let silent = true;
  const open = (): Observable<readonly XMessage<XItem<Name>>[]> =>
    openConnection(name, { ...options, monitor, gate: run.gate }, { ...run.query, ...queryOf(run, plan) });
  return open().pipe(
    catchError((error: unknown) => {
      // The token may have expired while the stream ran; its function is asked once more.
      const expired = isStreamError(error) && error.statusCode === 401 && typeof options.bearerToken === 'function';
      return expired ? open() : throwError(() => error);
    }),
    catchError((error: unknown) => afterTermination(error, run)),
    tap(() => {
      if (!silent) return;
      silent = false;
      begin(plan, run, subscriber);
    }),
  );
}

/** What must be asked for again, and from now on what this connection is to fill. */
function nextPlan<Name extends XStreamName>(run: Run<Name>, now: number): RecoveryPlan {
  const { name, options, query, finite, monitor, filling } = run;
  const { recovery = 'none' } = options;
  const from = finite ? undefined : missedSince(monitor.state.lastByteAt ?? run.resumed?.at, filling);
  const plan = planRecovery(from, now, { recovery, endpoint: endpointOf(name) });
  const asked = Number(query['backfill_minutes'] ?? query['backfillMinutes'] ?? 0);
  run.filling = recovery === 'none' ? undefined : fillingOf(plan, now, asked);
  return plan;
}

/** What this connection asks for beside what the caller set. */
function queryOf<Name extends XStreamName>(run: Run<Name>, plan: RecoveryPlan): Record<string, string | undefined> {
  const { name, query, finite, newestItemAt } = run;
  if (plan.gap !== undefined) return recoveryQuery(name, { backfillMinutes: plan.backfillMinutes });
  if (!finite || newestItemAt === undefined) return {};
  // A replay that broke off goes on where it was, but no earlier than asked; dedupe takes out what comes twice.
  const start = Date.parse(query['start_time'] ?? query['startTime'] ?? '');
  const from = newestItemAt - deliverySlack;
  return recoveryQuery(name, { from: Number.isNaN(start) ? from : Math.max(start, from) });
}

/** The new connection has delivered its first line: now the gap is over. */
function begin<Name extends XStreamName>(
  plan: RecoveryPlan,
  run: Run<Name>,
  subscriber: Subscriber<readonly XStreamMessage<Name>[]>,
): void {
  const { gap, replay } = plan;
  if (gap === undefined) return;
  subscriber.next([gap]);
  if (replay === undefined) return;
  // From here on the replay answers for its time: a connection that breaks soon asks only for what follows it.
  if (run.filling !== undefined) run.filling = { ...run.filling, from: replay.to };
  run.replays.add(gap.from);
  const { name, options, query, config } = run;
  const { maxRetries, schedules, random, scheduler } = config;
  const wanted = { ...query, ...recoveryQuery(name, { backfillMinutes: undefined, ...replay }) };
  const retryConfig = { maxRetries, schedules, random, scheduler, retryBudget: run.budget };
  const connect = (): Observable<readonly XMessage<XItem<Name>>[]> =>
    openConnection(name, { ...options, monitor: undefined, gate: run.gate }, wanted);
  subscriber.add(
    afterBudget(run, { connect })
      .pipe(retryBackoff(xRetryConfig(retryConfig, false)))
      .subscribe({
        next: (messages) => {
          for (const { type } of messages) if (type === 'malformed') run.monitor.report.malformed();
          subscriber.next(messages.filter(({ type }) => type !== 'keep_alive'));
        },
        complete: () => run.replays.delete(gap.from),
        error: (cause: unknown) => {
          run.replays.delete(gap.from);
          run.monitor.report.warn({ kind: 'replay_failed', message: 'the replay of a gap has failed', cause });
          subscriber.next([{ ...gap, recovered: 'partly' }]);
        },
      }),
  );
}

/** X counts sockets that died unseen. Closing them is the cure; then the schedule waits as it would have. */
function afterTermination<Name extends XStreamName>(error: unknown, run: Run<Name>): Observable<never> {
  const { name, options, monitor } = run;
  const endpoint = endpointOf(name).connectionName;
  const wanted = options.onTooManyConnections === 'terminate' && endpoint !== undefined;
  const failed = throwError(() => error);
  if (!wanted || !isStreamError(error) || error.code !== 'too_many_connections') return failed;
  // Not `terminateConnections`: its schema would bring zod, and its call ky, into every bundle that streams.
  const call = xRequest({ ...options, timeout: undefined }, { path: `/2/connections/${endpoint}`, method: 'DELETE' });
  return concat(
    exchange(call, ({ bytes }) => bytes).pipe(
      ignoreElements(),
      catchError((cause: unknown) => {
        monitor.report.warn({ kind: 'termination_failed', message: `could not close ${endpoint}`, cause });
        return EMPTY;
      }),
    ),
    failed,
  );
}
