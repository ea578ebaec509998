import { byteItems, jsonItems, textItems } from './item-shapes.js';
import type { DurablePart, PositionPart } from './parts.js';
import type { PlaceMark } from './places.js';
import type { Outlet, Shaper } from './shape.js';
import { joined } from './text-pieces.js';

/** What one response, or one batch of an SSE connection, has brought, and where the stream stands behind it. */
export interface DurableEvent<T> {
  /** Empty where only the flags have changed. */
  readonly data: T;
  /** Resume here. Set by the server, opaque. */
  readonly nextOffset: string;
  /** The tail of the stream was reached. */
  readonly upToDate: boolean;
  /** Set by the server for its caches, opaque. */
  readonly cursor: string | undefined;
  /** The stream is closed for good; this is the last event. */
  readonly closed: boolean;
}

/** Messages of a JSON stream as the server has batched them; never empty. */
export const jsonBatches: Shaper<readonly unknown[]> = (outlet, context) => {
  const { mark } = context;
  const items = gathering(jsonItems, outlet);
  const shape = items.shaper({ ...context, mark: undefined });
  const emit = (nextOffset: string): void => {
    const batch = items.take();
    if (batch.length === 0 || outlet.closed) return;
    if (mark !== undefined) mark.now = nextOffset;
    outlet.next(batch);
  };
  return {
    part: (part) => {
      shape.part(part);
      const nextOffset = endOf(part);
      if (nextOffset !== undefined) emit(nextOffset);
    },
    end: () => undefined,
  };
};

export const jsonEvents: Shaper<DurableEvent<readonly unknown[]>> = eventsOf(jsonItems, (items) => items);

/** Text may end in the middle of a character: the position is the one before it, and not the offset of the event. */
export const textEvents: Shaper<DurableEvent<string>> = (outlet, context) => {
  const own: PlaceMark | undefined = context.mark === undefined ? undefined : { now: undefined };
  return eventsOf(textItems, (texts) => texts.join(''), own)(outlet, context);
};

export const byteEvents: Shaper<DurableEvent<Uint8Array>> = eventsOf(byteItems, (pieces) =>
  pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : joined(pieces),
);

function eventsOf<I, T>(shaper: Shaper<I>, join: (items: readonly I[]) => T, own?: PlaceMark): Shaper<DurableEvent<T>> {
  return (outlet, context) => {
    const { mark } = context;
    const items = gathering(shaper, outlet);
    const shape = items.shaper({ ...context, mark: own });
    let last: PositionPart | undefined;
    const emit = (position: PositionPart): void => {
      const held = items.take();
      const isNews = held.length > 0 || !isSame(position, last);
      last = position;
      if (!isNews || outlet.closed) return;
      if (mark !== undefined) mark.now = own === undefined ? position.nextOffset : own.now;
      const { nextOffset, upToDate, cursor, closed } = position;
      outlet.next({ data: join(held), nextOffset, upToDate, cursor, closed });
    };
    return {
      part: (part) => {
        shape.part(part);
        if (part.type === 'position') emit(part);
      },
      end: () => undefined,
    };
  };
}

/** Values of one shape, held until they are taken. What they may be together is limited where bodies are read. */
function gathering<I>(
  shaper: Shaper<I>,
  outlet: Outlet<never>,
): { shaper: (context: Parameters<Shaper<I>>[1]) => ReturnType<Shaper<I>>; take: () => readonly I[] } {
  let held: I[] = [];
  const inner: Outlet<I> = {
    get closed() {
      return outlet.closed;
    },
    next: (value) => void held.push(value),
    error: (error) => outlet.error(error),
  };
  return {
    shaper: (context) => shaper(inner, { ...context, gathers: true }),
    take: () => {
      const taken = held;
      held = [];
      return taken;
    },
  };
}

/** Where a body, or a batch of an SSE connection, is over. */
function endOf(part: DurablePart): string | undefined {
  return part.type === 'position' || part.type === 'items' ? part.nextOffset : undefined;
}

/** A new cursor alone is of no interest: an old one is never wrong. */
function isSame(position: PositionPart, last: PositionPart | undefined): boolean {
  const { nextOffset, upToDate, closed } = position;
  return last?.nextOffset === nextOffset && last.upToDate === upToDate && last.closed === closed;
}
