import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { startLlmFeed, type LlmFeedOptions } from '../../../../apps/console/server/llm-feed.js';
import type { GatedFeed } from '../../../../apps/console/server/gated-feeds.js';
import { anthropicMessages, finalMessage, openaiChat } from '../../../../sources/llm/index.js';
import { eventually } from '../../../servers/eventually.js';
import { gated, started, watch } from './gated.js';

const all = started();
afterEach(all.closeAll);

const body = { model: 'demo', max_tokens: 100, messages: [{ role: 'user', content: 'How much is it?' }] } as const;
const waits = { initialBackoff: 20, maxBackoff: 100, maxRetries: -1, apiKey: 'local' };

function feedBehindGate(options: LlmFeedOptions): Promise<GatedFeed> {
  return startLlmFeed(options).then((feed) => gated(feed, all));
}

describe('the answers of the console', () => {
  it('are a text and the call of a tool, on every wire, and their events are counted', async () => {
    const { feed, gate } = await feedBehindGate({ pace: 1 });
    const claude = anthropicMessages({ ...waits, body, baseUrl: gate.url }).pipe(finalMessage());
    const { blocks } = await lastValueFrom(claude);
    expect(blocks.map(({ type }) => type)).toEqual(['text', 'tool']);
    const { sent } = feed;
    expect(sent).toBeGreaterThan(50);
    const chat = openaiChat({ ...waits, body, baseUrl: `${gate.url}/v1` }).pipe(finalMessage());
    expect((await lastValueFrom(chat)).blocks.map(({ type }) => type)).toEqual(['text', 'tool']);
    expect(feed.sent).toBeGreaterThan(sent + 40);
  });

  it.each([
    ['503', [503, 503]],
    ['429', [429]],
  ] as const)('refuse with %s in the words of the provider', async (fault, statuses) => {
    const { gate } = await feedBehindGate({ pace: 1 });
    gate.misbehave(fault);
    const reader = watch((monitor) => anthropicMessages({ ...waits, body, baseUrl: gate.url, monitor }), all);
    await eventually(() => reader.monitor.state.phase === 'closed');
    expect(reader.errors.map(({ statusCode }) => statusCode)).toEqual(statuses);
    expect(reader.errors[0]?.responseBody).toContain('"type":"error"');
    expect(reader.items.length).toBeGreaterThan(50);
  });

  it.each(['drop', 'stall'] as const)('that are under way end in a %s', async (fault) => {
    const { gate } = await feedBehindGate({ pace: 20 });
    const clocks = { idleBytes: 1_000 };
    const reader = watch(
      (monitor) => anthropicMessages({ ...waits, body, baseUrl: gate.url, clocks, monitor, onInterrupted: 'restart' }),
      all,
    );
    await eventually(() => reader.items.length > 3);
    gate.misbehave(fault);
    await eventually(() => reader.monitor.state.phase === 'closed' && reader.connects === 2);
    expect(reader.errors.map(({ errorType }) => errorType)).toEqual([
      fault === 'drop' ? 'stream_interrupted' : 'timeout',
    ]);
  });

  it('come a hundred times as fast, and many times as long, once after a flood', async () => {
    const { feed, gate } = await feedBehindGate({ pace: 100 });
    feed.flood();
    const ask = anthropicMessages({ ...waits, body, baseUrl: gate.url }).pipe(toArray());
    // At the calm pace that takes five minutes.
    expect((await lastValueFrom(ask)).length).toBeGreaterThan(2_000);
    const before = feed.sent;
    const calm = watch((monitor) => anthropicMessages({ ...waits, body, baseUrl: gate.url, monitor }), all);
    await eventually(() => calm.items.length > 2);
    expect(feed.sent - before).toBeLessThan(100);
  });

  it('come from another server when one has been asked so often, and the one under way ends in peace', async () => {
    const { feed, gate } = await feedBehindGate({ pace: 10, renewAt: 1 });
    const reader = watch((monitor) => anthropicMessages({ ...waits, body, baseUrl: gate.url, monitor }), all);
    await eventually(() => reader.items.length > 3);
    const { port } = feed;
    await feed.tend();
    expect(feed.port).not.toBe(port);
    await eventually(() => reader.monitor.state.phase === 'closed');
    expect(reader.errors).toEqual([]);
    const next = await lastValueFrom(anthropicMessages({ ...waits, body, baseUrl: gate.url }).pipe(finalMessage()));
    expect(next.isComplete).toBe(true);
  });
});
