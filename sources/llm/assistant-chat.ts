import type { AssembledMessage } from './message.js';
import { isObject } from './shapes.js';
import type { LlmToolCall, NativeObject } from './vocabulary.js';

/** The message for Chat Completions; see `toAssistantMessage`. */
export function chatAssistant(message: AssembledMessage): readonly NativeObject[] {
  const { blocks, toolCalls } = message;
  const refusal = blocks.map((block) => (block.type === 'refusal' ? block.text : '')).join('');
  const calls = toolCalls.map(callOf);
  const thinking = thinkingOf(message);
  const content = contentOf(message);
  if (content === undefined && refusal === '' && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      content: content ?? null,
      ...thinking,
      ...(refusal !== '' && { refusal }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

/** A text, but a list of parts for a server that sends its thinking in one (Mistral). */
function contentOf({ blocks, text }: AssembledMessage): string | readonly NativeObject[] | undefined {
  const hasParts = blocks.some((block) => block.type === 'thinking' && isPart(block.native));
  if (!hasParts) return text === '' ? undefined : text;
  return blocks.flatMap((block) => {
    if (block.type === 'text') return block.text === '' ? [] : [{ type: 'text', text: block.text }];
    return block.type === 'thinking' && isPart(block.native) ? [block.native] : [];
  });
}

function isPart(native: NativeObject | undefined): native is NativeObject {
  return native?.['type'] === 'thinking';
}

/** The members that thinking came in; of several blocks the texts are joined and the lists put together, since there is one member for all. */
function thinkingOf({ blocks }: AssembledMessage): NativeObject {
  const members = new Map<string, unknown>();
  for (const block of blocks) {
    if (block.type !== 'thinking' || block.native === undefined || isPart(block.native)) continue;
    for (const [name, value] of Object.entries(block.native)) members.set(name, joined(members.get(name), value));
  }
  return Object.fromEntries(members);
}

function joined(before: unknown, value: unknown): unknown {
  if (typeof before === 'string' && typeof value === 'string') return before + value;
  return isList(before) && isList(value) ? [...before, ...value] : value;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function callOf({ id, invalid, native }: LlmToolCall): NativeObject {
  const { function_call: legacy } = native;
  const entry = isObject(legacy) ? { id, type: 'function', function: legacy } : native;
  const inner = entry['function'];
  // Some servers parse what they are sent and fail on what their model wrote.
  return invalid === undefined || !isObject(inner) ? entry : { ...entry, function: { ...inner, arguments: '{}' } };
}
