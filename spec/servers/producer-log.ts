import { setTimeout as sleep } from 'node:timers/promises';
import type { OriginRequest } from './http-request.js';
import { type Origin, startOrigin } from './origin.js';
import { type AnswerHeaders, answer, reset, type Step } from './origin-steps.js';

/** What goes wrong with one POST. */
export type PostFault =
  /** An answer in place of the log's own; nothing is stored. */
  | { readonly status: number; readonly headers?: AnswerHeaders }
  /** The request is lost, the answer is lost, or the request is processed so many milliseconds after its connection broke. */
  | { readonly lose: 'request' | 'answer' }
  | { readonly processAfter: number }
  /** Processed so many milliseconds late, and answered. */
  | { readonly delay: number }
  | undefined;

export interface Post {
  readonly epoch: number;
  readonly seq: number;
  readonly items: readonly unknown[];
  readonly closes: boolean;
  /** `undefined` while there is none. */
  status: number | undefined;
}

/** A JSON stream with the producer rules of the protocol, and faults where wanted. */
export interface ProducerLog extends Origin {
  readonly stored: readonly unknown[];
  readonly posts: readonly Post[];
  state(): { readonly epoch: number; readonly lastSeq: number; readonly closed: boolean } | undefined;
  /** Another producer takes over. */
  takeOver(epoch: number): void;
  /** Another writer closes the stream. */
  closeStream(): void;
  /** The stream is deleted and made again. */
  forget(): void;
}

export interface ProducerLogOptions {
  /** Asked for every POST, by its number from 0. */
  readonly fault?: (index: number, post: Post) => PostFault;
  /** 413 above it. @default no limit */
  readonly maxItems?: number;
  /** 400 for a body that holds this value. */
  readonly poison?: unknown;
}

export async function startProducerLog(options: ProducerLogOptions = {}): Promise<ProducerLog> {
  const log = newLog(options);
  const origin = await startOrigin(async (request) => {
    if (request.method === 'HEAD') return [answer(200, { 'content-type': 'application/json', 'content-length': '0' })];
    const post = readPost(request);
    const index = log.posts.push(post) - 1;
    return faulty(options.fault?.(index, post), () => log.take(post));
  });
  return Object.assign(origin, log);
}

async function faulty(fault: PostFault, take: () => Step[]): Promise<Step[]> {
  if (fault === undefined) return take();
  if ('status' in fault) return [answer(fault.status, fault.headers)];
  if ('lose' in fault) {
    if (fault.lose === 'answer') take();
    return [reset()];
  }
  if ('delay' in fault) {
    await sleep(fault.delay);
    return take();
  }
  void sleep(fault.processAfter).then(take);
  return [reset()];
}

function newLog({ maxItems = Infinity, poison }: ProducerLogOptions) {
  const stored: unknown[] = [];
  const posts: Post[] = [];
  let state: { epoch: number; lastSeq: number; closed: boolean } | undefined;
  let closing: Post | undefined;
  const offset = (): string => String(stored.length).padStart(6, '0');
  const refusal = ({ epoch, seq, items, closes }: Post): Step | undefined => {
    if (state?.closed === true) {
      const isRepeat = closes && closing?.epoch === epoch && closing.seq === seq;
      const closed = { 'stream-closed': 'true', 'stream-next-offset': offset() };
      return answer(isRepeat ? 204 : 409, closed);
    }
    if (state !== undefined && epoch < state.epoch) return answer(403, { 'producer-epoch': String(state.epoch) });
    if (state !== undefined && epoch > state.epoch && seq !== 0) return answer(400);
    const lastSeq = state === undefined || epoch > state.epoch ? -1 : state.lastSeq;
    if (seq <= lastSeq) return answer(204, { 'producer-seq': String(lastSeq) });
    if (seq > lastSeq + 1) {
      return answer(409, { 'producer-expected-seq': String(lastSeq + 1), 'producer-received-seq': String(seq) });
    }
    if (items.length > maxItems) return answer(413);
    return poison !== undefined && items.includes(poison) ? answer(400) : undefined;
  };
  return {
    ...{ stored, posts },
    state: () => state,
    takeOver: (epoch: number) => {
      state = { epoch, lastSeq: 0, closed: false };
    },
    closeStream: () => {
      state = { ...(state ?? { epoch: 0, lastSeq: -1 }), closed: true };
    },
    forget: () => {
      state = undefined;
    },
    take: (post: Post): Step[] => {
      const refused = refusal(post);
      if (refused === undefined) {
        stored.push(...post.items);
        state = { epoch: post.epoch, lastSeq: post.seq, closed: post.closes };
        if (post.closes) closing = post;
      }
      const step = refused ?? answer(post.items.length === 0 ? 204 : 200, { 'stream-next-offset': offset() });
      if (step.kind === 'answer') post.status = step.status;
      return [step];
    },
  };
}

function readPost({ headers, body }: OriginRequest): Post {
  const items: unknown = body === '' ? [] : JSON.parse(body);
  return {
    epoch: Number(headers['producer-epoch']),
    seq: Number(headers['producer-seq']),
    items: Array.isArray(items) ? items : [items],
    closes: headers['stream-closed'] === 'true',
    status: undefined,
  };
}
