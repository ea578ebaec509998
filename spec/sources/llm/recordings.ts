import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';

/** One recorded stream. */
export interface Recording {
  readonly name: string;
  readonly wire: LlmWire;
  /** Framed with LF. */
  readonly text: string;
}

const fixtures = join(process.cwd(), 'spec/fixtures/llm');
const folder = process.env['RECORDINGS_DIR'];
const wires: readonly (readonly [begins: RegExp, wire: LlmWire])[] = [
  [/anthropic/, 'anthropic'],
  [/responses/, 'openai-responses'],
  [/./, 'openai-chat'],
];

/** A stream of our own making, by its name without the ending. */
export function fixture(name: string): string {
  return readFileSync(join(fixtures, `${name}.sse`), 'utf8');
}

/** Those of our own making. */
export const ownRecordings: readonly Recording[] = streamsBelow(fixtures, '');

/** Ours, and the real ones where they are at hand. */
export const recordings: readonly Recording[] =
  folder === undefined
    ? ownRecordings
    : [
        ...ownRecordings,
        ...['anthropic', 'openai-chat', 'openai-responses', 'compatible', 'synthetic'].flatMap((group) =>
          streamsBelow(join(folder, 'llm', group), `${group}/`),
        ),
      ];

/** A recorded HTTP answer that is an error. */
export interface RecordedError {
  readonly name: string;
  readonly text: string;
}

/** The recorded HTTP errors; none where the recordings are not at hand. */
export const recordedErrors: readonly RecordedError[] = filesBelow(join(folder ?? '', 'llm/http-errors'), '.json').map(
  (name) => ({ name, text: readFileSync(join(folder ?? '', 'llm/http-errors', name), 'utf8') }),
);

function streamsBelow(path: string, prefix: string): Recording[] {
  return filesBelow(path, '.sse').map((file) => {
    const name = prefix + file.replace(/\.sse$/, '');
    const wire = wires.find(([begins]) => begins.test(name))?.[1] ?? 'openai-chat';
    return { name, wire, text: readFileSync(join(path, file), 'utf8') };
  });
}

function filesBelow(path: string, ending: string): string[] {
  return existsSync(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith(ending))
        .sort()
    : [];
}
