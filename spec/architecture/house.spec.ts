import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { readDoors } from '../tools/doors.js';
import { shownBy } from './shown-by.js';
import { filesBelow, hasDefaultExport, parse, reExports, activeExports } from './source-files.js';

const root = process.cwd();
const doors = new Set(readDoors(root).map(({ source }) => source));
const all = ['lib', 'operators', 'sources', 'apps', 'spec'].flatMap((folder) => filesBelow(root, folder));
const typescript = all.filter((path) => path.endsWith('.ts') && !path.startsWith('spec/bench/'));
const product = typescript.filter((path) => !path.startsWith('spec/'));

function source(text: string): ts.SourceFile {
  return ts.createSourceFile('planted.ts', text, ts.ScriptTarget.Latest, true);
}

describe('the top level', () => {
  it('holds nothing beyond the floors, the documents and the settings', () => {
    const known = new Set([
      ...['lib', 'operators', 'sources', 'apps', 'spec'],
      ...[
        'package.json',
        'package-lock.json',
        'tsconfig.json',
        'jest.config.js',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
      ],
      // made by commands, ignored by git
      ...['node_modules', 'dist', 'docs', 'coverage'],
    ]);
    const strays = readdirSync(root).filter(
      (name) => !name.startsWith('.') && !known.has(name) && !name.endsWith('.tgz'),
    );
    expect(strays).toEqual([]);
  });
});

describe('a file', () => {
  it('has at most 300 lines', () => {
    const long = typescript
      .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  it('and its folders have names that say something, in kebab-case', () => {
    const parts = product.flatMap((path) => path.split('/').map((part) => ({ path, part: part.replace(/\.ts$/, '') })));
    const empty = /^(utils?|helpers?|common|misc|types|constants|core|shared)$/;
    expect(parts.filter(({ part }) => empty.test(part)).map(({ path }) => path)).toEqual([]);
    expect(parts.filter(({ part }) => !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(part)).map(({ path }) => path)).toEqual([]);
  });

  it('has no default export', () => {
    expect(typescript.filter((path) => hasDefaultExport(parse(root, path)))).toEqual([]);
    expect(hasDefaultExport(source('export default function f(): void {}'))).toBe(true);
    expect(hasDefaultExport(source('const a = 1; export default a;'))).toBe(true);
  });

  it('re-exports only where it is a door', () => {
    const found = product
      .filter((path) => !doors.has(path))
      .flatMap((path) => reExports(parse(root, path)).map((name) => `${path}: ${name}`));
    expect(found).toEqual([]);
    expect(reExports(source(`export * from './a.js';`))).toHaveLength(1);
    expect(reExports(source(`export type { A } from './a.js';`))).toHaveLength(1);
    expect(reExports(source(`import { a, type B } from './a.js'; export { a as c, type B };`))).toEqual(['a', 'B']);
    expect(reExports(source(`import { a } from './a.js'; const b = a; export { b };`))).toEqual([]);
  });

  it('called index.ts is a door of package.json', () => {
    const barrels = product.filter((path) => basename(path) === 'index.ts' && !doors.has(path));
    expect(barrels).toEqual([]);
  });

  it('in operators/ exports the operator that it is named after', () => {
    const operators = filesBelow(root, 'operators').filter((path) => !doors.has(path));
    const misnamed = operators.filter((path) => !activeExports(parse(root, path)).includes(exportOf(path)));
    expect(misnamed).toEqual([]);
    expect(exportOf('operators/retry-backoff.ts')).toBe('retryBackoff');
  });
});

describe('a spec', () => {
  const tested = product.filter((path) => !path.startsWith('apps/') && !doors.has(path));

  it('stands at the same path as each file that does something', () => {
    const missing = tested
      .filter((path) => !(path in shownBy) && activeExports(parse(root, path)).length > 0)
      .filter((path) => !existsSync(join(root, specOf(path))));
    expect(missing).toEqual([]);
    expect(activeExports(source('export function f() {} export class C {} export const g = () => 1;'))).toHaveLength(3);
    expect(
      activeExports(source('export type A = 1; export interface B {} export const c = [1]; function d() {}')),
    ).toEqual([]);
  });

  it('of a file that is gone is gone too', () => {
    const mirrored = typescript.filter((path) => /^spec\/(lib|operators)\/.*\.spec\.ts$/.test(path));
    expect(mirrored.filter((path) => !subjectExists(path))).toEqual([]);
    expect(subjectExists('spec/lib/errors.spec.ts')).toBe(true);
    expect(subjectExists('spec/lib/errors-by-status.spec.ts')).toBe(true);
    expect(subjectExists('spec/lib/errors2.spec.ts')).toBe(false);
  });

  it('of another file shows it only where it has none of its own', () => {
    const stale = Object.entries(shownBy).filter(
      ([path, spec]) =>
        ![path, spec].every((one) => existsSync(join(root, one))) || existsSync(join(root, specOf(path))),
    );
    expect(stale).toEqual([]);
  });
});

function exportOf(path: string): string {
  return basename(path, '.ts').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function specOf(path: string): string {
  return `spec/${path.replace(/\.ts$/, '.spec.ts')}`;
}

/** A subject with much to say may have several specs: `sse.spec.ts`, `sse-chunking.spec.ts`. */
function subjectExists(spec: string): boolean {
  let subject = spec.slice('spec/'.length, -'.spec.ts'.length);
  while (!existsSync(join(root, `${subject}.ts`))) {
    const shorter = subject.replace(/[-.][^-./]+$/, '');
    if (shorter === subject) return false;
    subject = shorter;
  }
  return true;
}
