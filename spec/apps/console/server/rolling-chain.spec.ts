import { describe, expect, it } from '@jest/globals';
import { rollingChain } from '../../../../apps/console/server/rolling-chain.js';
import { transferTopic } from '../../../servers/erc20.js';
import { eventually } from '../../../servers/eventually.js';

const everything = { fromBlock: 0, toBlock: Infinity };

describe('a chain that rolls on', () => {
  it('tells of every block, and finds its logs by block, contract and topic', async () => {
    const chain = rollingChain();
    const heads: number[] = [];
    const off = chain.onBlock((head) => heads.push(head));
    const stop = chain.transfers(200);
    await eventually(() => heads.length > 3);
    stop();
    off();
    const head = await chain.head();
    expect(heads).toEqual(Array.from({ length: head }, (_, index) => index + 1));
    const logs = await chain.logs(everything);
    expect(logs).toHaveLength(chain.made);
    expect(new Set(logs.map(({ transactionHash }) => transactionHash)).size).toBe(logs.length);
    const second = await chain.logs({ fromBlock: 2, toBlock: 2 });
    expect(second.length).toBeGreaterThan(0);
    expect(second).toEqual(logs.filter(({ blockNumber }) => blockNumber === 2));
    const named = { ...everything, addresses: [chain.token.toUpperCase().replace('X', 'x')], topic0: transferTopic };
    expect(await chain.logs(named)).toEqual(logs);
    expect(await chain.logs({ ...everything, addresses: [`0x${'1'.repeat(40)}`] })).toEqual([]);
    expect(await chain.logs({ ...everything, topic0: `0x${'1'.repeat(64)}` })).toEqual([]);
  });

  it('forgets its oldest logs, and goes on counting', async () => {
    const chain = rollingChain({ maxLogs: 20 });
    const stop = chain.transfers(2_000);
    await eventually(() => chain.made > 300);
    stop();
    const logs = await chain.logs(everything);
    expect(logs.length).toBeGreaterThanOrEqual(20);
    expect(logs.length).toBeLessThanOrEqual(25);
    expect(logs.at(-1)?.blockNumber).toBe(await chain.head());
  });
});
