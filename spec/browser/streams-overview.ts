/** The four streams of the console, in the order of the page. */
export const streams = ['posts', 'chain', 'durable', 'llm'] as const;

/** One of the four. */
export type Stream = (typeof streams)[number];

/** What the console's server says of one stream. */
export interface StreamOverview {
  /** The address of its gate. */
  readonly url: string;
  readonly openSockets: number;
  readonly sent: number;
}

/** `GET /api/streams`, past the browser. */
export async function overviewOf(url: string): Promise<Readonly<Record<Stream, StreamOverview>>> {
  const response = await fetch(new URL('/api/streams', url));
  const answer: unknown = await response.json();
  return {
    posts: read(answer, 'posts'),
    chain: read(answer, 'chain'),
    durable: read(answer, 'durable'),
    llm: read(answer, 'llm'),
  };
}

function read(answer: unknown, name: Stream): StreamOverview {
  const entry = member(answer, name);
  return {
    url: String(member(entry, 'url')),
    openSockets: Number(member(entry, 'openSockets')),
    sent: Number(member(entry, 'sent')),
  };
}

function member(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(holder);
  return entries.find(([key]) => key === name)?.[1];
}
