import { type Command, Option } from 'commander';
import { merge, type Observable } from 'rxjs';
import {
  endpointOf,
  partitionsOf,
  type XBoundOptions,
  xClient,
  type XRecovery,
  type XStreamMessage,
  type XStreamName,
} from '../../sources/x/index.js';
import { nodeTransport } from '../../lib/node/index.js';
import { usageError } from './exit-codes.js';
import { listFlag, secondsFlag, wholeNumber, withoutUnset } from './flags.js';
import { pacedTransport } from './paced-transport.js';
import type { Job, JobContext } from './run.js';
import { type AccountFlags, accountOf, withAccountFlags } from './x-account.js';
import { messageLines } from './x-message-lines.js';
import { streamNamed } from './x-names.js';

interface StreamFlags extends AccountFlags {
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
  return command
    .option('--backfill <minutes>', 'begin up to 5 minutes ago (enterprise access)', wholeNumber(0, 5))
    .option('--start <time>', 'replay from here, ISO 8601 with a zone: 2026-01-31T00:00:00Z (enterprise access)')
    .option('--end <time>', 'replay up to here (enterprise access)')
    .addOption(
      new Option('--recovery <how>', 'ask again for what was missed while disconnected (default: none)').choices([
        ...['none', 'backfill', 'replay'],
      ]),
    )
    .option('--messages', 'print everything the stream says, keep-alives, notices and gaps too, not only items')
    .option('--raw', 'with --messages: show the text of lines that are malformed')
    .option('--quiet', 'nothing on stderr but the error that ends it');
}

/** The job of `tailrace x STREAM`. Errors: a usage error, or the library's `TypeError`, for options that cannot work. */
export function streamJob(typed: string, flags: StreamFlags, env: NodeJS.ProcessEnv): Job {
  const name = streamNamed(typed);
  const partitions = partitionsFor(name, typed, flags.partition);
  if (flags.raw === true && flags.messages !== true) throw usageError('--raw needs --messages');
  const { timeout, maxRetries, ...client } = accountOf(flags, env);
  const options = { ...queryOf(flags), ...withoutUnset({ timeout, maxRetries, recovery: flags.recovery }) };
  const open = ({ monitor, room }: JobContext): Observable<XStreamMessage> => {
    // A replay waits for stdout and goes on where it was; a live stream that is read slowly X would cut off.
    const isReplay = (flags.start ?? flags.end) !== undefined;
    const transport = isReplay ? pacedTransport(nodeTransport(), { room }) : nodeTransport();
    // One client for all partitions: X counts their connects together.
    const { messages } = xClient({ ...client, transport });
    const each: XBoundOptions<XStreamName>[] = partitions.map((partition) => ({
      ...options,
      ...withoutUnset({ partition }),
      monitor,
    }));
    return merge(...each.map((one) => messages<XStreamName>(name, one)));
  };
  return {
    subject: 'x',
    secrets: [client.bearerToken],
    quiet: flags.quiet === true,
    ...{ max: flags.max, seconds: flags.seconds },
    lines: (context) => open(context).pipe(messageLines({ ...flags, note: context.note })),
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
