import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileCheckpoint } from '../../../lib/node/file-checkpoint.js';
import { type ChildProgram, compileProgram } from './child-program.js';
import type { CheckpointProgramMode } from './checkpoint-program.js';

let program: ChildProgram | undefined;
let folder = '';
beforeAll(async () => {
  program = await compileProgram('spec/lib/node/checkpoint-program.ts');
}, 120_000);
afterAll(() => program?.dispose());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailrace-kill-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(mode: CheckpointProgramMode, ...args: readonly string[]): ReturnType<ChildProgram['start']> {
  if (program === undefined) throw new Error('nothing is compiled');
  return program.start(mode, ...args);
}

async function positionIn(path: string): Promise<string | undefined> {
  await using store = fileCheckpoint(path);
  return await store.load('posts');
}

describe('fileCheckpoint, of a process that is killed', () => {
  it('at any moment, has the last position that was acknowledged or the one under way', async () => {
    let saves = 0;
    const lane = async (path: string): Promise<void> => {
      for (let kills = 0; kills < 8; kills += 1) {
        // The lock of the process before is taken over, and its position gone on from.
        const child = start('save-on', path);
        await child.line(() => true);
        await sleep(Math.random() * 40);
        await child.kill();
        const acknowledged = Number(child.printed.at(-1));
        saves += child.printed.length;
        expect([acknowledged, acknowledged + 1]).toContain(Number(await positionIn(path)));
      }
    };
    await Promise.all([lane(join(folder, 'a')), lane(join(folder, 'b')), lane(join(folder, 'c'))]);
    expect(saves).toBeGreaterThan(24);
  }, 120_000);

  it('before each of the calls that a save makes, has the position before or the next one, and can be written', async () => {
    const found: (string | undefined)[] = [];
    for (let call = 1; ; call += 1) {
      const path = join(folder, `call-${call}`);
      {
        await using store = fileCheckpoint(path);
        await store.save('posts', 'first');
        await store.save('posts', 'before');
      }
      const child = start('die-at', path, String(call));
      const end = await child.ended;
      if (child.printed.includes('survived')) break;
      expect(end).toBe('SIGKILL');
      found.push(await positionIn(path));
      await using store = fileCheckpoint(path);
      await store.save('posts', 'after');
    }
    const renamed = found.indexOf('next');
    expect(found).toHaveLength(11);
    expect(found).toEqual(found.map((_, index) => (index < renamed ? 'before' : 'next')));
    // Eight calls make the new file and give it its name, three sync the folder.
    expect(renamed).toBe(8);
  }, 120_000);
});
