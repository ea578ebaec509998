/**
 * Where something stands on a chain, as one number that grows with it: room for 1,048,575 logs in a block, and for blocks up to
 * 2^33 before numbers lose their last digit. A place is always "after": 0 is before everything.
 */
const perBlock = 2 ** 20;

/** After this log. */
export function placeOf(log: { readonly blockNumber: number; readonly logIndex: number }): number {
  return log.blockNumber * perBlock + log.logIndex + 1;
}

/** Before everything in this block. */
export function blockStart(block: number): number {
  return block * perBlock;
}

/** The first block that is not wholly before this place. */
export function blockAt(place: number): number {
  return Math.floor(place / perBlock);
}

/** After `from`, up to and including `to`. */
export type Range = readonly [from: number, to: number];

/** Both together; ranges are in order, apart from each other, and stay so. */
export function addRange(ranges: readonly Range[], [from, to]: Range): Range[] {
  const before = ranges.filter((range) => range[1] < from);
  const after = ranges.filter((range) => range[0] > to);
  const touched = ranges.slice(before.length, ranges.length - after.length);
  const joined: Range = [
    Math.min(from, ...touched.map((range) => range[0])),
    Math.max(to, ...touched.map((range) => range[1])),
  ];
  return [...before, joined, ...after];
}

export function isInside(ranges: readonly Range[], place: number): boolean {
  return ranges.some(([from, to]) => place > from && place <= to);
}

/** How far everything after `start` is covered without a gap. */
export function coveredFrom(ranges: readonly Range[], start: number): number {
  const first = ranges.find(([from, to]) => from <= start && to >= start);
  return first?.[1] ?? start;
}
