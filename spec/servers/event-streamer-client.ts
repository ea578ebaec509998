import { type LineClient, openLines } from './line-client.js';
import { pluck } from './pluck.js';

/** A stream of the service as a bare client sees it. */
export interface StreamClient extends LineClient {
  readonly connectionId: string;
  /** The lines so far that are JSON, parsed. */
  messages(): unknown[];
  /** A member of every batch so far. */
  batches(member: string): string[];
  /** `<transaction hash>:<log index>` of every event so far. */
  keys(): string[];
}

/** Opens a stream with fetch and reads it to its end in the background. */
export async function openStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<StreamClient> {
  const client = await openLines(url, headers, '\n');
  const messages = (): unknown[] => client.lines.flatMap(parse);
  const batches = (): unknown[] => messages().filter((message) => pluck(message, 'type') === 'event_batch');
  // Onto the client itself: a copy would keep the `rest` of this moment.
  return Object.assign(client, {
    connectionId: client.headers.get('x-connection-id') ?? '',
    messages,
    batches: (member: string) => batches().map((batch) => String(pluck(batch, member))),
    keys: () => batches().flatMap((batch) => keysOf(pluck(batch, 'events'))),
  });
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
