import type { ServerFault } from './faults.js';

/** The four streams of the console, in the order of the page. */
export const streamNames = ['posts', 'chain', 'durable', 'llm'] as const;

/** One of the four. */
export type StreamName = (typeof streamNames)[number];

/** What a request is refused with. */
export interface Refusal {
  /** In the words of the service that is imitated. */
  readonly body: object;
  /** Beside what the gate itself says. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status of a refusal. */
export type RefusalStatus = 429 | 503;

/** What `Retry-After` says with a 429, in seconds. */
export const retryAfterSeconds = 3;

/** A local server whose stream never ends, and what the gate before it must know. */
export interface Feed {
  /** Where the server listens now: {@link Feed.tend} may put another in its place. */
  readonly port: number;
  /** What clients must show. Good for this process only. */
  readonly token?: string | undefined;
  /** Where the stream is, below the address of the server. */
  readonly path?: string | undefined;
  /** Items made so far. */
  readonly sent: number;
  /** Whether a request asks for the stream itself: acknowledgments and the like are spared the faults of connections. */
  isStream(method: string, path: string): boolean;
  /** How this service refuses. */
  refusal(status: RefusalStatus, path: string): Refusal;
  /** A hundred times as many items for a while. */
  flood(): void;
  /** Is told of the bytes of the stream's answers as they pass. */
  passed?(bytes: Uint8Array): void;
  /** Called once a second: forgets what is old, so that hours cost no more memory than minutes. */
  tend(): Promise<void>;
  close(): Promise<void>;
}

/** A fault that the gate carries out; the rest is for the feed. */
export type GateFault = Exclude<ServerFault, 'flood'>;
