/** Numbers that a seed decides: mulberry32. */
export interface Seeded {
  /** From 0 up to 1. */
  random(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
}

export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    random,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    chance: (probability) => random() < probability,
  };
}

/** The seeds of a run: one that is given in `CHAOS_SEED`, or so many. */
export function seedsOf(count: number): number[] {
  const given = process.env['CHAOS_SEED'];
  return given === undefined ? Array.from({ length: count }, (_, seed) => seed + 1) : [Number(given)];
}
