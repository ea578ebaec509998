import { merge, type Observable } from 'rxjs';
import {
  type XBoundOptions,
  type XClientOptions,
  type XItem,
  type XRecovery,
  xStream,
  type XStreamName,
} from '../../sources/x/index.js';
import { xConnectBudget } from '../../sources/x/reconnect.js';
import { type CheckpointFile, maxUnwritten } from './checkpoint-file.js';
import { withoutUnset } from './flags.js';
import { itemLine } from './item-line.js';
import type { Line } from './output.js';
import type { JobContext } from './run.js';

export interface SavedItemsOptions {
  readonly name: XStreamName;
  readonly client: XClientOptions;
  /** One for each connection. */
  readonly each: readonly XBoundOptions<XStreamName>[];
  /** What begins and ends apart has a position of its own. */
  readonly replay: { readonly start?: string | undefined; readonly end?: string | undefined };
  readonly recovery: XRecovery | undefined;
}

/** Items that may wait for stdout: as far behind nobody catches up, and X cuts off slow readers. */
const maxQueued = 30_000;

/** The items of a stream, from where its last run stopped; each partition has its own position. */
export function savedItems(options: SavedItemsOptions, file: CheckpointFile, context: JobContext): Observable<Line> {
  const { name, client, each, recovery = 'none' } = options;
  const { monitor, note } = context;
  const isReplay = Object.keys(withoutUnset(options.replay)).length > 0;
  // X counts the connects of all partitions together.
  const shared = { ...client, monitor, connectBudget: xConnectBudget(name), maxUnacked: maxUnwritten };
  const show = itemLine(note);
  const onInvalid = firstOf(() => note('warning: a line is malformed and left out; the status line counts them'));
  const resuming = firstOf(() =>
    note(recovery === 'none' && !isReplay ? `${resumed}: what X sent meanwhile is lost (see --recovery)` : resumed),
  );
  return merge(
    ...each.map((one) =>
      file.lines<XItem>({
        key: keyOf(options, one),
        open: (position) => {
          if (position !== undefined) resuming();
          const queue = isReplay ? {} : { maxQueued };
          return xStream<XStreamName>(name, { ...shared, ...one, ...queue, ...withoutUnset({ position }), onInvalid });
        },
        show,
        note,
      }),
    ),
  );
}

const resumed = 'going on where the last run stopped';

function keyOf({ name, replay }: SavedItemsOptions, one: object): string {
  const partition = 'partition' in one ? ` ${String(one.partition)}` : '';
  const { start, end } = replay;
  return `x ${name}${partition}${start === undefined && end === undefined ? '' : ` ${start ?? ''}/${end ?? ''}`}`;
}

function firstOf(tell: () => void): () => void {
  let isTold = false;
  return () => {
    if (isTold) return;
    isTold = true;
    tell();
  };
}
