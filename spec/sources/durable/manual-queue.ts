import { defer, type Observable, of, Subject, type Subscription } from 'rxjs';
import type { AppendBatch, AppendResult } from '../../../sources/durable/append.js';
import { draftOf } from '../../../sources/durable/append-body.js';
import { type AppendQueue, appendQueue, type QueueWire } from '../../../sources/durable/append-queue.js';
import type { AppendLimits } from '../../../sources/durable/append-waiting.js';
import { type DurableErrorCode, DurableStreamError } from '../../../sources/durable/errors.js';

export const limits: AppendLimits = {
  batching: true,
  maxBatchLength: 1_000,
  maxBatchItems: 4,
  maxQueuedItems: 8,
  maxQueuedLength: 1_000,
};

export function failure(code: DurableErrorCode): DurableStreamError {
  return new DurableStreamError(code, { errorType: 'client_error', code });
}

interface ManualRequest {
  readonly body: string;
  readonly seq: string | undefined;
  readonly answer: Subject<AppendResult>;
}

interface ManualQueue {
  readonly queue: AppendQueue;
  readonly requests: ManualRequest[];
  readonly said: string[];
  append(value: unknown, seq?: string): Subscription;
  answer(offset: string): void;
  refuse(code: DurableErrorCode): void;
  bodies(): string[];
}

/** A queue whose requests are answered by hand. */
export function manual(changes: Partial<AppendLimits> = {}, wire: Partial<QueueWire> = {}): ManualQueue {
  const requests: ManualRequest[] = [];
  const said: string[] = [];
  const send = ({ body, seq }: AppendBatch): Observable<AppendResult> =>
    defer(() => {
      const answer = new Subject<AppendResult>();
      requests.push({ body: new TextDecoder().decode(body), seq, answer });
      return answer;
    });
  const contentType = (): string => 'application/json';
  const queue = appendQueue({ contentType, learn: () => of('x'), send, ...wire }, { ...limits, ...changes });
  const append = (value: unknown, seq?: string): Subscription =>
    queue.append('append', draftOf('append', value), seq).subscribe({
      next: ({ nextOffset }) => said.push(`${JSON.stringify(value)}@${nextOffset}`),
      error: (error: unknown) => said.push(`${JSON.stringify(value)}!${String(Reflect.get(Object(error), 'code'))}`),
    });
  const answer = (offset: string): void => {
    const last = requests.at(-1)?.answer;
    last?.next({ nextOffset: offset });
    last?.complete();
  };
  const refuse = (code: DurableErrorCode): void => requests.at(-1)?.answer.error(failure(code));
  return { queue, requests, said, append, answer, refuse, bodies: () => requests.map(({ body }) => body) };
}
