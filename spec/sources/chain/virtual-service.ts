import { VirtualTimeScheduler } from 'rxjs';
import type { ByteReader, Transport, TransportResponse } from '../../../lib/transport.js';
import { type ChainService, chainService, type EventStreamerOptions } from '../../../sources/chain/service.js';
import { runUntil } from '../x/scripted-x.js';

/** One request as the service sees it. */
export interface VirtualRequest {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** On the virtual clock. */
  readonly at: number;
}

/** What a request is answered with; `undefined`: as a service does that is well. `lost`: no answer ever; `refused`: no connection. */
export type VirtualAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'lost'
  | 'refused'
  | undefined;

/** One open stream. */
export interface VirtualStream {
  readonly id: string;
  readonly token: string | undefined;
  readonly isOpen: boolean;
  /** A message as a line, or text as it is. */
  send(...messages: readonly (object | string)[]): void;
  sendBytes(bytes: Uint8Array): void;
  end(): void;
  /** The socket breaks. */
  cut(): void;
}

export interface VirtualService {
  readonly client: ChainService;
  readonly scheduler: VirtualTimeScheduler;
  readonly requests: VirtualRequest[];
  readonly streams: VirtualStream[];
  /** Whether streams say in a header which connection they are. @default true */
  namesConnections: boolean | string;
  /** Asked about every request. */
  answer: (request: VirtualRequest) => VirtualAnswer;
  /** Ids of the batches in each acknowledgment so far. */
  acks(): { readonly connection: string; readonly ids: readonly string[]; readonly at: number }[];
  /** Tokens of the streams that were asked for. */
  tokens(): (string | undefined)[];
  /** Lets this much virtual time go by. */
  run(ms?: number): Promise<void>;
}

/** An Event Streamer service without sockets, on virtual time. It keeps nothing: every spec says what it sends. */
export function virtualService(more: Partial<EventStreamerOptions> = {}): VirtualService {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  const requests: VirtualRequest[] = [];
  const streams: OpenStream[] = [];
  const transport: Transport = async ({ url, method, headers, body, signal }) => {
    const { pathname, searchParams } = new URL(url);
    const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    const path = decodeURIComponent(pathname);
    const token = searchParams.get('resume_token') ?? undefined;
    const request = { method, path, token, headers, body: parsed, at: scheduler.now() };
    requests.push(request);
    const answer = service.answer(request);
    if (answer === 'refused') throw failure('ECONNREFUSED');
    if (answer === 'lost')
      return new Promise<TransportResponse>((_, reject) => signal.addEventListener('abort', reject));
    if (answer === undefined && path.endsWith('/stream')) {
      const stream = openStream(`c${streams.length + 1}`, token, signal);
      streams.push(stream);
      const { namesConnections: named } = service;
      const id = named === true ? stream.id : named;
      const name: Record<string, string> = id === false ? {} : { 'x-connection-id': id };
      return {
        status: 200,
        headers: new Headers({ 'content-type': 'application/x-ndjson', ...name }),
        body: stream.reader,
        hiddenRedirect: false,
      };
    }
    const { status, body: said, headers: own = {} } = answer ?? { status: 200, body: wellAnswer(request) };
    return { status, headers: new Headers(own), body: oneText(JSON.stringify(said ?? {})), hiddenRedirect: false };
  };
  const options = {
    serviceUrl: 'http://service.test',
    subscriberId: 'me',
    transport,
    scheduler,
    random: () => 0,
    ...more,
  };
  const service: VirtualService = {
    client: chainService('test', options),
    ...{ scheduler, requests, streams },
    namesConnections: true,
    answer: () => undefined,
    acks: () =>
      requests.flatMap(({ path, body, at }) => {
        const connection = /\/stream\/([^/]+)\/ack\//.exec(path)?.[1];
        return connection === undefined ? [] : [{ connection, ids: idsOf(body), at }];
      }),
    tokens: () => requests.filter(({ path }) => path.endsWith('/stream')).map(({ token }) => token),
    run: (ms = 0) => runUntil(scheduler, scheduler.now() + ms),
  };
  return service;
}

