import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** What has moved or changed its size on this page. */
    layoutJumps?: string[];
  }
}

/** Notes from now on whatever moves or changes its size by itself. */
export async function watchLayout(page: Page): Promise<void> {
  await page.evaluate(() => {
    const jumps: string[] = [];
    window.layoutJumps = jumps;
    const nameOf = ({ localName, className, id }: Element): string => `${localName}.${className}#${id}`;
    // Text that is centred, or grows from below, moves within its box: nothing else does.
    const boxes = 'header, nav, main, section, p, h2, dl, dt, ul, button, .chart, .meter, .strip, .buttons';
    const began = performance.now();
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) {
        if (shift.startTime < began) continue;
        const sources = 'sources' in shift && Array.isArray(shift.sources) ? shift.sources : [];
        for (const { node } of sources) {
          if (node instanceof Element && node.matches(boxes)) jumps.push(`moved: ${nameOf(node)}`);
        }
      }
    }).observe({ type: 'layout-shift' });
    const sizes = new Map<Element, string>();
    const resized = new ResizeObserver((changes) => {
      for (const { target, contentRect } of changes) {
        const size = `${contentRect.width} x ${contentRect.height}`;
        const before = sizes.get(target);
        sizes.set(target, size);
        if (before !== undefined && before !== size) jumps.push(`${nameOf(target)}: ${before} to ${size}`);
      }
    });
    for (const box of document.querySelectorAll(boxes)) resized.observe(box);
  });
}

/** What has jumped since {@link watchLayout}. */
export async function layoutJumps(page: Page): Promise<readonly string[]> {
  return await page.evaluate(() => window.layoutJumps ?? ['nobody has watched']);
}
