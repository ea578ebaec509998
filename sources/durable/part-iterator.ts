import type { Delivery } from '../../lib/delivery.js';
import type { DurablePart, PositionPart } from './parts.js';
import type { Outlet, ShapeContext, Shaper } from './shape.js';

/** Parts in pieces, each acknowledged by asking for the next: nothing is read ahead beyond one piece. */
export type Pieces = AsyncIterableIterator<Delivery<readonly DurablePart[]>>;

export interface PartIteratorOptions<I> {
  readonly shaper: Shaper<I>;
  readonly context: ShapeContext;
  /** Everything before this position has been handed out. */
  readonly moved: (position: PositionPart) => void;
}

/**
 * The values of a view for `for await`. Values of one piece are at hand, and cost no turn through the source.
 *
 * Errors: those of the source and of the view, after the values before them; the source is unsubscribed then.
 */
export function partIterator<I>(pieces: Pieces, options: PartIteratorOptions<I>): AsyncIterableIterator<I> {
  const values = pieceValues(options);
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const fetched = async (): Promise<IteratorResult<I, undefined>> => {
    for (;;) {
      const value = values.take();
      if (value !== undefined) return value;
      const failure = values.failure();
      if (failure !== undefined) {
        await pieces.return?.();
        throw failure.error;
      }
      const piece = await pieces.next();
      if (piece.done === true) return { value: undefined, done: true };
      values.load(piece.value.value);
    }
  };
  const next = (): Promise<IteratorResult<I, undefined>> => {
    const value = waiting === 0 ? values.take() : undefined;
    if (value !== undefined) return Promise.resolve(value);
    // One after the other: calls that do not wait for the one before are answered in order.
    const result = waiting === 0 ? fetched() : turn.then(fetched);
    waiting += 1;
    const settled = (): void => void (waiting -= 1);
    turn = result.then(settled, settled);
    return result;
  };
  const stop = async (): Promise<void> => {
    values.clear();
    await pieces.return?.();
  };
  return {
    next,
    return: async (value?: unknown) => {
      await stop();
      return { value: await value, done: true };
    },
    throw: async (error?: unknown) => {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

interface PieceValues<I> {
  load(parts: readonly DurablePart[]): void;
  take(): IteratorYieldResult<I> | undefined;
  /** What the view has refused, once everything before it is taken; told once. */
  failure(): { readonly error: unknown } | undefined;
  clear(): void;
}

function pieceValues<I>({ shaper, context, moved }: PartIteratorOptions<I>): PieceValues<I> {
  let parts: readonly DurablePart[] = [];
  let nextPart = 0;
  let held: IteratorYieldResult<I>[] = [];
  let at = 0;
  let position: PositionPart | undefined;
  let failed: { readonly error: unknown } | undefined;
  const outlet: Outlet<I> = {
    get closed() {
      return failed !== undefined;
    },
    next: (value) => void held.push({ value, done: false }),
    error: (error) => {
      failed ??= { error };
    },
  };
  const shape = shaper(outlet, context);
  /** Goes on to the next value, and over positions that have nothing before them any more. */
  const advance = (): void => {
    while (at >= held.length) {
      const reached = position;
      position = undefined;
      if (reached !== undefined) moved(reached);
      const part = parts[nextPart];
      if (part === undefined || failed !== undefined) return;
      nextPart += 1;
      held = [];
      at = 0;
      shape.part(part);
      if (part.type === 'position') position = part;
    }
  };
  const load = (some: readonly DurablePart[]): void => {
    parts = some;
    nextPart = 0;
  };
  return {
    load,
    take: () => {
      advance();
      const result = held[at];
      if (result === undefined) return undefined;
      at += 1;
      // Now, not with the next call: whoever saves the offset while it handles the last value of a response saves the one behind it.
      advance();
      return result;
    },
    failure: () => {
      const told = failed;
      if (told !== undefined) load([]);
      failed = undefined;
      return told;
    },
    clear: () => {
      load([]);
      held = [];
      position = undefined;
      failed = undefined;
    },
  };
}
