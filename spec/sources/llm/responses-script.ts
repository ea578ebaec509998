import { responsesFormat, type ResponsesReader } from '../../../sources/llm/responses-parts.js';
import type { WireEvent } from '../../../sources/llm/wire-reader.js';
import { event, eventsOf, objectOf } from './collected-parts.js';
import { fixture } from './recordings.js';
import type { NativeObject } from '../../../sources/llm/vocabulary.js';

export const reader = (): ResponsesReader => responsesFormat().reader();
export const items: readonly WireEvent[] = eventsOf(fixture('responses-parts-items'));
export const created: WireEvent = event('response.created', {
  response: { id: 'resp_1', model: 'm', status: 'in_progress' },
});
export const completed = (output: readonly unknown[] = []): WireEvent =>
  event('response.completed', { response: { id: 'resp_1', status: 'completed', output } });

/** The response that a poll would return: that of the last event. */
export function responseOf(events: readonly WireEvent[]): NativeObject {
  return objectOf(events.findLast(({ data }) => data['response'] !== undefined)?.data['response']);
}
