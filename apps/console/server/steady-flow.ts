/** Timers are late on a busy machine: each tick makes what is due by then, so that the rate holds on average. */
const tick = 20;

/** Calls `make` so many times a second until the returned function is called. */
export function steadyFlow(perSecond: number, make: () => void): () => void {
  const start = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1_000) * perSecond);
    for (; count < due; count += 1) make();
  }, tick);
  return () => clearInterval(timer);
}
