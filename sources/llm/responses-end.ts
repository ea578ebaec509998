import { closeItem, endItem, kindOf } from './responses-items.js';
import { objectsOf, type OutputItem, type ResponsesState, textOf, type ToolItem } from './responses-state.js';
import { releaseCall } from './responses-tools.js';
import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { LlmStop, LlmUsage, NativeObject } from './vocabulary.js';

/** Emits all that a finished response has and its events have not said: rests of texts, whole items, then calls, usage and the stop. */
export function endResponse(state: ResponsesState, response: NativeObject, status: string, sink: PartSink): void {
  takeOutput(state, objectsOf(response['output']), sink);
  const items = [...state.items.values()].sort((a, b) => a.index - b.index);
  for (const item of items) if (!item.isDone) closeItem(state, item, undefined, sink);
  // Of a response that was cancelled nobody waits for the results.
  const mayRun = status === 'completed' || status === 'incomplete';
  const calls = items.filter(
    (item) => item.kind === 'tool' && mayRun && isClients(state, item) && releaseCall(item, status, sink),
  );
  if (isObject(response['usage'])) sink.part({ type: 'usage', usage: usageOf(response['usage']) });
  sink.part({ type: 'stop', stop: stopOf(response, status, calls.length > 0) });
}

/**
 * Takes the items that have not been closed from the response itself. Items that are not known at all are only taken where the response has more
 * than the stream had, and none under another index: otherwise its output is counted in another way, and a call would run twice.
 */
function takeOutput(state: ResponsesState, output: readonly NativeObject[], sink: PartSink): void {
  const known = [...state.items.values()];
  const hasMore = output.length > known.length;
  output.forEach((native, at) => {
    const kind = kindOf(state, native);
    const same = known.find((item) => isSame(item, native));
    const item = same ?? state.items.get(at);
    if (item === undefined) {
      // Behind a cursor only the calls are left to be told: they have been held back.
      if (hasMore && (!state.isResumed || kind === 'tool')) endItem(state, at, native, sink);
    } else if (same === undefined && item.kind === 'tool' && item.id !== '') return;
    else if (!item.isDone && item.kind === kind) endItem(state, item.index, native, sink);
  });
}

function isSame(item: OutputItem, native: NativeObject): boolean {
  if (item.kind === 'tool' && item.id !== '') return item.id === (textOf(native['call_id']) || textOf(native['id']));
  const id = textOf(item.begun?.['id']);
  return id !== '' && id === native['id'];
}

/** A resumed stream names the tools of its request only at the end. */
function isClients(state: ResponsesState, { done, begun }: ToolItem): boolean {
  const native = done ?? begun;
  return native === undefined || kindOf(state, native) === 'tool';
}

function usageOf(native: NativeObject): LlmUsage {
  const input = isObject(native['input_tokens_details']) ? native['input_tokens_details'] : {};
  const output = isObject(native['output_tokens_details']) ? native['output_tokens_details'] : {};
  return {
    inputTokens: count(native['input_tokens']),
    outputTokens: count(native['output_tokens']),
    cachedInputTokens: count(input['cached_tokens']),
    cacheWriteTokens: count(input['cache_write_tokens']),
    reasoningTokens: count(output['reasoning_tokens']),
    totalTokens: count(native['total_tokens']),
    native,
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A response with calls is `completed` too; that the model waits for their results is only in the calls. */
function stopOf(response: NativeObject, status: string, hasCalls: boolean): LlmStop {
  const details = isObject(response['incomplete_details']) ? response['incomplete_details'] : undefined;
  const native = textOf(details?.['reason']) || status;
  switch (native) {
    case 'completed':
      return { reason: hasCalls ? 'tool' : 'end', native, details };
    case 'max_output_tokens':
    case 'max_messages':
      return { reason: 'length', native, details };
    case 'content_filter':
      return { reason: 'refusal', native, details };
    case 'cancelled':
      return { reason: 'cancelled', native, details };
    default:
      return { reason: 'unknown', native, details };
  }
}
