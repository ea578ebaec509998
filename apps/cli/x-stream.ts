import { type Command, Option } from 'commander';
import { merge, type Observable } from 'rxjs';
import {
  endpointOf,
  partitionsOf,
  type XBoundOptions,
  xClient,
  type XRecovery,
  type XStreamName,
} from '../../sources/x/index.js';
import { defaultTransport } from '../../lib/node/default-transport.js';
import { checkpointFile, type CheckpointFlags, withCheckpointFlags } from './checkpoint-file.js';
import { usageError } from './exit-codes.js';
import { listFlag, secondsFlag, wholeNumber, withoutUnset } from './flags.js';
import { pacedTransport } from './paced-transport.js';
import type { Line } from './output.js';
import type { Job, JobContext } from './run.js';
import { type AccountFlags, accountOf, withAccountFlags } from './x-account.js';
import { messageLines } from './x-message-lines.js';
import { streamNamed } from './x-names.js';
import { savedItems } from './x-saved-stream.js';

interface StreamFlags extends AccountFlags, CheckpointFlags {
  readonly partition?: string;
  readonly backfill?: number;
  readonly start?: string;
  readonly end?: string;
  readonly recovery?: XRecovery;
  readonly fields?: readonly string[];
  readonly expansions?: readonly string[];
  readonly userFields?: readonly string[];
  readonly mediaFields?: readonly string[];
  readonly pollFields?: readonly string[];
  readonly placeFields?: readonly string[];
  readonly likeFields?: readonly string[];
  readonly localDcOnly?: boolean;
  readonly max?: number;
  readonly seconds?: number;
  readonly messages?: boolean;
  readonly raw?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options of a stream. */
export function withStreamFlags(command: Command): Command {
  withAccountFlags(command, '10')
    .option('--max <n>', 'stop after so many lines', wholeNumber(1))
    .option('--seconds <n>', 'stop after so many seconds', secondsFlag)
    .option('--partition <n|all>', 'which share of a stream that is cut up; all opens a connection for each')
    .option('--fields <list>', 'tweet.fields, with commas: created_at,author_id,lang', listFlag)
    .option('--expansions <list>', 'what to include: author_id,attachments.media_keys', listFlag)
    .option('--user-fields <list>', 'user.fields', listFlag)
    .option('--media-fields <list>', 'media.fields', listFlag)
    .option('--poll-fields <list>', 'poll.fields', listFlag)
    .option('--place-fields <list>', 'place.fields', listFlag)
    .option('--like-fields <list>', 'like_with_tweet_author.fields, for the streams of likes', listFlag)
    .option('--local-dc-only', 'powerstream: only what the data centre of the connection sees');
  command
    .option('--backfill <minutes>', 'begin up to 5 minutes ago (enterprise access)', wholeNumber(0, 5))
    .option('--start <time>', 'replay from here, ISO 8601 with a zone: 2026-01-31T00:00:00Z (enterprise access)')
    .option('--end <time>', 'replay up to here (enterprise access)')
    .addOption(
      new Option('--recovery <how>', 'ask again for what was missed while disconnected (default: none)').choices([
        ...['none', 'backfill', 'replay'],
      ]),
    );
  return withCheckpointFlags(command)
    .option('--messages', 'print everything the stream says, keep-alives, notices and gaps too, not only items')
    .option('--raw', 'with --messages: show the text of lines that are malformed')
    .option('--quiet', 'nothing on stderr but the error that ends it');
}

/** The job of `tailrace x STREAM`. Errors: a usage error, or the library's `TypeError`, for options that cannot work. */
export function streamJob(typed: string, flags: StreamFlags, env: NodeJS.ProcessEnv): Job {
  const name = streamNamed(typed);
  const partitions = partitionsFor(name, typed, flags.partition);
  if (flags.raw === true && flags.messages !== true) throw usageError('--raw needs --messages');
  const file = checkpointFile(flags);
  if (file !== undefined && flags.messages === true) throw usageError('--checkpoint is for items, without --messages');
  const { timeout, maxRetries, ...client } = accountOf(flags, env);
  const { recovery, start, end } = flags;
  const options = { ...queryOf(flags), ...withoutUnset({ timeout, maxRetries, recovery }) };
  const each: XBoundOptions<XStreamName>[] = partitions.map((partition) => ({
    ...options,
    ...withoutUnset({ partition }),
  }));
  const lines = (context: JobContext): Observable<string | Line> => {
    const { monitor, note, room } = context;
    // A replay waits for stdout and goes on where it was; a live stream that is read slowly X would cut off.
    const isReplay = (start ?? end) !== undefined;
    const transport = isReplay ? pacedTransport(defaultTransport(), { room }) : defaultTransport();
    const account = { ...client, transport };
    const replay = { start, end };
    if (file !== undefined) return savedItems({ name, client: account, each, replay, recovery }, file, context);
    // One client for all partitions: X counts their connects together.
    const { messages } = xClient(account);
    const all = each.map((one) => messages<XStreamName>(name, { ...one, monitor }));
    return merge(...all).pipe(messageLines({ ...flags, note }));
  };
  return {
    subject: 'x',
    secrets: [client.bearerToken],
    quiet: flags.quiet === true,
    ...{ max: flags.max, seconds: flags.seconds, close: file?.close },
    lines,
  };
}

/** One element for each connection; `undefined` where the stream is whole. */
function partitionsFor(name: XStreamName, typed: string, wanted: string | undefined): readonly (number | undefined)[] {
  const { partitions: count } = endpointOf(name);
  if (count === undefined) {
    if (wanted !== undefined) throw usageError(`${typed} has no partitions`, 'leave --partition out');
    return [undefined];
  }
  if (wanted === 'all') return partitionsOf(name);
  const partition = /^\d{1,3}$/.test(wanted ?? '') ? Number(wanted) : 0;
  if (partition >= 1 && partition <= count) return [partition];
  const problem = wanted === undefined ? 'needs' : 'has no such partition; it needs';
  throw usageError(`${typed} ${problem} --partition 1 to ${count}, or --partition all`);
}

function queryOf(flags: StreamFlags): object {
  return withoutUnset({
    backfillMinutes: flags.backfill,
    startTime: flags.start,
    endTime: flags.end,
    tweetFields: flags.fields,
    expansions: flags.expansions,
    userFields: flags.userFields,
    mediaFields: flags.mediaFields,
    pollFields: flags.pollFields,
    placeFields: flags.placeFields,
    likeFields: flags.likeFields,
    localDcOnly: flags.localDcOnly,
  });
}
