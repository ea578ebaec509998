import type { CheckpointStore } from './checkpoint.js';

/**
 * Saves what `read` gives when its turn has come; `undefined` is nothing to save. Rejects with what the store throws or rejects with.
 */
export type PositionSave = (read: () => string | undefined) => Promise<void>;

/**
 * One key of a store, for all subscriptions of one operator: one save at a time, whoever makes it.
 *
 * Each call is for one more subscription. Once a later one has saved, an earlier one saves nothing more and is told that it has: it would
 * set back what its successor, which was delivered the same again, has already passed.
 */
export function positionSlot(store: CheckpointStore, key: string): () => PositionSave {
  let subscriptions = 0;
  let latest = 0;
  let busy: Promise<void> | undefined;
  return () => {
    subscriptions += 1;
    const order = subscriptions;
    return async (read) => {
      while (busy !== undefined) await busy;
      const position = read();
      if (position === undefined || order < latest) return;
      let free = (): void => undefined;
      busy = new Promise<void>((resolve) => (free = resolve));
      try {
        await store.save(key, position);
        latest = order;
      } finally {
        busy = undefined;
        free();
      }
    };
  };
}
