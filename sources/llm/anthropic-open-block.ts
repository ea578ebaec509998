import { isObject } from './shapes.js';
import { finalCall, parseToolInput } from './tool-input.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** A block of a message between its first event and its last. */
export interface OpenBlock {
  readonly index: number;
  readonly key: string;
  readonly kind: 'text' | 'thinking' | 'redacted' | 'tool' | 'server';
  /** The block as it began. */
  readonly native: NativeObject;
  readonly id: string;
  readonly name: string;
  /** What the deltas have brought: text, thinking, or the input of a tool. */
  text: string;
  signature: string | undefined;
  citations: NativeObject[];
  /** Members that a delta has set as a whole. */
  assigned: NativeObject | undefined;
  isClosed: boolean;
  /** A piece of it could not be read, or not be understood. */
  hasGap: boolean;
}

const kinds: ReadonlyMap<unknown, OpenBlock['kind']> = new Map([
  ['text', 'text'],
  ['thinking', 'thinking'],
  ['redacted_thinking', 'redacted'],
  ['tool_use', 'tool'],
]);

/**
 * Begins a block and says so. Every type but text, thinking and `tool_use` is a `serverTool`: calls and results of Anthropic's own tools and of
 * MCP, `compaction`, `fallback`, `container_upload`, and whatever comes later, so that all of it keeps its place and can be sent back.
 */
export function beginBlock(index: number, native: NativeObject, sink: PartSink): OpenBlock {
  const key = String(index);
  const kind = kinds.get(native['type']) ?? 'server';
  const { id, name, type } = native;
  const block: OpenBlock = {
    ...{ index, key, kind, native, id: textOf(id), name: textOf(name) || textOf(type) },
    ...{ text: '', signature: undefined, citations: [], assigned: undefined, isClosed: false, hasGap: false },
  };
  if (kind === 'text') beginText(block, sink);
  else if (kind === 'thinking') beginThinking(block, sink);
  else if (kind === 'redacted') sink.part({ type: 'thinking.start', key, isRedacted: true });
  else if (kind === 'tool') sink.part({ type: 'tool.start', key, id: block.id, name: block.name });
  else sink.part({ type: 'serverTool', key, name: block.name, isFinal: false, native });
  return block;
}

function beginText(block: OpenBlock, sink: PartSink): void {
  const { key, native } = block;
  const { text, citations } = native;
  sink.part({ type: 'text.start', key });
  if (typeof text === 'string' && text !== '') addText(block, text, sink);
  if (Array.isArray(citations)) for (const citation of citations) cite(block, citation, sink);
}

function beginThinking(block: OpenBlock, sink: PartSink): void {
  const { thinking, signature } = block.native;
  sink.part({ type: 'thinking.start', key: block.key });
  if (typeof thinking === 'string' && thinking !== '') addThinking(block, thinking, sink);
  if (typeof signature === 'string' && signature !== '') block.signature = signature;
}

function addText(block: OpenBlock, text: string, sink: PartSink): void {
  block.text += text;
  if (text !== '') sink.part({ type: 'text.delta', key: block.key, text });
}

function addThinking(block: OpenBlock, text: string, sink: PartSink): void {
  block.text += text;
  if (text !== '') sink.part({ type: 'thinking.delta', key: block.key, text });
}

function cite(block: OpenBlock, citation: unknown, sink: PartSink): boolean {
  if (!isObject(citation)) return false;
  block.citations.push(citation);
  sink.part({ type: 'citation', key: block.key, citation });
  return true;
}

