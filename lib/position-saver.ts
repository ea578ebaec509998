import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import type { CheckpointStore } from './checkpoint.js';
import type { PositionSource } from './delivery.js';
import { watermark } from './watermark.js';

export interface PositionSaverOptions {
  readonly store: CheckpointStore;
  readonly key: string;
  /** Milliseconds between a settled delivery and its save, at most. */
  readonly every: number;
  /** Save at once after this many settled deliveries. */
  readonly everyCount: number;
  /** Called for each save that fails, with how many did in a row. */
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
  /** Called after every save. */
  onSaved: () => void;
  /** Resolves when everything settled is saved; rejects with what the store said to the last try. */
  flush(): Promise<void>;
  /** Saves now, in the background. */
  saveSoon(): void;
  /** Nothing more is saved by itself. */
  stop(): void;
}

/** A saver that has saved nothing yet. Its timer runs only while something settled is unsaved. */
export function positionSaver(options: PositionSaverOptions): PositionSaver {
  const { store, key, every, everyCount, onFailure } = options;
  const mark = watermark<PositionSource>();
  let opened = 0;
  let savedLow = 0;
  let savedPosition: string | undefined;
  let settledSince = 0;
  let failures = 0;
  let running: Promise<void> | undefined;
  let timer: Subscription | undefined;
  let stopped = false;

  const low = (): number => opened - mark.span;
  const arm = (): void => {
    if (stopped || timer !== undefined || low() === savedLow) return;
    timer = (options.scheduler ?? asyncScheduler).schedule(() => {
      timer = undefined;
      background();
    }, every);
  };
  const background = (): void => {
    // The one that runs ends with a look at what has come meanwhile.
    if (running !== undefined) return;
    save().catch((cause: unknown) => {
      failures += 1;
      onFailure(cause, failures);
      arm();
    });
  };
  const save = (): Promise<void> => {
    running ??= saveOnce().finally(() => {
      running = undefined;
      arm();
    });
    return running;
  };
  const saveOnce = async (): Promise<void> => {
    timer?.unsubscribe();
    timer = undefined;
    settledSince = 0;
    const reached = low();
    const position = mark.position?.position;
    if (position !== undefined && position !== savedPosition) await store.save(key, position);
    savedPosition = position;
    savedLow = reached;
    failures = 0;
    saver.onSaved();
  };
  const saver: PositionSaver = {
    open: (position) => {
      opened += 1;
      return mark.open(position);
    },
    settle: (ticket) => {
      mark.settle(ticket);
      settledSince += 1;
      if (settledSince >= everyCount && !stopped) background();
      else if (timer === undefined && running === undefined) arm();
    },
    get unsaved() {
      return opened - savedLow;
    },
    onSaved: () => undefined,
    flush: async () => {
      // The one that runs may have begun before the last delivery settled.
      if (running !== undefined) await running.catch(() => undefined);
      if (low() !== savedLow) await save();
    },
    saveSoon: () => {
      if (low() !== savedLow && !stopped) background();
    },
    stop: () => {
      stopped = true;
      timer?.unsubscribe();
      timer = undefined;
    },
  };
  return saver;
}
