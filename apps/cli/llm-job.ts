import { concatMap, defer, identity, type Observable } from 'rxjs';
import { parseJson } from '../../lib/index.js';
import { recordOf } from '../../lib/problem.js';
import { calculatorTool, type Dialect, type LlmLoopPart, type Tool } from '../../sources/llm/index.js';
import { dialectRule } from '../../sources/llm/dialects.js';
import type { Input } from './durable-values.js';
import { usageError } from './exit-codes.js';
import { addressOf, addressSecrets, type LlmAddress, type ProviderName } from './llm-address.js';
import type { LlmFlags } from './llm-flags.js';
import { jsonLines, textLines } from './llm-lines.js';
import { partLog } from './llm-log.js';
import { askMock } from './llm-mock.js';
import { promptOf } from './llm-prompt.js';
import { ask, type Question } from './llm-providers.js';
import { textFlow } from './llm-text.js';
import { demoPrompt } from './mock-llm/streaming-demo.js';
import type { Line } from './output.js';
import { forTerminal } from './plain-text.js';
import type { Job, JobContext } from './run.js';

export interface LlmArguments {
  readonly provider: string | undefined;
  readonly prompt: string | undefined;
}

export interface LlmSurroundings {
  readonly flags: LlmFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly input: Input;
  readonly onTerminal: boolean;
}

/** The job of `tailrace llm PROVIDER PROMPT`. Errors: a usage error for what cannot work. */
export function llmJob(given: LlmArguments, { flags, env, input, onTerminal }: LlmSurroundings): Job {
  const { mock = false, quiet = false } = flags;
  const question = questionOf(given, flags, env);
  const prompt = given.prompt ?? (mock ? demoPrompt : undefined);
  if (prompt === undefined) throw usageError('the prompt is missing', '- reads it from stdin');
  const output = outputOf(flags);
  const text = textFlow({
    isHeld: question.onInterrupted === 'restart' && !onTerminal,
    clean: onTerminal ? forTerminal : identity,
  });
  const asked = ({ monitor }: JobContext): Observable<LlmLoopPart> => {
    const answered = (words: string): Observable<LlmLoopPart> =>
      mock ? askMock(question, (instead) => ask(instead, words, monitor)) : ask(question, words, monitor);
    return defer(() => promptOf(prompt, input)).pipe(concatMap(answered));
  };
  return {
    ...{ subject: 'llm', secrets: addressSecrets(question.address), quiet },
    ...(output === 'text' && onTerminal ? { freeText: text } : {}),
    lines: (context): Observable<string | Line> => {
      const parts = asked(context);
      if (output === 'log') return parts.pipe(partLog());
      return output === 'json' ? jsonLines(parts, context.note) : textLines(parts, context.note, text);
    },
  };
}

function questionOf({ provider: named }: LlmArguments, flags: LlmFlags, env: NodeJS.ProcessEnv): Question {
  const { mock = false, system, maxTokens, maxTurns, retries: maxRetries, timeout } = flags;
  const { onInterrupted = mock ? 'restart' : undefined } = flags;
  const provider = providerOf(named ?? (mock ? 'anthropic' : undefined));
  const address: LlmAddress = mock ? { headers: {}, params: {} } : addressOf(provider, flags, env);
  const model = flags.model ?? (mock ? 'mock' : defaultModels[provider]);
  if (model === undefined) throw usageError('--model is missing', 'a compatible server has models of its own');
  if (onInterrupted === 'resume' && provider !== 'responses') {
    throw usageError('--on-interrupted resume is for responses', 'the others can only restart');
  }
  const silence = { connect: timeout, firstContent: timeout, idleBytes: timeout, idleContent: timeout };
  return {
    ...{ provider, address, model, system, maxTokens, maxTurns, onInterrupted, maxRetries },
    fields: fieldsOf(flags),
    tools: toolsOf(flags.tools ?? (mock ? ['calculator'] : [])),
    dialect: dialectOf(flags, provider),
    clocks: timeout === undefined ? undefined : silence,
  };
}

const defaultModels: Readonly<Record<ProviderName, string | undefined>> = {
  anthropic: 'claude-sonnet-4-5',
  openai: 'gpt-5-mini',
  responses: 'gpt-5-mini',
  compatible: undefined,
};

function providerOf(name: string | undefined): ProviderName {
  if (name === 'anthropic' || name === 'openai' || name === 'responses' || name === 'compatible') return name;
  const hint = 'anthropic, openai, responses or compatible; to try without any: tailrace llm --mock';
  throw usageError(name === undefined ? 'the provider is missing' : 'there is no such provider', hint);
}

function outputOf({ json = false, output, mock = false }: LlmFlags): NonNullable<LlmFlags['output']> {
  if (json && output !== undefined && output !== 'json') throw usageError('give either --json or --output');
  return json ? 'json' : (output ?? (mock ? 'log' : 'text'));
}

function toolsOf(names: readonly string[]): readonly Tool[] {
  const unknown = names.find((name) => name !== 'calculator');
  if (unknown !== undefined) throw usageError('--tools names a tool that is not there', 'there is one: calculator');
  return names.length === 0 ? [] : [calculatorTool()];
}

function fieldsOf({ body }: LlmFlags): Readonly<Record<string, unknown>> {
  if (body === undefined) return {};
  const parsed = parseJson(body);
  const fields = parsed.ok ? recordOf(parsed.value) : undefined;
  if (fields === undefined) throw usageError('--body must be an object of JSON', `such as '{"temperature":0}'`);
  return fields;
}

function dialectOf({ dialect }: LlmFlags, provider: ProviderName): Dialect | undefined {
  if (dialect === undefined) return undefined;
  if (provider !== 'openai' && provider !== 'compatible') throw usageError('--dialect is for openai and compatible');
  if (isDialect(dialect)) return dialect;
  throw usageError(`--dialect must be ${dialectRule.expected.replace(/, or an object.*/, '')}`);
}

function isDialect(name: string): name is Dialect {
  return dialectRule.test(name);
}
