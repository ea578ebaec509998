import { type ChatThought, chatThought } from './chat-reasoning.js';
import type { LlmPart } from './parts.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** The blocks of one answer: the wire knows members of a delta only, so a block ends where another member begins. */
export interface ChatBlocks {
  text(text: string, sink: PartSink): void;
  /** `source` is the member that the text came in; `undefined` for tags in the text. */
  thinking(text: string, source: string | undefined, sink: PartSink): void;
  /** Opaque pieces go out with the end of the thinking that they stand beside, or in a block of their own at the end. */
  details(pieces: readonly unknown[]): void;
  refusal(text: string, sink: PartSink): void;
  citation(citation: NativeObject, sink: PartSink): void;
  /** Ends what is open, so that a block of another kind can begin under this key. */
  next(sink: PartSink): string;
  /** Ends the answer: also what is opaque goes out. */
  finish(sink: PartSink): void;
}

/** Parts that belong to one of several answers. */
type ChoicePart = Extract<LlmPart, { readonly key: string } | { readonly type: 'stop' }>;

/** Keys are `choice.block`. */
export function chatBlocks(index: number, detailsField: string | false): ChatBlocks {
  const say = ofChoice(index);
  const thought = chatThought(detailsField);
  let kind: 'none' | 'text' | 'thinking' | 'refusal' = 'none';
  let key = '';
  let count = 0;
  let textKey: string | undefined;
  const close = (sink: PartSink): void => {
    const ended = kind;
    kind = 'none';
    if (ended === 'text') say({ type: 'text.end', key }, sink);
    else if (ended === 'thinking') say(endOf(thought, key), sink);
  };
  const next = (sink: PartSink): string => {
    close(sink);
    return `${index}.${count++}`;
  };
  const beginText = (sink: PartSink): string => {
    key = next(sink);
    kind = 'text';
    textKey = key;
    say({ type: 'text.start', key }, sink);
    return key;
  };
  const beginThinking = (start: { readonly isRedacted?: true }, sink: PartSink): void => {
    key = next(sink);
    kind = 'thinking';
    say({ type: 'thinking.start', key, ...start }, sink);
  };
  return {
    next,
    details: thought.details,
    text: (text, sink) => {
      if (kind !== 'text') beginText(sink);
      say({ type: 'text.delta', key, text }, sink);
    },
    thinking: (text, source, sink) => {
      if (kind !== 'thinking') beginThinking({}, sink);
      thought.add(text, source);
      say({ type: 'thinking.delta', key, text }, sink);
    },
    refusal: (text, sink) => {
      if (kind !== 'refusal') key = next(sink);
      kind = 'refusal';
      say({ type: 'refusal.delta', key, text }, sink);
    },
    citation: (citation, sink) => say({ type: 'citation', key: textKey ?? beginText(sink), citation }, sink),
    finish: (sink) => {
      close(sink);
      // Encrypted reasoning may come behind the text that it explains.
      if (thought.hasDetails) beginThinking({ isRedacted: true }, sink);
      close(sink);
    },
  };
}

/** Names the choice in its parts unless it is the first: most answers are alone, and a copy of each part would be the dearest thing here. */
export function ofChoice(index: number): (part: ChoicePart, sink: PartSink) => void {
  return index === 0 ? (part, sink) => sink.part(part) : (part, sink) => sink.part({ ...part, choice: index });
}

function endOf(thought: ChatThought, key: string): ChoicePart {
  const { signature, native } = thought.take();
  const end = { type: 'thinking.end', key, signature } as const;
  return native === undefined ? end : { ...end, native };
}
