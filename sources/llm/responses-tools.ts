import {
  type Handler,
  newItem,
  passOn,
  type ResponsesState,
  tailOf,
  textOf,
  type ToolItem,
} from './responses-state.js';
import { finalCall } from './tool-input.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** Calls of the client's own tools: functions, and custom tools with free text. */
export const toolHandlers: readonly (readonly [type: string, handler: Handler])[] = [
  ['response.function_call_arguments.delta', (state, data, sink) => delta(state, data, 'json', sink)],
  ['response.function_call_arguments.done', (state, data, sink) => whole(state, data, 'json', sink)],
  ['response.custom_tool_call_input.delta', (state, data, sink) => delta(state, data, 'text', sink)],
  ['response.custom_tool_call_input.done', (state, data, sink) => whole(state, data, 'text', sink)],
];

function toolAt(state: ResponsesState, index: unknown, input: 'json' | 'text'): ToolItem | undefined {
  if (typeof index !== 'number') return undefined;
  const item = state.items.get(index) ?? newItem(state, { index, kind: 'tool', input });
  return item.kind === 'tool' && !item.isDone ? item : undefined;
}

function delta(state: ResponsesState, data: NativeObject, input: 'json' | 'text', sink: PartSink): void {
  const text = data['delta'];
  const item = toolAt(state, data['output_index'], input);
  if (item === undefined || typeof text !== 'string') return passOn(state, data, sink);
  add(item, text, sink);
}

/** Pieces of an input whose id and name are not known yet wait until they are. */
function add(item: ToolItem, text: string, sink: PartSink): void {
  item.raw += text;
  if (item.isStarted && text !== '') sink.part({ type: 'tool.delta', key: item.key, text });
}

function whole(state: ResponsesState, data: NativeObject, input: 'json' | 'text', sink: PartSink): void {
  const text = data[input === 'json' ? 'arguments' : 'input'];
  const item = toolAt(state, data['output_index'], input);
  if (item === undefined || typeof text !== 'string') return passOn(state, data, sink);
  takeWhole(item, text, sink);
  item.isWhole = true;
}

/** The whole input counts, not its pieces. But an empty one behind pieces is a server that forgot it: `{}` would be another call. */
function takeWhole(item: ToolItem, text: string, sink: PartSink): void {
  const tail = tailOf(text, item.raw);
  if (tail !== undefined) add(item, tail, sink);
  else if (text !== '') item.raw = text;
}

/** Says that a call has begun, once its id and name are known. The result goes back under `call_id`, not under the id of the item. */
export function startTool(item: ToolItem, native: NativeObject, sink: PartSink): void {
  const { call_id: callId, id, name } = native;
  if (item.isStarted) return;
  item.id = textOf(callId) || textOf(id);
  item.name = textOf(name);
  if (item.id === '' || item.name === '') return;
  item.isStarted = true;
  sink.part({ type: 'tool.start', key: item.key, id: item.id, name: item.name });
  if (item.raw !== '') sink.part({ type: 'tool.delta', key: item.key, text: item.raw });
}

/** Ends an item with its last event. Whether it may run shows when the response ends. */
export function endTool(item: ToolItem, native: NativeObject | undefined, sink: PartSink): void {
  item.isDone = true;
  if (native === undefined) return;
  item.done = native;
  const text = native[item.input === 'json' ? 'arguments' : 'input'];
  if (typeof text === 'string') takeWhole(item, text, sink);
  else if (typeof text === 'object' && text !== null && item.raw === '') takeWhole(item, JSON.stringify(text), sink);
  startTool(item, native, sink);
  item.id = textOf(native['call_id']) || item.id;
  item.name = textOf(native['name']) || item.name;
}

/**
 * Emits a call that is final: its item is done and completed, or the response is and the whole input came, but no item to contradict it. The status
 * of the response alone says nothing of a call that its end has cut off.
 */
export function releaseCall(item: ToolItem, responseStatus: string, sink: PartSink): boolean {
  const { id, name, raw, input: kind, done, begun } = item;
  const isFinal =
    done === undefined
      ? item.isWhole && responseStatus === 'completed'
      : (done['status'] ?? 'completed') === 'completed';
  if (!isFinal || !item.isStarted) return false;
  const member = kind === 'json' ? 'arguments' : 'input';
  const native = { ...(done ?? { ...begun, status: 'completed' }), [member]: raw };
  sink.part({ type: 'toolCall', key: item.key, call: finalCall({ id, name, raw, kind, native }) });
  return true;
}
