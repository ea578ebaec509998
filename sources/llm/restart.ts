import type { LlmError } from './errors.js';
import { failureWith } from './llm-failure.js';
import type { LlmRun } from './llm-run.js';
import type { AssembledBlock, AssembledMessage } from './message.js';
import type { PartFlow } from './part-flow.js';

/**
 * Whether an answer that broke off after content may be asked for again. Not after the provider has run a tool that may have had effects. Two attempts
 * that broke at the same content would break there a third time: then `deterministic_failure`.
 */
export function beforeRestart(run: LlmRun, flow: PartFlow, error: LlmError): 'retry' | 'fail' | LlmError {
  if (flow.hasEffects) return 'fail';
  const { message } = flow;
  const content = contentOf(message);
  if (run.lastContent === content) {
    return failureWith(error, { errorType: 'fatal_error', code: 'deterministic_failure', cause: error });
  }
  run.lastContent = content;
  run.standing = { attempt: run.attempts, message };
  return 'retry';
}

/** What a model said, without the ids, which are new in every answer. */
function contentOf({ blocks }: AssembledMessage): string {
  return JSON.stringify(blocks.map(wordsOf));
}

function wordsOf(block: AssembledBlock): readonly (string | undefined)[] {
  switch (block.type) {
    case 'text':
    case 'thinking':
    case 'refusal':
      return [block.type, block.text];
    case 'tool':
      return [block.type, block.name, block.raw];
    case 'serverTool':
      return [block.type, block.name];
  }
}
