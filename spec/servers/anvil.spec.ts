import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { eventTopic } from '../../sources/chain/event-topic.js';
import { extractAbiEvent } from '../../sources/chain/extract-abi.js';
import { isAnvilThere, startAnvil } from './anvil.js';
import { repositoryFile } from './anvil/binary.js';
import { startBound } from './anvil/child.js';
import type { TokenChain } from './chain-source.js';
import { transferEvent, transferTopic, word, zeroAddress } from './erc20.js';
import { logValues } from './event-streamer/log-values.js';
import { eventually } from './eventually.js';
import { pluck } from './pluck.js';
import { scriptedChain } from './scripted-chain.js';

const kinds: readonly { readonly name: string; start(): Promise<TokenChain> }[] = [
  { name: 'the scripted chain', start: async () => scriptedChain() },
  ...(isAnvilThere() ? [{ name: 'anvil', start: () => startAnvil() }] : []),
];

describe.each(kinds)('$name', ({ start }) => {
  let chain: TokenChain;
  beforeAll(async () => {
    chain = await start();
  });
  afterAll(() => chain.close());

  const all = async (): Promise<ReturnType<typeof transferOf>[]> => {
    const logs = await chain.logs({ fromBlock: 0, toBlock: await chain.head(), addresses: [chain.token] });
    return logs.map(transferOf);
  };
  const transferOf = (log: Parameters<typeof logValues>[1]): { from: string; to: string; value: bigint } => {
    const { from, to, value } = logValues(transferEvent, log) ?? {};
    return { from: String(from), to: String(to), value: BigInt(String(value)) };
  };

  it('mints and transfers, and says so in its logs', async () => {
    const [, payer = '', payee = ''] = chain.accounts;
    const minted = await chain.mint(payer, 10n);
    const moved = await chain.transfer(payer, payee, 4n);
    expect(await chain.balanceOf(payer)).toBe(6n);
    expect(await chain.balanceOf(payee)).toBe(4n);
    expect(await chain.totalSupply()).toBe(10n);
    const head = await chain.head();
    const logs = await chain.logs({ fromBlock: 0, toBlock: head, addresses: [chain.token], topic0: transferTopic });
    expect(logs).toMatchObject([
      { address: chain.token, data: `0x${word(10n)}`, blockNumber: head - 1, logIndex: 0, transactionHash: minted },
      { address: chain.token, data: `0x${word(4n)}`, blockNumber: head, logIndex: 0, transactionHash: moved },
    ]);
    expect(logs.map(transferOf)).toEqual([
      { from: zeroAddress, to: payer, value: 10n },
      { from: payer, to: payee, value: 4n },
    ]);
    expect(logs.every(({ blockTimestamp }) => blockTimestamp > 1_600_000_000)).toBe(true);
  });

  it('finds logs by block, contract and topic, and nothing where there is none', async () => {
    const head = await chain.head();
    const count = async (filter: object): Promise<number> =>
      (await chain.logs({ fromBlock: 0, toBlock: head, ...filter })).length;
    expect(await count({ fromBlock: head })).toBe(1);
    expect(await count({ toBlock: 0 })).toBe(0);
    expect(await count({ addresses: [zeroAddress] })).toBe(0);
    expect(await count({ topic0: `0x${word(1n)}` })).toBe(0);
    expect(await count({})).toBe(2);
  });

  it('refuses to move what is not there, and goes on', async () => {
    const [, payer = '', payee = ''] = chain.accounts;
    await expect((async () => chain.transfer(payer, payee, 10n ** 60n))()).rejects.toThrow();
    await chain.transfer(payer, payee, 1n);
    expect(await chain.balanceOf(payer)).toBe(5n);
  });

  it('tells of new blocks until it is told not to', async () => {
    const [, payer = ''] = chain.accounts;
    const heads: number[] = [];
    const off = chain.onBlock((head) => heads.push(head));
    await chain.mint(payer, 1n);
    await eventually(async () => expect(heads[heads.length - 1]).toBe(await chain.head()));
    off();
    const told = heads.length;
    await chain.mint(payer, 1n);
    expect(heads).toHaveLength(told);
  });

  it('moves tokens at a rate, and the logs add up to the balances', async () => {
    const flow = chain.transferMany({ total: 300, perSecond: 100_000, seed: 7 });
    await flow.done;
    expect(flow.count).toBe(300);
    const sums = new Map<string, bigint>();
    const add = (who: string, value: bigint): unknown => sums.set(who, (sums.get(who) ?? 0n) + value);
    for (const { from, to, value } of await all()) {
      add(from, -value);
      add(to, value);
    }
    for (const account of chain.accounts) expect(await chain.balanceOf(account)).toBe(sums.get(account));
    expect(await chain.totalSupply()).toBe(-(sums.get(zeroAddress) ?? 0n));
  });
});

