import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { word, zeroAddress } from '../erc20.js';
import { pluck } from '../pluck.js';
import type { Move } from '../transfers.js';
import { isTextList } from '../x/api.js';
import { repositoryFile } from './binary.js';
import type { JsonRpc, RpcCall } from './json-rpc.js';
import type { Miner } from './miner.js';

/** The first four bytes of the hash of each function that is called. */
const selectors = { mint: '40c10f19', transfer: 'a9059cbb', balanceOf: '70a08231', totalSupply: '18160ddd' } as const;

/** Enough for every call and for the deployment; a given limit spares anvil an estimate per transaction. */
const gas = '0x200000';

/** The token of spec/fixtures/erc20 on a chain that signs for its accounts. */
export interface DeployedToken {
  readonly address: string;
  readonly accounts: readonly string[];
  /** Sends the moves, in no order among themselves. Resolves with their hashes when all are in blocks. Errors: one that was reverted. */
  send(moves: readonly Move[]): Promise<readonly string[]>;
  balanceOf(address: string): Promise<bigint>;
  totalSupply(): Promise<bigint>;
}

/** Puts the token on the chain, in a block of its own. */
export async function deployToken(rpc: JsonRpc, miner: Miner): Promise<DeployedToken> {
  const listed = await rpc.call('eth_accounts');
  const accounts = isTextList(listed) ? listed.map((account) => account.toLowerCase()) : [];
  const minter = accounts[0] ?? zeroAddress;
  const nonces = new Map<string, number>();
  const nonceOf = async (account: string): Promise<number> => {
    if (!nonces.has(account))
      nonces.set(account, Number(await rpc.call('eth_getTransactionCount', account, 'pending')));
    const nonce = nonces.get(account) ?? 0;
    nonces.set(account, nonce + 1);
    return nonce;
  };
  const transact = async (
    calls: readonly { from: string; to?: string; data: string }[],
  ): Promise<readonly unknown[]> => {
    const sent: RpcCall[] = [];
    for (const call of calls) {
      const nonce = `0x${(await nonceOf(call.from)).toString(16)}`;
      sent.push({ method: 'eth_sendTransaction', params: [{ ...call, gas, gasPrice: '0x0', nonce }] });
    }
    return receipts(rpc, await miner.send(sent));
  };
  const [receipt] = await transact([{ from: minter, data: bytecode() }]);
  const address = String(pluck(receipt, 'contractAddress')).toLowerCase();
  const read = async (data: string): Promise<bigint> =>
    BigInt(String(await rpc.call('eth_call', { to: address, data }, 'latest')));
  return {
    address,
    accounts,
    async send(moves) {
      const mined = await transact(moves.map((move) => callOf(move, address, minter)));
      return mined.map((one) => String(pluck(one, 'transactionHash')));
    },
    balanceOf: (holder) => read(`0x${selectors.balanceOf}${word(holder)}`),
    totalSupply: () => read(`0x${selectors.totalSupply}`),
  };
}

function callOf({ from, to, value }: Move, token: string, minter: string): { from: string; to: string; data: string } {
  const isMint = from === zeroAddress;
  const data = `0x${isMint ? selectors.mint : selectors.transfer}${word(to)}${word(value)}`;
  return { from: isMint ? minter : from.toLowerCase(), to: token, data };
}

/** Waits until all are in blocks. */
async function receipts(rpc: JsonRpc, hashes: readonly unknown[]): Promise<readonly unknown[]> {
  const found = new Map<unknown, unknown>();
  for (let attempt = 1; ; attempt++) {
    const open = hashes.filter((hash) => !found.has(hash));
    if (open.length === 0) break;
    const answers = await rpc.batch(open.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })));
    open.forEach((hash, index) => {
      if (pluck(answers[index], 'status') === '0x0') throw new Error(`transaction ${String(hash)} was reverted`);
      if (answers[index] !== null && answers[index] !== undefined) found.set(hash, answers[index]);
    });
    if (found.size < hashes.length) await sleep(Math.min(5 * attempt, 50));
  }
  return hashes.map((hash) => found.get(hash));
}

function bytecode(): string {
  const artifact: unknown = JSON.parse(readFileSync(repositoryFile('spec/fixtures/erc20/token.json'), 'utf8'));
  return String(pluck(artifact, 'bytecode'));
}
