import type { LlmError } from './errors.js';
import type { AssembledMessage } from './message.js';

/** A JSON object as a provider sent it. */
export type NativeObject = Readonly<Record<string, unknown>>;

/** Tokens so far. Cumulative: a later one takes the place of an earlier one and is never added to it. */
export interface LlmUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** Of the input: read from a cache. */
  readonly cachedInputTokens?: number | undefined;
  /** Of the input: written to a cache. */
  readonly cacheWriteTokens?: number | undefined;
  /** Of the output: thinking. */
  readonly reasoningTokens?: number | undefined;
  readonly totalTokens?: number | undefined;
  /** The provider's own numbers, merged key by key. */
  readonly native: NativeObject;
}

/** Why the model stopped, in one vocabulary for all providers. */
export type LlmStopReason = 'end' | 'length' | 'tool' | 'refusal' | 'pause' | 'stopSequence' | 'cancelled' | 'unknown';

export interface LlmStop {
  readonly reason: LlmStopReason;
  /** The provider's own word, `undefined` where it gave none. */
  readonly native: string | undefined;
  readonly details?: NativeObject | undefined;
}

/** A tool call that is final: its input can no longer change. */
export interface LlmToolCall {
  /** Unique within a message; the result goes back under it. */
  readonly id: string;
  readonly name: string;
  /** Parsed strictly; `undefined` where the text is no JSON. Of a custom (free text) tool: its text. */
  readonly input: unknown;
  /** The text as it came. */
  readonly raw: string;
  /** Why `input` is missing: the text is not JSON, in words that do not quote it. Such a call must not run. */
  readonly invalid?: string | undefined;
  /** `json` unless the tool takes free text. */
  readonly kind: 'json' | 'text';
  /** The block as the next request wants it back. */
  readonly native: NativeObject;
}

/** A block of the message. `key` is unique within one response and says which one a delta belongs to. */
interface Keyed {
  readonly key: string;
  /** Of several answers to one prompt (`n` > 1 of Chat Completions). @default 0 */
  readonly choice?: number | undefined;
}

/** One shape for what every provider streams. Deltas are strings to be appended; everything else is whole. */
export type LlmPart =
  /** Headers are in. */
  | {
      readonly type: 'open';
      readonly requestId: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
      /** 1 on the first try. */
      readonly attempt: number;
    }
  | { readonly type: 'start'; readonly id: string | undefined; readonly model: string | undefined }
  | (Keyed & { readonly type: 'text.start' })
  | (Keyed & { readonly type: 'text.delta'; readonly text: string })
  | (Keyed & { readonly type: 'text.end'; readonly native?: NativeObject | undefined })
  | (Keyed & { readonly type: 'thinking.start'; readonly isRedacted?: boolean | undefined })
  | (Keyed & { readonly type: 'thinking.delta'; readonly text: string })
  /** `signature` is opaque and goes back verbatim. */
  | (Keyed & {
      readonly type: 'thinking.end';
      readonly signature?: string | undefined;
      readonly native?: NativeObject | undefined;
    })
  | (Keyed & { readonly type: 'refusal.delta'; readonly text: string })
  | (Keyed & { readonly type: 'citation'; readonly citation: NativeObject })
  | (Keyed & { readonly type: 'tool.start'; readonly id: string; readonly name: string })
  /** A piece of the input as text; `partialJson` makes a live value of it. */
  | (Keyed & { readonly type: 'tool.delta'; readonly text: string })
  /** Only when final, in the order of the calls. */
  | (Keyed & { readonly type: 'toolCall'; readonly call: LlmToolCall })
  /** A call, a progress or a result of a tool that the provider runs itself; `isFinal` when `native` is the whole block. */
  | (Keyed & {
      readonly type: 'serverTool';
      readonly name: string;
      readonly isFinal: boolean;
      readonly native: NativeObject;
    })
  | { readonly type: 'usage'; readonly usage: LlmUsage }
  | { readonly type: 'stop'; readonly stop: LlmStop; readonly choice?: number | undefined }
  /** The provider's terminal marker has come; nothing follows but the next turn of a tool loop. */
  | { readonly type: 'end'; readonly message: AssembledMessage }
  /** Half of a watchdog's limit has passed in silence. No failure. */
  | { readonly type: 'stall'; readonly clock: LlmClock; readonly ms: number }
  | { readonly type: 'retry'; readonly attempt: number; readonly delayMs: number; readonly cause: LlmError }
  /** Everything since `open` of the attempt is void: a new answer begins. */
  | { readonly type: 'reset'; readonly attempt: number; readonly discarded: AssembledMessage }
  /** The same response goes on behind `cursor`; nothing is repeated. */
  | { readonly type: 'resume'; readonly cursor: number; readonly by: 'stream' | 'poll' }
  /** Anything that no other part says, as it came. */
  | { readonly type: 'unknown'; readonly native: unknown };

/** The clocks of the watchdog; see `LlmClockOptions`. */
export type LlmClock = 'connect' | 'firstContent' | 'idleBytes' | 'idleContent';
