import type { LlmStop, LlmToolCall, LlmUsage, LlmWire, NativeObject } from './vocabulary.js';

/** One block of an assembled message, in the order of the provider. */
export type AssembledBlock =
  | {
      readonly type: 'text';
      readonly key: string;
      readonly text: string;
      readonly citations: readonly NativeObject[];
      readonly native?: NativeObject | undefined;
    }
  | {
      readonly type: 'thinking';
      readonly key: string;
      readonly text: string;
      /** Opaque; goes back verbatim. */
      readonly signature: string | undefined;
      readonly isRedacted: boolean;
      readonly native?: NativeObject | undefined;
    }
  | { readonly type: 'refusal'; readonly key: string; readonly text: string }
  /** `call` is there once it is final; `raw` is what has come so far. */
  | {
      readonly type: 'tool';
      readonly key: string;
      readonly id: string;
      readonly name: string;
      readonly raw: string;
      readonly call: LlmToolCall | undefined;
    }
  | {
      readonly type: 'serverTool';
      readonly key: string;
      readonly name: string;
      readonly isFinal: boolean;
      readonly native: NativeObject;
    };

/** What a model said, as far as it has come. */
export interface AssembledMessage {
  readonly wire: LlmWire;
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly blocks: readonly AssembledBlock[];
  /** All text blocks, joined without a separator. */
  readonly text: string;
  /** All thinking that is shown, joined. */
  readonly thinking: string;
  /** Final calls only, in order. */
  readonly toolCalls: readonly LlmToolCall[];
  readonly usage: LlmUsage | undefined;
  readonly stop: LlmStop | undefined;
  /** Whether the provider's terminal marker has come. */
  readonly isComplete: boolean;
}
