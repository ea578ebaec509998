import type { SchedulerLike } from 'rxjs';
import type { CheckpointStore } from '../../lib/checkpoint.js';
import { StreamError } from '../../lib/errors.js';
import { type PositionSaver, positionSaver } from '../../lib/position-saver.js';
import { type PositionSave, positionSlot } from '../../lib/position-slot.js';

/** One store for all subscriptions of one stream: of several that save under one key the latest is heard. */
export function saveSlots(store: CheckpointStore): (key: string) => PositionSave {
  const slots = new Map<string, () => PositionSave>();
  return (key) => {
    const slot = slots.get(key) ?? positionSlot(store, key);
    slots.set(key, slot);
    return slot();
  };
}

export interface SavedPositionOptions {
  readonly slotOf: (key: string) => PositionSave;
  readonly scheduler: SchedulerLike | undefined;
  /** A save has failed, so many in a row. */
  readonly onFailure: (cause: unknown, inARow: number) => void;
}

/** Where the position of one session is kept. */
export interface SavedPosition {
  save(position: string): void;
  /** From here on under this key. */
  moveTo(key: string): void;
  /** Resolves when everything is saved, or the store has failed. */
  flush(): Promise<void>;
  /** The session is over: what comes from now on is saved at once. */
  end(): void;
}

/** As `checkpoint` does: a second of work at most is done again after a crash. */
const pace = { every: 1_000, everyCount: 1_000 };

/** Saves nothing before `moveTo`. */
export function savedPosition({ slotOf, scheduler, onFailure }: SavedPositionOptions): SavedPosition {
  const savers = new Set<PositionSaver>();
  let current: PositionSaver | undefined;
  let ended = false;
  const flush = async (): Promise<void> => {
    await Promise.allSettled([...savers].map((saver) => saver.flush()));
    for (const saver of savers) if (saver.isSaved && saver !== current) savers.delete(saver);
  };
  return {
    save: (position) => {
      if (current === undefined) return;
      // Positions come in order and without gaps: each is settled as it is entered.
      current.settle(current.open({ position }));
      if (ended) void flush();
    },
    moveTo: (key) => {
      current?.saveSoon();
      current = positionSaver({ save: slotOf(key), ...pace, scheduler, onFailure });
      savers.add(current);
    },
    flush,
    end: () => {
      ended = true;
      for (const saver of savers) saver.stop();
      void flush();
    },
  };
}

/** The store has failed too often for the position to be kept. */
export function checkpointFailed(cause: unknown, inARow: number): StreamError {
  const message = `${inARow} saves of the position have failed in a row`;
  return new StreamError(message, { errorType: 'fatal_error', code: 'checkpoint_failed', cause });
}
