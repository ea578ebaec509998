import type { StreamError } from '../../lib/errors.js';
import type { AssembledMessage } from './message.js';
import type { LlmClock, LlmStop, LlmToolCall, LlmUsage, NativeObject } from './vocabulary.js';

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
  | { readonly type: 'retry'; readonly attempt: number; readonly delayMs: number; readonly cause: StreamError }
  /** Everything since `open` of the attempt is void: a new answer begins. */
  | { readonly type: 'reset'; readonly attempt: number; readonly discarded: AssembledMessage }
  /** The same response goes on behind `cursor`; nothing is repeated. */
  | { readonly type: 'resume'; readonly cursor: number; readonly by: 'stream' | 'poll' }
  /** Anything that no other part says, as it came. */
  | { readonly type: 'unknown'; readonly native: unknown };
