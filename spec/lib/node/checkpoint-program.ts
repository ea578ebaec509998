import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { fileCheckpoint } from '../../../lib/node/file-checkpoint.js';
import { takeFileLock } from '../../../lib/node/file-lock.js';

/** What the program does to the file of its second argument. */
export type CheckpointProgramMode =
  /** Goes on from the position it finds and saves the next ones until it is killed; prints each that is saved. */
  | 'save-on'
  /** Saves one position and kills itself before the file system call of that number; prints `survived` where there are fewer. */
  | 'die-at'
  /** Takes the lock, prints `held` or `locked`, and stays until its input ends. */
  | 'lock'
  /** The same, but prints `ready` first and waits for input. */
  | 'race';

const [, , mode = '', path = '', argument = '0'] = process.argv;
const modes: Record<CheckpointProgramMode, () => Promise<void>> = {
  'save-on': async () => {
    const store = fileCheckpoint(path);
    const found = Number((await store.load('posts')) ?? 0);
    for (let position = found + 1; ; position += 1) {
      await store.save('posts', String(position));
      print(String(position));
    }
  },
  'die-at': async () => {
    const store = fileCheckpoint(path);
    await store.load('posts');
    await dieBefore(Number(argument));
    await store.save('posts', 'next');
    print('survived');
    process.exit();
  },
  lock: async () => {
    print((await takeFileLock(path)) === undefined ? 'locked' : 'held');
    await inputEnd();
  },
  race: async () => {
    print('ready');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    await modes.lock();
  },
};

function isMode(text: string): text is CheckpointProgramMode {
  return text in modes;
}
if (isMode(mode)) await modes[mode]();

/** At once: what was printed is with the parent even when the next call is the last. */
function print(line: string): void {
  writeSync(1, `${line}\n`);
}

function inputEnd(): Promise<void> {
  return new Promise((resolve) => process.stdin.on('end', resolve).resume());
}

/** Counts the calls that change something on the disc, and kills the process in place of the one of that number. */
async function dieBefore(number: number): Promise<void> {
  let calls = 0;
  const deadly = (target: object, name: string): void => {
    const real: unknown = Reflect.get(target, name);
    if (typeof real !== 'function') throw new Error(`there is no ${name}`);
    Reflect.set(target, name, function (this: unknown, ...args: unknown[]): unknown {
      calls += 1;
      if (calls === number) process.kill(process.pid, 'SIGKILL');
      return Reflect.apply(real, this, args);
    });
  };
  const handle = await fs.open(process.execPath, 'r');
  for (const name of ['writeFile', 'sync']) deadly(Object.getPrototypeOf(handle), name);
  await handle.close();
  const openReal = fs.open;
  // Each handle has a `close` of its own.
  fs.open = async (...args) => {
    const opened = await openReal(...args);
    deadly(opened, 'close');
    return opened;
  };
  for (const name of ['open', 'rm', 'link', 'rename', 'copyFile']) deadly(fs, name);
  syncBuiltinESMExports();
}
