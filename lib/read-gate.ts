import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs';

/** Between a consumer that can be full and the reader of a body. While it is closed nobody reads, so TCP makes the server wait. */
export interface ReadGate {
  readonly isOpen: boolean;
  close(): void;
  open(): void;
  /** Resolves when it is open. */
  opened(): Promise<void>;
  /** For the watchdog: silence of our own making is none. */
  readonly paused$: Observable<boolean>;
}

/** An open gate. One belongs to one subscription, across all of its connections. */
export function readGate(): ReadGate {
  const states = new BehaviorSubject(true);
  let waiting: (() => void)[] = [];
  return {
    get isOpen() {
      return states.value;
    },
    close: () => {
      if (states.value) states.next(false);
    },
    open: () => {
      if (states.value) return;
      states.next(true);
      const released = waiting;
      waiting = [];
      for (const release of released) release();
    },
    opened: async () => {
      // It may have been closed again before the one that waited has its turn.
      while (!states.value) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    paused$: states.pipe(
      map((isOpen) => !isOpen),
      distinctUntilChanged(),
    ),
  };
}
