import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { type ConsolePage, itemsInAllPanes, openConsole, type PageLook } from './console-page.js';
import { type ConsoleProcess, startConsoleProcess } from './console-process.js';

/** A console and a browser to look at it. */
export interface ConsoleRun {
  readonly server: ConsoleProcess;
  /** What any of the pages said that it should not have. */
  readonly complaints: readonly string[];
  /** Opens a tab, and waits until there are items in all four panes. */
  open(look?: PageLook): Promise<ConsolePage>;
  /** Ends both, whatever they are doing. */
  end(): Promise<void>;
}

const wide: PageLook = { width: 1_280, height: 900, colorScheme: 'light' };

/** Starts both. Errors: there is no Chromium; the console does not start. */
export async function startRun(): Promise<ConsoleRun> {
  // Before the console, which may take minutes: that there is none is said at once.
  const browser = await launchChromium();
  const server = await started(browser);
  const complaints: string[] = [];
  return {
    server,
    complaints,
    open: async (look = wide) => {
      const tab = await openConsole(browser, server.url, { look, complaints });
      await itemsInAllPanes(tab);
      return tab;
    },
    end: async () => {
      server.kill();
      await browser.close();
    },
  };
}

async function started(browser: Browser): Promise<ConsoleProcess> {
  try {
    return await startConsoleProcess();
  } catch (error) {
    await browser.close();
    throw error;
  }
}
