import type { JsonProblem } from './decode.js';
import { type PartialLiteral, partialLiteral, type PartialNumber, partialNumber } from './partial-json-scalars.js';
import { type PartialText, partialText, type PartialToken } from './partial-json-text.js';
import { type ContainerKind, type PartialTree, partialTree } from './partial-json-tree.js';

/** Why a text is no JSON as far as it has come; never a piece of the text. */
export interface PartialJsonProblem {
  readonly code: JsonProblem['code'] | 'too_long';
  readonly message: string;
}

/** What may come between two tokens, white space aside. */
export type Expected = 'value' | 'item or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

/** How deep and how long a text may be. */
export interface JsonLimits {
  readonly maxDepth: number;
  readonly maxLength: number;
}

/** Where a text stands between two pieces of it. */
export interface JsonReader extends JsonLimits {
  readonly tree: PartialTree;
  readonly text: PartialText;
  readonly number: PartialNumber;
  readonly literal: PartialLiteral;
  expected: Expected;
  /** The one that is being read: one of the three above. It stays after a problem inside it. */
  token: PartialToken | undefined;
  /** Whether the text that is being read is the name of a member. */
  isName: boolean;
  /** Characters taken. */
  length: number;
  problem: PartialJsonProblem | undefined;
}

/** At the beginning of a text. */
export function jsonReader(limits: JsonLimits): JsonReader {
  return {
    ...limits,
    tree: partialTree(),
    text: partialText(),
    number: partialNumber(),
    literal: partialLiteral(),
    expected: 'value',
    token: undefined,
    isName: false,
    length: 0,
    problem: undefined,
  };
}

/** The same containers every time; an open string is put in its place now. */
export function valueSoFar(reader: JsonReader): unknown {
  if (reader.token === reader.text && !reader.isName) reader.tree.show(reader.text.shown);
  return reader.tree.root;
}

/** Reads on, up to the end of the piece, the limit or the first character that is wrong. */
export function feedText(reader: JsonReader, text: string): void {
  if (reader.problem !== undefined) return;
  const room = reader.maxLength - reader.length;
  const part = text.length > room ? text.slice(0, room) : text;
  let at = 0;
  while (at < part.length && at >= 0) {
    at = reader.token === undefined ? readMark(reader, part, at) : readToken(reader, part, at, reader.token);
  }
  reader.length += part.length;
  if (text.length > room && reader.problem === undefined) {
    reader.problem = { code: 'too_long', message: `JSON of more than ${reader.maxLength} characters` };
  }
}

/** Nothing more will come: a number at the top level is whole, anything else that is open is a problem. */
export function endText(reader: JsonReader): void {
  if (reader.problem !== undefined) return;
  if (reader.token === reader.number && reader.tree.depth === 0 && reader.number.mayEnd) finish(reader, reader.number);
  if (reader.expected === 'nothing') return;
  reader.problem = { code: 'invalid_json', message: `not JSON: ends too early, after ${reader.length} characters` };
}

/** Of the readers that return this there is nothing more to read. */
const stopped = -1;

function readToken(reader: JsonReader, text: string, start: number, token: PartialToken): number {
  const at = token.read(text, start);
  if (token.progress === 'bad') return refuse(reader, at);
  if (token.progress === 'whole') finish(reader, token);
  return at;
}

function finish(reader: JsonReader, token: PartialToken): void {
  reader.token = undefined;
  if (reader.isName) {
    reader.isName = false;
    reader.tree.name(reader.text.value);
    reader.expected = 'colon';
  } else {
    reader.tree.put(token.value);
    reader.expected = afterValue(reader);
  }
}

/** One character of the structure, or the first of a token, and the white space before it. */
function readMark(reader: JsonReader, text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  if (at === text.length) return at;
  if (takes(reader, text.charCodeAt(at))) return at + 1;
  return refuse(reader, at);
}

function refuse(reader: JsonReader, at: number): number {
  reader.problem ??= { code: 'invalid_json', message: `not JSON at character ${reader.length + at + 1}` };
  return stopped;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function takes(reader: JsonReader, code: number): boolean {
  switch (reader.expected) {
    case 'value':
      return beginsValue(reader, code);
    case 'item or end':
      return code === closeBracket ? closes(reader) : beginsValue(reader, code);
    case 'name':
      return code === quote && beginsText(reader, true);
    case 'name or end':
      return code === closeBrace ? closes(reader) : code === quote && beginsText(reader, true);
    case 'colon':
      reader.expected = 'value';
      return code === colon;
    case 'comma or end':
      return takesAfterValue(reader, code);
    case 'nothing':
      return false;
  }
}

function takesAfterValue(reader: JsonReader, code: number): boolean {
  const isList = reader.tree.inside === 'list';
  if (code === comma) {
    reader.expected = isList ? 'value' : 'name';
    return true;
  }
  return code === (isList ? closeBracket : closeBrace) && closes(reader);
}

function beginsValue(reader: JsonReader, code: number): boolean {
  if (code === quote) return beginsText(reader, false);
  if (code === openBracket) return opens(reader, 'list');
  if (code === openBrace) return opens(reader, 'record');
  if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
    reader.number.begin(code);
    reader.token = reader.number;
    return true;
  }
  reader.token = reader.literal;
  return reader.literal.begin(code);
}

function beginsText(reader: JsonReader, isName: boolean): boolean {
  reader.text.begin();
  reader.token = reader.text;
  reader.isName = isName;
  return true;
}

function opens(reader: JsonReader, kind: ContainerKind): boolean {
  if (reader.tree.depth === reader.maxDepth) {
    reader.problem = { code: 'too_deep', message: `JSON of more than ${reader.maxDepth} levels` };
    return false;
  }
  reader.tree.open(kind);
  reader.expected = kind === 'list' ? 'item or end' : 'name or end';
  return true;
}

function closes(reader: JsonReader): boolean {
  reader.tree.close();
  reader.expected = afterValue(reader);
  return true;
}

function afterValue(reader: JsonReader): Expected {
  return reader.tree.depth === 0 ? 'nothing' : 'comma or end';
}
