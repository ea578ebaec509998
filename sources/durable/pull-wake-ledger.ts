import type { Delivery } from '../../lib/delivery.js';
import { watermark, type Watermark } from '../../lib/watermark.js';
import type { SubscribedStream } from './subscription-schemas.js';
import type { StreamAck } from './subscriptions.js';

/** One message of a subscribed stream. */
export interface PullWakeItem {
  /** Path below the root. */
  readonly stream: string;
  /** A message of a JSON stream, unchecked; of any other stream a piece of its bytes, a Uint8Array. */
  readonly value: unknown;
  /** The place behind this item, opaque: the option `offset` of every reader takes it. */
  readonly offset: string;
}

/** An item and the lease under which it was read. */
export interface LeasedItem {
  readonly item: PullWakeItem;
  readonly ledger: LeaseLedger;
  readonly mark: Watermark<string>;
  readonly ticket: number;
}

/** What has become of the items of one lease. */
export interface LeaseLedger {
  /** The lease is done, given back or lost: nothing that is settled from now on counts. */
  readonly isOver: boolean;
  /** Read and not yet settled. */
  readonly unsettled: number;
  /** Deliveries at the consumer: their credit has to come back when the lease is lost. */
  readonly handed: Set<Delivery<LeasedItem>>;
  enter(item: PullWakeItem): LeasedItem;
  /** Everything of this stream that has been entered lies before the offset. */
  reached(stream: string, offset: string): void;
  /** An item that is not `handled` is never passed. */
  settle(leased: LeasedItem, isHandled: boolean): void;
  /** How far each stream is handled without a gap, where the server does not know it yet. */
  progress(): readonly StreamAck[];
  confirm(acks: readonly StreamAck[]): void;
  /** No item counts any more; the credit of those at the consumer comes back. */
  close(): void;
}

/** Nothing read yet. `onSettled` is called after each item. */
export function leaseLedger(streams: readonly SubscribedStream[], onSettled: () => void): LeaseLedger {
  const marks = new Map<string, Watermark<string>>();
  const confirmed = new Map(streams.map(({ path, ackedOffset }) => [path, ackedOffset]));
  /** Streams whose mark has moved: one lease may have thousands of streams. */
  const moved = new Set<string>();
  const handed = new Set<Delivery<LeasedItem>>();
  let unsettled = 0;
  let isOver = false;

  const markOf = (stream: string): Watermark<string> => {
    const known = marks.get(stream);
    if (known !== undefined) return known;
    const made = watermark<string>();
    marks.set(stream, made);
    return made;
  };
  const pass = (stream: string, mark: Watermark<string>, ticket: number): void => {
    mark.settle(ticket);
    if (mark.position !== undefined && mark.position !== confirmed.get(stream)) moved.add(stream);
  };
  const ledger: LeaseLedger = {
    get isOver() {
      return isOver;
    },
    get unsettled() {
      return unsettled;
    },
    handed,
    enter: (item) => {
      const mark = markOf(item.stream);
      unsettled += 1;
      // Only the server's own offsets can be acknowledged; they follow with `reached`.
      return { item, mark, ticket: mark.open(undefined), ledger };
    },
    reached: (stream, offset) => {
      const mark = markOf(stream);
      pass(stream, mark, mark.open(offset));
    },
    settle: ({ item, mark, ticket }, isHandled) => {
      if (isOver) return;
      unsettled -= 1;
      if (isHandled) pass(item.stream, mark, ticket);
      onSettled();
    },
    progress: () => [...moved].flatMap((stream) => ackOf(stream, marks.get(stream))),
    confirm: (acks) => {
      for (const { stream, offset } of acks) {
        confirmed.set(stream, offset);
        if (marks.get(stream)?.position === offset) moved.delete(stream);
      }
    },
    close: () => {
      isOver = true;
      const out = [...handed];
      handed.clear();
      for (const delivery of out) delivery.release();
    },
  };
  return ledger;
}

function ackOf(stream: string, mark: Watermark<string> | undefined): StreamAck[] {
  return mark?.position === undefined ? [] : [{ stream, offset: mark.position }];
}
