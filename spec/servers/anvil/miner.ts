import type { JsonRpc, RpcCall } from './json-rpc.js';

/** Makes the blocks of an anvil that makes none by itself. */
export interface Miner {
  /** Hands over transactions, and mines them unless blocks come by the clock. Resolves with their hashes. */
  send(transactions: readonly RpcCall[]): Promise<readonly unknown[]>;
  stop(): void;
}

/**
 * Sends and mines by turns. Anvil 1.7.1 now and then loses a transaction that arrives while it is making a block, and whatever the same
 * account sends afterwards then waits for ever: so it is started with `--no-mining` and told when.
 */
export function newMiner(rpc: JsonRpc, blockTime: number | undefined): Miner {
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act);
    turn = done.catch(() => {});
    return done;
  };
  const mine = (): Promise<unknown> => rpc.call('evm_mine');
  // A chain that has gone tells those who read it.
  const beat = (): void => void inTurn(mine).catch(() => {});
  const timer = blockTime === undefined ? undefined : setInterval(beat, blockTime * 1_000);
  return {
    send: (transactions) =>
      inTurn(async () => {
        const hashes = await rpc.batch(transactions);
        if (timer === undefined && transactions.length > 0) await mine();
        return hashes;
      }),
    stop: () => clearInterval(timer),
  };
}
