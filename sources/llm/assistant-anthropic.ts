import type { AssembledBlock, AssembledMessage } from './message.js';
import type { NativeObject } from './vocabulary.js';

/** The message for Anthropic; see `toAssistantMessage`. */
export function anthropicAssistant({ blocks, stop }: AssembledMessage): readonly NativeObject[] {
  const content = blocks.map(blockOf).filter((block) => block !== undefined);
  // Anthropic pauses, or calls our tools, in the middle of its own: such a call is answered in the next message.
  const mayWait = stop !== undefined && waiting.has(stop.reason);
  const kept = mayWait ? content : withoutUnanswered(content);
  // A message must not end in thinking, which it does where the call behind it was cut off.
  if (stop?.reason !== 'pause') while (thinkings.has(kept.at(-1)?.['type'])) kept.pop();
  return kept.length === 0 ? [] : [{ role: 'assistant', content: kept }];
}

const thinkings: ReadonlySet<unknown> = new Set(['thinking', 'redacted_thinking']);
const waiting: ReadonlySet<string> = new Set(['pause', 'tool', 'end', 'stopSequence']);
/** Calls of tools that run at Anthropic's. */
const serverCalls: ReadonlySet<unknown> = new Set(['server_tool_use', 'mcp_tool_use']);

function blockOf(block: AssembledBlock): NativeObject | undefined {
  switch (block.type) {
    case 'text':
      return block.text.trim() === '' ? undefined : (block.native ?? { type: 'text', text: block.text });
    case 'refusal':
      return block.text.trim() === '' ? undefined : { type: 'text', text: block.text };
    case 'thinking':
      return block.native ?? thinkingOf(block);
    case 'tool':
      return block.call?.native;
    case 'serverTool':
      return block.isFinal ? block.native : undefined;
  }
}

function thinkingOf({ text, signature, isRedacted }: AssembledBlock & { type: 'thinking' }): NativeObject | undefined {
  return signature === undefined || isRedacted ? undefined : { type: 'thinking', thinking: text, signature };
}

/** A message that was cut off may end in a call that its server tool never answered; such a message is refused. */
function withoutUnanswered(content: readonly NativeObject[]): NativeObject[] {
  const answered = new Set(content.map(({ tool_use_id: id }) => id));
  return content.filter(({ type, id }) => !serverCalls.has(type) || answered.has(id));
}
