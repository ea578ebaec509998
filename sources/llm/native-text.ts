import { isObject } from './shapes.js';
import type { NativeObject } from './vocabulary.js';

/**
 * The text of a finished text block by its `native`, the block as the provider has closed it: of an Anthropic text block, of a message item
 * of Responses. `undefined` where `native` says nothing about text.
 *
 * It is the text that counts. It is longer than, or other than, the deltas put together only where a delta was lost on the way, or where a
 * stream was resumed in the middle of the block.
 */
export function nativeText(native: NativeObject | undefined): string | undefined {
  if (native === undefined) return undefined;
  const { text, content } = native;
  if (typeof text === 'string') return text;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: unknown) =>
    isObject(part) && part['type'] === 'output_text' ? part['text'] : undefined,
  );
  const found = texts.filter((part) => typeof part === 'string');
  return found.length === 0 ? undefined : found.join('');
}
