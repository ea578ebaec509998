import type { ChatBlocks } from './chat-blocks.js';
import { detailsText } from './chat-reasoning.js';
import type { ChatDialect } from './dialects.js';
import { inlineThinking } from './inline-thinking.js';
import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** The members of a delta that are text: thinking, content and refusal, told apart as the dialect does. */
export interface ChatContent {
  /** Whether there was any. */
  read(delta: NativeObject, sink: PartSink): boolean;
  /** Ends the open block and gives the key of the next one. */
  next(sink: PartSink): string;
  citation(citation: NativeObject, sink: PartSink): void;
  finish(sink: PartSink): void;
}

export function chatContent(blocks: ChatBlocks, dialect: ChatDialect): ChatContent {
  const voice = chatVoice(blocks, dialect);
  return {
    // Thinking comes first: where a chunk has both, it has the end of the one and the beginning of the other.
    read: (delta, sink) => {
      let hasAny = readThinking(delta, voice, dialect, sink);
      const { content, refusal } = delta;
      if (typeof content === 'string') hasAny = voice.text(content, sink) || hasAny;
      else if (Array.isArray(content)) for (const part of content) hasAny = readPart(part, voice, sink) || hasAny;
      return (typeof refusal === 'string' && voice.refusal(refusal, sink)) || hasAny;
    },
    next: (sink) => voice.blocks(sink).next(sink),
    citation: (citation, sink) => voice.blocks(sink).citation(citation, sink),
    finish: (sink) => voice.blocks(sink).finish(sink),
  };
}

/** Blocks, with the splitter of tags before them. What it holds is said before anything else is. */
interface Voice {
  text(said: string, sink: PartSink): boolean;
  thinking(said: string, member: string | undefined, sink: PartSink): boolean;
  refusal(said: string, sink: PartSink): boolean;
  details(pieces: readonly unknown[]): void;
  /** For what is no text. */
  blocks(sink: PartSink): ChatBlocks;
}

function chatVoice(blocks: ChatBlocks, { inlineThinking: between }: ChatDialect): Voice {
  // Set for the time of one call: the splitter lives as long as the answer.
  let out: PartSink = nowhere;
  const text = (said: string): void => blocks.text(said, out);
  const thinking = (said: string): void => blocks.thinking(said, undefined, out);
  let tags = between === false ? undefined : inlineThinking(between, { text, thinking });
  const flushed = (sink: PartSink): ChatBlocks => {
    out = sink;
    tags?.flush();
    return blocks;
  };
  return {
    blocks: flushed,
    details: blocks.details,
    text: (said, sink) => {
      if (said === '') return false;
      out = sink;
      if (tags === undefined) blocks.text(said, sink);
      else tags.feed(said);
      return true;
    },
    thinking: (said, member, sink) => {
      if (said === '') return false;
      flushed(sink).thinking(said, member, sink);
      // A server that tells thinking apart writes no tags: those that come are what the model writes about.
      tags = undefined;
      return true;
    },
    refusal: (said, sink) => {
      if (said === '') return false;
      flushed(sink).refusal(said, sink);
      return true;
    },
  };
}

function readThinking(delta: NativeObject, voice: Voice, dialect: ChatDialect, sink: PartSink): boolean {
  const { reasoningFields, detailsField } = dialect;
  const details = detailsField === false ? undefined : delta[detailsField];
  const pieces: readonly unknown[] = Array.isArray(details) ? details : none;
  if (pieces.length > 0) voice.details(pieces);
  for (const member of reasoningFields) {
    const said = delta[member];
    if (typeof said === 'string' && said !== '') return voice.thinking(said, member, sink);
  }
  return pieces.length > 0 && (voice.thinking(detailsText(pieces), undefined, sink) || true);
}

function readPart(part: unknown, voice: Voice, sink: PartSink): boolean {
  if (!isObject(part)) return typeof part === 'string' && voice.text(part, sink);
  const { type, text } = part;
  if (type === 'thinking') return voice.thinking(thoughtOf(part['thinking']), 'content', sink);
  if (type === 'refusal') return voice.refusal(textOf(part['refusal']), sink);
  if (typeof text === 'string') return voice.text(text, sink);
  if (type === 'reference') voice.blocks(sink).citation(part, sink);
  else sink.part({ type: 'unknown', native: part });
  return true;
}

const none: readonly unknown[] = [];
const nowhere: PartSink = { part: () => undefined };

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Mistral's thinking is a list of parts itself. */
function thoughtOf(thinking: unknown): string {
  if (!Array.isArray(thinking)) return textOf(thinking);
  return thinking.map((part: unknown) => (isObject(part) ? textOf(part['text']) : textOf(part))).join('');
}
