import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { filesBelow } from './architecture/source-files.js';
import { compileExamples, transpileExample } from './examples/compile.js';
import { jsDocExamples, markdownExamples, uncheckedFences } from './examples/extract.js';
import { startOrigin } from './examples/origin.js';

const root = process.cwd();
const patience = 120_000;
const run = promisify(execFile);
let folder = '';

beforeAll(() => {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  // inside the project, so that the examples resolve rxjs and zod as a reader's own files would
  folder = mkdtempSync(join(root, '.tmp/docs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function readme(): string {
  return existsSync(join(root, 'README.md')) ? read('README.md') : '';
}

describe('README.md', () => {
  it('is there, with examples in ts, and none that would go unchecked', () => {
    expect(existsSync(join(root, 'README.md'))).toBe(true);
    expect(markdownExamples('README.md', readme())).not.toEqual([]);
    expect(uncheckedFences(readme())).toEqual([]);
  });

  it(
    'has examples marked `ts run` that run to their end',
    async () => {
      const examples = markdownExamples('README.md', readme()).filter((example) => example.run);
      if (examples.length === 0) return;
      await run(process.execPath, ['spec/tools/build-if-needed.js'], { cwd: root });
      const origin = await startOrigin();
      try {
        for (const example of examples) {
          const env = { ...process.env, ...origin.env };
          await run(process.execPath, [transpileExample(folder, example)], { cwd: root, env, timeout: 20_000 });
        }
      } finally {
        await origin.close();
      }
    },
    patience,
  );
});

describe('every example', () => {
  it(
    'of README.md and of the documentation comments compiles with the types of this tree',
    () => {
      const sources = ['lib', 'operators', 'sources'].flatMap((floor) => filesBelow(root, floor));
      const examples = [
        ...markdownExamples('README.md', readme()),
        ...sources.filter((path) => path.endsWith('.ts')).flatMap((path) => jsDocExamples(path, read(path))),
      ];
      expect(examples).not.toEqual([]);
      expect(compileExamples(root, join(folder, 'all'), examples)).toEqual([]);
    },
    patience,
  );

  it(
    'that is wrong is reported with file and line',
    () => {
      const wrong = ['# A', '', '```ts', `import { map } from 'rxjs';`, 'const x: number = map;', '```', ''].join('\n');
      const missing = [
        '/**',
        ' * A.',
        ' *',
        ' * @example',
        ' * ```ts',
        ` * import { no } from 'tailrace';`,
        ' * ```',
        ' */',
      ];
      const examples = [...markdownExamples('A.md', wrong), ...jsDocExamples('lib/b.ts', missing.join('\n'))];
      expect(compileExamples(root, join(folder, 'wrong'), examples)).toEqual([
        expect.stringMatching(/^A\.md:5 Type .* is not assignable to type 'number'/),
        expect.stringMatching(/^lib\/b\.ts:6 Module .* has no exported member 'no'/),
      ]);
    },
    patience,
  );
});

describe('finding examples', () => {
  it('takes blocks fenced as ts and ts run, with their lines, and leaves the others', () => {
    const text = [
      '```sh',
      'npm i',
      '```',
      '- list',
      '  ```ts run',
      '  a();',
      '  ```',
      '```ts',
      'b();',
      '',
      'c();',
      '```',
    ];
    expect(markdownExamples('R.md', text.join('\n'))).toEqual([
      { path: 'R.md', line: 6, code: 'a();', run: true },
      { path: 'R.md', line: 9, code: 'b();\n\nc();', run: false },
    ]);
  });

  it('takes what follows @example up to the next tag or the end of the comment', () => {
    const text = [
      '/**',
      ' * @example',
      ' * ```ts',
      ' * @Decorated()',
      ' * ```',
      ' * @see x',
      ' */',
      'const notThis = 1;',
      '  /**',
      '   * @example',
      '   * bare();',
      '   */',
      '/** @example one(); */',
    ];
    expect(jsDocExamples('a.ts', text.join('\n'))).toEqual([
      { path: 'a.ts', line: 4, code: '@Decorated()', run: false },
      { path: 'a.ts', line: 11, code: 'bare();', run: false },
    ]);
  });

  it('names the fences that would hide code from the check', () => {
    expect(uncheckedFences('```ts\n```\n```typescript\n```\n```ts run\n```\n```js\n```\n```ts ignore\n```')).toEqual([
      'typescript',
      'js',
      'ts ignore',
    ]);
  });
});
