import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { runProgram } from '../../../apps/cli/program.js';

/** How a run of the program in this process came out. */
export interface DurableOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A run that goes on. */
export interface DurableRun {
  readonly said: { out: string; err: string; bytes: Buffer[] };
  readonly outcome: Promise<DurableOutcome>;
  interrupt(): void;
}

export interface DurableRunOptions {
  readonly input?: Iterable<string | Uint8Array> | Readable;
  /** Every write to stdout fails with this code. */
  readonly stdoutFails?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly isTTY?: boolean;
}

/** Starts `tailrace durable ...` in this process, with a stdin of these pieces. */
export function startDurableCli(args: readonly string[], options: DurableRunOptions = {}): DurableRun {
  const { input = [], env = {}, isTTY = false, stdoutFails } = options;
  const said: DurableRun['said'] = { out: '', err: '', bytes: [] };
  const stdout = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (stdoutFails !== undefined) return done(Object.assign(new Error('unwritable'), { code: stdoutFails }));
      said.bytes.push(chunk);
      said.out += chunk.toString();
      done();
    },
  });
  const signals = new EventEmitter();
  const terminal = {
    stdout: Object.assign(stdout, { isTTY }),
    stderr: { write: (text: string) => (said.err += text) },
    stdin: input instanceof Readable ? input : piecesOf(input),
    ...{ env, signals },
  };
  const outcome = runProgram(['durable', ...args], terminal).then((code) => ({ code, out: said.out, err: said.err }));
  return { said, outcome, interrupt: () => void signals.emit('SIGINT') };
}

/** Runs it to its end. */
export function durableCli(args: readonly string[], options?: DurableRunOptions): Promise<DurableOutcome> {
  return startDurableCli(args, options).outcome;
}

/** The lines of stdout as values. */
export function printed({ out }: { readonly out: string }): unknown[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

async function* piecesOf(pieces: Iterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array, void, undefined> {
  yield* pieces;
}
