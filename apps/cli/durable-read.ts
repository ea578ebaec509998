import { type Command, Option } from 'commander';
import { checkpointFile, type CheckpointFlags, withCheckpointFlags } from './checkpoint-file.js';
import { accessOf, type AccessFlags, withAccessFlags } from './durable-access.js';
import { readLines } from './durable-read-lines.js';
import { secondsFlag, withoutUnset, wholeNumber } from './flags.js';
import type { Job } from './run.js';

type Live = 'auto' | 'long-poll' | 'sse' | false;

interface ReadFlags extends AccessFlags, CheckpointFlags {
  readonly offset?: string;
  /** `true` is commander's: `--no-live` has not been given. */
  readonly live?: Live | 'false' | true;
  readonly mode?: 'json' | 'text' | 'bytes';
  readonly max?: number;
  readonly seconds?: number;
  readonly quiet?: boolean;
}

/** Adds the options of `read`. */
export function withReadFlags(command: Command): Command {
  command
    .option('--offset <offset>', '-1 is the beginning, now the tail; else an offset of the server (default: -1)')
    .addOption(
      new Option('--live <how>', 'what happens at the tail (default: auto, which is long-poll)').choices([
        ...['auto', 'long-poll', 'sse', 'false'],
      ]),
    )
    .option('--no-live', 'stop at the tail; the same as --live false')
    .addOption(
      new Option('--mode <mode>', 'what data is printed as (default: by the content type of the stream)').choices([
        ...['json', 'text', 'bytes'],
      ]),
    )
    .option('--max <n>', 'of a JSON stream: stop after so many messages', wholeNumber(1))
    .option('--seconds <n>', 'stop after so many seconds', secondsFlag);
  withAccessFlags(command, '-1 at the tail, 10 with --no-live');
  return withCheckpointFlags(command).option('--quiet', 'nothing on stderr but the error that ends it');
}

/** The job of `tailrace durable read URL`. Errors: a usage error for options that cannot work. */
export function readJob(url: string, flags: ReadFlags, env: NodeJS.ProcessEnv, onTerminal: boolean): Job {
  const { options, secrets } = accessOf(flags, env);
  const { offset, mode, max, seconds } = flags;
  const file = checkpointFile(flags);
  const reading = {
    url,
    mode,
    onTerminal,
    max,
    options: { ...options, ...withoutUnset({ offset, live: liveOf(flags) }) },
  };
  return {
    subject: 'durable',
    secrets,
    quiet: flags.quiet === true,
    polls: true,
    ...{ max, seconds, close: file?.close },
    lines: (context) => readLines(reading, file, context),
  };
}

function liveOf({ live }: ReadFlags): Live | undefined {
  if (live === 'false') return false;
  return live === true ? undefined : live;
}
