/** Numbers from 0 (included) to 1, the same for the same seed. */
export type Random = () => number;

/** The mulberry32 generator: 32 bits of state, good enough for test data, the same on every platform. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `min` to `max`, both included. */
export function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

export function pick<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(random() * list.length)] ?? list[0];
}

export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/** `length` decimal digits, the first of them not 0. */
export function digits(random: Random, length: number): string {
  let text = String(between(random, 1, 9));
  while (text.length < length) text += String(between(random, 0, 9));
  return text;
}
