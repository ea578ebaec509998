import type { ChainSource, RawLog } from '../chain-source.js';
import type { Messages } from './batches.js';
import type { Connection } from './connections.js';
import { logValues } from './log-values.js';
import { blockAt, blockStart, isInside, placeOf } from './places.js';

export interface StreamReaderOptions {
  readonly messages: Messages;
  /** Events per batch at most. */
  readonly batchSize: number;
  /** Blocks per reading of logs. */
  readonly blocksPerRead: number;
  /** How long to gather events after a batch, in milliseconds. */
  readonly gatherMs: number;
  /** Whether what has been acknowledged is sent again when a token asks for what is before it. */
  readonly resend: 'unacknowledged' | 'all';
  /** Writes a line of a batch, with whatever faults are due. */
  readonly writeBatch: (connection: Connection, line: string) => void;
}

/**
 * Sends a subscription's events on one connection: backfill first, then live, a batch at a time and no faster than the client reads. Ends
 * the body when the subscription's last block is through. Resolves when the connection has closed; rejects when the chain cannot be read.
 */
export async function readChain(
  connection: Connection,
  source: ChainSource,
  options: StreamReaderOptions,
): Promise<void> {
  const { body, subscription } = connection;
  const news = wakeUps();
  const off = source.onBlock(news.ring);
  // Nobody must wait for a block that never comes.
  void body.closed.then(news.ring);
  try {
    while (!body.isClosed) {
      news.reset();
      const from = blockAt(connection.place);
      const last = subscription.end_block ?? Infinity;
      if (from > last) {
        subscription.streaming_status = 'completed';
        body.complete();
        break;
      }
      const head = await source.head();
      if (from > head) await news.rung();
      else await sendBlocks(connection, source, Math.min(head, last, from + options.blocksPerRead - 1), options);
    }
  } finally {
    off();
  }
}

/** Up to and including `toBlock`. */
async function sendBlocks(
  connection: Connection,
  source: ChainSource,
  toBlock: number,
  options: StreamReaderOptions,
): Promise<void> {
  const { body, subscription } = connection;
  const { topic0, addresses } = subscription;
  const filter = { fromBlock: blockAt(connection.place), toBlock, addresses, topic0 };
  const logs = (await source.logs(filter)).filter((log) => isWanted(connection, log, options.resend));
  for (let start = 0; start < logs.length; start += options.batchSize) {
    // What is stalled in this very turn must stay stalled.
    while (!body.isReady && !body.isClosed) await body.ready();
    if (body.isClosed) return;
    const part = logs.slice(start, start + options.batchSize);
    const end = placeOf(part[part.length - 1] ?? { blockNumber: toBlock, logIndex: 0 });
    const line = options.messages.batch(connection, part, [connection.place, end]);
    connection.place = end;
    options.writeBatch(connection, line);
  }
  if (body.isClosed) return;
  connection.place = blockStart(toBlock + 1);
  subscription.last_processed_block = Math.max(subscription.last_processed_block ?? 0, toBlock);
  if (options.gatherMs > 0 && logs.length > 0) await new Promise((resolve) => setTimeout(resolve, options.gatherMs));
}

function isWanted({ place, subscription }: Connection, log: RawLog, resend: 'unacknowledged' | 'all'): boolean {
  const own = placeOf(log);
  if (own <= place || (resend === 'unacknowledged' && isInside(subscription.acknowledged, own))) return false;
  return logValues(subscription.event_signature, log) !== undefined;
}

/** A bell that is heard even by one who listens later. */
function wakeUps(): { reset(): void; ring(): void; rung(): Promise<void> } {
  let hasRung = false;
  let wake = (): void => {};
  return {
    reset: () => {
      hasRung = false;
    },
    ring: () => {
      hasRung = true;
      wake();
    },
    rung: () => (hasRung ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
  };
}
