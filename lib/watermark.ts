/**
 * The lowest contiguous settled position: how far a stream may be committed although its deliveries settle in any order.
 *
 * `P` is whatever a position is to its source; it is kept, never looked at.
 */
export interface Watermark<P> {
  /**
   * Enters the next delivery, in order of delivery, and gives the ticket that settles it. Tickets go up and are never used
   * again. A delivery without a position moves the mark like any other and leaves the position as it is.
   */
  open(position: P | undefined): number;
  /** Settles one delivery. A second time, or with a ticket from before a {@link Watermark.reset}, it does nothing. */
  settle(ticket: number): void;
  /** The position of the last delivery that is settled together with all before it; `undefined` before the first. */
  readonly position: P | undefined;
  /** Deliveries entered and not yet settled. */
  readonly outstanding: number;
  /**
   * Deliveries from the lowest unsettled one to the newest: what is held in memory. While one delivery is stuck this grows
   * with each that passes it, although `outstanding` stands still: whoever limits a window has to limit this too.
   */
  readonly span: number;
  /**
   * Forgets what is outstanding: a new connection delivers it again, under tickets of its own. What was settled beyond a
   * hole comes again too. The position stays, and what was lent as memory is given back.
   */
  reset(): void;
}

const initialCapacity = 64;

/**
 * A mark that has seen nothing yet.
 *
 * Costs some 10 ns per delivery, in whatever order they settle: a ring of flags and one of positions, both of a power of two,
 * so that a ticket finds its place by a mask. They double when the span passes them and have no limit of their own: whoever
 * opens compares `span` first.
 */
export function watermark<P>(): Watermark<P> {
  let settled = new Uint8Array(initialCapacity);
  let positions = new Array<P | undefined>(initialCapacity);
  let mask = initialCapacity - 1;
  /** The lowest ticket that is not settled; `next` where there is none. Every ticket below belongs to the past. */
  let low = 0;
  let next = 0;
  let outstanding = 0;
  let position: P | undefined;

  const resize = (capacity: number): void => {
    const flags = new Uint8Array(capacity);
    const kept = new Array<P | undefined>(capacity);
    for (let ticket = low; ticket < next; ticket += 1) {
      flags[ticket & (capacity - 1)] = settled[ticket & mask] ?? 0;
      kept[ticket & (capacity - 1)] = positions[ticket & mask];
    }
    settled = flags;
    positions = kept;
    mask = capacity - 1;
  };
  const advance = (): void => {
    do {
      const passed = positions[low & mask];
      if (passed !== undefined) position = passed;
      positions[low & mask] = undefined;
      low += 1;
    } while (low < next && settled[low & mask] === 1);
  };

  return {
    get position() {
      return position;
    },
    get outstanding() {
      return outstanding;
    },
    get span() {
      return next - low;
    },
    open: (opened) => {
      if (next - low > mask) resize((mask + 1) * 2);
      settled[next & mask] = 0;
      positions[next & mask] = opened;
      outstanding += 1;
      next += 1;
      return next - 1;
    },
    settle: (ticket) => {
      if (!(ticket >= low && ticket < next) || settled[ticket & mask] === 1) return;
      settled[ticket & mask] = 1;
      outstanding -= 1;
      if (ticket === low) advance();
    },
    reset: () => {
      low = next;
      outstanding = 0;
      resize(initialCapacity);
    },
  };
}
