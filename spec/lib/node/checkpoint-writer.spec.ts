import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoints } from '../../../lib/node/checkpoint-content.js';
import { type CheckpointWriter, checkpointWriter } from '../../../lib/node/checkpoint-writer.js';
import { backupOf } from '../../../lib/node/replace-file.js';
import { failureOf } from '../checkpoint-contract.js';

let folder = '';
let path = '';
let writer: CheckpointWriter;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailrace-writer-'));
  path = join(folder, 'posts');
  writer = checkpointWriter(path, { positions: new Map(), previous: 'to-backup' });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a file holds; the backup is what stood there one write earlier, so that the two together count writes. */
async function held(file: string): Promise<Record<string, string> | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  const positions = bytes === undefined ? undefined : decodeCheckpoints(bytes);
  return positions === undefined ? undefined : Object.fromEntries(positions);
}

describe('checkpointWriter', () => {
  it('writes changes that were asked for at once in one write', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => writer.change(`stream ${index}`, '1')));
    expect(Object.keys((await held(path)) ?? {})).toHaveLength(100);
    expect(await held(backupOf(path))).toBeUndefined();
  });

  it('writes changes asked for during a write together in the next one', async () => {
    const first = writer.change('posts', '0');
    // The first write has begun, and has not come far.
    await Promise.resolve();
    await Promise.all(Array.from({ length: 100 }, (_, index) => writer.change('posts', String(index + 1))));
    await first;
    expect([await held(path), await held(backupOf(path))]).toEqual([{ posts: '100' }, { posts: '0' }]);
  });

  it('resolves a change once it is in the file, and not before', async () => {
    const first = writer.change('posts', '1');
    expect(await held(path)).toBeUndefined();
    await first;
    expect(await held(path)).toEqual({ posts: '1' });
  });

  it('shows what is saved, after the writes that are under way', async () => {
    void writer.change('posts', '1');
    // The first write has begun: what follows waits for the second.
    await Promise.resolve();
    const seen = writer.load('posts');
    void writer.change('posts', '2');
    expect([await seen, await writer.load('posts')]).toEqual(['1', '2']);
    await writer.idle();
  });

  it('rejects all changes of a write that failed, forgets them, and writes the next', async () => {
    await writer.change('posts', '1');
    await mkdir(`${path}.tmp`);
    const failures = [failureOf(() => writer.change('posts', '2')), failureOf(() => writer.change('blocks', '7'))];
    expect(await Promise.all(failures)).toEqual(Array(2).fill(expect.objectContaining({ code: 'ERR_FS_EISDIR' })));
    expect(await writer.load('posts')).toBe('1');
    await rmdir(`${path}.tmp`);
    await writer.change('users', '3');
    expect(await held(path)).toEqual({ posts: '1', users: '3' });
  });

  it('refuses to write more than 16 MiB and keeps what it has', async () => {
    const large = new Map(Array.from({ length: 255 }, (_, index) => [`stream ${index}`, 'x'.repeat(65_536)]));
    writer = checkpointWriter(path, { positions: large, previous: 'to-backup' });
    await writer.change('posts', '1');
    const error = await failureOf(() => writer.change('one too many', 'x'.repeat(65_536)));
    expect(error).toMatchObject({ errorType: 'fatal_error', code: 'quota_exceeded' });
    expect(await writer.load('one too many')).toBeUndefined();
    await writer.change('stream 0', undefined);
    expect(await writer.load('posts')).toBe('1');
  });

  it('keeps the backup through its first write where the content before is of no use', async () => {
    await writer.change('posts', '1');
    await writer.change('posts', '2');
    writer = checkpointWriter(path, { positions: new Map([['posts', '1']]), previous: 'dropped' });
    await writer.change('posts', '3');
    expect([await held(path), await held(backupOf(path))]).toEqual([{ posts: '3' }, { posts: '1' }]);
    await writer.change('posts', '4');
    expect(await held(backupOf(path))).toEqual({ posts: '3' });
  });
});
