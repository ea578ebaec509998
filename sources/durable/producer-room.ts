/** Lets writers wait for room. */
export interface RoomSignal {
  /** Resolves when there is room. Never rejects: an append says why it cannot be. */
  readonly ready: Promise<void>;
  /** There may be room now. */
  check(): void;
}

export function roomSignal(hasRoom: () => boolean): RoomSignal {
  let waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  return {
    get ready() {
      if (hasRoom()) return Promise.resolve();
      waiting ??= deferred();
      return waiting.promise;
    },
    check: () => {
      if (waiting === undefined || !hasRoom()) return;
      const { resolve } = waiting;
      waiting = undefined;
      resolve();
    },
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}
