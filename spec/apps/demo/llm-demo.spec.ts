import { describe, expect, it } from '@jest/globals';
import { wordCount } from '../../../apps/demo/llm-count.js';
import { runLlm } from '../../../apps/demo/llm-demo.js';
import type { Reporter } from '../../../apps/demo/reporter.js';

function listener(): Reporter & { readonly items: object[]; readonly events: string[] } {
  const items: object[] = [];
  const events: string[] = [];
  return {
    ...{ items, events },
    item: (_, item) => void items.push(item),
    event: (_, text) => void events.push(text),
    summary: () => undefined,
  };
}

describe('the demo of models', () => {
  it('has every word of every answer once, and every tool run once, whatever breaks', async () => {
    const report = listener();
    const summary = await runLlm({ seconds: 2, signal: new AbortController().signal, report });
    expect(summary).toMatchObject({ lost: 0, duplicates: 0 });
    expect(summary.received).toBe(summary.sent);
    expect(summary.tools).toBe(summary.answers / 2);
    expect(report.items).toHaveLength(summary.answers);
    for (const count of ['reconnects', 'stalls', 'restarts', 'resumes'] as const)
      expect(summary[count]).toBeGreaterThan(0);
    expect(report.events.filter((text) => text.includes('gave up'))).toEqual([]);
  }, 120_000);

  it('ends early when it is told to', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const { lost, duplicates } = await runLlm({ seconds: 3_600, signal: stop.signal, report: listener() });
    expect({ lost, duplicates }).toEqual({ lost: 0, duplicates: 0 });
  });
});

describe('its count of words', () => {
  it.each<[said: string, came: string, counts: object]>([
    ['a b c', 'a b c', { sent: 3, received: 3, lost: 0, duplicates: 0 }],
    ['a b c', 'a b', { sent: 3, received: 2, lost: 1, duplicates: 0 }],
    ['a b c', 'a ba b c', { sent: 3, received: 3, lost: 0, duplicates: 1 }],
    ['a b a', 'a b a b a', { sent: 3, received: 3, lost: 0, duplicates: 2 }],
    ['a b', 'b a', { sent: 2, received: 2, lost: 1, duplicates: 0 }],
    ['a b', '', { sent: 2, received: 0, lost: 2, duplicates: 0 }],
  ])('of "%s" and "%s"', (said, came, counts) => {
    const count = wordCount();
    count.answer(said, came);
    expect(count.summary).toMatchObject(counts);
  });
});
