import { type Command, Option } from 'commander';
import type { Observable } from 'rxjs';
import {
  type CheckpointFile,
  checkpointFile,
  type CheckpointFlags,
  maxUnwritten,
  withCheckpointFlags,
} from './checkpoint-file.js';
import { usageError } from './exit-codes.js';
import { retriesFlag, secondsFlag, timeoutFlag, wholeNumber } from './flags.js';
import { type HeaderFlags, headersOf, secretsOf, withHeaderFlags } from './header-flags.js';
import type { Line } from './output.js';
import { forTerminal } from './plain-text.js';
import type { Job } from './run.js';
import { eventLine, tailDeliveries, tailLines, type TailOptions } from './tail-source.js';

interface TailFlags extends CheckpointFlags, HeaderFlags {
  readonly format?: 'auto' | 'ndjson' | 'sse';
  readonly data?: boolean;
  readonly max?: number;
  readonly seconds?: number;
  readonly retries?: number;
  readonly timeout?: number;
  readonly allowSecretInQuery?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options of `tail`. */
export function withTailFlags(command: Command): Command {
  withHeaderFlags(command)
    .addOption(
      new Option('--format <format>', 'what the body is (default: auto, by its content type)').choices([
        ...['auto', 'ndjson', 'sse'],
      ]),
    )
    .option('--data', 'of events, print the data as they are and nothing else')
    .option('--max <n>', 'stop after so many lines or events', wholeNumber(1))
    .option('--seconds <n>', 'stop after so many seconds', secondsFlag)
    .option('--retries <n>', 'failures in a row before giving up; -1 for no end (default: 10)', retriesFlag)
    .option(
      '--timeout <ms>',
      'longest silence, in milliseconds (default: 30000 for headers, 120000 after)',
      timeoutFlag,
    );
  return withCheckpointFlags(command)
    .option('--allow-secret-in-query', 'let the URL carry a parameter such as token or api_key')
    .option('--quiet', 'nothing on stderr but the error that ends it');
}

/** The job of `tailrace tail URL`. Errors: a usage error for headers that cannot work. */
export function tailJob(url: string, flags: TailFlags, env: NodeJS.ProcessEnv, onTerminal: boolean): Job {
  const headers = headersOf(flags, env);
  const { data = false, format = data ? 'sse' : 'auto', retries, timeout, allowSecretInQuery = false } = flags;
  if (data && format === 'ndjson') throw usageError('--data is for events, and --format ndjson has none');
  const file = checkpointFile(flags);
  if (file !== undefined && format === 'ndjson') {
    throw usageError('--checkpoint is for events: lines of JSON have no ids to resume by');
  }
  // An event's data is the server's text as it is: on a terminal it could move the cursor or worse.
  const dataOnly = onTerminal ? forTerminal : (text: string): string => text;
  const request = { url, headers, data, format, retries, timeout, allowSecretInQuery, dataOnly };
  return {
    subject: 'tail',
    secrets: secretsOf(Object.values(headers)),
    quiet: flags.quiet === true,
    ...{ max: flags.max, seconds: flags.seconds, close: file?.close },
    lines: (context) =>
      file === undefined ? tailLines({ ...request, ...context }) : savedLines({ ...request, ...context }, file),
  };
}

function savedLines(options: TailOptions, file: CheckpointFile): Observable<Line> {
  return file.lines({
    key: keyOf(options.url),
    open: (position = '') => tailDeliveries(options, position, maxUnwritten),
    show: (event) => eventLine(event, options),
    note: options.note,
  });
}

/** Without the query: it may hold what changes with every run, or what no file should. */
function keyOf(url: string): string {
  if (!URL.canParse(url)) throw usageError('URL must be an absolute http or https URL');
  const { origin, pathname } = new URL(url);
  return `tail ${origin}${pathname}`;
}
