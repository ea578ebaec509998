import type { Command } from 'commander';
import type { Observable } from 'rxjs';
import type { Delivery } from '../../lib/index.js';
import { type EventStreamer, eventStreamer } from '../../sources/chain/event-streamer.js';
import type { EventBatch } from '../../sources/chain/messages.js';
import type { ChainStreamOptions } from '../../sources/chain/stream-options.js';
import { chainAccessOf, type ChainFlags, withChainFlags } from './chain-access.js';
import { batchLines } from './chain-lines.js';
import { type CheckpointFile, checkpointFile, type CheckpointFlags, withCheckpointFlags } from './checkpoint-file.js';
import { usageError } from './exit-codes.js';
import { secondsFlag, wholeNumber, withoutUnset } from './flags.js';
import type { Line } from './output.js';
import type { Job, JobContext } from './run.js';

interface StreamFlags extends ChainFlags, CheckpointFlags {
  readonly event?: string;
  readonly each?: boolean;
  readonly batches?: boolean;
  readonly max?: number;
  readonly seconds?: number;
  readonly quiet?: boolean;
}

/** Batches that may be on their way to stdout: some thousands of events. */
const maxUnwritten = 10;

/** Adds the options of `stream`. */
export function withChainStreamFlags(command: Command): Command {
  command
    .option('--event <name>', 'print only events of this name')
    .option('--each', 'a line for each event (the default)')
    .option('--batches', 'a line for each batch, as the service has put it together')
    .option('--max <n>', 'stop after so many lines', wholeNumber(1))
    .option('--seconds <n>', 'stop after so many seconds', secondsFlag);
  withChainFlags(command, '10');
  return withCheckpointFlags(command).option('--quiet', 'nothing on stderr but the error that ends it');
}

/** The job of `tailrace chain stream ID`. Errors: a usage error for options that cannot work. */
export function chainStreamJob(id: number, flags: StreamFlags, env: NodeJS.ProcessEnv): Job {
  if (flags.each === true && flags.batches === true) throw usageError('give either --each or --batches');
  const { options, secrets } = chainAccessOf(flags, env);
  const file = checkpointFile(flags);
  const client = eventStreamer(options);
  return {
    ...{ subject: 'chain', secrets, quiet: flags.quiet === true, max: flags.max, seconds: flags.seconds },
    lines: (context) => streamLines({ client, id, flags, file }, context),
    close: async () => {
      try {
        await file?.close();
      } finally {
        // The last acknowledgments are on their way.
        await client[Symbol.asyncDispose]();
      }
    },
  };
}

interface Streaming {
  readonly client: EventStreamer;
  readonly id: number;
  readonly flags: StreamFlags;
  readonly file: CheckpointFile | undefined;
}

function streamLines({ client, id, flags, file }: Streaming, context: JobContext): Observable<Line> {
  const { note } = context;
  const options = streamOptions(flags, context);
  const open = (position?: string): Observable<Delivery<EventBatch>> => {
    if (position !== undefined) note('going on where the last run stopped');
    return client.events(id, { ...options, ...withoutUnset({ resumeToken: position }), maxUnacked: maxUnwritten });
  };
  const key = `chain ${client.serviceUrl} ${id}`;
  const deliveries = file === undefined ? open() : file.deliveries({ key, open, note });
  return deliveries.pipe(batchLines({ whole: flags.batches === true, event: flags.event, note }));
}

function streamOptions({ retries, timeout }: StreamFlags, { monitor, note }: JobContext): ChainStreamOptions {
  let malformed = 0;
  return {
    monitor,
    ...withoutUnset({ maxRetries: retries, idleTimeout: timeout }),
    onNotice: ({ message }) => note(`warning: ${message}`),
    onInvalid: () => {
      malformed += 1;
      if (malformed === 1) note('warning: a line is malformed and left out; the status line counts them');
    },
  };
}
