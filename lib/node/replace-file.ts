import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What becomes of the previous content: it takes the place of the backup, or it is let go and the backup stays. */
export type PreviousContent = 'to-backup' | 'dropped';

/** Where the previous content of a file is kept. */
export function backupOf(path: string): string {
  return `${path}.bak`;
}

/**
 * Replaces a file as a whole, durably: once it resolves, the new content survives a loss of power. Killed or cut off at any
 * point, the file is there and is either the old one or the new one, byte for byte.
 *
 * One call at a time per path. Windows cannot sync a folder: there a loss of power may bring the old content back.
 *
 * Errors: what the platform gives, with paths in it.
 */
export async function replaceFile(path: string, content: Uint8Array, previous: PreviousContent): Promise<void> {
  const fresh = `${path}.tmp`;
  await writeDurably(fresh, content);
  if (previous === 'to-backup') await keepAsBackup(path);
  await rename(fresh, path);
  await syncFolder(dirname(path));
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  // Left by a process that was killed. Made anew and exclusively: a link that stands in its place is not followed.
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    // Before the rename, or the new name may come to stand for a file without content.
    await file.sync();
  } catch (error) {
    // On a full disc half a file would take the room that the next try needs.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** A second name for the file, not a rename: a process killed just then must not leave the path empty, which reads as a first start. */
async function keepAsBackup(path: string): Promise<void> {
  await rm(backupOf(path), { force: true });
  try {
    await link(path, backupOf(path));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    // FAT and some network file systems know no second names.
    await copyFile(path, backupOf(path));
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some network file systems have no such call; all that can be done there is done.
    if (errnoOf(error) !== 'EINVAL' && errnoOf(error) !== 'ENOTSUP') throw error;
  } finally {
    await folder.close();
  }
}

/** `ENOENT` and the like: all of a platform error that may be told, since its message has paths in it. */
export function errnoOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
