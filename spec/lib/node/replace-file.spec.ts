import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupOf, errnoOf, replaceFile } from '../../../lib/node/replace-file.js';
import { failureOf } from '../checkpoint-contract.js';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailrace-replace-'));
  path = join(folder, 'posts');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (file: string): Promise<string> => readFile(file, 'utf8');

describe('replaceFile', () => {
  it('makes a file that only its owner can read, and no backup, where there was none', async () => {
    await replaceFile(path, bytes('1'), 'to-backup');
    expect(await textOf(path)).toBe('1');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(errnoOf(await failureOf(() => stat(backupOf(path))))).toBe('ENOENT');
  });

  it('keeps the content before as the backup, for its owner only', async () => {
    for (const text of ['1', '2', '3']) await replaceFile(path, bytes(text), 'to-backup');
    expect([await textOf(path), await textOf(backupOf(path))]).toEqual(['3', '2']);
    expect((await stat(backupOf(path))).mode & 0o777).toBe(0o600);
  });

  it('leaves the backup as it is where the content before is dropped', async () => {
    for (const text of ['1', '2']) await replaceFile(path, bytes(text), 'to-backup');
    await replaceFile(path, bytes('3'), 'dropped');
    expect([await textOf(path), await textOf(backupOf(path))]).toEqual(['3', '1']);
  });

  it('takes no notice of what a killed process has left half written', async () => {
    await replaceFile(path, bytes('1'), 'to-backup');
    await writeFile(`${path}.tmp`, 'half of a much longer text', { mode: 0o644 });
    await replaceFile(path, bytes('2'), 'to-backup');
    expect(await textOf(path)).toBe('2');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('writes nothing through a link that stands in the way', async () => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'untouched');
    await symlink(victim, `${path}.tmp`);
    await replaceFile(path, bytes('1'), 'to-backup');
    expect([await textOf(victim), await textOf(path)]).toEqual(['untouched', '1']);
  });

  it('leaves everything as it was where it fails', async () => {
    for (const text of ['1', '2']) await replaceFile(path, bytes(text), 'to-backup');
    await mkdir(`${path}.tmp`);
    await failureOf(() => replaceFile(path, bytes('3'), 'to-backup'));
    expect([await textOf(path), await textOf(backupOf(path))]).toEqual(['2', '1']);
  });
});
