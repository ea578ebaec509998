import { isObject } from './shapes.js';
import type { NativeObject } from './vocabulary.js';

/** The thinking of one block: what the next request wants back of it. */
export interface ChatThought {
  /** `source` is the member that it came in, `content` for Mistral's list of parts; `undefined` keeps nothing. */
  add(text: string, source: string | undefined): void;
  /** Opaque pieces, which OpenRouter streams: those that follow one another, of the same type and index, are one. */
  details(pieces: readonly unknown[]): void;
  readonly hasDetails: boolean;
  /** What has come since it was last taken. */
  take(): { readonly signature: string | undefined; readonly native: NativeObject | undefined };
}

export function chatThought(detailsField: string | false): ChatThought {
  let text = '';
  let member: string | undefined;
  let held: Record<string, unknown>[] = [];
  return {
    add: (piece, source) => {
      member = source;
      // A rope: put together when somebody reads it.
      if (source !== undefined) text += piece;
    },
    details: (pieces) => {
      for (const piece of pieces) {
        const last = held.at(-1);
        if (!isObject(piece)) continue;
        if (last !== undefined && isContinued(last, piece)) extend(last, piece);
        else held.push({ ...piece });
      }
    },
    get hasDetails() {
      return held.some(saysSomething);
    },
    take: () => {
      const details = held.filter(saysSomething);
      const shown = nativeOf(member, text);
      text = '';
      member = undefined;
      held = [];
      if (detailsField === false || details.length === 0) return { signature: undefined, native: shown };
      return { signature: signatureOf(details), native: { ...shown, [detailsField]: details } };
    },
  };
}

/** Members that are pieces of one text; every other one is whole. */
const pieceMembers: ReadonlySet<string> = new Set(['text', 'summary']);

/** The text in pieces of `reasoning_details`; empty where all of them are encrypted. */
export function detailsText(pieces: readonly unknown[]): string {
  let text = '';
  for (const piece of pieces) {
    if (!isObject(piece)) continue;
    for (const member of pieceMembers) {
      const value = piece[member];
      if (typeof value === 'string') text += value;
    }
  }
  return text;
}

/** The signature among details, which is in the last piece of a text. */
function signatureOf(details: readonly NativeObject[]): string | undefined {
  const signature = details.findLast(({ signature: value }) => typeof value === 'string' && value !== '')?.[
    'signature'
  ];
  return typeof signature === 'string' ? signature : undefined;
}

/** Data is encrypted as a whole: two of them are never one. */
function isContinued(last: NativeObject, piece: NativeObject): boolean {
  return last['type'] === piece['type'] && last['index'] === piece['index'] && piece['data'] === undefined;
}

function extend(last: Record<string, unknown>, piece: NativeObject): void {
  for (const [name, value] of Object.entries(piece)) {
    const before = last[name];
    const isPiece = pieceMembers.has(name);
    if (isPiece && typeof before === 'string' && typeof value === 'string') last[name] = before + value;
    else if (value !== null && value !== undefined && value !== '') last[name] = value;
  }
}

/** A first piece is often empty. */
function saysSomething(piece: NativeObject): boolean {
  const { text, summary, signature, data } = piece;
  const isKnown = typeof (text ?? summary ?? signature ?? data) === 'string';
  return !isKnown || [text, summary, signature, data].some((value) => typeof value === 'string' && value !== '');
}

function nativeOf(member: string | undefined, text: string): NativeObject | undefined {
  if (member === undefined) return undefined;
  return member === 'content' ? { type: 'thinking', thinking: [{ type: 'text', text }] } : { [member]: text };
}
