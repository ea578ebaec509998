import { describe, expect, it } from '@jest/globals';
import { runDurable } from '../../../apps/demo/durable-demo.js';
import type { DurableSummary, Reporter } from '../../../apps/demo/reporter.js';

interface Told {
  readonly items: object[];
  readonly events: string[];
}

async function demo(
  seconds: number,
  signal = new AbortController().signal,
): Promise<Told & { summary: DurableSummary }> {
  const told: Told = { items: [], events: [] };
  const report: Reporter = {
    item: (_, item) => void told.items.push(item),
    event: (_, text) => void told.events.push(text),
    summary: () => undefined,
  };
  return { summary: await runDurable({ seconds, signal, report }), ...told };
}

describe('the demo of durable streams', () => {
  it('loses nothing and sends nothing twice in any mode, although connections break', async () => {
    const { summary, items, events } = await demo(3);
    expect(summary).toMatchObject({ lost: 0, duplicates: 0, disordered: 0 });
    expect(summary.sent).toBeGreaterThan(20);
    expect(summary.received).toBe(summary.sent);
    expect(summary.reconnects).toBeGreaterThan(5);
    expect(Object.keys(summary.modes)).toEqual(['catch-up', 'long-poll', 'sse', 'live: true']);
    expect(items).toHaveLength(4 * summary.sent);
    expect(events).toContain('server answers 503 to readers');
    expect(events.filter((text) => text.includes('gave up') || text.includes('not all is stored'))).toEqual([]);
  }, 120_000);

  it('ends early when it is told to, with what it has', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const { summary } = await demo(3_600, stop.signal);
    expect(summary).toMatchObject({ lost: 0, duplicates: 0, received: summary.sent });
  }, 120_000);
});
