import { isObject, type Shape, shapeChecker, type ShapeTable } from './shapes.js';
import type { LlmLoopPart } from './tool-loop.js';
import type { AssembledMessage } from './message.js';
import type { LlmStop, LlmToolCall, LlmUsage, NativeObject } from './vocabulary.js';

const keyed = { key: 'string', choice: 'number?' } as const;
const delta = { ...keyed, text: 'string' } as const;

/** Every type, so that a new one cannot be forgotten. A `retry` holds an error and is made anew. */
const parts: Readonly<Record<Exclude<LlmLoopPart['type'], 'retry'>, Shape>> = {
  open: { requestId: 'string?', headers: 'object', attempt: 'number' },
  start: { id: 'string?', model: 'string?' },
  'text.start': keyed,
  'text.delta': delta,
  'text.end': { ...keyed, native: 'object?' },
  'thinking.start': { ...keyed, isRedacted: 'boolean?' },
  'thinking.delta': delta,
  'thinking.end': { ...keyed, signature: 'string?', native: 'object?' },
  'refusal.delta': delta,
  citation: { ...keyed, citation: 'object' },
  'tool.start': { ...keyed, id: 'string', name: 'string' },
  'tool.delta': delta,
  toolCall: { ...keyed, call: 'object' },
  serverTool: { ...keyed, name: 'string', isFinal: 'boolean', native: 'object' },
  usage: { usage: 'object' },
  stop: { stop: 'object', choice: 'number?' },
  end: { message: 'object' },
  stall: { clock: 'string', ms: 'number' },
  reset: { attempt: 'number', discarded: 'object' },
  resume: { cursor: 'number', by: 'string' },
  unknown: {},
  turn: { index: 'number' },
  toolResult: { result: 'object' },
};

const nested = {
  usage: {
    ...{ inputTokens: 'number?', outputTokens: 'number?', cachedInputTokens: 'number?', cacheWriteTokens: 'number?' },
    ...{ reasoningTokens: 'number?', totalTokens: 'number?', native: 'object' },
  },
  stop: { reason: 'string', native: 'string?', details: 'object?' },
  call: { id: 'string', name: 'string', raw: 'string', invalid: 'string?', kind: 'string', native: 'object' },
  result: { id: 'string', name: 'string', isError: 'boolean', kind: 'string' },
  message: {
    ...{ wire: 'string', id: 'string?', model: 'string?', blocks: 'array', text: 'string', thinking: 'string' },
    ...{ toolCalls: 'array', usage: 'object?', stop: 'object?', isComplete: 'boolean' },
  },
} satisfies ShapeTable;

const blocks: Readonly<Record<AssembledMessage['blocks'][number]['type'], Shape>> = {
  text: { key: 'string', text: 'string', citations: 'array', native: 'object?' },
  thinking: { key: 'string', text: 'string', signature: 'string?', isRedacted: 'boolean', native: 'object?' },
  refusal: { key: 'string', text: 'string' },
  tool: { key: 'string', id: 'string', name: 'string', raw: 'string', call: 'object?' },
  serverTool: { key: 'string', name: 'string', isFinal: 'boolean', native: 'object' },
};

const partShapes = shapeChecker(parts);
const nestedShapes = shapeChecker(nested);
const blockShapes = shapeChecker(blocks);

/** Words that programs tell apart: another one would fall through every `switch`. */
const words = {
  wire: new Set<unknown>(['anthropic', 'openai-chat', 'openai-responses'] satisfies AssembledMessage['wire'][]),
  stop: new Set<unknown>([
    ...(['end', 'length', 'tool', 'refusal', 'pause', 'stopSequence', 'cancelled', 'unknown'] as const),
  ] satisfies LlmStop['reason'][]),
  kind: new Set<unknown>(['json', 'text'] satisfies LlmToolCall['kind'][]),
  clock: new Set<unknown>(['connect', 'firstContent', 'idleBytes', 'idleContent']),
  by: new Set<unknown>(['stream', 'poll']),
};

type PlainPart = Exclude<LlmLoopPart, { readonly type: 'retry' }>;

/** Whether a value is a part, inner values included. `native` blocks are whatever the provider has sent. */
export function isPlainPart(value: NativeObject): value is PlainPart & NativeObject {
  return partShapes.fits(value) && isSound(value);
}

function isSound(part: NativeObject): boolean {
  switch (part['type']) {
    case 'open':
      return isObject(part['headers']) && Object.values(part['headers']).every((text) => typeof text === 'string');
    case 'usage':
      return isUsage(part['usage']);
    case 'stop':
      return isStop(part['stop']);
    case 'toolCall':
      return isCall(part['call']);
    case 'end':
      return isMessage(part['message']);
    case 'reset':
      return isMessage(part['discarded']);
    case 'stall':
      return words.clock.has(part['clock']);
    case 'resume':
      return words.by.has(part['by']);
    case 'toolResult':
      return isResult(part['result']);
    default:
      return true;
  }
}

function isUsage(value: unknown): value is LlmUsage {
  return nestedShapes.fits(value, 'usage');
}

function isStop(value: unknown): value is LlmStop {
  return isObject(value) && nestedShapes.fits(value, 'stop') && words.stop.has(value['reason']);
}

function isCall(value: unknown): value is LlmToolCall {
  return isObject(value) && nestedShapes.fits(value, 'call') && words.kind.has(value['kind']);
}

function isResult(value: unknown): boolean {
  if (!isObject(value) || !nestedShapes.fits(value, 'result') || !words.kind.has(value['kind'])) return false;
  const { output } = value;
  return typeof output === 'string' || (Array.isArray(output) && output.every(isObject));
}

function isMessage(value: unknown): value is AssembledMessage {
  if (!isObject(value) || !nestedShapes.fits(value, 'message') || !words.wire.has(value['wire'])) return false;
  const { blocks: list, toolCalls, usage, stop } = value;
  return (
    Array.isArray(list) &&
    list.every(isBlock) &&
    Array.isArray(toolCalls) &&
    toolCalls.every(isCall) &&
    (usage === undefined || isUsage(usage)) &&
    (stop === undefined || isStop(stop))
  );
}

function isBlock(value: unknown): boolean {
  if (!isObject(value) || !blockShapes.fits(value)) return false;
  const { type, call, citations } = value;
  if (type === 'tool') return call === undefined || isCall(call);
  return type !== 'text' || (Array.isArray(citations) && citations.every(isObject));
}
