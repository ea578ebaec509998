import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileLock, takeFileLock } from '../../../lib/node/file-lock.js';
import { type Child, type ChildProgram, compileProgram } from './child-program.js';
import type { CheckpointProgramMode } from './checkpoint-program.js';

let program: ChildProgram | undefined;
let folder = '';
let path = '';
let children: Child[] = [];
let locks: FileLock[] = [];

beforeAll(async () => {
  program = await compileProgram('spec/lib/node/checkpoint-program.ts');
}, 120_000);
afterAll(() => program?.dispose());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailrace-lock-'));
  path = join(folder, 'posts');
});
afterEach(async () => {
  await Promise.all([...children.map((child) => child.kill()), ...locks.map((lock) => lock.release())]);
  [children, locks] = [[], []];
  await rm(folder, { recursive: true, force: true });
});

function start(mode: CheckpointProgramMode, file = path): Child {
  if (program === undefined) throw new Error('nothing is compiled');
  const child = program.start(mode, file);
  children.push(child);
  return child;
}

async function take(file = path): Promise<FileLock | undefined> {
  const lock = await takeFileLock(file);
  if (lock !== undefined) locks.push(lock);
  return lock;
}

const verdict = (line: string): boolean => line === 'held' || line === 'locked';

describe('a file lock', () => {
  it('is refused while another handle of this process has it, and free when that one lets go', async () => {
    const first = await take();
    expect(first).toBeDefined();
    expect(await take()).toBeUndefined();
    await first?.release();
    expect(await take()).toBeDefined();
  });

  it('is another one for another file, although the names begin alike', async () => {
    expect(await take()).toBeDefined();
    expect(await take(`${path}.lock.0123456789abcdef`)).toBeDefined();
    expect(await take(join(folder, 'post'))).toBeDefined();
  });

  it('leaves nothing behind when it is released or refused', async () => {
    const lock = await take();
    await take();
    expect(await readdir(folder)).toHaveLength(1);
    await lock?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused while another process has it, and free at once when that one is killed', async () => {
    const holder = start('lock');
    expect(await holder.line(verdict)).toBe('held');
    expect(await take()).toBeUndefined();
    await holder.kill();
    expect(await take()).toBeDefined();
    // what the dead one left is cleared away
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('stays with a process that is stopped, which may go on at any moment', async () => {
    const holder = start('lock');
    await holder.line(verdict);
    holder.process.kill('SIGSTOP');
    expect(await take()).toBeUndefined();
    holder.process.kill('SIGCONT');
    expect(await take()).toBeUndefined();
  });

  it('is free when its process has ended without releasing it', async () => {
    const holder = start('lock');
    await holder.line(verdict);
    holder.process.stdin?.end();
    // The lock itself keeps no process from its end.
    expect(await holder.ended).toBe(0);
    expect(await take()).toBeDefined();
  });

  it('goes to exactly one of several handles that want it at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const taken = (await Promise.all(Array.from({ length: 4 }, () => takeFileLock(path)))).filter(
        (lock) => lock !== undefined,
      );
      expect(taken).toHaveLength(1);
      await taken[0]?.release();
    }
  });

  it('of a killed process goes to exactly one of several processes that want it at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const dead = start('lock');
      const racers = Array.from({ length: 3 }, () => start('race'));
      await dead.line(verdict);
      await Promise.all(racers.map((racer) => racer.line((line) => line === 'ready')));
      await dead.kill();
      for (const racer of racers) racer.process.stdin?.write('go');
      const outcomes = await Promise.all(racers.map((racer) => racer.line(verdict)));
      expect(outcomes.sort()).toEqual(['held', 'locked', 'locked']);
      await Promise.all(racers.map((racer) => racer.kill()));
    }
  }, 120_000);

  it('holds where the folder has a longer name than the address of a socket', async () => {
    const deep = join(folder, 'd'.repeat(100), 'e'.repeat(100));
    await mkdir(deep, { recursive: true });
    const file = join(deep, 'posts');
    const holder = start('lock', file);
    expect(await holder.line(verdict)).toBe('held');
    expect(await take(file)).toBeUndefined();
    await holder.kill();
    const lock = await take(file);
    expect(lock).toBeDefined();
    await lock?.release();
    expect(await readdir(deep)).toEqual([]);
  });

  it('touches nothing beside it that is not its own', async () => {
    const strangers = ['posts.lock', 'posts.lock.bak', 'posts.lock.0123', 'posts.lock.0123456789ABCDEF', 'posts.new'];
    for (const name of strangers) await writeFile(join(folder, name), '');
    const lock = await take();
    await lock?.release();
    expect((await readdir(folder)).sort()).toEqual(strangers.sort());
  });

  it('gives way to a contender of a lower name, and not to one of a higher', async () => {
    const contender = createServer((socket) => socket.on('error', () => {}).end('trying'));
    contender.listen(`${path}.lock.${'0'.repeat(16)}`);
    await once(contender, 'listening');
    expect(await take()).toBeUndefined();
    contender.close();
    await once(contender, 'close');
    const higher = createServer((socket) => {
      higher.close();
      socket.on('error', () => {}).end('trying');
    });
    higher.listen(`${path}.lock.${'f'.repeat(16)}`);
    await once(higher, 'listening');
    expect(await take()).toBeDefined();
  });
});
