import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { graveViolations } from './accessibility.js';
import { buttons, type ConsolePage, faultButtons, settled, textsOf } from './console-page.js';
import { startLimit } from './console-process.js';
import { type ConsoleRun, startRun } from './console-run.js';
import { tabStops } from './keyboard.js';
import { overviewOf, streams } from './streams-overview.js';
import { until } from './until.js';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));

let run: ConsoleRun;

beforeAll(async () => {
  run = await startRun();
}, startLimit + 60_000);

afterAll(async () => await run?.end());

describe('the four panes', () => {
  let tab: ConsolePage;

  beforeAll(async () => {
    tab = await run.open();
  });

  afterAll(async () => await tab.close());

  it('are all open, and show items of their own kind', async () => {
    const { page } = tab;
    const shows = async (id: string, text: RegExp): Promise<void> => {
      await until(
        `${id} shows ${text}`,
        async () => await page.getByTestId(id).innerText(),
        (shown) => text.test(shown),
      );
    };
    await shows('overall', /^4 of 4 streams open/);
    await shows('posts-items', /^(?:english|many scripts|marked)\s/);
    await shows('chain-items', /#\d+ 0x[\da-f]{4}….{4} → 0x/);
    await shows('durable-items', /"gauge":"tailrace-1"/);
    await shows('llm-items', /tailrace|dam/);
    await shows('llm-items', /calls calculator\s+\{"expression"/);
  });

  it('draw what comes and how old it is', async () => {
    for (const id of streams.flatMap((stream) => [`${stream}-rate-chart`, `${stream}-lag-chart`])) {
      const isDrawn = async (): Promise<boolean> =>
        await tab.page.getByTestId(id).evaluate((chart) => {
          const canvas = chart.querySelector('canvas');
          const { data = [] } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
          return data.some((value) => value > 0);
        });
      await until(`${id} is drawn`, isDrawn, Boolean);
    }
  });
});

describe.each([
  { width: 1_280, height: 900, colorScheme: 'light' },
  { width: 1_280, height: 900, colorScheme: 'dark' },
  { width: 360, height: 800, colorScheme: 'light' },
  { width: 360, height: 800, colorScheme: 'dark' },
] as const)('the page at $width px, $colorScheme', (look) => {
  let tab: ConsolePage;

  beforeAll(async () => {
    tab = await run.open(look);
  });

  afterAll(async () => await tab.close());

  it('fits its width, in the colours that were asked for', async () => {
    const { page } = tab;
    const path = `${artifacts}console-${look.width}-${look.colorScheme}.png`;
    await mkdir(artifacts, { recursive: true });
    await page.screenshot({ path, fullPage: true });
    expect((await stat(path)).size).toBeGreaterThan(20_000);
    const { width, background } = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      background: getComputedStyle(document.body).backgroundColor,
    }));
    expect(width).toBeLessThanOrEqual(look.width);
    const red = Number(/\d+/.exec(background)?.[0]);
    expect(red < 128).toBe(look.colorScheme === 'dark');
  });

  it('has no serious fault for those who see or point badly', async () => {
    expect(await graveViolations(tab.page)).toEqual([]);
  });

  it('has none while its streams wait, with buttons pressed and errors shown', async () => {
    const entries = await tab.follow();
    for (const stream of streams) {
      await tab.press(stream, 'slow');
      await tab.press(stream, '429');
    }
    for (const stream of ['posts', 'chain', 'durable']) {
      await until(`${stream} refused`, entries, (seen) => /429/.test(textsOf(seen, `${stream}-error`).join()));
    }
    expect(await graveViolations(tab.page)).toEqual([]);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(look.width);
  });
});

describe('the keyboard', () => {
  let tab: ConsolePage;

  beforeAll(async () => {
    tab = await run.open();
  });

  afterAll(async () => await tab.close());

  it('reaches every button in the order of the page, and one sees which has the focus', async () => {
    const stops = (await tabStops(tab.page)).filter(({ tag }) => tag === 'BUTTON');
    expect(stops.map(({ id }) => id)).toEqual(streams.flatMap((stream) => buttons.map((name) => `${stream}-${name}`)));
    for (const { outlineWidth, outlineStyle } of stops) {
      expect([outlineStyle, outlineWidth]).toEqual(['solid', expect.stringMatching(/^[2-9]/)]);
    }
  });

  it('opens a stream again', async () => {
    await settled(tab);
    const entries = await tab.follow();
    for (const stream of streams) {
      await tab.page.getByTestId(`${stream}-restart`).focus();
      await tab.page.keyboard.press('Enter');
      await until(`${stream} anew`, entries, (seen) => {
        const phases = textsOf(seen, `${stream}-phase`);
        return phases.includes('connecting') && phases.at(-1) === 'open';
      });
    }
  });

  it.each(['Enter', 'Space'])('presses every button with %s', async (key) => {
    for (const stream of streams) {
      for (const name of ['pause', 'slow']) {
        const button = tab.page.getByTestId(`${stream}-${name}`);
        const isPressed = async (): Promise<string | null> => await button.getAttribute('aria-pressed');
        await button.focus();
        await tab.page.keyboard.press(key);
        await until(`${stream}-${name} on`, isPressed, (pressed) => pressed === 'true');
        await tab.page.keyboard.press(key);
        await until(`${stream}-${name} off`, isPressed, (pressed) => pressed === 'false');
      }
      const entries = await tab.follow();
      for (const [index, name] of faultButtons.entries()) {
        await tab.page.getByTestId(`${stream}-${name}`).focus();
        await tab.page.keyboard.press(key);
        await until(`${stream}-${name}`, entries, (seen) => textsOf(seen, `${stream}-fault-note`).length > index);
      }
      const notes = ['Drop', 'Stall', '503', '429', 'Flood'].map((label) => `${label}: done`);
      expect(textsOf(await entries(), `${stream}-fault-note`)).toEqual(notes);
    }
  });
});

describe('the end', () => {
  it('of a tab leaves no socket at the servers', async () => {
    const tab = await run.open();
    const sockets = async (): Promise<readonly number[]> =>
      Object.values(await overviewOf(run.server.url)).map(({ openSockets }) => openSockets);
    await until('a socket at each server', sockets, (counts) => counts.every((count) => count > 0));
    await tab.page.close();
    await until('no socket', sockets, (counts) => counts.every((count) => count === 0));
  });

  it('of the program comes when it is told to, with pages open, and leaves no port open', async () => {
    const tab = await run.open();
    const addresses = [run.server.url, ...Object.values(await overviewOf(run.server.url)).map(({ url }) => url)];
    expect(await run.server.end()).toBe(0);
    for (const address of addresses) await expect(fetch(address)).rejects.toMatchObject({ message: 'fetch failed' });
    await tab.page.getByTestId('api-failure').waitFor();
    expect(await graveViolations(tab.page)).toEqual([]);
    await tab.close();
  });

  it('finds nothing on the console of any page but what the browser says of its network', () => {
    expect(run.complaints).toEqual([]);
  });
});
