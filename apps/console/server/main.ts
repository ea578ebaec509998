import { parseArgs } from 'node:util';
import { startConsole } from './start-console.js';

/** What the command line asks for. */
export interface ProgramOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly help: boolean;
}

/** How the program is used. */
export const usage = `npm run console -- [--port N]

Serves a page with four live streams from local servers, and buttons that make these servers misbehave.
  --port N  where the page listens on 127.0.0.1 (default: a free port)
  --help    this text
Ctrl-C ends it.
`;

/** Errors: `TypeError` for an option that is unknown or has no sense. */
export function readOptions(args: readonly string[]): ProgramOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new TypeError('--port must be a whole number from 0 to 65535');
  }
  return { port: Number(values.port), help: values.help };
}

/** Serves the page in this folder, prints one line with its address, and goes on until the process is told to end. */
export async function serve(page: string, { port }: Pick<ProgramOptions, 'port'>): Promise<void> {
  const running = await startConsole({ page, port });
  process.stdout.write(`console: ${running.url}\n`);
  // Once: a second Ctrl-C ends the process at once.
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await running.close();
}
