import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cruise, type CruiseReport } from './cruise.js';

const root = process.cwd();
const patience = 60_000;

/** One violation of each rule: the rule, the file that breaks it, its text. */
const planted: [rule: string, path: string, text: string][] = [
  ['lib-is-the-ground-floor', 'lib/climbs.ts', `import type { Up } from '../operators/good.js'; export type A = Up;`],
  ['lib-is-the-ground-floor', 'lib/climbs-to-spec.ts', `import { serve } from '../spec/servers/good.js'; serve();`],
  [
    'operators-import-only-lib',
    'operators/climbs.ts',
    `import type { Up } from '../sources/x/good.js'; export type A = Up;`,
  ],
  [
    'sources-import-only-down',
    'sources/x/climbs.ts',
    `import type { Up } from '../../apps/cli/good.js'; export type A = Up;`,
  ],
  [
    'sources-know-no-other-source',
    'sources/x/looks.ts',
    `import type { Up } from '../llm/good.js'; export type A = Up;`,
  ],
  ['apps-ship-no-spec', 'apps/demo/tests.ts', `import type { Up } from '../../spec/lib/good.js'; export type A = Up;`],
  ['only-the-demo-runs-servers', 'apps/cli/serves.ts', `import { serve } from '../../spec/servers/good.js'; serve();`],
  ['apps-know-no-other-app', 'apps/cli/borrows.ts', `import type { Up } from '../demo/good.js'; export type A = Up;`],
  ['no-circle', 'lib/egg.ts', `import type { Hen } from './hen.js'; export interface Egg { readonly from: Hen }`],
  ['no-node-builtins', 'lib/reads.ts', `import { readFileSync } from 'node:fs'; readFileSync('x');`],
  ['no-node-builtins', 'operators/reads.ts', `import type { Socket } from 'net'; export type A = Socket;`],
  ['no-node-builtins', 'sources/x/reads.ts', `export const hash = await import('node:crypto');`],
  ['no-way-into-lib-node', 'operators/saves.ts', `import { up } from '../lib/node/good.js'; up();`],
  ['angular-stands-alone', 'sources/x/injects.ts', `import { up } from '../../lib/angular/good.js'; up();`],
  [
    'angular-stands-alone',
    'lib/signals.ts',
    `import type { Signal } from '@angular/core'; export type A = Signal<number>;`,
  ],
  ['no-zod-on-the-ground-floor', 'lib/parses.ts', `import * as z from 'zod/mini'; z.string();`],
  ['shipped-code-uses-shipped-packages', 'lib/checks.ts', `import { assert } from 'fast-check'; assert();`],
  ['no-unresolvable', 'operators/lost.ts', `import { up } from './nowhere.js'; up();`],
];

/** What the planted files import, and neighbours that are allowed to do what the others are not. */
const allowed: [path: string, text: string][] = [
  ['lib/hen.ts', `import type { Egg } from './egg.js'; export interface Hen { readonly from: Egg }`],
  ['lib/config.ts', `import * as z from 'zod/mini'; z.string();`],
  ['lib/node/good.ts', `import { readFileSync } from 'node:fs'; export function up(): void { readFileSync('x'); }`],
  ['lib/angular/good.ts', `export function up(): void {}`],
  [
    'operators/good.ts',
    `import { map } from 'rxjs'; import type { Egg } from '../lib/egg.js'; map((x: Egg) => x); export type Up = 1;`,
  ],
  ['sources/x/good.ts', `import type { Up } from '../../operators/good.js'; export type { Up };`],
  ['sources/llm/good.ts', `import { z } from 'zod'; z.string(); export type Up = 1;`],
  ['apps/cli/good.ts', `import { readFileSync } from 'node:fs'; readFileSync('x'); export type Up = 1;`],
  ['apps/demo/good.ts', `import { serve } from '../../spec/servers/good.js'; serve(); export type Up = 1;`],
  [
    'spec/servers/good.ts',
    `import { createServer } from 'node:http'; export function serve(): void { createServer(); }`,
  ],
  ['spec/lib/good.ts', `import { up } from '../../lib/angular/good.js'; up(); export type Up = 1;`],
];

function plantTree(): string {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tmp/floors-'));
  const files = [...planted.map(([, path, text]) => [path, text] as const), ...allowed];
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const file of ['package.json', 'tsconfig.json'])
    writeFileSync(join(folder, file), readFileSync(join(root, file)));
  return folder;
}

describe('the floors of this tree', () => {
  it(
    'hold: no import goes up, sideways, in a circle, or out of reach',
    async () => {
      const { violations, totalCruised } = await cruise(root, root);
      expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
      expect(totalCruised).toBeGreaterThan(10);
    },
    patience,
  );
});

describe('the rules of the floors', () => {
  let folder = '';
  let report: CruiseReport = { violations: [], totalCruised: 0 };

  beforeAll(async () => {
    folder = plantTree();
    report = await cruise(root, folder);
  }, patience);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(planted)('%s catches %s', (rule, path) => {
    expect(report.violations.map((found) => `${found.rule.name} ${found.from}`)).toContain(`${rule} ${path}`);
  });

  it.each(allowed)('nothing is said against %s', (path) => {
    expect(report.violations.filter(({ from }) => from === path)).toEqual([]);
  });

  it('are each broken once above', () => {
    const rules = z
      .object({ forbidden: z.array(z.object({ name: z.string() })) })
      .parse(createRequire(import.meta.url)('../tools/dependency-cruiser.cjs'));
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(rules.forbidden.map(({ name }) => name)));
  });
});
