import type { MockBlock, MockSpeech } from './script.js';

/** One answer that is about to go out. */
export interface MockReply {
  /** Part of every id in it. */
  readonly number: number;
  readonly model: string;
  readonly inputTokens: number;
  readonly speech: MockSpeech;
}

/** The deltas of a text: a word and the space behind it, as models of language stream. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/\s*\S+\s*$|\s*\S+\s|\s+/g) ?? [];
}

/** The deltas of a tool's input: eight characters, wherever that cuts; never between the halves of one character. */
export function inputPieces({ input }: Extract<MockBlock, { type: 'tool' }>): readonly string[] {
  return rawInput(input).match(/[\s\S]{1,8}/gu) ?? [];
}

export function rawInput(input: object | string): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** A delta is a token here. */
export function outputTokens({ say }: MockSpeech): number {
  return say.reduce((sum, block) => sum + piecesOf(block).length, 0);
}

export function thinkingTokens({ say }: MockSpeech): number {
  return outputTokens({ say: say.filter(({ type }) => type === 'thinking') });
}

export function stopOf({ stop, say }: MockSpeech): NonNullable<MockSpeech['stop']> {
  return stop ?? (say.some(({ type }) => type === 'tool') ? 'tool' : 'end');
}

function piecesOf(block: MockBlock): readonly string[] {
  return block.type === 'tool' ? inputPieces(block) : wordsOf(block.text);
}
