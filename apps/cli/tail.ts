import { type Command, Option } from 'commander';
import type { Observable } from 'rxjs';
import { headerLabel, headerRule } from '../../lib/header-value.js';
import {
  type CheckpointFile,
  checkpointFile,
  type CheckpointFlags,
  maxUnwritten,
  withCheckpointFlags,
} from './checkpoint-file.js';
import { usageError } from './exit-codes.js';
import { repeated, retriesFlag, secondsFlag, timeoutFlag, wholeNumber } from './flags.js';
import type { Line } from './output.js';
import { forTerminal } from './plain-text.js';
import type { Job } from './run.js';
import { eventLine, tailDeliveries, tailLines, type TailOptions } from './tail-source.js';

interface TailFlags extends CheckpointFlags {
  readonly header?: readonly string[];
  readonly headerEnv?: readonly string[];
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
  command
    .option('-H, --header <header>', "'name: value', sent with every request; may be repeated", repeated)
    .option('--header-env <name=variable>', 'a header whose value is in an environment variable; for secrets', repeated)
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
  const headers = { ...headersOf(flags.header ?? []), ...headersFromEnv(flags.headerEnv ?? [], env) };
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
    secrets: Object.values(headers).flatMap((value) => [value, ...value.split(' ')].filter(isSecret)),
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

/** Shorter words would also be found in plain sentences. */
function isSecret(word: string): boolean {
  return word.length >= 8;
}

function headersOf(given: readonly string[]): Record<string, string> {
  const headers = given.map((header) => {
    const colon = header.indexOf(':');
    // The text is not repeated: it may hold a secret.
    if (colon < 1) throw usageError("a --header must look like 'name: value'");
    return checked([header.slice(0, colon).trim(), header.slice(colon + 1).trim()]);
  });
  return Object.fromEntries(headers);
}

/** The library would refuse it when it connects; here it is a wrong call. The value is not repeated. */
function checked([name, value]: readonly [string, string]): readonly [string, string] {
  const { test, expected } = headerRule(name);
  if (!test(value)) throw usageError(`${headerLabel(name)} must be ${expected}`);
  return [name, value];
}

function headersFromEnv(given: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const headers = given.map((pair) => {
    const [name = '', variable = '', ...others] = pair.split('=').map((part) => part.trim());
    if (name === '' || variable === '' || others.length > 0) {
      throw usageError('a --header-env must look like NAME=VARIABLE', 'authorization=MY_AUTHORIZATION');
    }
    const value = env[variable]?.trim();
    if (value === undefined || value === '') throw usageError(`the environment has no ${variable}`, 'set it first');
    return checked([name, value]);
  });
  return Object.fromEntries(headers);
}
