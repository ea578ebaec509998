import type { ActivityEvent } from './activity.js';
import type { Channel } from './endpoints.js';
import type { XEntry } from './post-shape.js';

/** Something published, on its way to every stream that carries its kind. */
export type Item = {
  /** Epoch milliseconds by the server's clock. */
  readonly at: number;
  /** Its id; decides its partition. */
  readonly key: string;
} & (
  | { readonly channel: 'post'; readonly entry: XEntry }
  | { readonly channel: 'activity'; readonly event: ActivityEvent }
  | { readonly channel: Exclude<Channel, 'post' | 'activity'>; readonly data: object }
);

/** The latest items, for backfill and replay. The oldest are forgotten at `limit`. */
export interface History {
  add(item: Item): void;
  /** Oldest first; both ends included. */
  between(from: number, to: number): readonly Item[];
}

export function history(limit: number): History {
  const items: Item[] = [];
  return {
    add(item) {
      items.push(item);
      // In one piece and seldom: a shift per item would move the whole list each time.
      if (items.length > limit * 1.25) items.splice(0, items.length - limit);
    },
    between: (from, to) => items.slice(-limit).filter(({ at }) => at >= from && at <= to),
  };
}
