import { checkOptions, integer } from './check-options.js';
import { type Schema, validate } from './schema.js';

/** Why a text is not a value; never a piece of the text. */
export interface JsonProblem {
  readonly code: 'invalid_json' | 'too_deep';
  readonly message: string;
}

/** A value, or why the text is none. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: JsonProblem };

/** How deep a value may be. */
export interface ParseJsonOptions {
  /**
   * How many arrays and objects may lie in one another. Engines read a million levels, but `JSON.stringify` and
   * `structuredClone` fail at some thousands, so limit what is to be written again. Costs one pass over the text.
   * @default undefined
   */
  maxDepth?: number | undefined;
}

/** A message that could not be read. Printing or serialising it shows no payload. */
export interface Malformed {
  readonly type: 'malformed';
  readonly code: 'invalid_json' | 'too_deep' | 'not_an_object' | 'schema_mismatch' | 'line_too_long';
  readonly message: string;
  /** Characters of the text; bytes where there is none, because the line was too long to keep. */
  readonly length: number;
  /** With `schema_mismatch`: where, as in `data.includes[0].id`. */
  readonly path?: string | undefined;
  /** The text itself, for whoever asks for it; empty where it was too long to keep. */
  raw(): string;
}

/** What `malformed` takes beside the text. */
export interface MalformedDetails extends Pick<Malformed, 'code' | 'message' | 'path'> {
  /** @default text.length */
  readonly length?: number | undefined;
}

/** A value, or why there is none. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Malformed };

/** What a text must be beside JSON. */
export interface DecodeOptions<T> extends ParseJsonOptions {
  /** Its output is the value. @default no check */
  schema?: Schema<T> | undefined;
}

/**
 * `JSON.parse` that returns its failures, in words of its own: the engine's messages quote the text.
 *
 * The message tells the place where the engine does, `not JSON at character 17 of 230`, and the length where it does not.
 * Numbers beyond 2^53 lose digits, as in `JSON.parse`.
 *
 * Errors: a `TypeError` for a `maxDepth` that is no whole number from 1.
 *
 * @example
 * import { parseJson } from 'tailrace';
 *
 * const read = parseJson('{"id": 1,}');
 * console.log(read.ok ? read.value : read.problem.message);
 */
export function parseJson(text: string, options?: ParseJsonOptions): ParsedJson {
  const maxDepth = options === undefined ? undefined : depthOf(options);
  if (maxDepth !== undefined && text.length > maxDepth && isDeeper(text, maxDepth)) {
    return { ok: false, problem: { code: 'too_deep', message: `JSON of more than ${maxDepth} levels` } };
  }
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    return { ok: false, problem: { code: 'invalid_json', message: describe(error, text.length) } };
  }
}

/**
 * The message for a text that could not be read.
 *
 * @example
 * import { malformed, parseJson, type Malformed } from 'tailrace';
 *
 * function read(line: string): unknown | Malformed {
 *   const parsed = parseJson(line);
 *   return parsed.ok ? parsed.value : malformed(line, parsed.problem);
 * }
 */
export function malformed(text: string, { code, message, path, length = text.length }: MalformedDetails): Malformed {
  const raw = (): string => text;
  return path === undefined
    ? { type: 'malformed', code, message, length, raw }
    : { type: 'malformed', code, message, length, path, raw };
}

/**
 * A text as a value of the schema, or why it is none.
 *
 * Errors: as `parseJson` and `validate`, for mistakes of the caller.
 */
export function decodeWith<T>(text: string, options: DecodeOptions<T> & { schema: Schema<T> }): Decoded<T>;
export function decodeWith(text: string, options?: DecodeOptions<unknown>): Decoded<unknown>;
export function decodeWith(text: string, { schema, maxDepth }: DecodeOptions<unknown> = {}): Decoded<unknown> {
  const parsed = parseJson(text, maxDepth === undefined ? undefined : { maxDepth });
  if (!parsed.ok) return { ok: false, problem: malformed(text, parsed.problem) };
  if (schema === undefined) return parsed;
  const checked = validate(schema, parsed.value);
  if (checked.ok) return checked;
  const { path, message } = checked;
  return { ok: false, problem: malformed(text, { code: 'schema_mismatch', message, path }) };
}

function depthOf(options: ParseJsonOptions): number | undefined {
  const { maxDepth, ...others } = options;
  const isSound = maxDepth === undefined || (Number.isSafeInteger(maxDepth) && maxDepth >= 1);
  if (!isSound || Object.keys(others).length > 0) checkOptions('parseJson', { maxDepth: integer(1) }, options);
  return maxDepth;
}

/** Brackets inside strings do not count. A text that is not JSON may be called deep or not; it fails either way. */
function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = closingQuote(text, at + 1);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > maxDepth) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
    }
  }
  return false;
}

function closingQuote(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at;
    if (code === 0x5c) at += 1;
  }
  return text.length;
}

/** Only the end of V8's message is read: where the engine quotes the text, these words could be the text's own. */
function describe(error: unknown, length: number): string {
  const said = error instanceof Object && 'message' in error ? String(error.message) : '';
  const place = / in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(said)?.[1];
  if (place !== undefined) return `not JSON at character ${Number(place) + 1} of ${length}`;
  if (said === 'Unexpected end of JSON input') return `not JSON: ends too early, after ${length} characters`;
  return `not JSON, ${length} characters`;
}
