/**
 * Calls `step` with 0 to `count` - 1, with a turn of the event loop after every thousandth.
 *
 * For what must stay linear: with a `count` at which slower code takes minutes, jest's time limit ends the test in one of
 * these turns. Without them a test that only computes may take as long as it likes, and a bound in milliseconds says more
 * about the machine than about the code.
 */
export async function inTurns(count: number, step: (at: number) => void): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    step(at);
    if (at % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
}
