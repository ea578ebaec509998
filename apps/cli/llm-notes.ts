import type { LlmLoopPart } from '../../sources/llm/index.js';
import { seconds } from './status-line.js';

const longest = 120;

/** What the text does not say. */
export interface PartNews {
  /** Tools, and answers that begin again; `undefined` for most parts. */
  of(part: LlmLoopPart): string | undefined;
  /** What all of it took. */
  end(): string;
}

/** Nothing has come yet. */
export function partNews(): PartNews {
  const started = performance.now();
  const sums = { turns: 0, tools: 0, retries: 0, restarts: 0, stalls: 0, inputTokens: 0, outputTokens: 0 };
  let stop = 'no stop';
  return {
    of: (part) => {
      count(part, sums);
      if (part.type === 'stop') stop = `${part.stop.reason} (${part.stop.native ?? 'nothing said'})`;
      return newsOf(part);
    },
    end: () => `${stop}; ${sumsText(sums)}; ${seconds(performance.now() - started)}`,
  };
}

interface Sums {
  turns: number;
  tools: number;
  retries: number;
  restarts: number;
  stalls: number;
  inputTokens: number;
  outputTokens: number;
}

function count(part: LlmLoopPart, sums: Sums): void {
  if (part.type === 'toolResult') sums.tools += 1;
  else if (part.type === 'retry') sums.retries += 1;
  else if (part.type === 'reset') sums.restarts += 1;
  else if (part.type === 'stall') sums.stalls += 1;
  else if (part.type === 'end') {
    const { inputTokens = 0, outputTokens = 0 } = part.message.usage ?? {};
    sums.turns += 1;
    sums.inputTokens += inputTokens;
    sums.outputTokens += outputTokens;
  }
}

function sumsText({ turns, tools, retries, restarts, stalls, inputTokens, outputTokens }: Sums): string {
  const some = (number: number, one: string, many = `${one}s`): string[] =>
    number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  const counts = [
    ...some(turns, 'answer'),
    ...some(tools, 'tool run'),
    ...some(retries, 'retry', 'retries'),
    ...some(restarts, 'restart'),
    ...some(stalls, 'stall'),
  ];
  return [...counts, `${inputTokens} tokens in, ${outputTokens} out`].join(', ');
}

function newsOf(part: LlmLoopPart): string | undefined {
  if (part.type === 'toolCall') return `the model calls ${part.call.name} ${shortened(part.call.raw)}`;
  if (part.type === 'toolResult') {
    const { name, output, isError } = part.result;
    const text = typeof output === 'string' ? output : JSON.stringify(output);
    return `${name} ${isError ? 'has failed' : 'says'}: ${shortened(text)}`;
  }
  if (part.type === 'reset') return 'what came of this answer is void: it begins again';
  if (part.type === 'resume') return `going on behind event ${part.cursor}`;
  if (part.type !== 'stop') return undefined;
  if (part.stop.reason === 'length') return 'warning: the answer is cut off at its limit; raise --max-tokens';
  return part.stop.reason === 'refusal' ? 'warning: the model has refused' : undefined;
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}
