import type { BrowserContext, Page } from 'playwright-core';

/** Something that the page has shown. */
export interface Entry {
  /** The `data-testid` of the element. */
  readonly id: string;
  /** Its text; of a meter its value. */
  readonly text: string;
}

declare global {
  interface Window {
    /** What this page has shown, oldest first. */
    consoleJournal?: Entry[];
  }
}

/**
 * Has every page of a context write down what it shows from its first moment on: a phase that lasts an eighth of a second would be gone
 * between two looks from outside.
 */
export async function keepJournal(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const journal: Entry[] = [];
    window.consoleJournal = journal;
    const followed = /-(?:phase|next-try|received|rate|unacked|error|fault-note)$/;
    const last = new Map<string, string>();
    new MutationObserver((changes) => {
      const elements = new Set(
        changes.map(({ target }) => (target instanceof Element ? target : target.parentElement)),
      );
      for (const element of elements) {
        const shown = element?.closest('[data-testid]');
        const id = shown?.getAttribute('data-testid') ?? '';
        if (!followed.test(id)) continue;
        const text = (shown?.getAttribute('aria-valuenow') ?? shown?.textContent ?? '').replace(/\s+/g, ' ').trim();
        if (last.get(id) === text) continue;
        last.set(id, text);
        journal.push({ id, text });
      }
    }).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ['aria-valuenow'],
    });
  });
}

/** What the page has shown since a place in its journal. */
export async function entriesSince(page: Page, since: number): Promise<readonly Entry[]> {
  return await page.evaluate((from) => (window.consoleJournal ?? []).slice(from), since);
}

/** The place in the journal where the next entry will be. */
export async function journalEnd(page: Page): Promise<number> {
  return await page.evaluate(() => window.consoleJournal?.length ?? 0);
}
