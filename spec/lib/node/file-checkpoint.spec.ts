import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type FileCheckpoint, fileCheckpoint, type FileCheckpointOptions } from '../../../lib/node/file-checkpoint.js';
import { describeCheckpoint, failureOf } from '../checkpoint-contract.js';

const canary = 'canary-77';
let folder = '';
let path = '';
let stores: FileCheckpoint[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `tailrace-${canary}-`));
  path = join(folder, 'posts');
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  stores = [];
  await rm(folder, { recursive: true, force: true });
});

function open(options: FileCheckpointOptions = {}, file = path): FileCheckpoint {
  const store = fileCheckpoint(file, options);
  stores.push(store);
  return store;
}

async function reopen(): Promise<FileCheckpoint> {
  await Promise.all(stores.map((store) => store.close()));
  return open();
}

/** Saves each position in turn, and lets the file go. */
async function saveAll(...positions: readonly string[]): Promise<void> {
  const store = open();
  for (const position of positions) await store.save('posts', position);
  await store.close();
}

/** All that a log could show of an error. */
function allOf(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true });
}

describeCheckpoint('fileCheckpoint', async () => open(), reopen);
describeCheckpoint('fileCheckpoint without a lock', async () => open({ lock: 'none' }));

describe('fileCheckpoint', () => {
  it('opens and makes nothing before it is used', async () => {
    const store = open();
    await store.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes for its owner only', async () => {
    await saveAll('1', '2');
    for (const file of [path, `${path}.bak`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('writes to the file that a symbolic link points at, and locks that one', async () => {
    await saveAll('1');
    const alias = join(folder, 'alias');
    await symlink(path, alias);
    const store = open({}, alias);
    expect(await store.load('posts')).toBe('1');
    expect(await failureOf(() => open().load('posts'))).toMatchObject({ code: 'locked' });
    await store.save('posts', '2');
    expect(await readFile(path, 'utf8')).toContain('["posts","2"]');
  });

  it.each([
    ['no path', () => fileCheckpoint(JSON.parse('""')), /option "path" must be a path without NUL, got an empty text/],
    ['a NUL in it', () => fileCheckpoint(`${canary}\0`), /option "path" must be a path without NUL, got a string/],
    ['a number', () => fileCheckpoint(JSON.parse('7')), /option "path" must be a path without NUL, got 7/],
    ['an unknown way', () => fileCheckpoint('x', JSON.parse('{"recover":"zero"}')), /option "recover" must be one of/],
    ['an unknown option', () => fileCheckpoint('x', JSON.parse('{"sync":false}')), /unknown option "sync"/],
  ])('refuses %s at once', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

describe('fileCheckpoint, on its lock', () => {
  it('refuses a second writer, and lets it in when the first has closed', async () => {
    const [first, second] = [open(), open()];
    await first.save('posts', '1');
    for (const call of [() => second.load('posts'), () => second.save('posts', '9')]) {
      expect(await failureOf(call)).toMatchObject({ name: 'StreamError', errorType: 'fatal_error', code: 'locked' });
    }
    await first.close();
    expect(await second.load('posts')).toBe('1');
  });

  it('finishes what was asked for when it is closed, and takes nothing more', async () => {
    const store = open();
    await store.save('posts', '1');
    let saved = false;
    void store.save('posts', '2').then(() => (saved = true));
    await Promise.all([store.close(), store.close()]);
    // Later, and another process could have written meanwhile.
    expect(saved).toBe(true);
    for (const call of [() => store.load('posts'), () => store.save('posts', '9'), () => store.delete('posts')]) {
      expect(await failureOf(call)).toMatchObject({ code: 'store_closed' });
    }
    expect(await (await reopen()).load('posts')).toBe('2');
  });

  it('is closed at the end of `await using`', async () => {
    {
      await using store = fileCheckpoint(path);
      await store.save('posts', '1');
    }
    expect(await open().load('posts')).toBe('1');
  });

  it('lets go of a file that it could not read', async () => {
    await writeFile(path, 'rubbish');
    await failureOf(() => open().load('posts'));
    await rm(path);
    expect(await open().load('posts')).toBeUndefined();
  });
});

describe('fileCheckpoint, on damage', () => {
  /** What can become of a file, and whether the one before is left. */
  const spoilt: [name: string, spoil: () => Promise<unknown>][] = [
    ['cut off', () => truncate(path, 40)],
    ['emptied', () => truncate(path, 0)],
    ['zeroed', async () => writeFile(path, Buffer.alloc((await stat(path)).size))],
    ['something else', () => writeFile(path, '{"name":"a-package"}')],
    ['wrong in the middle', async () => writeFile(path, (await readFile(path, 'utf8')).replace('"2"', '"3"'))],
    ['larger than any', () => truncate(path, 17 * 1_024 * 1_024)],
    ['a folder', () => rm(path).then(() => mkdir(path))],
    ['gone, and its backup is not', () => rm(path)],
  ];

  it.each(spoilt)('never starts from zero where the file is %s, and says the way out', async (_, spoil) => {
    await saveAll('1', '2');
    await spoil();
    const before = await readdir(folder);
    for (const call of [() => open().load('posts'), () => open().save('posts', '9')]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({
        errorType: 'fatal_error',
        code: 'damaged',
        message: expect.stringMatching(/recover: 'backup' starts from/),
      });
      expect(allOf(error)).not.toContain(canary);
    }
    expect(await readdir(folder)).toEqual(before);
  });

  it.each(spoilt.slice(0, 6))('starts from the backup where the file is %s and it is told to', async (_, spoil) => {
    await saveAll('1', '2');
    await spoil();
    const store = open({ recover: 'backup' });
    expect(await store.load('posts')).toBe('1');
    await store.close();
    // Still so: reading mends nothing, and the backup outlives the first save.
    expect(await failureOf(() => open().load('posts'))).toMatchObject({ code: 'damaged' });
    const again = open({ recover: 'backup' });
    await again.save('posts', '5');
    expect(await readFile(`${path}.bak`, 'utf8')).toContain('["posts","1"]');
    await again.save('posts', '6');
    expect(await readFile(`${path}.bak`, 'utf8')).toContain('["posts","5"]');
    expect(await (await reopen()).load('posts')).toBe('6');
  });

  it('starts from the backup where the file is gone and it is told to', async () => {
    await saveAll('1', '2');
    await rm(path);
    expect(await open({ recover: 'backup' }).load('posts')).toBe('1');
  });

  it('says so where the backup is of no use either', async () => {
    await saveAll('1', '2');
    await truncate(path, 5);
    await truncate(`${path}.bak`, 5);
    const error = await failureOf(() => open({ recover: 'backup' }).load('posts'));
    expect(error).toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/its backup "<path>\.bak" is of no use either/),
    });
    await rm(`${path}.bak`);
    expect(await failureOf(() => open({ recover: 'backup' }).load('posts'))).toMatchObject({ code: 'damaged' });
  });

  it('goes by the file where that is whole, whatever its backup is', async () => {
    await saveAll('1', '2');
    await writeFile(`${path}.bak`, 'rubbish');
    expect(await open({ recover: 'backup' }).load('posts')).toBe('2');
  });

  it('starts from nothing where both files are gone', async () => {
    await saveAll('1', '2');
    await rm(path);
    await rm(`${path}.bak`);
    expect(await open().load('posts')).toBeUndefined();
  });

  it('takes no notice of a new file that was torn at any byte before it had its name', async () => {
    await saveAll('1', '2');
    await copyFile(path, `${path}.copy`);
    const whole = await readFile(path);
    for (let length = 0; length <= whole.length; length += 1) {
      await writeFile(`${path}.tmp`, whole.subarray(0, length));
      const store = fileCheckpoint(path, { lock: 'none' });
      expect(await store.load('posts')).toBe('2');
      if (length % 10 === 0) await store.save('posts', '2');
    }
  });
});

describe('fileCheckpoint, where the platform refuses', () => {
  it('says what it said and no path, when there is no such folder', async () => {
    const error = await failureOf(() => open({}, join(folder, 'nowhere', 'posts')).save('posts', '1'));
    expect(error).toMatchObject({
      errorType: 'fatal_error',
      code: 'store_failed',
      message: 'fileCheckpoint: opening the file of option "path" failed (ENOENT)',
    });
    expect(error).not.toHaveProperty('cause');
    expect(allOf(error)).not.toContain(canary);
  });

  it('opens the file at the next call when it could not at the first', async () => {
    const store = open({}, join(folder, 'later', 'posts'));
    await failureOf(() => store.save('posts', '1'));
    await mkdir(join(folder, 'later'));
    await store.save('posts', '2');
    expect(await store.load('posts')).toBe('2');
  });

  it('keeps what it has when a save fails, and saves the next', async () => {
    const store = open();
    await store.save('posts', '1');
    await mkdir(`${path}.tmp`);
    const error = await failureOf(() => store.save('posts', '2'));
    expect(error).toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/^fileCheckpoint: writing .* \(ERR_FS_EISDIR\)$/),
    });
    expect(allOf(error)).not.toContain(canary);
    expect(await store.load('posts')).toBe('1');
    await rmdir(`${path}.tmp`);
    await store.save('posts', '3');
    expect(await (await reopen()).load('posts')).toBe('3');
  });
});
