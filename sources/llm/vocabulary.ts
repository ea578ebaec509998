/** The wire that a stream speaks. */
export type LlmWire = 'anthropic' | 'openai-chat' | 'openai-responses';

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

/** Why and how a message ended. */
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

/** The clocks of the watchdog; see `LlmClockOptions`. */
export type LlmClock = 'connect' | 'firstContent' | 'idleBytes' | 'idleContent';
