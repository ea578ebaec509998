import { concatMap, type OperatorFunction } from 'rxjs';
import type { Delivery } from '../../lib/index.js';
import type { ChainEvent, EventBatch } from '../../sources/chain/messages.js';
import { itemLine } from './item-line.js';
import type { Line } from './output.js';

export interface BatchLinesOptions {
  /** A line for each batch, not for each event. */
  readonly whole: boolean;
  /** Only events of this name. @default all */
  readonly event: string | undefined;
  /** Told of what is not printed, so that nothing goes in silence. */
  readonly note: (text: string) => void;
}

/** The lines of batches. A batch is acknowledged when its last line is written; one without any counts as done. */
export function batchLines(options: BatchLinesOptions): OperatorFunction<Delivery<EventBatch>, Line> {
  const show = linesOf(options);
  return concatMap((delivery): readonly Line[] => {
    const texts = show(delivery.value);
    const last = texts.length - 1;
    if (last < 0) delivery.ack();
    return texts.map((text, at) => ({ text, written: () => at === last && delivery.ack() }));
  });
}

function linesOf({ whole, event: wanted, note }: BatchLinesOptions): (batch: EventBatch) => readonly string[] {
  const line = itemLine(note);
  const isLine = (text: string | undefined): text is string => text !== undefined;
  let isTold = false;
  const others = (names: readonly string[]): void => {
    if (isTold || names.length === 0) return;
    isTold = true;
    note(`warning: left out, and done with, is what --event does not name: ${names.slice(0, 5).join(', ')}`);
  };
  return ({ batchId, resumeToken, timestamp, events }) => {
    const named = Object.entries(events).filter(([name]) => wanted === undefined || name === wanted);
    if (wanted !== undefined) others(Object.keys(events).filter((name) => name !== wanted));
    if (!whole) {
      return named.flatMap(([event, list]) => list.map((one) => line({ event, ...apart(one) }))).filter(isLine);
    }
    const byName = Object.fromEntries(named.map(([name, list]) => [name, list.map(apart)]));
    return [line({ batchId, resumeToken, timestamp, events: byName })].filter(isLine);
  };
}

/** Apart, because a parameter may have the name of a field. */
function apart({ args, meta }: ChainEvent): object {
  return { args, meta };
}
