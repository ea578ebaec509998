import { defer, type Observable, tap } from 'rxjs';
import {
  anthropicToolLoop,
  calculatorTool,
  type LlmLoopPart,
  type LlmWire,
  openaiChatToolLoop,
  openaiResponsesToolLoop,
  type Tool,
} from '../../sources/llm/index.js';
import type { StreamingDemo } from '../../spec/servers/mock-llm.js';
import type { WordCount } from './llm-count.js';
import type { Reporter } from './reporter.js';

export interface Talk {
  readonly wire: LlmWire;
  readonly server: StreamingDemo;
  readonly count: WordCount;
  readonly report: Reporter;
}

const question = 'What is 42 * 17?';
/** The waits are short, so that much can happen in one sitting. A silence of half of the last one is told, a whole one ends the connection. */
const impatient = {
  ...{ apiKey: 'demo-key', maxRetries: 6, initialBackoff: 20, maxBackoff: 200 },
  clocks: { connect: 2_000, firstContent: 2_000, idleContent: 500 },
} as const;

/**
 * One conversation: the question, the tool, the answer. What is printed is put together here, delta by delta, the way a user of the library would, and
 * compared with what the model was made to say.
 */
export function talk(options: Talk): Observable<LlmLoopPart> {
  const { wire, server, count, report } = options;
  return defer(() => {
    let text = '';
    let turn = 0;
    return partsOf(options).pipe(
      tap((part) => {
        if (part.type === 'text.delta') text += part.text;
        if (part.type === 'reset') text = '';
        if (part.type === 'turn') [turn, text] = [part.index, ''];
        if (part.type === 'end') {
          count.answer(server.texts[turn] ?? '', text);
          report.item('llm', { wire, turn, text }, `${wire}: ${text}`);
        }
        noteEvent(part, options);
      }),
    );
  });
}

function noteEvent(part: LlmLoopPart, { wire, count, report }: Talk): void {
  const tell = (text: string): void => report.event('llm', `${wire}: ${text}`);
  if (part.type === 'retry') {
    count.event('reconnects');
    tell(part.cause.message);
  } else if (part.type === 'stall') {
    count.event('stalls');
    tell(`${part.ms} ms of silence`);
  } else if (part.type === 'reset') {
    count.event('restarts');
    tell('the answer begins again');
  } else if (part.type === 'resume') {
    count.event('resumes');
    tell(`the answer goes on behind event ${part.cursor}`);
  }
}

function partsOf({ wire, server, count }: Talk): Observable<LlmLoopPart> {
  const tools = [counted(calculatorTool(), count)];
  const messages = [{ role: 'user', content: question }];
  const baseUrl = `${server.url}/v1`;
  switch (wire) {
    case 'anthropic': {
      const body = { model: 'mock', max_tokens: 1_000, messages };
      return anthropicToolLoop({ ...impatient, baseUrl, body, onInterrupted: 'restart' }, tools);
    }
    case 'openai-chat': {
      const body = { model: 'mock', messages };
      return openaiChatToolLoop({ ...impatient, baseUrl, body, onInterrupted: 'restart' }, tools);
    }
    case 'openai-responses': {
      // Goes on where it broke off, and nothing is said twice.
      const body = { model: 'mock', input: question, background: true };
      return openaiResponsesToolLoop({ ...impatient, baseUrl, body }, tools);
    }
  }
}

/** Counts where the work is done: a call that ran twice must be seen. */
function counted<Input>(tool: Tool<Input>, count: WordCount): Tool<Input> {
  return {
    ...tool,
    call: (input, context) => {
      count.event('tools');
      return tool.call(input, context);
    },
  };
}
