import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anvilBinary } from './anvil/binary.js';
import { startBound, type BoundChild } from './anvil/child.js';
import { jsonRpc, type JsonRpc } from './anvil/json-rpc.js';
import { newMiner, type Miner } from './anvil/miner.js';
import { rpcSource, type RpcSource } from './anvil/rpc-source.js';
import { deployToken, type DeployedToken } from './anvil/token.js';
import type { TokenChain, TransferFlow } from './chain-source.js';
import { zeroAddress } from './erc20.js';
import { listen, shutDown } from './origin.js';
import { startTransfers, type Move } from './transfers.js';

export interface AnvilOptions {
  /** Seconds between two blocks, empty ones too. @default a block for whatever is sent together, at once */
  readonly blockTime?: number;
  /** @default 31_337 */
  readonly chainId?: number;
  /** Milliseconds between two questions for a new block, while somebody wants to know. @default 50 */
  readonly pollMs?: number;
}

/** A real chain on this machine, with the token of spec/fixtures/erc20 on it. */
export interface Anvil extends TokenChain {
  /** `http://127.0.0.1:<port>`: JSON-RPC. */
  readonly url: string;
  readonly pid: number;
  /** One JSON-RPC call, as in `call('anvil_mine', '0x5')`. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  mint(to: string, value: bigint): Promise<string>;
  transfer(from: string, to: string, value: bigint): Promise<string>;
  balanceOf(address: string): Promise<bigint>;
  totalSupply(): Promise<bigint>;
}

/** Whether this platform has an anvil; elsewhere use `scriptedChain()`. */
export function isAnvilThere(): boolean {
  return anvilBinary() !== undefined;
}

/**
 * Starts anvil on a free loopback port and puts the token on it: block 1. Its ten accounts need no keys and pay no fees. It makes blocks
 * only for what goes through this object, or by `blockTime`; what is sent to `url` is in the next one. It is killed by `close`, and when
 * this process ends in whatever way.
 *
 * Errors: there is none for this platform, or it does not start.
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { chainId = 31_337, pollMs = 50 } = options;
  const binary = anvilBinary();
  if (binary === undefined) throw new Error(`no anvil for ${process.platform} ${process.arch}`);
  const { child, rpc, port } = await launch(binary, { ...options, chainId });
  try {
    const miner = newMiner(rpc, options.blockTime);
    const token = await deployToken(rpc, miner);
    return anvil({ child, rpc, port, miner, token, source: rpcSource(rpc, chainId, pollMs) });
  } catch (error) {
    await child.kill();
    throw error;
  }
}

interface Parts {
  readonly child: BoundChild;
  readonly rpc: JsonRpc;
  readonly port: number;
  readonly miner: Miner;
  readonly token: DeployedToken;
  readonly source: RpcSource;
}

function anvil({ child, rpc, port, miner, token, source }: Parts): Anvil {
  const flows = new Set<TransferFlow>();
  const send = async (moves: readonly Move[]): Promise<string> => {
    const [first = ''] = await token.send(moves);
    await source.look();
    return first;
  };
  const close = async (): Promise<void> => {
    for (const flow of flows) flow.stop();
    await Promise.allSettled([...flows].map(({ done }) => done));
    miner.stop();
    await child.kill();
    source.close();
    rpc.close();
  };
  return {
    ...source,
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    token: token.address,
    accounts: token.accounts,
    call: rpc.call,
    mint: (to, value) => send([{ from: zeroAddress, to, value }]),
    transfer: (from, to, value) => send([{ from, to, value }]),
    balanceOf: token.balanceOf,
    totalSupply: token.totalSupply,
    transferMany(options = {}) {
      const flow = startTransfers(options, token.accounts, async (moves) => void (await send(moves)));
      flows.add(flow);
      return flow;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Somebody else may take the port in between: then once more, with another one. */
async function launch(binary: string, options: AnvilOptions): Promise<Pick<Parts, 'child' | 'rpc' | 'port'>> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = await startBound(binary, argumentsFor(port, options));
    const rpc = jsonRpc(port);
    if (await answers(child, rpc)) return { child, rpc, port };
    await child.kill();
    rpc.close();
    if (attempt === 3) throw new Error(`anvil does not start: ${child.complaint}`);
  }
}

function argumentsFor(port: number, { chainId }: AnvilOptions): string[] {
  const free = ['--gas-price', '0', '--block-base-fee-per-gas', '0', '--disable-block-gas-limit'];
  return [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--chain-id',
    String(chainId),
    '--silent',
    '--no-mining',
    ...free,
  ];
}

/** A machine that is busy takes its time. */
const startLimit = 30_000;

async function answers(child: BoundChild, rpc: JsonRpc): Promise<boolean> {
  const end = performance.now() + startLimit;
  while (!child.hasExited && performance.now() < end) {
    const version = await rpc.call('web3_clientVersion').catch(() => undefined);
    if (String(version).startsWith('anvil')) return true;
    await sleep(20);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await shutDown(server, []);
  return port;
}
