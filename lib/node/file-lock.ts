import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './replace-file.js';

/** The sole right to write a file. */
export interface FileLock {
  /** Gives it up. Never rejects. */
  release(): Promise<void>;
}

/** A process that is stopped or busy for longer than this counts as the holder: it may go on at any moment. */
const answerLimit = 2_000;
/** For contenders that came at the same moment to sort themselves out; each needs some milliseconds. */
const contestLimit = 5_000;
/** The address of a socket holds 103 bytes on macOS, 107 on Linux; the rest is for the name. */
const longestAddress = 103;

/**
 * Takes the lock of `path`; `undefined` where somebody else has it: another process, another container on the same machine,
 * or another handle of this process.
 *
 * The lock is a listening socket beside the file, `<path>.lock.<random>`. The kernel closes it with its process, so that it is
 * free at once after `kill -9`, and it stays held by a process that is stopped or busy: no age, heartbeat or process id is
 * guessed at. Whoever comes makes a socket of their own first and then looks for others that are alive. Of two, the later one
 * sees the earlier one, so both can never win; of contenders the lowest name goes on. Names are random and a dead
 * socket never comes back to life, so that clearing one away cannot hit a living one.
 *
 * Holds among all processes of one machine that see the same folder. Machines that share a network file system are not kept
 * apart. On Windows it is a named pipe, which only one process can make.
 *
 * Errors: what the platform gives, with paths in it; `EINVAL` or `ENAMETOOLONG` outside Linux where the folder's name is
 * longer than a socket's address may be.
 */
export async function takeFileLock(path: string): Promise<FileLock | undefined> {
  if (process.platform === 'win32') return takePipe(path);
  const place = await openPlace(path);
  try {
    for (;;) {
      const outcome = await enter(place);
      if (outcome !== 'again') return outcome;
    }
  } finally {
    await place.close();
  }
}

interface Place {
  readonly folder: string;
  readonly prefix: string;
  /** The address of a socket in the folder. */
  address(name: string): string;
  close(): Promise<void>;
}

async function openPlace(path: string): Promise<Place> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.lock.`;
  const fits = Buffer.byteLength(join(folder, `${prefix}${'0'.repeat(16)}.new`)) <= longestAddress;
  if (fits || process.platform !== 'linux') {
    return { folder, prefix, address: (name) => join(folder, name), close: async () => undefined };
  }
  // The short way around: the name that Linux gives to an open folder.
  const handle = await open(folder, 'r');
  return { folder, prefix, address: (name) => `/proc/self/fd/${handle.fd}/${name}`, close: () => handle.close() };
}

async function enter(place: Place): Promise<FileLock | undefined | 'again'> {
  const own = place.prefix + randomBytes(8).toString('hex');
  const path = join(place.folder, own);
  let held = false;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.unref().end(held ? 'held' : 'trying');
  });
  const release = async (): Promise<void> => {
    await rm(path, { force: true }).catch(() => undefined);
    server.close();
  };
  try {
    await listen(server, place.address(`${own}.new`));
    // Seen only once it listens: before, it refuses like a dead one. Somebody who came by just then has cleared it away.
    if (!(await renamed(`${path}.new`, path))) {
      await release();
      return 'again';
    }
    held = await outlasts(place, own);
  } catch (error) {
    await release();
    throw error;
  }
  if (held) return { release };
  await release();
  return undefined;
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Whether nobody is left to give way to. */
async function outlasts(place: Place, own: string): Promise<boolean> {
  const end = performance.now() + contestLimit;
  for (;;) {
    const rivals = await livingRivals(place, own);
    if (rivals.length === 0) return true;
    const outdone = rivals.some(({ name, state }) => state === 'held' || (state === 'trying' && name < own));
    if (outdone || performance.now() > end) return false;
    // The others give way to the lower name, or have become the holder.
    await sleep(5);
  }
}

/** `unclear`: it closed before it had answered; the next look tells. */
type RivalState = 'held' | 'trying' | 'unclear';

interface Rival {
  readonly name: string;
  readonly state: RivalState | 'dead' | 'gone';
}

async function livingRivals({ folder, prefix, address }: Place, own: string): Promise<Rival[]> {
  const names = (await readdir(folder)).filter(
    (name) => name !== own && name.startsWith(prefix) && /^[0-9a-f]{16}(\.new)?$/.test(name.slice(prefix.length)),
  );
  const rivals = await Promise.all(names.map(async (name) => ({ name, state: await ask(address(name)) })));
  for (const { name, state } of rivals) {
    if (state === 'dead') await rm(join(folder, name), { force: true });
  }
  // What still has to take its name will look around after that, and give way.
  return rivals.filter(({ name, state }) => state !== 'dead' && state !== 'gone' && !name.endsWith('.new'));
}

function ask(address: string): Promise<Rival['state']> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = createConnection(address);
    socket.setEncoding('latin1').setTimeout(answerLimit, () => {
      answer = 'held';
      socket.destroy();
    });
    socket.on('data', (text: string) => {
      // Longer than any answer: not one of us, and alive.
      answer = (answer + text).slice(0, 16);
    });
    socket.on('end', () => socket.destroy());
    socket.on('error', (error) => {
      const code = errnoOf(error);
      if (code === 'ECONNREFUSED') resolve('dead');
      else if (code === 'ENOENT') resolve('gone');
      // A process of another user, or one so long stopped that its queue is full: alive.
      else if (code !== 'ECONNRESET' && code !== 'EPIPE') resolve('held');
    });
    socket.on('close', () => resolve(answer === '' ? 'unclear' : answer === 'trying' ? 'trying' : 'held'));
  });
}

async function takePipe(path: string): Promise<FileLock | undefined> {
  const server = createServer((socket) => void socket.destroy());
  const name = createHash('sha256').update(path.toLowerCase()).digest('hex');
  try {
    await listen(server, `\\\\.\\pipe\\tailrace-${name}`);
  } catch (error) {
    if (errnoOf(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
  return { release: async () => void server.close() };
}

/** `exclusive`: in a cluster the primary would listen for its workers, and all of them would have the lock. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    // A lock must not keep a process from its end.
    server.unref().listen({ path, exclusive: true }, resolve);
  });
}
