import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A program that does not outlive this one. */
export interface BoundChild {
  readonly pid: number;
  readonly hasExited: boolean;
  /** What it has said on stderr, the last of it. */
  readonly complaint: string;
  /** Kills it at once. Resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program that ends with this process, however that one ends: a shell waits for the end of its input, which comes even after
 * `kill -9`. Where there is no shell the end of an orderly exit has to do.
 *
 * Errors: those of `spawn`.
 */
export async function startBound(binary: string, args: readonly string[]): Promise<BoundChild> {
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2_000)));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  const guard = process.platform === 'win32' ? undefined : startGuard(pid);
  child.once('exit', () => {
    process.off('exit', atExit);
    guard?.kill('SIGKILL');
  });
  return {
    pid,
    get hasExited() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    get complaint() {
      return complaint;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function startGuard(pid: number): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -9 ${pid}`], { stdio: ['pipe', 'ignore', 'ignore'] });
  // Without one, the child still ends with an orderly exit.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return guard;
}
