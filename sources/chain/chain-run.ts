import { asyncScheduler } from 'rxjs';
import type { ReadGate } from '../../lib/read-gate.js';
import type { StreamMonitor } from '../../lib/state.js';
import { ackQueue, type AckQueue } from './ack-queue.js';
import { sendAcknowledgments } from './acknowledge.js';
import { batchLedger, type BatchLedger } from './batch-ledger.js';
import type { EventStreamerError } from './errors.js';
import type { ChainNotice } from './notices.js';
import type { ChainErrorRule } from './policy.js';
import { checkpointFailed, savedPosition, type SavedPosition } from './saved-position.js';
import type { ChainSessionControl, ChainSessionHooks } from './session-control.js';
import type { CheckedChain } from './stream-options.js';

/** What a session is given beside its options. */
export interface SessionParts {
  readonly hooks: ChainSessionHooks;
  /** Closed while a consumer with credit has none left. */
  readonly gate?: ReadGate | undefined;
  /** Of this session alone. */
  readonly monitor: StreamMonitor;
  /** Whether a batch counts as handled when the consumer's `next` has returned. */
  readonly handsOver: boolean;
  /** How many batches may be remembered. */
  readonly backlog: number;
  /** How many batches of the connection in hand are handled and still remembered, after each change. */
  readonly onCount?: ((count: number) => void) | undefined;
}

/** One subscription to a stream that is kept going, over all of its connections. */
export interface ChainRun {
  readonly checked: CheckedChain;
  readonly parts: SessionParts;
  readonly ledger: BatchLedger;
  readonly acks: AckQueue;
  readonly saved: SavedPosition | undefined;
  readonly notice: (notice: ChainNotice) => void;
  readonly control: ChainSessionControl;
  /** The subscription in hand: another one after `onMissing`. */
  subscriptionId: number;
  /** Of the connection in hand. */
  connectionId: string | undefined;
  /** Everything up to here is handled, and acknowledged to the service. */
  position: string | undefined;
  /** What the next connection asks for; the position, unless the service has refused it. */
  token: string | undefined;
  /** The token is the service's own, because it has refused ours. */
  isTokenStored: boolean;
  /** What is done about an `error` message that has ended the connection. */
  ruling: { readonly error: EventStreamerError; readonly rule: ChainErrorRule } | undefined;
  /** The last failure, and whether the service has told of it in the stream. */
  failure: { readonly error: EventStreamerError; readonly isTold: boolean } | undefined;
  /** The last number of a heartbeat. */
  beats: number;
  /** Ends the connection in hand. */
  drop: ((error: EventStreamerError) => void) | undefined;
}

/** Failed saves in a row that end the stream, as in `checkpoint`. */
const mostFailedSaves = 3;
const drainLimit = 5_000;

/** A session that has done nothing yet. `fail` ends it. */
export function startRun(checked: CheckedChain, parts: SessionParts, fail: (error: unknown) => void): ChainRun {
  const { options, client, subscriptionId } = checked;
  const notice = noticeTo(options.onNotice, parts.monitor);
  const ledger = batchLedger({
    onReady: (held) => acks.add(held),
    onRepeated: (batchIds) => acks.drop(batchIds),
    onPosition: (position) => passTo(run, position),
    onCount: (count) => parts.onCount?.(count),
  });
  const acks = ackQueue({
    call: (request) => sendAcknowledgments(client, run.subscriptionId, request),
    interval: options.batchAckInterval ?? 3_000,
    scheduler: options.scheduler,
    onTaken: (taken) => ledger.confirm(taken),
    onLost: (error) => run.drop?.(error),
    onNotice: notice,
  });
  const saved = saverOf(checked, notice, fail);
  const empty = { connectionId: undefined, position: undefined, token: undefined, isTokenStored: false, beats: 0 };
  const run: ChainRun = {
    ...{ checked, parts, ledger, acks, saved, notice, subscriptionId, ...empty },
    ...{ ruling: undefined, failure: undefined, drop: undefined },
    control: controlOf(() => run),
  };
  return run;
}

/** The session begins here. */
export function beginAt(run: ChainRun, position: string | undefined): void {
  run.position = position;
  run.token = position;
  run.parts.hooks.onPosition?.(position);
}

/** The session is over: what is acknowledged is sent and saved, and so is what handlers acknowledge later. */
export function endRun({ acks, saved }: ChainRun): void {
  acks.end();
  void acks.flush();
  saved?.end();
}

function passTo(run: ChainRun, position: string): void {
  if (position === run.position && !run.isTokenStored) return;
  run.position = position;
  run.token = position;
  run.isTokenStored = false;
  run.saved?.save(position);
  run.parts.hooks.onPosition?.(position);
}

function saverOf(
  { checkpoint, options, subscriptionId }: CheckedChain,
  notice: ChainRun['notice'],
  fail: (error: unknown) => void,
): SavedPosition | undefined {
  if (checkpoint === undefined) return undefined;
  const saved = savedPosition({
    slotOf: checkpoint.slotOf,
    scheduler: options.scheduler,
    onFailure: (cause, inARow) => {
      notice({ kind: 'checkpoint_failed', message: `${inARow} saves of the position in a row have failed`, cause });
      if (inARow >= mostFailedSaves) fail(checkpointFailed(cause, inARow));
    },
  });
  saved.moveTo(checkpoint.keyOf(subscriptionId));
  return saved;
}

function noticeTo(
  listener: ((notice: ChainNotice) => unknown) | undefined,
  { report }: StreamMonitor,
): ChainRun['notice'] {
  const failed = (cause: unknown): void =>
    report.warn({ kind: 'callback_failed', message: 'onNotice has thrown', cause });
  return (notice) => {
    try {
      const result = listener?.(notice);
      // An async function passes for a listener, and its rejection would end the process.
      if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(failed);
    } catch (cause) {
      failed(cause);
    }
  };
}

function controlOf(runOf: () => ChainRun): ChainSessionControl {
  return {
    get position() {
      return runOf().position;
    },
    get connectionId() {
      return runOf().connectionId;
    },
    get subscriptionId() {
      return runOf().subscriptionId;
    },
    nextSequenceNumber: () => (runOf().beats += 1),
    acknowledged: (batchIds) => {
      const { acks, ledger } = runOf();
      acks.drop(batchIds);
      ledger.acknowledged(batchIds);
    },
    drain: () => drained(runOf()),
  };
}

function drained({ acks, saved, checked }: ChainRun): Promise<void> {
  const { scheduler = asyncScheduler } = checked.options;
  return new Promise((resolve) => {
    // A store may hang.
    const limit = scheduler.schedule(() => resolve(), drainLimit);
    // In this order: what the service takes moves the position.
    void acks
      .flush()
      .then(() => saved?.flush())
      .then(() => {
        limit.unsubscribe();
        resolve();
      });
  });
}
