import type { LlmLoopPart, LlmUsage, ToolResult } from '../../sources/llm/index.js';
import { jsonLine } from './json-line.js';
import { seconds } from './status-line.js';

/** What is said of the stream, and not by the model. */
type StreamPart = Extract<LlmLoopPart, { type: 'open' | 'stall' | 'retry' | 'reset' | 'resume' | 'turn' | 'end' }>;

const streamTypes: ReadonlySet<string> = new Set<StreamPart['type']>([
  ...(['open', 'stall', 'retry', 'reset', 'resume', 'turn', 'end'] as const),
]);

function isOfStream(part: LlmLoopPart): part is StreamPart {
  return streamTypes.has(part.type);
}

function streamDetail(part: StreamPart): string {
  switch (part.type) {
    case 'turn':
      return String(part.index);
    case 'open':
      return `attempt ${part.attempt}${part.requestId === undefined ? '' : `, request ${part.requestId}`}`;
    case 'stall':
      return `clock ${part.clock}: ${seconds(part.ms)} of silence, half of its limit`;
    case 'retry':
      return `attempt ${part.attempt} in ${seconds(part.delayMs)}: ${part.cause.message}`;
    case 'reset':
      return `attempt ${part.attempt} is void: ${part.discarded.text.length} characters of text`;
    case 'resume':
      return `behind event ${part.cursor}, by ${part.by}`;
    case 'end':
      return '';
  }
}

type Edge = Extract<LlmLoopPart, { type: 'text.start' | 'text.end' | 'thinking.start' | 'thinking.end' }>;

function isEdge(part: LlmLoopPart): part is Edge {
  return /^(?:text|thinking)\.(?:start|end)$/.test(part.type);
}

/** What a part says, in one line, as long as it is. */
export function detailOf(part: LlmLoopPart): string {
  if (isOfStream(part)) return streamDetail(part);
  if ('text' in part) return jsonLine(part.text);
  if (isEdge(part)) return part.key;
  switch (part.type) {
    case 'start':
      return [part.id, part.model].filter((text) => text !== undefined).join(' ');
    case 'tool.start':
      return `${part.name} ${part.id}`;
    case 'toolCall':
      return `${part.call.name} ${part.call.raw}`;
    case 'toolResult':
      return `${part.result.name} ${part.result.isError ? 'failed: ' : ''}${outputOf(part.result)}`;
    case 'usage':
      return usageText(part.usage);
    case 'stop':
      return `${part.stop.reason} (${part.stop.native ?? 'nothing said'})`;
    case 'serverTool':
      return part.name;
    case 'citation':
      return jsonLine(part.citation);
    case 'unknown':
      return jsonLine(part.native);
  }
}

/** What a tool has given, as text. */
export function outputOf({ output }: ToolResult): string {
  return typeof output === 'string' ? output : jsonLine(output);
}

export function usageText({ inputTokens, outputTokens }: LlmUsage): string {
  return `${inputTokens ?? '?'} tokens in, ${outputTokens ?? '?'} out`;
}
