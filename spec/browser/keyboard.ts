import type { Page } from 'playwright-core';

/** What has the focus. */
export interface TabStop {
  readonly tag: string;
  /** Its `data-testid`. */
  readonly id: string;
  readonly outlineStyle: string;
  readonly outlineWidth: string;
}

/** More than there are on the page. */
const maxStops = 100;

/** What the Tab key leads to, from the beginning of the page to its end, with how each shows that it has the focus. */
export async function tabStops(page: Page): Promise<readonly TabStop[]> {
  const stops: TabStop[] = [];
  while (stops.length < maxStops) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      return { tag: focused.tagName, id: focused.getAttribute('data-testid') ?? '', outlineStyle, outlineWidth };
    });
    // Past the last one the focus leaves the page, or begins anew.
    if (stop === undefined) return stops;
    stops.push(stop);
  }
  return stops;
}
