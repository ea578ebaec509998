import { Observable, Subject, type Subscription } from 'rxjs';
import type { AppendBatch, AppendResult } from './append.js';
import { type AppendDraft, draftLength, joinMessages } from './append-body.js';
import {
  type AppendLimits,
  type WaitingAppend,
  type WaitingLine,
  waitingLine,
  type WaitingTurn,
} from './append-waiting.js';
import { DurableStreamError } from './errors.js';
import { hasCode } from './expected-errors.js';
import { oneAtATime, type Turnstile } from './one-at-a-time.js';

/** What the queue needs of its stream. */
export interface QueueWire {
  /** Media type of the stream, where it is known. */
  readonly contentType: () => string | undefined;
  /** Makes it known. */
  readonly learn: () => Observable<unknown>;
  readonly send: (batch: AppendBatch, messages: number) => Observable<AppendResult>;
}

/** Appends, one request at a time, in the order in which they were subscribed to. */
export interface AppendQueue {
  /**
   * One append. Cold: subscribing puts it into the queue, unsubscribing takes it out again; when it was the last one of the request under way,
   * the socket is closed.
   */
  append(where: string, draft: AppendDraft, seq?: string): Observable<AppendResult>;
  /** Any other call that must not overtake the appends before it. */
  turn<T>(call: Observable<T>): Observable<T>;
  /** The next append would be refused. */
  readonly isFull: boolean;
  /** Something has left the queue. */
  readonly moved: Observable<void>;
}

/** What has become of the stream: everything that waits would meet the same. */
const over = ['stream_closed', 'stream_not_found', 'stream_gone'] as const;

/**
 * While one request is under way, appends wait and then go together. An error is that of its own request's members; only a stream that is closed
 * or gone fails what waits as well. A batch that is too large for the server (413) goes again in halves, in order, before all else.
 *
 * Errors: `fatal_error` with `queue_full` for an append that finds the queue full; else those of its request, and the `TypeError` of a value that
 * the stream cannot hold.
 */
export function appendQueue(wire: QueueWire, limits: AppendLimits): AppendQueue {
  const line = waitingLine(limits);
  const { pump, leave, turnstile, moved } = appendEngine(wire, line);
  const append = (where: string, draft: AppendDraft, seq?: string): Observable<AppendResult> =>
    new Observable((subscriber) => {
      if (line.isFull) return subscriber.error(queueFull(limits));
      const made = { where, draft, seq, length: draftLength(draft), subscriber };
      const entry: WaitingAppend = { kind: 'append', ...made, message: new Uint8Array(0), leave: undefined };
      line.push(entry);
      subscriber.add(() => leave(entry));
      pump();
    });
  const turn = <T>(call: Observable<T>): Observable<T> =>
    new Observable((subscriber) => {
      let scope: Subscription | undefined;
      const value = (result: T): void => {
        subscriber.next(result);
        subscriber.complete();
      };
      const start = (): void => {
        scope = turnstile.run(call, { value, error: (error) => subscriber.error(error) });
      };
      const entry: WaitingTurn = { kind: 'turn', length: 0, start };
      line.push(entry);
      subscriber.add(() => {
        if (!line.remove(entry)) scope?.unsubscribe();
      });
      pump();
    });
  return {
    append,
    turn,
    get isFull() {
      return line.isFull;
    },
    moved,
  };
}

interface AppendEngine {
  readonly turnstile: Turnstile;
  readonly moved: Observable<void>;
  /** Begins what can begin. */
  pump(): void;
  /** Nobody waits for this append any more. */
  leave(entry: WaitingAppend): void;
}

interface Part {
  readonly batch: readonly WaitingAppend[];
  readonly contentType: string;
}

function appendEngine(wire: QueueWire, line: WaitingLine): AppendEngine {
  /** Halves of a batch, the next one last. */
  const parts: Part[] = [];
  const moved = new Subject<void>();
  const turnstile = oneAtATime(() => pump());
  let learning: Subscription | undefined;

  const failWaiting = (error: unknown): void => {
    const halves = parts.splice(0).reverse();
    fail([...halves.flatMap(({ batch }) => batch), ...line.removeAppends()], error);
    moved.next();
  };
  const failed = ({ batch, contentType }: Part, error: unknown): void => {
    if (batch.length > 1 && hasCode(error, ['payload_too_large'])) {
      parts.push(...halvesOf(batch).map((half) => ({ batch: half, contentType })));
      return;
    }
    fail(batch, error);
    if (hasCode(error, over)) failWaiting(error);
  };
  const send = ({ batch, contentType }: Part): void => {
    // Of the halves of a batch some may have left meanwhile.
    const members = new Set(batch.filter(({ subscriber }) => !subscriber.closed));
    if (members.size === 0) return pump();
    const body = bodyOf(members, contentType);
    const call = wire.send({ body, contentType, seq: batch[0]?.seq }, members.size);
    const scope = turnstile.run(call, {
      value: (result) => succeed(landed(members), result),
      error: (error) => failed({ batch: landed(members), contentType }, error),
    });
    if (!scope.closed) board(members, scope);
  };
  const takeNext = (contentType: string): void => {
    const { taken, refused } = line.takeBatch(contentType);
    if (taken.length > 0) send({ batch: taken, contentType });
    for (const { entry, error } of refused) entry.subscriber.error(error);
    moved.next();
    // Where all were refused nothing is under way that would call again.
    pump();
  };
  const pump = (): void => {
    if (turnstile.isBusy) return;
    const part = parts.pop();
    if (part !== undefined) return send(part);
    const first = line.first();
    if (first === undefined) return;
    if (first.kind === 'turn') {
      line.remove(first);
      return first.start();
    }
    const contentType = wire.contentType();
    if (contentType !== undefined) return takeNext(contentType);
    learning = turnstile.run(wire.learn(), { value: () => undefined, error: failWaiting });
  };
  const leave = (entry: WaitingAppend): void => {
    if (!line.remove(entry)) return entry.leave?.();
    if (line.first()?.kind !== 'append') learning?.unsubscribe();
    moved.next();
  };
  return { turnstile, moved, pump, leave };
}

function bodyOf(members: ReadonlySet<WaitingAppend>, contentType: string): Uint8Array {
  return joinMessages(
    [...members].map(({ message }) => message),
    contentType,
  );
}

/** The second one first. */
function halvesOf<T>(all: readonly T[]): T[][] {
  const half = Math.ceil(all.length / 2);
  return [all.slice(half), all.slice(0, half)];
}

/** From now on leaving means leaving the request; the last one closes its socket. */
function board(members: Set<WaitingAppend>, request: Subscription): void {
  for (const member of members) {
    member.leave = () => {
      members.delete(member);
      if (members.size === 0) request.unsubscribe();
    };
  }
}

/** The request is over: nobody can leave it any more. */
function landed(members: ReadonlySet<WaitingAppend>): WaitingAppend[] {
  const all = [...members];
  for (const member of all) member.leave = undefined;
  return all;
}

function succeed(entries: readonly WaitingAppend[], result: AppendResult): void {
  for (const { subscriber } of entries) {
    subscriber.next(result);
    subscriber.complete();
  }
}

function fail(entries: readonly WaitingAppend[], error: unknown): void {
  for (const { subscriber } of entries) subscriber.error(error);
}

function queueFull({ maxQueuedItems, maxQueuedLength }: AppendLimits): DurableStreamError {
  const message =
    `more appends wait than maxQueuedItems (${maxQueuedItems}) or maxQueuedLength (${maxQueuedLength}) allow; ` +
    'await some of them, raise the limit, or use appendStream, which pulls an async iterable only while there is room';
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'queue_full' });
}
