import type { AxeResults } from 'axe-core';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * The serious and critical violations that axe-core finds on a page as it is now, with the elements.
 *
 * It is evaluated by the debugger of the browser, which the policy of the page does not bind.
 */
export async function graveViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  // The size of targets is checked by nobody who does not ask for it.
  const options = JSON.stringify({ rules: { 'target-size': { enabled: true } } });
  const { violations, passes } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  // A rule that fails to run is not among them, and finds nothing either.
  const passed = passes.map(({ id }) => id);
  if (!passed.includes('color-contrast') || !passed.includes('target-size')) {
    throw new Error(`axe has looked at little: only ${passed.join(', ')} passed`);
  }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
