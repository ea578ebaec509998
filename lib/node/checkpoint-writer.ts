import { checkpointError } from '../checkpoint.js';
import { type Content, encodeCheckpoints, maxFileBytes } from './checkpoint-content.js';
import { replaceFile } from './replace-file.js';

/** The positions of a file that is open for writing. */
export interface CheckpointWriter {
  /** What is saved, once the writes asked for so far are through. Never rejects. */
  load(key: string): Promise<string | undefined>;
  /** Resolves once the change is on the disc. Without a position the key is deleted. */
  change(key: string, position: string | undefined): Promise<void>;
  /** Resolves once the writes asked for so far are through. Never rejects. */
  idle(): Promise<void>;
}

type Changes = Map<string, string | undefined>;

/**
 * Writes one file at a time: changes asked for while a write is under way share the next one.
 *
 * A change that could not be written is forgotten, all of its write: the next starts from what the file has.
 *
 * Errors: `quota_exceeded`; else what the platform gives, with paths in it.
 */
export function checkpointWriter(path: string, { positions, previous }: Content): CheckpointWriter {
  let saved = positions;
  let fate = previous;
  let waiting: { readonly changes: Changes; readonly done: Promise<void> } | undefined;
  /** Of the write that was asked for last. Never rejects. */
  let last: Promise<void> = Promise.resolve();

  const write = async (changes: Changes): Promise<void> => {
    // What is saved changes only with the file: a save that failed must not come back with the next one.
    const next = changed(saved, changes);
    const content = encodeCheckpoints(next);
    if (content.length > maxFileBytes) throw tooLarge();
    await replaceFile(path, content, fate);
    saved = next;
    fate = 'to-backup';
  };
  const nextWrite = (): NonNullable<typeof waiting> => {
    const changes: Changes = new Map();
    const done = last.then(() => {
      // From here on a change waits for the write after this one.
      waiting = undefined;
      return write(changes);
    });
    last = done.catch(() => undefined);
    return { changes, done };
  };
  return {
    load: async (key) => {
      await last;
      return saved.get(key);
    },
    change: async (key, position) => {
      waiting ??= nextWrite();
      waiting.changes.set(key, position);
      await waiting.done;
    },
    idle: () => last,
  };
}

function changed(positions: ReadonlyMap<string, string>, changes: Changes): Map<string, string> {
  const next = new Map(positions);
  for (const [key, position] of changes) {
    if (position === undefined) next.delete(key);
    else next.set(key, position);
  }
  return next;
}

function tooLarge(): Error {
  return checkpointError('quota_exceeded', `fileCheckpoint: the file would be larger than ${maxFileBytes} bytes`);
}
