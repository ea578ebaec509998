import * as z from 'zod';

/** The four streams, in the order of the page. */
export const streamNames = ['posts', 'chain', 'durable', 'llm'] as const;

/** One of the four. */
export type StreamName = (typeof streamNames)[number];

const serverStream = z.object({
  url: z.url({ protocol: /^https?$/ }),
  token: z.string().min(1).optional(),
  path: z.string().min(1).optional(),
  openSockets: z.number().int().nonnegative(),
  sent: z.number().int().nonnegative(),
});

/** What the console's server knows of one stream. */
export type ServerStream = z.output<typeof serverStream>;

/** Where a stream is, without what changes all the time. */
export type StreamPlace = Pick<ServerStream, 'url' | 'token' | 'path'>;

/** The answer of `GET /api/streams`. */
export const streamsAnswer = z.object({
  posts: serverStream,
  chain: serverStream,
  durable: serverStream,
  llm: serverStream,
});

/** What the server says of all four. */
export type ServerStreams = z.output<typeof streamsAnswer>;

/** Whether a stream that has been opened there can stay open. */
export function isSamePlace(one: StreamPlace | undefined, other: StreamPlace | undefined): boolean {
  return one?.url === other?.url && one?.token === other?.token && one?.path === other?.path;
}
