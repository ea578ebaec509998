import { type AnthropicBlock, anthropicBlocks, type AnthropicDelta, anthropicDeltas } from './anthropic-blocks.js';
import { isObject, shapeChecker, type UnknownEvent, unknownEvent } from './shapes.js';
import type { WireEvent } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** Tokens so far. Cumulative: later numbers take the place of earlier ones. */
export interface AnthropicUsage {
  readonly input_tokens?: number | null | undefined;
  readonly output_tokens?: number | null | undefined;
  readonly cache_creation_input_tokens?: number | null | undefined;
  readonly cache_read_input_tokens?: number | null | undefined;
  readonly [field: string]: unknown;
}

/** The message as it begins: no content yet. */
export interface AnthropicMessageHead {
  readonly id?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly usage?: AnthropicUsage | null | undefined;
  readonly [field: string]: unknown;
}

/** Why the model stopped, in the last but one event. */
export interface AnthropicMessageEnd {
  /** `end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `pause_turn`, `refusal`, `model_context_window_exceeded`, and newer words. */
  readonly stop_reason?: string | null | undefined;
  readonly stop_sequence?: string | null | undefined;
  readonly [field: string]: unknown;
}

/** What Anthropic sends inside a stream that fails. The HTTP status was 200. */
export interface AnthropicErrorBody {
  readonly type?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly [field: string]: unknown;
}

/** The events of Anthropic's Messages API as they come, in its own words. Members beyond the typed ones are there too. */
export type AnthropicEvent =
  | { readonly type: 'message_start'; readonly message: AnthropicMessageHead }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: AnthropicBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: AnthropicDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta';
      readonly delta: AnthropicMessageEnd;
      readonly usage?: AnthropicUsage | null | undefined;
    }
  | { readonly type: 'message_stop' }
  | { readonly type: 'ping' }
  | { readonly type: 'error'; readonly error: AnthropicErrorBody; readonly request_id?: string | null | undefined }
  | UnknownEvent;

type KnownEvent = Exclude<AnthropicEvent, UnknownEvent>;

const events = shapeChecker({
  message_start: { message: 'object' },
  content_block_start: { index: 'number', content_block: 'object' },
  content_block_delta: { index: 'number', delta: 'object' },
  content_block_stop: { index: 'number' },
  message_delta: { delta: 'object', usage: 'object?' },
  message_stop: {},
  ping: {},
  error: { error: 'object' },
});
const head = shapeChecker({ head: { id: 'string?', model: 'string?', usage: 'object?' } });
const end = shapeChecker({ end: { stop_reason: 'string?', stop_sequence: 'string?' } });

/** The event in Anthropic's own words: the object that was sent, not a copy, once it is seen to hold what its type needs. */
export function anthropicEvent(event: WireEvent): AnthropicEvent {
  const { type, data } = event;
  const named = typeof data['type'] === 'string' ? data : { ...data, type };
  return isKnown(named) ? named : unknownEvent(event);
}

function isKnown(data: object): data is KnownEvent {
  return events.fits(data) && isObject(data) && innerFits(data);
}

function innerFits(data: NativeObject): boolean {
  switch (data['type']) {
    case 'content_block_delta':
      return anthropicDeltas.fits(data['delta']);
    case 'content_block_start':
      return anthropicBlocks.fits(data['content_block']);
    case 'message_start':
      return head.fits(data['message'], 'head');
    case 'message_delta':
      return end.fits(data['delta'], 'end');
    default:
      return true;
  }
}
