import { anthropicFormat } from '../../../sources/llm/anthropic-parts.js';
import { streamAssembler } from '../../../sources/llm/assembler.js';
import { chatFormat } from '../../../sources/llm/chat-parts.js';
import type { AssembledMessage } from '../../../sources/llm/message.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import type { WireFormat } from '../../../sources/llm/wire-reader.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';
import { eventsOf, sinkOf } from './collected-parts.js';
import { type Recording, recordings } from './recordings.js';

const formats: Readonly<Record<LlmWire, () => WireFormat>> = {
  anthropic: anthropicFormat,
  'openai-chat': chatFormat,
  'openai-responses': responsesFormat,
};

/** A recorded stream that comes to a whole message, as parts without `end`. */
export interface RecordedParts {
  readonly name: string;
  readonly wire: LlmWire;
  readonly parts: readonly LlmPart[];
}

function partsOf({ name, wire, text }: Recording): RecordedParts | undefined {
  const reader = formats[wire]().reader();
  const parts: LlmPart[] = [];
  try {
    for (const event of eventsOf(text)) reader.read(event, sinkOf(parts));
    return reader.end(sinkOf(parts)) ? { name, wire, parts } : undefined;
  } catch {
    // Recordings of failures.
    return undefined;
  }
}

/** All recordings that are whole. */
export const recordedParts: readonly RecordedParts[] = recordings.map(partsOf).filter((found) => found !== undefined);

/** What they come to. */
export function messageOf(wire: LlmWire, parts: readonly LlmPart[]): AssembledMessage {
  const assembler = streamAssembler(wire);
  for (const part of parts) assembler.process(part);
  return assembler.message;
}
