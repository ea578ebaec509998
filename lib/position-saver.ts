import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import type { PositionSource } from './delivery.js';
import type { PositionSave } from './position-slot.js';
import { watermark } from './watermark.js';

export interface PositionSaverOptions {
  readonly save: PositionSave;
  /** Milliseconds between a settled delivery and its save, at most. */
  readonly every: number;
  /** Save at once after this many settled deliveries. */
  readonly everyCount: number;
  /** Called for each save that fails, with how many did in a row. Must not throw. */
  readonly onFailure: (cause: unknown, inARow: number) => void;
  readonly scheduler: SchedulerLike | undefined;
}

/** Saves the watermark of one subscription: one save at a time, the latest position wins. */
export interface PositionSaver {
  /** Enters the next delivery, in order, and gives its ticket. */
  open(position: PositionSource): number;
  settle(ticket: number): void;
  /** Deliveries since the saved position, settled or not: what would come again after a crash. */
  readonly unsaved: number;
  /** Whether everything settled without a gap is saved. */
  readonly isSaved: boolean;
  /** Called after every save. */
  onSaved: () => void;
  /** Resolves when everything settled is saved; rejects with what the store said to the last try. */
  flush(): Promise<void>;
  /** Saves in the background, now or after the save that runs; after one that failed only by time. */
  saveSoon(): void;
  /** Nothing more is saved by itself. */
  stop(): void;
}

/**
 * A saver that has saved nothing yet. Its timer runs only while something settled is unsaved.
 *
 * A failed save is tried again after `every`, whatever settles meanwhile: a busy stream would else use up all tries in a moment.
 */
export function positionSaver(options: PositionSaverOptions): PositionSaver {
  const { every, everyCount, onFailure, scheduler = asyncScheduler } = options;
  const mark = watermark<PositionSource>();
  let opened = 0;
  let savedLow = 0;
  /** How far the save goes that runs. */
  let takenLow = 0;
  let savedPosition: string | undefined;
  let settledSince = 0;
  let failures = 0;
  let running: Promise<void> | undefined;
  /** Somebody has asked for a save while one ran. */
  let again = false;
  let timer: Subscription | undefined;
  let stopped = false;

  const low = (): number => opened - mark.span;
  const disarm = (): void => {
    timer?.unsubscribe();
    timer = undefined;
  };
  const arm = (): void => {
    if (stopped || timer !== undefined || low() === takenLow) return;
    timer = scheduler.schedule(() => {
      timer = undefined;
      background();
    }, every);
  };
  const background = (): void => {
    if (running !== undefined) again = true;
    // Told through onFailure.
    else save().catch(() => undefined);
  };
  const save = (): Promise<void> => {
    running ??= saveOnce().then(saved, failed).finally(ended);
    return running;
  };
  const saveOnce = async (): Promise<string | undefined> => {
    let position: string | undefined;
    await options.save(() => {
      // What settles from here on is for the next one.
      disarm();
      again = false;
      settledSince = 0;
      takenLow = low();
      position = mark.position?.position;
      return position === savedPosition ? undefined : position;
    });
    return position;
  };
  const saved = (position: string | undefined): void => {
    savedLow = takenLow;
    savedPosition = position ?? savedPosition;
    failures = 0;
    saver.onSaved();
  };
  const failed = (cause: unknown): never => {
    takenLow = savedLow;
    failures += 1;
    onFailure(cause, failures);
    throw cause;
  };
  const ended = (): void => {
    running = undefined;
    if (again) saver.saveSoon();
    arm();
  };
  const saver: PositionSaver = {
    open: (position) => {
      opened += 1;
      return mark.open(position);
    },
    settle: (ticket) => {
      mark.settle(ticket);
      settledSince += 1;
      if (settledSince >= everyCount) saver.saveSoon();
      arm();
    },
    get unsaved() {
      return opened - savedLow;
    },
    get isSaved() {
      return low() === savedLow;
    },
    onSaved: () => undefined,
    flush: async () => {
      // The one that runs may have begun before the last delivery settled.
      if (running !== undefined) await running.catch(() => undefined);
      if (low() !== savedLow) await save();
    },
    saveSoon: () => {
      if (!stopped && failures === 0 && low() !== takenLow) background();
    },
    stop: () => {
      stopped = true;
      disarm();
    },
  };
  return saver;
}
