import type { AnthropicEvent } from './anthropic-events.js';
import type { ChatEvent } from './chat-events.js';
import type { ResponsesEvent } from './responses-events.js';
import { isObject } from './shapes.js';
import type { WireEvent } from './wire-reader.js';

/** An event of a provider, as the `open...` functions emit it, or as it came over the wire. */
export type LlmEvent = WireEvent | AnthropicEvent | ChatEvent | ResponsesEvent;

/** The way back from a native event. Nothing is copied: native events are the objects that were sent, or hold them. */
export function wireEventOf(event: LlmEvent): WireEvent {
  if ('data' in event) return event;
  if ('native' in event) return { type: event.type === 'unknown' ? event.event : event.type, data: event.native };
  if ('chunk' in event) return { type: '', data: event.chunk };
  if (event.type === 'done') return { type: '[DONE]', data: {} };
  return { type: event.type, data: isObject(event) ? event : {} };
}
