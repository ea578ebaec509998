import { anthropicFormat } from '../../../sources/llm/anthropic-parts.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { PartReader, WireEvent } from '../../../sources/llm/wire-reader.js';
import { collect, event, eventsOf, partsOf } from './collected-parts.js';
import { fixture } from './recordings.js';
import type { LlmToolCall, NativeObject } from '../../../sources/llm/vocabulary.js';

export const reader = (): PartReader => anthropicFormat().reader();
export const partsOfFixture = (name: string): LlmPart[] => partsOf(reader(), eventsOf(fixture(name)));

export const head: WireEvent = event('message_start', {
  message: { id: 'msg_1', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } },
});
export const begin = (index: number, block: NativeObject): WireEvent =>
  event('content_block_start', { index, content_block: block });
export const delta = (index: number, type: string, members: NativeObject): WireEvent =>
  event('content_block_delta', { index, delta: { type, ...members } });
export const end = (index: number): WireEvent => event('content_block_stop', { index });
export const report = (reason: string | null, usage: NativeObject = {}): WireEvent =>
  event('message_delta', { delta: { stop_reason: reason }, usage });
export const over: WireEvent = event('message_stop');
export const tool = (id: string): NativeObject => ({ type: 'tool_use', id, name: 'write', input: {} });
export const input = (index: number, text: string): WireEvent =>
  delta(index, 'input_json_delta', { partial_json: text });
export const callsOf = (...events: WireEvent[]): readonly LlmToolCall[] =>
  collect(partsOf(reader(), [head, ...events, over])).calls;
