import { pluck } from './pluck.js';

/** A stream of the service as a bare client sees it. */
export interface StreamClient {
  readonly status: number;
  readonly connectionId: string;
  readonly headers: Headers;
  /** The lines so far, without their ends. */
  readonly lines: readonly string[];
  /** What has come of a line that has not ended. */
  readonly rest: string;
  /** The lines so far that are JSON, parsed. */
  messages(): unknown[];
  /** A member of every batch so far. */
  batches(member: string): string[];
  /** `<transaction hash>:<log index>` of every event so far. */
  keys(): string[];
  /** How the body ended: `end`, or the name of the error. */
  readonly ended: Promise<string>;
  close(): void;
}

/** Opens a stream with fetch and reads it to its end in the background. */
export async function openStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<StreamClient> {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity', ...headers }, signal: abort.signal });
  const lines: string[] = [];
  let rest = '';
  const take = (text: string): void => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  };
  const messages = (): unknown[] => lines.flatMap(parse);
  const batches = (): unknown[] => messages().filter((message) => pluck(message, 'type') === 'event_batch');
  return {
    status: response.status,
    connectionId: response.headers.get('x-connection-id') ?? '',
    headers: response.headers,
    lines,
    get rest() {
      return rest;
    },
    messages,
    batches: (member) => batches().map((batch) => String(pluck(batch, member))),
    keys: () => batches().flatMap((batch) => keysOf(pluck(batch, 'events'))),
    ended: readAll(response, take),
    close: () => abort.abort(),
  };
}

async function readAll(response: Response, take: (text: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) take(decoder.decode(bytes, { stream: true }));
    return 'end';
  } catch (error) {
    // Errors of fetch are no `instanceof Error` inside jest.
    return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'error';
  }
}

function parse(line: string): unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return [value];
  } catch {
    return [];
  }
}

function keysOf(events: unknown): string[] {
  if (typeof events !== 'object' || events === null) return [];
  const lists: unknown[] = Object.values(events);
  return lists
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .map((event) => `${String(pluck(event, 'transaction_hash'))}:${String(pluck(event, 'log_index'))}`);
}
