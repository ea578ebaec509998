import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A console as a user starts it. */
export interface ConsoleProcess {
  /** The address that it has printed; ends with a slash. */
  readonly url: string;
  /** Asks it to end, and waits until it has: its exit code, or the signal that ended it. */
  end(): Promise<number | string | null>;
  /** Ends it at once. */
  kill(): void;
}

const program = fileURLToPath(new URL('../../apps/console/run.js', import.meta.url));

/** How long it may take until it serves, in milliseconds: a clean checkout installs three hundred packages and builds the page first. */
export const startLimit = 540_000;

/** Starts `apps/console/run.js`. Errors: it ends, or {@link startLimit} passes, before it has printed its address. */
export async function startConsoleProcess(): Promise<ConsoleProcess> {
  // In the group of the test: Ctrl-C ends both.
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const ended = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  const limit = setTimeout(kill, startLimit);
  for await (const line of createInterface(child.stdout)) {
    const url = /^console: (http:\/\/127\.0\.0\.1:\d+\/)$/.exec(line)?.[1];
    if (url === undefined) continue;
    clearTimeout(limit);
    return { url, kill, end: async () => await endOf(child, ended) };
  }
  clearTimeout(limit);
  throw new Error(`the console has ended before it printed its address: ${said.join('')}`);
}

async function endOf(child: ChildProcess, ended: Promise<unknown>): Promise<number | string | null> {
  child.kill('SIGTERM');
  await ended;
  return child.exitCode ?? child.signalCode;
}
