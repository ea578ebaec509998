import { parseJson } from '../../lib/decode.js';
import type { LlmToolCall, NativeObject } from './vocabulary.js';

/** The input of a tool, or why there is none. */
export type ToolInput =
  { readonly input: unknown; readonly invalid?: undefined } | { readonly input: undefined; readonly invalid: string };

/** What is known of a call that can no longer change. */
export interface FinalCall {
  readonly id: string;
  readonly name: string;
  /** The input as it came. */
  readonly raw: string;
  /** `text` for tools that take free text: it is the input, and nothing is parsed. */
  readonly kind: 'json' | 'text';
  /** The block as the next request wants it back. */
  readonly native: NativeObject;
  /** Why the text cannot be trusted even where it is JSON, as when a piece of it could not be read. */
  readonly broken?: string | undefined;
}

/**
 * Reads the input of a tool strictly: it is JSON as a whole, or it is invalid. Only a text of no characters stands for `{}`: that is how
 * providers say that a tool takes nothing. `invalid` has the place of the fault and never the text.
 */
export function parseToolInput(raw: string): ToolInput {
  if (raw === '') return { input: {} };
  const read = parseJson(raw);
  return read.ok ? { input: read.value } : { input: undefined, invalid: `the input is ${read.problem.message}` };
}

/** A call as tools get it: with its input, or with `invalid` and its text. Never with a guess at what the text may have meant. */
export function finalCall({ id, name, raw, kind, native, broken }: FinalCall): LlmToolCall {
  if (broken !== undefined) return { id, name, input: undefined, raw, invalid: broken, kind, native };
  if (kind === 'text') return { id, name, input: raw, raw, kind, native };
  const { input, invalid } = parseToolInput(raw);
  return invalid === undefined
    ? { id, name, input, raw, kind, native }
    : { id, name, input, raw, invalid, kind, native };
}
