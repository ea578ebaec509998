import { describe, expect, it } from '@jest/globals';
import { runChain } from '../../../apps/demo/chain-demo.js';
import { transferLedger } from '../../../apps/demo/chain-ledger.js';
import type { ChainSummary, Reporter } from '../../../apps/demo/reporter.js';
import { becomeEvent } from '../../../sources/chain/chain-event.js';
import type { ChainEvent } from '../../../sources/chain/messages.js';
import { isAnvilThere } from '../../servers/anvil.js';
import { zeroAddress } from '../../servers/erc20.js';

interface Told {
  readonly items: object[];
  readonly events: string[];
}

async function demo(
  seconds: number,
  signal = new AbortController().signal,
  chain?: 'scripted',
): Promise<Told & { summary: ChainSummary }> {
  const told: Told = { items: [], events: [] };
  const report: Reporter = {
    item: (_, item) => void told.items.push(item),
    event: (_, text) => void told.events.push(text),
    summary: () => undefined,
  };
  return { summary: await runChain({ seconds, signal, report, chain }), ...told };
}

describe('the demo of a chain', () => {
  it.each(isAnvilThere() ? [undefined, 'scripted' as const] : [undefined])(
    'handles and acknowledges every transfer of a chain, although the service is killed, and its sums are right (%s)',
    async (chain) => {
      const { summary, items, events } = await demo(3, undefined, chain);
      expect(summary).toMatchObject({ lost: 0, restarts: 1, balancesMatch: true });
      expect(summary.chain).toBe(chain ?? (isAnvilThere() ? 'anvil' : 'scripted'));
      expect(summary.transfers).toBeGreaterThan(20);
      expect(summary.handled).toBe(summary.transfers);
      expect(summary.acknowledged).toBe(summary.transfers);
      expect(summary.reconnects).toBeGreaterThan(0);
      expect(summary.maxOutstanding).toBeLessThanOrEqual(4);
      expect(items).toHaveLength(summary.transfers);
      expect(events).toContain('the service is back, with what it had kept');
      expect(events.filter((text) => /gave up|no more transfers/.test(text))).toEqual([]);
    },
    120_000,
  );

  it('ends early when it is told to, with what it has', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const { summary } = await demo(3_600, stop.signal);
    expect(summary).toMatchObject({ lost: 0, handled: summary.transfers, balancesMatch: true });
  }, 120_000);
});

describe('its ledger', () => {
  const [alice, bob] = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`];

  function transfer(from: string, to: string, value: string, index: number): ChainEvent {
    const event: unknown = { from, to, value, block_number: 1, transaction_hash: '0x1', log_index: index };
    if (!becomeEvent(event)) throw new Error('no event');
    return event;
  }

  it('adds up what was paid, and counts a transfer once', () => {
    const ledger = transferLedger();
    ledger.enter(transfer(zeroAddress, alice, '100', 0));
    ledger.enter(transfer(alice, bob, '30', 1));
    expect(ledger.enter(transfer(alice, bob, '30', 1))).toBe(false);
    expect([ledger.balanceOf(alice), ledger.balanceOf(bob), ledger.balanceOf(zeroAddress)]).toEqual([70n, 30n, -100n]);
    expect([ledger.size, ledger.repeated]).toEqual([2, 1]);
  });

  it('refuses what is no transfer', () => {
    const event: unknown = { owner: alice, transaction_hash: '0x1', log_index: 0 };
    expect(() => becomeEvent(event) && transferLedger().enter(event)).toThrow('no transfer');
  });
});
