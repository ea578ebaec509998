import type { RetryConfig } from '../../lib/config.js';
import type { StreamMonitor } from '../../lib/state.js';
import type { BackgroundCall } from './background-call.js';
import type { ClockLimits } from './clocks.js';
import type { LlmError } from './errors.js';
import type { LlmRequest } from './llm-options.js';
import type { AssembledMessage } from './message.js';
import type { LlmPart } from './parts.js';
import type { PartFlow } from './part-flow.js';
import type { ResponsesReader } from './responses-parts.js';
import type { PartReader } from './wire-reader.js';
import type { LlmWire } from './vocabulary.js';

/** What happens when a stream breaks off after content. */
export type OnInterrupted = 'fail' | 'restart' | 'resume';

/** One call, checked: all that its subscriptions have in common. */
export interface LlmCall {
  readonly wire: LlmWire;
  readonly request: LlmRequest;
  readonly limits: ClockLimits;
  readonly onInterrupted: OnInterrupted;
  readonly retry: RetryConfig;
  /** A server that asks for a longer wait is not waited for, in milliseconds. */
  readonly maxRetryAfter: number;
  /** A new response. `resumable` is the same reader where it can go on over another connection. */
  reader(): { readonly reader: PartReader; readonly resumable?: ResponsesReader | undefined };
  readonly background?: BackgroundCall | undefined;
}

/** One subscription to a call. */
export interface LlmRun {
  readonly call: LlmCall;
  /** Of this subscription alone. */
  readonly monitor: StreamMonitor;
  /** Parts that belong to no connection, or that no retry must take for a sign of life. */
  readonly emit: (part: LlmPart) => void;
  /** New requests so far; resumed connections are none. */
  attempts: number;
  /** The response in hand, and its reader where it can go on. */
  flow: PartFlow | undefined;
  resumable: ResponsesReader | undefined;
  requestId: string | undefined;
  /** How the next connection goes on. */
  next: 'request' | 'resume' | 'poll';
  /** Whether the last failure may be followed by another try; its class alone does not say. */
  mayRetry: boolean;
  /** Content of an attempt that is over. The consumer has it until a `reset` takes it back. */
  standing: { readonly attempt: number; readonly message: AssembledMessage } | undefined;
  lastError: LlmError | undefined;
  /** What the attempt before had said when it broke off. */
  lastContent: string | undefined;
  /** It has ended by itself. */
  isOver: boolean;
}
