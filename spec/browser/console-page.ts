import type { Browser, Page } from 'playwright-core';
import { entriesSince, type Entry, journalEnd, keepJournal } from './journal.js';
import { type Answer, logNetwork } from './network-log.js';
import { type Stream, streams } from './streams-overview.js';
import { until } from './until.js';

/** How a page is opened. */
export interface PageLook {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

/** What can be pressed in a pane. */
export type Button = (typeof buttons)[number];

/** The buttons that have a server misbehave. */
export const faultButtons = ['drop', 'stall', '503', '429', 'flood'] as const;

/** In the order of the pane. */
export const buttons = ['drop', 'stall', '503', '429', 'flood', 'pause', 'slow', 'restart'] as const;

/** An open tab with the console in it. */
export interface ConsolePage {
  readonly page: Page;
  /** What it was answered so far. */
  readonly answers: readonly Answer[];
  press(stream: Stream, button: Button): Promise<void>;
  /** The number that an element of a pane shows. */
  number(id: string): Promise<number>;
  /** What the page shows from now on, as a function that reads it. */
  follow(): Promise<() => Promise<readonly Entry[]>>;
  /** Closes the tab, with nothing said to the page before. */
  close(): Promise<void>;
}

/** The browser's own lines about its network; all else that a page says is a fault. */
const networkLine = /^Failed to load resource: /;

/** Opens a tab; what it says that it should not goes to `complaints`. */
export async function openConsole(
  browser: Browser,
  url: string,
  { look, complaints }: { readonly look: PageLook; readonly complaints: string[] },
): Promise<ConsolePage> {
  const { width, height, colorScheme } = look;
  // Else every jump to a button that is out of sight takes as long as it looks good.
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  await keepJournal(context);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (!networkLine.test(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const answers = logNetwork(page);
  await page.goto(url);
  return {
    page,
    answers,
    press: async (stream, button) => await page.getByTestId(`${stream}-${button}`).click(),
    number: async (id) => await numberOf(page, id),
    follow: async () => {
      const since = await journalEnd(page);
      return async () => await entriesSince(page, since);
    },
    close: async () => {
      await page.close();
      await context.close();
    },
  };
}

/** Waits until every pane is open and has items in its list. */
export async function itemsInAllPanes({ page, number }: ConsolePage): Promise<void> {
  for (const stream of streams) {
    const rows = page.getByTestId(`${stream}-items`).locator('li');
    await until(
      `items of ${stream}`,
      async () => (await rows.allInnerTexts()).join('').trim(),
      (text) => text !== '',
    );
    await until(
      `received of ${stream}`,
      async () => await number(`${stream}-received`),
      (count) => count > 0,
    );
    await isOpen(page, stream);
  }
}

/** Waits until every stream is open and has no failures to count, and the model has just begun an answer. */
export async function settled({ page, press, number, follow }: ConsolePage): Promise<void> {
  for (const stream of streams) {
    if (stream === 'llm') continue;
    await isOpen(page, stream);
    await until(
      `${stream} proved`,
      async () => await number(`${stream}-attempt`),
      (attempt) => attempt === 0,
    );
  }
  const entries = await follow();
  await press('llm', 'restart');
  await until('a new answer', entries, (seen) => {
    const phases = textsOf(seen, 'llm-phase');
    return phases.includes('connecting') && phases.at(-1) === 'open';
  });
}

/** What an element showed, in order. */
export function textsOf(entries: readonly Entry[], id: string): readonly string[] {
  return entries.filter((entry) => entry.id === id).map(({ text }) => text);
}

/** The numbers that an element showed, in order. */
export function numbersOf(entries: readonly Entry[], id: string): readonly number[] {
  return textsOf(entries, id).map((text) => Number(/\d+(?:\.\d+)?/.exec(text)?.[0] ?? NaN));
}

/**
 * Whether a stream was down, is open again, and has items since.
 *
 * The model closes its connection after every answer: only a wait is a sign of failure there.
 */
export function hasRecovered(entries: readonly Entry[], stream: Stream): boolean {
  const phase = `${stream}-phase`;
  const isDown = (text: string): boolean => (stream === 'llm' ? text === 'waiting' : text !== 'open');
  const down = entries.findIndex(({ id, text }) => id === phase && isDown(text));
  if (down < 0) return false;
  const up = entries.findIndex(({ id, text }, index) => index > down && id === phase && text === 'open');
  if (up < 0) return false;
  const received = numbersOf(entries.slice(up), `${stream}-received`);
  return (received.at(-1) ?? 0) > (received[0] ?? 0);
}

async function isOpen(page: Page, stream: Stream): Promise<void> {
  const phase = page.getByTestId(`${stream}-phase`);
  await until(
    `${stream} open`,
    async () => await phase.innerText(),
    (text) => text === 'open',
  );
}

async function numberOf(page: Page, id: string): Promise<number> {
  const element = page.getByTestId(id);
  const value = (await element.getAttribute('aria-valuenow')) ?? (await element.innerText());
  return value === '' ? NaN : Number(value);
}
