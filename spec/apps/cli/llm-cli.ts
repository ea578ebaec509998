import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { runProgram } from '../../../apps/cli/program.js';

/** How a run of the program in this process came out. */
export interface LlmOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A run that goes on. */
export interface LlmRun {
  /** What it has printed so far; `both` is what one terminal would show. */
  readonly said: { out: string; err: string; both: string };
  readonly outcome: Promise<LlmOutcome>;
  interrupt(): void;
}

export interface LlmRunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Of stdout and stderr. */
  readonly isTTY?: boolean;
}

/** Starts `tailrace llm ...` in this process. */
export function startLlmCli(args: readonly string[], options: LlmRunOptions = {}): LlmRun {
  const { input = '', env = {}, isTTY = false } = options;
  const said = { out: '', err: '', both: '' };
  const stdout = new Writable({
    write: (chunk: Buffer, _, done) => {
      said.out += chunk.toString();
      said.both += chunk.toString();
      done();
    },
  });
  const write = (text: string): void => {
    said.err += text;
    said.both += text;
  };
  const signals = new EventEmitter();
  const terminal = {
    stdout: Object.assign(stdout, { isTTY }),
    stderr: { isTTY, write },
    stdin: pieceOf(input),
    ...{ env, signals },
  };
  const outcome = runProgram(['llm', ...args], terminal).then((code) => ({ code, out: said.out, err: said.err }));
  return { said, outcome, interrupt: () => void signals.emit('SIGINT') };
}

/** Runs it to its end. */
export function llmCli(args: readonly string[], options?: LlmRunOptions): Promise<LlmOutcome> {
  return startLlmCli(args, options).outcome;
}

async function* pieceOf(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}