/** The line of a batch: `b1` with the events `1`, `2` has the token `rt_b1` unless told otherwise. */
export function batchLine(id: string, events: readonly number[], more: object = {}): object {
  const transfers = events.map((n) => ({
    ...{ from: '0xa', to: '0xb', value: String(n) },
    ...{ block_number: n, transaction_hash: `0x${n}`, log_index: 0, address: '0xc', timestamp: null },
  }));
  const common = { subscription_id: 7, resume_token: `rt_${id}`, timestamp: '2025-01-01T00:00:00Z' };
  const own = { response_id: `r_${id}`, batch_id: id, batch_size: events.length, events: { Transfer: transfers } };
  return { type: 'event_batch', ...common, ...own, ...more };
}

/** The line of an `error` message. */
export function errorLine(code: string, more: object = {}): object {
  const common = { connection_id: 'x', subscription_id: 7, timestamp: '2025-01-01T00:00:00Z' };
  return { type: 'error', ...common, error_code: code, error_message: `it is ${code}`, ...more };
}

/** What the service knows of subscription 7. */
export function subscriptionBody(more: object = {}): object {
  return {
    ...{ id: 7, topic0: '0x1', event_signature: { name: 'Transfer' }, addresses: [], start_block: 0, end_block: null },
    ...{ chain_id: 1, subscriber_id: 'me', last_processed_block: null, resume_token: null },
    ...more,
  };
}

interface OpenStream extends VirtualStream {
  readonly reader: ByteReader;
}

type Piece = { readonly bytes: Uint8Array } | 'end' | 'cut';

function openStream(id: string, token: string | undefined, signal: AbortSignal): OpenStream {
  const pieces: Piece[] = [];
  let wake = (): void => undefined;
  let isOpen = true;
  const push = (piece: Piece): void => {
    pieces.push(piece);
    wake();
  };
  signal.addEventListener('abort', () => {
    isOpen = false;
    push('cut');
  });
  return {
    ...{ id, token },
    get isOpen() {
      return isOpen;
    },
    send: (...messages) => {
      const lines = messages.map((one) => (typeof one === 'string' ? one : `${JSON.stringify(one)}\n`));
      push({ bytes: Buffer.from(lines.join('')) });
    },
    sendBytes: (bytes) => push({ bytes }),
    end: () => push('end'),
    cut: () => push('cut'),
    reader: {
      read: async () => {
        while (pieces.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const piece = pieces.shift();
        if (piece !== undefined && typeof piece === 'object') return { done: false, value: piece.bytes };
        isOpen = false;
        if (piece === 'cut') throw failure('UND_ERR_SOCKET');
        return { done: true };
      },
    },
  };
}

function wellAnswer({ path, body }: VirtualRequest): unknown {
  if (path.endsWith('/bulk')) {
    return { total_batches: idsOf(body).length, failed_batch_ids: [], acknowledged_batches: idsOf(body).length };
  }
  if (path.endsWith('/ack/batch')) return { acknowledged: true, batch_id: idsOf(body)[0] };
  if (path.endsWith('/heartbeat')) return { acknowledged: true };
  if (path.endsWith('/processing-status')) return { subscription_id: 7, is_processing: false };
  return subscriptionBody();
}

function idsOf(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  if ('batch_id' in body) return [String(body.batch_id)];
  return 'batch_ids' in body && Array.isArray(body.batch_ids) ? body.batch_ids.map(String) : [];
}

function oneText(text: string): ByteReader {
  let isRead = false;
  return {
    read: async () => {
      if (isRead) return { done: true };
      isRead = true;
      return { done: false, value: Buffer.from(text) };
    },
  };
}

function failure(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
