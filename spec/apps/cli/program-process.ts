import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

/** How a run of the program came out. */
export interface Outcome {
  /** `null` where a signal has killed it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: { stdout: string; stderr: string };
  readonly outcome: Promise<Outcome>;
}

/** Longer than any build takes on a busy machine. */
export const buildPatience = 180_000;
/** For one test that starts the program several times. */
export const patience = 20_000;

const main = 'dist/apps/cli/main.js';

/** Brings `dist/` up to date, in a process of its own: it may take some seconds. */
export async function buildProgram(): Promise<void> {
  await promisify(execFile)(process.execPath, ['spec/tools/build-if-needed.js'], { maxBuffer: 2 ** 24 });
}

/** Starts the compiled program with nothing of this process's environment that could change what it does. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Running {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env['PATH'], ...env } });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  child.stdin.on('error', () => {}).end(input);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...printed }));
  });
  return { child, printed, outcome };
}

/** Runs the compiled program to its end. */
export function run(args: readonly string[], env?: NodeJS.ProcessEnv, input?: string): Promise<Outcome> {
  return start(args, env, input).outcome;
}

/** The lines of stdout as values. */
export function values({ stdout }: Outcome): unknown[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}
