/** X counts the milliseconds of its ids from here. */
const epoch = 1_288_834_974_657n;

/** Makes ids as X does: time in the upper bits, always increasing, 19 digits since 2017. */
export function snowflake(now: () => number): () => string {
  let last = 0n;
  return () => {
    const fromClock = (BigInt(Math.floor(now())) - epoch) << 22n;
    // Also where the clock stands still or goes back: clients take the order of ids for the order of posts.
    last = fromClock > last ? fromClock : last + 1n;
    return String(last);
  };
}
