import { readFile, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { checkpointError } from '../checkpoint.js';
import { backupOf, errnoOf, type PreviousContent } from './replace-file.js';

/** Every save writes the whole file: beyond this a database is the better store. */
export const maxFileBytes: number = 16 * 1_024 * 1_024;

/** What a file holds, or what there is to go on from. */
export interface Content {
  readonly positions: ReadonlyMap<string, string>;
  /** What the first save does with the file as it was found. */
  readonly previous: PreviousContent;
}

/** A first line with version, length and checksum of the rest; then one JSON array `[key, position]` per line. */
const head = /^tailrace-checkpoint 1 (0|[1-9][0-9]{0,8}) ([0-9a-f]{8})\n/;
/** Longer than any first line. */
const headLimit = 64;

/** All positions as the bytes of a file. It is text, so that a person can read it with `cat`. */
export function encodeCheckpoints(positions: ReadonlyMap<string, string>): Buffer {
  const lines = [...positions].map((entry) => `${JSON.stringify(entry)}\n`);
  const body = Buffer.from(lines.join(''));
  return Buffer.concat([Buffer.from(`tailrace-checkpoint 1 ${body.length} ${checksum(body)}\n`), body]);
}

/**
 * The positions in such bytes; `undefined` where a byte is missing, too many or wrong. A file is only ever replaced as a whole, so
 * that half a file is damage and never the trace of a process that was killed.
 */
export function decodeCheckpoints(bytes: Buffer): Map<string, string> | undefined {
  const [line, length, sum] = head.exec(bytes.toString('latin1', 0, headLimit)) ?? [];
  if (line === undefined) return undefined;
  const body = bytes.subarray(line.length);
  if (body.length !== Number(length) || checksum(body) !== sum) return undefined;
  return positionsOf(body.toString());
}

/** What has the right checksum was written by this file's other half, or by somebody who took pains: still looked at. */
function positionsOf(body: string): Map<string, string> | undefined {
  const positions = new Map<string, string>();
  if (body !== '' && !body.endsWith('\n')) return undefined;
  for (const line of body.split('\n').slice(0, -1)) {
    const [key, position, ...rest] = entryOf(line);
    if (typeof key !== 'string' || typeof position !== 'string' || rest.length > 0) return undefined;
    positions.set(key, position);
  }
  return positions;
}

function entryOf(line: string): unknown[] {
  try {
    const entry: unknown = JSON.parse(line);
    return Array.isArray(entry) ? entry : [];
  } catch {
    // Its message would quote the line.
    return [];
  }
}

function checksum(body: Buffer): string {
  return crc32(body).toString(16).padStart(8, '0');
}

/**
 * The positions of a file, or of its backup where `recover` allows it. None where neither is there: a first start.
 *
 * Errors: `damaged`, always where a file is there and cannot be trusted; else what the platform gives, with paths in it.
 */
export async function readPositions(path: string, recover: 'backup' | undefined): Promise<Content> {
  const current = await readContent(path);
  if (typeof current === 'object') return { positions: current, previous: 'to-backup' };
  const backup = await readContent(backupOf(path));
  if (current === 'missing' && backup === 'missing') return { positions: new Map(), previous: 'to-backup' };
  // The only good content there is must outlive the first save.
  if (recover === 'backup' && typeof backup === 'object') return { positions: backup, previous: 'dropped' };
  throw damaged(current, typeof backup === 'object');
}

async function readContent(path: string): Promise<ReadonlyMap<string, string> | 'missing' | 'damaged'> {
  try {
    const found = await stat(path);
    // Reading a pipe would wait for ever.
    if (!found.isFile() || found.size > maxFileBytes) return 'damaged';
    return decodeCheckpoints(await readFile(path)) ?? 'damaged';
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing';
    throw error;
  }
}

function damaged(state: 'missing' | 'damaged', backupIsWhole: boolean): Error {
  const what = `the file of option "path" is ${state === 'missing' ? 'missing beside its backup' : 'damaged or no checkpoint file'}`;
  const way = backupIsWhole
    ? `recover: 'backup' starts from "<path>.bak", which is whole, and some items come again`
    : 'its backup "<path>.bak" is of no use either';
  return checkpointError('damaged', `fileCheckpoint: ${what}; ${way}; without both files it starts from nothing`);
}
