import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  checkOption,
  checkOptions,
  oneOf,
  type OptionRule,
  type OptionRules,
  requireOption,
} from '../check-options.js';
import { checkCheckpointKey, checkCheckpointPosition, checkpointError, type CheckpointStore } from '../checkpoint.js';
import { isStreamError } from '../errors.js';
import { readPositions } from './checkpoint-content.js';
import { type CheckpointWriter, checkpointWriter } from './checkpoint-writer.js';
import { type FileLock, takeFileLock } from './file-lock.js';
import { errnoOf } from './replace-file.js';

/** What to do about damage, and whether others are kept out. */
export interface FileCheckpointOptions {
  /**
   * What to do where the file is damaged, or missing beside its backup. `'backup'` starts from `<path>.bak`, the content before
   * the last save: what came since then comes again. @default undefined: an error with code `damaged`
   */
  recover?: 'backup' | undefined;
  /**
   * Whether other writers are kept out. `'none'` is for file systems that know no sockets, and only where nobody else can
   * write the file. @default 'exclusive'
   */
  lock?: 'exclusive' | 'none' | undefined;
}

/** Positions in a file. Close it to let another process have it. */
export interface FileCheckpoint extends CheckpointStore, AsyncDisposable {
  load(key: string): Promise<string | undefined>;
  save(key: string, position: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Waits for saves that are under way, then gives the file free. A second call does nothing more. Never rejects. */
  close(): Promise<void>;
}

const filePath: OptionRule = {
  expected: 'a path without NUL',
  test: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
};
const rules: OptionRules<FileCheckpointOptions> = { recover: oneOf('backup'), lock: oneOf('exclusive', 'none') };

/**
 * Keeps positions in a file that survives `kill -9` and loss of power at any point: it then holds the last position whose
 * `save` had resolved, or the one whose `save` was under way.
 *
 * Nothing is opened before the first `load`, `save` or `delete`. Each save writes a new file of mode 0600, syncs it, renames it over
 * the old one and syncs the folder: 1 to 10 ms, as the disc is. Saves called meanwhile share the next write. The content before
 * is kept as `<path>.bak`; `<path>.tmp` and `<path>.lock.*` belong to it too. A symbolic link is followed once, on opening. The folder must
 * exist. On Windows, where a folder cannot be synced, a loss of power may bring the position before back.
 *
 * One writer at a time: the lock is a socket beside the file that the kernel closes with its process. A killed process leaves it free
 * at once, a stopped one keeps it. It keeps apart all processes and containers of one machine that see the same folder, and two
 * handles of one process. It does **not** keep apart machines that share a network file system. Neither lock nor file keeps a
 * process from its end.
 *
 * Errors: `locked` (another writer, retry when it is gone), `damaged` (a byte of the file is missing or wrong, or it is none of
 * ours; it is left as it is, and nothing ever starts from zero in silence), `quota_exceeded` (more than 16 MiB),
 * `position_too_large`, `store_failed` (with the platform's code, such as ENOSPC; the same call may be made again),
 * `store_closed`. No message holds a path. A `TypeError` at once for wrong options.
 *
 * @example
 * import { fileCheckpoint } from 'tailrace/node';
 *
 * const store = fileCheckpoint('posts.checkpoint');
 * console.log('resuming after', await store.load('posts'));
 * await store.save('posts', '1234');
 * await store.close();
 */
export function fileCheckpoint(path: string, options: FileCheckpointOptions = {}): FileCheckpoint {
  requireOption('fileCheckpoint', 'path', path);
  checkOption('fileCheckpoint: option "path"', filePath, path);
  checkOptions('fileCheckpoint', rules, options);
  // Now: a program may change its folder before the first save.
  const absolute = resolve(path);
  let opening: Promise<OpenFile> | undefined;
  let closing: Promise<void> | undefined;
  const opened = (): Promise<OpenFile> => {
    if (closing !== undefined) throw checkpointError('store_closed', 'fileCheckpoint: it is closed');
    opening ??= openFile(absolute, options).catch((error: unknown) => {
      // The next call tries again: the other writer may be gone by then.
      opening = undefined;
      throw storeFailure('opening', error);
    });
    return opening;
  };
  const change = async (key: string, position: string | undefined): Promise<void> => {
    const { writer } = await opened();
    await writer.change(key, position).catch((error: unknown) => {
      throw storeFailure('writing', error);
    });
  };
  const close = (): Promise<void> => {
    closing ??= Promise.resolve(opening).then(closeFile, () => undefined);
    return closing;
  };
  return {
    load: async (key) => {
      checkCheckpointKey(key);
      return (await opened()).writer.load(key);
    },
    save: async (key, position) => {
      checkCheckpointKey(key);
      checkCheckpointPosition(position);
      await change(key, position);
    },
    delete: async (key) => {
      checkCheckpointKey(key);
      await change(key, undefined);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface OpenFile {
  readonly writer: CheckpointWriter;
  readonly lock: FileLock;
}

async function openFile(given: string, { recover, lock = 'exclusive' }: FileCheckpointOptions): Promise<OpenFile> {
  const path = await withoutLinks(given);
  const held = lock === 'none' ? unlocked : await takeFileLock(path);
  if (held === undefined)
    throw checkpointError('locked', 'fileCheckpoint: another writer has the file of option "path"');
  try {
    return { writer: checkpointWriter(path, await readPositions(path, recover)), lock: held };
  } catch (error) {
    await held.release();
    throw error;
  }
}

const unlocked: FileLock = { release: async () => undefined };

async function closeFile(file: OpenFile | undefined): Promise<void> {
  await file?.writer.idle();
  await file?.lock.release();
}

/** Two names of one file must have one lock, and a rename would put the file in the place of the link. */
async function withoutLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return join(await realpath(dirname(path)), basename(path));
  }
}

/** Without the cause: the platform's own message has the path in it. */
function storeFailure(doing: string, error: unknown): unknown {
  if (isStreamError(error)) return error;
  return checkpointError(
    'store_failed',
    `fileCheckpoint: ${doing} the file of option "path" failed (${errnoOf(error)})`,
  );
}
