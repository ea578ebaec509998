import { readFile } from 'node:fs/promises';
import { recordOf } from '../../lib/problem.js';
import type { Input } from './durable-values.js';
import { usageError } from './exit-codes.js';

/** The text of a file, or of stdin for `-`. Errors: a usage error that names the file and tells none of its text. */
export async function readText(path: string, input: Input = process.stdin): Promise<string> {
  const name = path === '-' ? 'stdin' : path;
  const text = await (path === '-' ? readAll(input) : readFile(path, 'utf8')).catch((error: unknown) => {
    throw usageError(`cannot read ${name}: ${reasonOf(error)}`);
  });
  return text.replace(/^\ufeff/, '');
}

function reasonOf(error: unknown): string {
  const code = recordOf(error)?.['code'];
  if (code === 'ENOENT') return 'no such file';
  return typeof code === 'string' ? code : 'unknown reason';
}

async function readAll(input: Input): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}
