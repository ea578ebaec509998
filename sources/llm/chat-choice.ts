import { chatBlocks, ofChoice } from './chat-blocks.js';
import { type ChatContent, chatContent } from './chat-content.js';
import { type ChatTools, chatTools } from './chat-tools.js';
import type { ChatDialect } from './dialects.js';
import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { LlmStop, NativeObject } from './vocabulary.js';

/** One of the answers to a prompt, fed with its share of every chunk. */
export interface ChatChoiceReader {
  /** Whether it has said anything that is a part. */
  read(choice: NativeObject, sink: PartSink): boolean;
  /** An event could not be read. */
  gap(): void;
  /** Ends the blocks, releases calls that are final, and says why it stopped: the first time only. */
  finish(stop: LlmStop, sink: PartSink): void;
  /** `undefined` while it goes on. */
  readonly stop: LlmStop | undefined;
}

/** Members of a delta that need no part, or have one. */
const knownMembers = ['role', 'content', 'refusal', 'tool_calls', 'function_call', 'executed_tools', 'annotations'];

export function chatChoice(index: number, dialect: ChatDialect): ChatChoiceReader {
  const content = chatContent(chatBlocks(index, dialect.detailsField), dialect);
  const tools = chatTools(index, dialect.toolCallFields);
  const executed = executedTools(index, content);
  const known = new Set([...knownMembers, ...dialect.reasoningFields, ...dialect.quietFields, dialect.detailsField]);
  const say = ofChoice(index);
  let stop: LlmStop | undefined;
  const readDelta = (delta: NativeObject, sink: PartSink): boolean => {
    let hasAny = content.read(delta, sink);
    const { tool_calls: calls, function_call: call, executed_tools: ran, annotations } = delta;
    if (Array.isArray(calls)) hasAny = readCalls(calls, tools, content, sink) || hasAny;
    if (isObject(call)) {
      tools.legacy(call, content.next, sink);
      hasAny = true;
    }
    if (Array.isArray(ran)) hasAny = executed(ran, sink) || hasAny;
    if (Array.isArray(annotations)) hasAny = readCitations(annotations, content, sink) || hasAny;
    return hasAny;
  };
  return {
    read: (choice, sink) => {
      // Some servers answer at once although they were asked to stream.
      const delta = choice['delta'] ?? choice['message'];
      const hasAny = isObject(delta) && readDelta(delta, sink);
      const isOther = hasLogprobs(choice['logprobs']) || (!hasAny && isObject(delta) && hasUnknown(delta, known));
      if (isOther) sink.part({ type: 'unknown', native: choice });
      return hasAny || isOther;
    },
    gap: tools.gap,
    finish: (said, sink) => {
      const isFirst = stop === undefined;
      stop ??= said;
      content.finish(sink);
      tools.finish(stop.reason === 'tool' || stop.reason === 'end', sink);
      if (isFirst) say({ type: 'stop', stop }, sink);
    },
    get stop() {
      return stop;
    },
  };
}

/** Whether an object has a member that means something and that no part says. */
export function hasUnknown(object: NativeObject, known: ReadonlySet<string | false>): boolean {
  return Object.entries(object).some(([name, value]) => !known.has(name) && saysSomething(value));
}

function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function hasLogprobs(value: unknown): boolean {
  return isObject(value) && Object.values(value).some(saysSomething);
}

function readCalls(calls: readonly unknown[], tools: ChatTools, content: ChatContent, sink: PartSink): boolean {
  let hasAny = false;
  for (const entry of calls) {
    if (!isObject(entry)) continue;
    tools.piece(entry, content.next, sink);
    hasAny = true;
  }
  return hasAny;
}

function readCitations(annotations: readonly unknown[], content: ChatContent, sink: PartSink): boolean {
  const citations = annotations.filter(isObject);
  for (const citation of citations) content.citation(citation, sink);
  return citations.length > 0;
}

/** Groq's own tools: told of when they are called, and again under the same index, whole, when they have run. */
function executedTools(index: number, content: ChatContent): (ran: readonly unknown[], sink: PartSink) => boolean {
  const say = ofChoice(index);
  const keys = new Map<unknown, string>();
  return (ran, sink) => {
    const tools = ran.filter(isObject);
    for (const native of tools) {
      const { index: place, name, type, output } = native;
      const key = keys.get(place) ?? content.next(sink);
      if (place !== undefined) keys.set(place, key);
      const said = [name, type].find((word) => typeof word === 'string' && word !== '');
      const isFinal = output !== undefined && output !== null;
      say({ type: 'serverTool', key, name: typeof said === 'string' ? said : 'tool', isFinal, native }, sink);
    }
    return tools.length > 0;
  };
}
