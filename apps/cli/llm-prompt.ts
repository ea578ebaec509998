import { usageError } from './exit-codes.js';
import type { Input } from './durable-values.js';

/** More than any model reads. */
const maxLength = 64 * 2 ** 20;

/** The prompt, or with `-` all of stdin. Errors: a usage error where there is nothing. */
export async function promptOf(given: string, input: Input): Promise<string> {
  const prompt = given === '-' ? await whole(input) : given;
  if (prompt.trim() === '') throw usageError(given === '-' ? 'stdin is empty' : 'the prompt is empty');
  return prompt;
}

async function whole(input: Input): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of input) {
    length += piece.length;
    if (length > maxLength) throw usageError(`stdin is longer than ${maxLength} bytes`);
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}
