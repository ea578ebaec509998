import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesBehind } from './architecture/door-names.js';
import { undocumentedExports } from './architecture/documented.js';
import { publicNames } from './public-names.js';
import { readDoors } from './tools/doors.js';

const doors = readDoors();

describe('the doors of the package', () => {
  it('are the ones listed here', () => {
    expect(doors.map(({ specifier }) => specifier).sort()).toEqual(Object.keys(publicNames).sort());
  });

  it.each(doors)('$specifier exports these names and no other', async ({ specifier, source }) => {
    expect(await namesBehind(source)).toEqual(publicNames[specifier]);
  });

  it('say of everything they export, types included, what it is', () => {
    const sources = doors.map(({ source }) => source);
    expect(undocumentedExports(process.cwd(), sources)).toEqual([]);
  }, 120_000);
});

it('an export without documentation is found, in whatever file it stands', () => {
  const folder = '.tmp';
  mkdirSync(folder, { recursive: true });
  const root = mkdtempSync(join(folder, 'documented-'));
  try {
    writeFileSync(
      join(root, 'a.ts'),
      '/** Said. */\nexport const a = 1;\nexport interface B {}\n/** Said. */\nexport type C = 1;',
    );
    writeFileSync(join(root, 'index.ts'), `export * from './a.js';\nexport function d(): void {}\n`);
    expect(undocumentedExports(root, ['index.ts'])).toEqual(['index.ts: d', 'index.ts: B']);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
