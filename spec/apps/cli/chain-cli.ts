import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import { runProgram } from '../../../apps/cli/program.js';

/** How a run of `tailrace chain` in this process came out. */
export interface ChainOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A run that goes on. */
export interface ChainCliRun {
  /** `offered`: what stdout was given and has perhaps not taken. */
  readonly said: { out: string; err: string; offered: number };
  readonly outcome: Promise<ChainOutcome>;
  interrupt(): void;
}

export interface ChainRunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Stdout takes nothing. @default false */
  readonly isStuck?: boolean;
}

/** Starts `tailrace chain ...` in this process. */
export function startChainCli(args: readonly string[], options: ChainRunOptions = {}): ChainCliRun {
  const { env = {}, input = '', isStuck = false } = options;
  const said: ChainCliRun['said'] = { out: '', err: '', offered: 0 };
  const stdout = new Writable({
    write: (chunk: Buffer, _, done) => {
      said.offered += chunk.length;
      if (isStuck) return;
      said.out += chunk.toString();
      done();
    },
  });
  const signals = new EventEmitter();
  const terminal = {
    ...{ stdout, env, signals },
    stderr: { write: (text: string) => (said.err += text) },
    stdin: piecesOf(input),
  };
  const outcome = runProgram(['chain', ...args], terminal).then((code) => ({ code, out: said.out, err: said.err }));
  return { said, outcome, interrupt: () => void signals.emit('SIGINT') };
}

/** Runs it to its end. */
export function chainCli(args: readonly string[], options?: ChainRunOptions): Promise<ChainOutcome> {
  return startChainCli(args, options).outcome;
}

/** The lines of stdout as values. */
export function linesOf({ out }: { readonly out: string }): unknown[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

async function* piecesOf(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}
