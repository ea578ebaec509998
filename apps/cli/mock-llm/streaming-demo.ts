import { recordOf } from '../../../lib/problem.js';
import type { MockAnswer, MockFault, MockFlow, MockLlmRequest, MockRefusal, MockScript } from './script.js';

/** What goes wrong with one request: it is refused, or its stream is disturbed. */
export type MockTrouble = MockRefusal | { readonly faults: readonly MockFault[] };

export interface StreamingDemoOptions extends MockFlow {
  /** One for each request, whatever it asks; `undefined` for none. @default [] */
  readonly troubles?: readonly (MockTrouble | undefined)[] | undefined;
  /** The troubles begin anew behind the last one. @default false */
  readonly isEndless?: boolean | undefined;
}

/** What is asked where nobody asks anything else. */
export const demoPrompt = 'What is 42 * 17?';
const thought = 'A product. The calculator knows it exactly.';
export const demoAnnouncement = 'Let me work that out with the calculator.';

/**
 * The scenario of the mock: whatever the question, the model calls `calculator` with 42 * 17; asked again with the result, it tells that.
 */
export function streamingDemo({ troubles = [], isEndless = false, ...flow }: StreamingDemoOptions = {}): MockScript {
  return (request) => {
    const trouble = troubles[isEndless ? request.index % troubles.length : request.index];
    if (trouble !== undefined && 'status' in trouble) return trouble;
    return { ...flow, ...trouble, ...contentOf(request) };
  };
}

/** What the model says when it has read this result. */
export function demoAnswer(result: string): string {
  return `42 * 17 is ${result}. I have asked the calculator, so there is no doubt about it.`;
}

function contentOf(request: MockLlmRequest): Extract<MockAnswer, { say: unknown }> {
  const result = toolResult(request);
  if (result !== undefined) return { say: [{ type: 'text', text: demoAnswer(result) }] };
  return {
    say: [
      { type: 'thinking', text: thought },
      { type: 'text', text: demoAnnouncement },
      { type: 'tool', name: 'calculator', input: { expression: '42 * 17' } },
    ],
  };
}

/** The result of a tool, where the request ends with one. */
function toolResult({ wire, body }: MockLlmRequest): string | undefined {
  const last = lastOf(wire === 'openai-responses' ? body['input'] : body['messages']);
  switch (wire) {
    case 'anthropic': {
      const block = lastOf(last?.['content']);
      return block?.['type'] === 'tool_result' ? textOf(block['content']) : undefined;
    }
    case 'openai-chat':
      return last?.['role'] === 'tool' ? textOf(last['content']) : undefined;
    case 'openai-responses':
      return last?.['type'] === 'function_call_output' ? textOf(last['output']) : undefined;
  }
}

function lastOf(list: unknown): Readonly<Record<string, unknown>> | undefined {
  return Array.isArray(list) ? recordOf(list.at(-1)) : undefined;
}

/** A text, or a list of blocks with text. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(blockText).join('') : '';
}

function blockText(block: unknown): string {
  const text = recordOf(block)?.['text'];
  return typeof text === 'string' ? text : '';
}
