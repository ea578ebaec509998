import { spawn } from 'node:child_process';

/** What a process did before it ended. */
export interface Life {
  /** The lines that it wrote whole. */
  readonly lines: readonly string[];
  /** `null` where it was killed. */
  readonly code: number | null;
  readonly stderr: string;
}

/** When to kill it: so many milliseconds after it has started, or after it has written so many lines. */
export type Death = { readonly afterLines: number; readonly delay: number } | { readonly afterStart: number };

/** Runs a program until it ends, or until the moment of its death. All that it wrote is read, also what was on its way. */
export function live(args: readonly string[], death?: Death): Promise<Life> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): void => void child.kill('SIGKILL');
    let stdout = '';
    let stderr = '';
    let count = 0;
    let timer: NodeJS.Timeout | undefined;
    if (death !== undefined && 'afterStart' in death) timer = setTimeout(kill, death.afterStart);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (death === undefined || !('afterLines' in death) || timer !== undefined) return;
      count += text.split('\n').length - 1;
      if (count >= death.afterLines) timer = setTimeout(kill, death.delay);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject).on('close', (code) => {
      clearTimeout(timer);
      // Behind the last line end is half a line, or nothing.
      resolve({ lines: stdout.split('\n').slice(0, -1), code, stderr });
    });
  });
}
