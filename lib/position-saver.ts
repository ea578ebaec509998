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
  const { every, everyCount, scheduler = asyncScheduler } = options;
  const way = progress();
  let settledSince = 0;
  let timer: Subscription | undefined;
  let stopped = false;

  const disarm = (): void => {
    timer?.unsubscribe();
    timer = undefined;
  };
  const arm = (): void => {
    if (stopped || timer !== undefined || way.isTaken) return;
    timer = scheduler.schedule(() => {
      timer = undefined;
      runs.ask();
    }, every);
  };
  const runs = saveRuns(options, way, {
    begin: () => {
      // What settles from here on is for the next one.
      disarm();
      settledSince = 0;
    },
    saved: () => saver.onSaved(),
    end: (asked) => {
      if (asked) saver.saveSoon();
      arm();
    },
  });
  const saver: PositionSaver = {
    open: way.open,
    settle: (ticket) => {
      way.settle(ticket);
      settledSince += 1;
      if (settledSince >= everyCount) saver.saveSoon();
      arm();
    },
    get unsaved() {
      return way.unsaved;
    },
    get isSaved() {
      return way.isSaved;
    },
    onSaved: () => undefined,
    flush: runs.flush,
    saveSoon: () => {
      if (!stopped && !runs.hasFailed && !way.isTaken) runs.ask();
    },
    stop: () => {
      stopped = true;
      disarm();
    },
  };
  return saver;
}

interface SaveHooks {
  /** The position is being read. */
  begin(): void;
  saved(): void;
  /** The save is over, well or badly; `asked`: for another one, meanwhile. */
  end(asked: boolean): void;
}

/** One save at a time. */
interface SaveRuns {
  readonly hasFailed: boolean;
  /** Saves in the background, or says at the end of the one that runs that it was asked. */
  ask(): void;
  flush(): Promise<void>;
}

function saveRuns({ save, onFailure }: PositionSaverOptions, way: Progress, hooks: SaveHooks): SaveRuns {
  let failures = 0;
  let running: Promise<void> | undefined;
  let asked = false;
  const take = (): string | undefined => {
    hooks.begin();
    asked = false;
    return way.take();
  };
  const once = async (): Promise<void> => {
    try {
      await save(take);
    } catch (cause) {
      way.lose();
      failures += 1;
      onFailure(cause, failures);
      throw cause;
    }
    way.keep();
    failures = 0;
    hooks.saved();
  };
  const run = (): Promise<void> => {
    running ??= once().finally(() => {
      running = undefined;
      hooks.end(asked);
    });
    return running;
  };
  return {
    get hasFailed() {
      return failures > 0;
    },
    ask: () => {
      if (running !== undefined) asked = true;
      // Told through onFailure.
      else run().catch(() => undefined);
    },
    flush: async () => {
      // The one that runs may have begun before the last delivery settled.
      if (running !== undefined) await running.catch(() => undefined);
      if (!way.isSaved) await run();
    },
  };
}

/** How far one subscription is settled, taken to be saved, and saved. */
interface Progress extends Pick<PositionSaver, 'open' | 'settle' | 'unsaved' | 'isSaved'> {
  /** Whether the save that runs, or the last one, goes as far as can be. */
  readonly isTaken: boolean;
  /** The position to save now; `undefined` where there is none, or the same again. */
  take(): string | undefined;
  /** What was taken is saved. */
  keep(): void;
  /** What was taken is not saved. */
  lose(): void;
}

function progress(): Progress {
  const mark = watermark<PositionSource>();
  let opened = 0;
  let takenLow = 0;
  let savedLow = 0;
  let taken: string | undefined;
  let saved: string | undefined;
  const low = (): number => opened - mark.span;
  return {
    open: (position) => {
      opened += 1;
      return mark.open(position);
    },
    settle: mark.settle,
    get unsaved() {
      return opened - savedLow;
    },
    get isSaved() {
      return low() === savedLow;
    },
    get isTaken() {
      return low() === takenLow;
    },
    take: () => {
      takenLow = low();
      taken = mark.position?.position;
      return taken === saved ? undefined : taken;
    },
    keep: () => {
      savedLow = takenLow;
      saved = taken ?? saved;
    },
    lose: () => {
      takenLow = savedLow;
    },
  };
}
