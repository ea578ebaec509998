import { StringDecoder } from 'node:string_decoder';
import { parseJson } from '../../lib/index.js';
import { isJsonType } from '../../sources/durable/wire.js';
import { usageError } from './exit-codes.js';

/** Whatever gives bytes; stdin does. */
export type Input = AsyncIterable<Uint8Array | string>;

/** A line, or a body that is held whole, may have so many characters or bytes. */
const maxLength = 64 * 2 ** 20;

/**
 * A value as the stream takes it: on a JSON stream what the text says in JSON, else the text itself.
 *
 * Errors: a usage error that begins with `name` and tells no text.
 */
export function valueOf(text: string, contentType: string, name: string): unknown {
  return isJsonType(contentType) ? jsonValue(text, name) : text;
}

/**
 * The values of stdin: a message for each line of JSON, empty ones left out; else the bytes as they come. Before each one `onRead` is told how
 * much of stdin is read with it: lines of JSON, else bytes.
 *
 * Errors: as {@link valueOf}.
 */
export async function* inputValues(
  input: Input,
  contentType: string,
  onRead: (end: number) => void,
): AsyncGenerator<unknown, void, undefined> {
  if (!isJsonType(contentType)) return yield* inputBytes(input, onRead);
  let number = 0;
  for await (const line of inputLines(input)) {
    number += 1;
    if (line.trim() === '') continue;
    const value = jsonValue(line, `stdin:${number}`);
    onRead(number);
    yield value;
  }
}

async function* inputBytes(input: Input, onRead: (end: number) => void): AsyncGenerator<unknown, void, undefined> {
  let end = 0;
  for await (const bytes of input) {
    if (bytes.length === 0) continue;
    end += Buffer.byteLength(bytes);
    onRead(end);
    yield bytes;
  }
}

/** All of stdin as one value. Errors: as {@link valueOf}. */
export async function wholeInput(input: Input, contentType: string): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of input) {
    length += piece.length;
    if (length > maxLength) throw usageError(`stdin is longer than ${maxLength} bytes`, 'append it in smaller parts');
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  }
  const bytes = Buffer.concat(pieces);
  return isJsonType(contentType) ? jsonValue(bytes.toString('utf8').replace(/^\ufeff/, ''), 'stdin') : bytes;
}

async function* inputLines(input: Input): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isFirst = true;
  for await (const piece of input) {
    const text = typeof piece === 'string' ? piece : decoder.write(Buffer.from(piece));
    rest += isFirst ? text.replace(/^\ufeff/, '') : text;
    isFirst &&= text === '';
    // A line of many pieces is looked at once, not once for each.
    if (text.includes('\n')) {
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest.length > maxLength) throw usageError(`a line of stdin is longer than ${maxLength} characters`);
  }
  yield rest + decoder.end();
}

function jsonValue(text: string, name: string): unknown {
  const parsed = parseJson(text);
  if (!parsed.ok) throw usageError(`${name}: ${parsed.problem.message}`, 'each message is one value of JSON');
  if (!isExact(text)) {
    throw usageError(`${name}: a whole number there is too large to be kept exactly`, 'write it as a "string"');
  }
  return parsed.value;
}

/** Strings first, so that digits in them are no numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Whole numbers come out of parsing as they went in. Stored with other digits, nobody would ever see that they are wrong. */
function isExact(json: string): boolean {
  if (!/\d{16}/.test(json)) return true;
  for (const [token] of json.matchAll(tokens)) {
    if (/^-?\d{16,}$/.test(token) && BigInt(token) !== BigInt(Number(token))) return false;
  }
  return true;
}
