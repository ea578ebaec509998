/** Runs `check` for every place from 0 to `length` at which a body can be cut, some at a time: each needs two connections. */
export async function atEveryCut(length: number, check: (cut: number) => Promise<void>, parallel = 40): Promise<void> {
  const cuts = Array.from({ length: length + 1 }, (_, cut) => cut);
  const worker = async (): Promise<void> => {
    for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) await check(cut);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