/** Adds one delta to its block; `false` for one that does not say what its type needs, or does not belong to such a block. */
export function applyDelta(block: OpenBlock, delta: NativeObject, sink: PartSink): boolean {
  const { kind } = block;
  switch (delta['type']) {
    case 'text_delta': {
      const text = delta['text'];
      if (kind !== 'text' || typeof text !== 'string') return false;
      addText(block, text, sink);
      return true;
    }
    case 'input_json_delta':
      return addInput(block, delta, sink);
    case 'thinking_delta': {
      const text = delta['thinking'];
      if (kind !== 'thinking' || typeof text !== 'string') return false;
      addThinking(block, text, sink);
      return true;
    }
    case 'signature_delta': {
      const { signature } = delta;
      if (kind !== 'thinking' || typeof signature !== 'string') return false;
      block.signature = signature;
      return true;
    }
    case 'citations_delta':
      return kind === 'text' && cite(block, delta['citation'], sink);
    case 'compaction_delta':
      return kind === 'server' && assign(block, delta, sink);
    default:
      return false;
  }
}

/** The input of a server's tool is shown as it grows too: its `native` is then the delta and not the block. */
function addInput(block: OpenBlock, delta: NativeObject, sink: PartSink): boolean {
  const { key, kind, name } = block;
  const text = delta['partial_json'];
  if ((kind !== 'tool' && kind !== 'server') || typeof text !== 'string') return false;
  if (text === '') return true;
  block.text += text;
  if (kind === 'tool') sink.part({ type: 'tool.delta', key, text });
  else sink.part({ type: 'serverTool', key, name, isFinal: false, native: delta });
  return true;
}

function assign(block: OpenBlock, delta: NativeObject, sink: PartSink): boolean {
  const { type: _type, ...members } = delta;
  block.assigned = { ...block.assigned, ...members };
  sink.part({ type: 'serverTool', key: block.key, name: block.name, isFinal: false, native: delta });
  return true;
}

/** Ends a block. `isCut`: the message is over and the block has not been stopped. Of a tool it ends the text; whether the call is final shows later. */
export function endBlock(block: OpenBlock, isCut: boolean, sink: PartSink): void {
  const { key, kind, native, text, signature, citations } = block;
  block.isClosed = true;
  if (kind === 'text') {
    const whole = citations.length === 0 ? { ...native, text } : { ...native, text, citations };
    sink.part({ type: 'text.end', key, native: whole });
  } else if (kind === 'thinking') {
    // Anthropic refuses thinking that was cut off before its signature.
    const whole =
      isCut && signature === undefined
        ? undefined
        : { ...native, thinking: text, ...(signature !== undefined && { signature }) };
    sink.part({ type: 'thinking.end', key, signature, native: whole });
  } else if (kind === 'redacted') sink.part({ type: 'thinking.end', key, native });
  else if (kind === 'tool') takeWholeInput(block, sink);
  else endServerTool(block, sink);
}

/** Calls that come out of a program have their whole input in the first event, and no delta. */
function takeWholeInput(block: OpenBlock, sink: PartSink): void {
  const { input } = block.native;
  if (block.text !== '' || !isObject(input) || Object.keys(input).length === 0) return;
  block.text = JSON.stringify(input);
  sink.part({ type: 'tool.delta', key: block.key, text: block.text });
}

/** A block of which a piece is missing is not whole, so it is not final and must not go back. */
function endServerTool({ key, name, native, text, assigned, hasGap }: OpenBlock, sink: PartSink): void {
  const { input, invalid } = text === '' ? { input: native['input'] } : parseToolInput(text);
  const isFinal = invalid === undefined && !hasGap;
  const whole = text === '' || !isFinal ? native : { ...native, input };
  sink.part({ type: 'serverTool', key, name, isFinal, native: { ...whole, ...assigned } });
}

/**
 * Says that a call is final. Its `native` always has an object for `input`, because no request passes without: where the input is no JSON object
 * it is the one that the block began with, which is empty.
 */
export function emitCall({ key, id, name, text, native, hasGap }: OpenBlock, sink: PartSink): void {
  const { input } = parseToolInput(text);
  const back = { ...native, input: isObject(input) && !hasGap ? input : (native['input'] ?? {}) };
  const broken = hasGap ? 'an event inside the input could not be read' : undefined;
  sink.part({ type: 'toolCall', key, call: finalCall({ id, name, raw: text, kind: 'json', native: back, broken }) });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
