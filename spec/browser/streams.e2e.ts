import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Button, type ConsolePage, hasRecovered, numbersOf, settled, textsOf } from './console-page.js';
import { startLimit } from './console-process.js';
import { type ConsoleRun, startRun } from './console-run.js';
import type { Entry } from './journal.js';
import { layoutJumps, watchLayout } from './layout-watch.js';
import { waitsAfter } from './network-log.js';
import { overviewOf, type Stream, streams } from './streams-overview.js';
import { until } from './until.js';

let run: ConsoleRun;

beforeAll(async () => {
  run = await startRun();
}, startLimit + 60_000);

afterAll(async () => await run?.end());

describe('the faults of a server', () => {
  let tab: ConsolePage;

  beforeAll(async () => {
    tab = await run.open();
    await watchLayout(tab.page);
  });

  afterAll(async () => await tab.close());

  /** Presses a fault on every stream, waits until all have come back, and returns what the page has shown meanwhile. */
  const pressed = async (fault: Button, error: RegExp): Promise<readonly Entry[]> => {
    await settled(tab);
    const entries = await tab.follow();
    // The model first: its answer has just begun.
    for (const stream of [...streams].reverse()) await tab.press(stream, fault);
    for (const stream of streams) {
      const own = async (): Promise<readonly Entry[]> => (await entries()).filter(({ id }) => id.startsWith(stream));
      await until(`${stream} back after ${fault}`, own, (seen) => hasRecovered(seen, stream));
      const notes = async (): Promise<readonly string[]> => textsOf(await entries(), `${stream}-fault-note`);
      await until(`note of ${stream}`, notes, (seen) => seen.at(-1)?.toLowerCase() === `${fault}: done`);
      const errors = async (): Promise<readonly string[]> => textsOf(await entries(), `${stream}-error`);
      await until(`error of ${stream}`, errors, (seen) => seen.some((text) => error.test(text)));
    }
    return await entries();
  };

  it.each([
    { fault: 'drop', error: /stream_interrupted, retried/, refusals: 0 },
    { fault: 'stall', error: /timeout, retried/, refusals: 0 },
    { fault: '503', error: /HTTP 503, retried/, refusals: 2 },
  ] as const)(
    'change the phase, are classified, and every stream recovers: $fault',
    async ({ fault, error, refusals }) => {
      const before = tab.answers.length;
      await pressed(fault, error);
      const refused = tab.answers.slice(before).filter(({ status }) => status === 503);
      expect(refused).toHaveLength(refusals * streams.length);
    },
  );

  it('have a stream that is refused with 429 wait, counting down, as long as Retry-After says', async () => {
    const before = tab.answers.length;
    const seen = await pressed('429', /HTTP 429, Retry-After 3\.0 s, retried/);
    for (const stream of streams) {
      // Two failures in a row would have it wait 1.25 s at most.
      expect(Math.max(...numbersOf(seen, `${stream}-next-try`).filter(Number.isFinite))).toBeGreaterThan(1.3);
      expect(textsOf(seen, `${stream}-next-try`).at(-1)).toBe('–');
    }
    const waits = waitsAfter(tab.answers.slice(before), 429);
    expect(waits).toHaveLength(streams.length);
    for (const wait of waits) expect(wait).toBeGreaterThan(2_950);
  });

  it('show in the rate when one floods, and pass', async () => {
    // Far more than what has gathered while a stream was away.
    const flooded: Readonly<Record<Stream, number>> = { posts: 150, chain: 20, durable: 100, llm: 100 };
    await settled(tab);
    const entries = await tab.follow();
    for (const stream of streams) await tab.press(stream, 'flood');
    // The answer after the flood button is the flood.
    await tab.press('llm', 'restart');
    for (const stream of streams) {
      await until(`${stream} flooded`, entries, (seen) => {
        const rates = numbersOf(seen, `${stream}-rate`);
        const peak = rates.findIndex((rate) => rate >= flooded[stream]);
        return peak >= 0 && rates.slice(peak).some((rate) => rate > 0 && rate < flooded[stream] / 2);
      });
    }
    await settled(tab);
  });

  it('move nothing on the page, those before included', async () => {
    await pressed('drop', /stream_interrupted, retried/);
    expect(await layoutJumps(tab.page)).toEqual([]);
  });
});

describe('the consumer', () => {
  let tab: ConsolePage;

  beforeAll(async () => {
    tab = await run.open();
    await watchLayout(tab.page);
  });

  afterAll(async () => await tab.close());

  const isFull = async (stream: Stream): Promise<void> => {
    const limit = Number(await tab.page.getByTestId(`${stream}-unacked`).getAttribute('aria-valuemax'));
    expect(limit).toBeGreaterThan(1);
    await until(
      `window of ${stream} full`,
      async () => await tab.number(`${stream}-unacked`),
      (n) => n === limit,
    );
  };
  const goesOn = async (stream: Stream): Promise<void> => {
    const received = `${stream}-received`;
    const last = await tab.number(received);
    await until(
      `${stream} goes on`,
      async () => await tab.number(received),
      (count) => count > last,
    );
    await until(
      `window of ${stream} free`,
      async () => await tab.number(`${stream}-unacked`),
      (n) => n <= 2,
    );
  };

  it('that is slow fills the window of every stream, and empties it when it is fast again', async () => {
    await settled(tab);
    for (const stream of streams) await tab.press(stream, 'slow');
    for (const stream of [...streams].reverse()) await isFull(stream);
    for (const stream of streams) {
      expect(await tab.page.getByTestId(`${stream}-slow`).getAttribute('aria-pressed')).toBe('true');
      await tab.press(stream, 'slow');
    }
    for (const stream of streams) await goesOn(stream);
  });

  it('that is paused has the servers wait, and gets the rest when it resumes', async () => {
    await settled(tab);
    for (const stream of [...streams].reverse()) await tab.press(stream, 'pause');
    for (const stream of streams) await isFull(stream);
    const stopped = await Promise.all(streams.map((stream) => tab.number(`${stream}-received`)));
    const { posts, chain, durable } = await overviewOf(run.server.url);
    await until(
      'the servers go on',
      async () => await overviewOf(run.server.url),
      (now) => {
        return (
          now.posts.sent > posts.sent + 5 && now.chain.sent > chain.sent + 5 && now.durable.sent > durable.sent + 5
        );
      },
    );
    expect(await Promise.all(streams.map((stream) => tab.number(`${stream}-received`)))).toEqual(stopped);
    for (const stream of streams) {
      const button = tab.page.getByTestId(`${stream}-pause`);
      expect([await button.innerText(), await button.getAttribute('aria-pressed')]).toEqual(['Resume', 'true']);
      await button.click();
      await until(
        `${stream} resumed`,
        async () => await button.innerText(),
        (text) => text === 'Pause',
      );
      expect(await button.getAttribute('aria-pressed')).toBe('false');
    }
    for (const stream of streams) await goesOn(stream);
  });

  it('moves nothing on the page, at any pace', async () => {
    for (const pace of ['pause', 'slow', 'pause', 'slow'] as const) {
      for (const stream of streams) await tab.press(stream, pace);
    }
    await settled(tab);
    expect(await layoutJumps(tab.page)).toEqual([]);
  });
});

describe('the pages', () => {
  it('finds nothing on the console of any but what the browser says of its network', () => {
    expect(run.complaints).toEqual([]);
  });
});