describe('anvil on this machine', () => {
  it('makes blocks by the clock where it is asked to', async () => {
    const chain = isAnvilThere() ? await startAnvil({ blockTime: 0.05, chainId: 7 }) : scriptedChain({ chainId: 7 });
    const first = await chain.head();
    const timer = isAnvilThere() ? undefined : setInterval(() => void chain.mint(zeroAddress, 1n), 50);
    await eventually(async () => expect(await chain.head()).toBeGreaterThan(first + 2));
    clearInterval(timer);
    expect(chain.chainId).toBe(7);
    await chain.close();
  });

  it('has a token whose Transfer is the one that is read here', () => {
    const artifact: unknown = JSON.parse(readFileSync(repositoryFile('spec/fixtures/erc20/token.json'), 'utf8'));
    const abi = pluck(artifact, 'abi');
    const event = extractAbiEvent(Array.isArray(abi) ? abi : [], 'Transfer');
    expect(event).toMatchObject({ ...transferEvent, inputs: transferEvent.inputs.map((input) => ({ ...input })) });
    expect(eventTopic(event)).toBe(transferTopic);
  });
});

describe('a bound child', () => {
  const runs = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('is gone when kill has resolved', async () => {
    const child = await startBound(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    expect(runs(child.pid)).toBe(true);
    await child.kill();
    expect(child.hasExited).toBe(true);
    expect(runs(child.pid)).toBe(false);
  });

  it('says what it complained of', async () => {
    const child = await startBound(process.execPath, ['-e', 'console.error("no such port")']);
    await eventually(() => expect(child.hasExited).toBe(true));
    await eventually(() => expect(child.complaint).toContain('no such port'));
  });

  it('does not outlive a parent that is killed without notice', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bound-child-'));
    await writeFile(join(folder, 'child.mjs'), await asJavaScript('anvil/child.ts'));
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript(join(folder, 'child.mjs'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    parent.stdout.setEncoding('utf8');
    const pid = await new Promise<number>((resolve, reject) => {
      parent.stdout.once('data', (line: string) => resolve(Number(line)));
      parent.once('exit', () => reject(new Error('the parent has ended by itself')));
    });
    expect(runs(pid)).toBe(true);
    // A process may clean up after itself at every other signal.
    parent.kill(process.platform === 'win32' ? 'SIGTERM' : 'SIGKILL');
    await eventually(() => expect(runs(pid)).toBe(false));
    await rm(folder, { recursive: true });
  });
});

async function asJavaScript(file: string): Promise<string> {
  const source = await readFile(new URL(file, import.meta.url), 'utf8');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

function parentScript(module: string): string {
  const endless = JSON.stringify(['-e', 'setInterval(() => {}, 1000)']);
  return `
    import { startBound } from ${JSON.stringify(pathToFileURL(module).href)};
    const child = await startBound(process.execPath, ${endless});
    console.log(child.pid);
    setInterval(() => {}, 1000);
  `;
}
