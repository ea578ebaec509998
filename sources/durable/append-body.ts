import { isJsonType } from './wire.js';

/**
 * A value as it was when it was appended, before it is known what the stream is: later changes to the value change nothing.
 * `json` is a value that only a JSON stream can take.
 */
export type AppendDraft =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'json'; readonly text: string };

const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Takes a copy of a value, as JSON unless it is text or bytes. Values become what `JSON.stringify` makes of them: `toJSON` is called, members
 * that are `undefined` are left out, `NaN` is `null`.
 *
 * Errors: `TypeError` for what no stream can hold: `undefined`, functions, symbols, `bigint`, circles, too many levels. It names the kind,
 * never the content.
 */
export function draftOf(where: string, value: unknown): AppendDraft {
  if (typeof value === 'string') return { kind: 'text', text: value };
  const bytes = bytesOf(value);
  if (bytes !== undefined) return { kind: 'bytes', bytes };
  return { kind: 'json', text: jsonOf(where, value) };
}

/** How much the draft weighs in a queue: about what it will be on the wire, in bytes. */
export function draftLength(draft: AppendDraft): number {
  return draft.kind === 'bytes' ? draft.bytes.byteLength : draft.text.length;
}

/**
 * One message as a stream of this type has it: without the brackets of {@link joinMessages}.
 *
 * Errors: `TypeError` for a value that does not suit the type, and for an empty one: the server refuses empty appends.
 */
export function messageOf(where: string, draft: AppendDraft, contentType: string): Uint8Array {
  if (isJsonType(contentType)) {
    if (draft.kind === 'bytes') {
      throw new TypeError(
        `${where}: bytes are no message of a JSON stream; give the value itself, it is made JSON here`,
      );
    }
    return new TextEncoder().encode(draft.kind === 'json' ? draft.text : JSON.stringify(draft.text));
  }
  if (draft.kind === 'json') {
    throw new TypeError(
      `${where}: a stream of this type takes text or bytes, not a value; only application/json takes values`,
    );
  }
  const bytes = draft.kind === 'bytes' ? draft.bytes : new TextEncoder().encode(draft.text);
  if (bytes.byteLength === 0) throw new TypeError(`${where}: an empty append is refused by the server; leave it out`);
  return bytes;
}

/**
 * The body of one request. JSON messages stand in one array, which the server takes apart again, so that a message that is an array stays one
 * (draft 1.0, 1.6). All else is put end to end.
 */
export function joinMessages(messages: readonly Uint8Array[], contentType: string): Uint8Array {
  const json = isJsonType(contentType);
  if (!json && messages.length === 1 && messages[0] !== undefined) return messages[0];
  const length = joinedLength(messages, json);
  const body = new Uint8Array(length);
  let at = 0;
  for (const message of messages) {
    if (json) body[at++] = at === 1 ? openBracket : comma;
    body.set(message, at);
    at += message.byteLength;
  }
  if (json) body[at] = closeBracket;
  return body;
}

/** The body of a request that carries one value. */
export function bodyOf(where: string, value: unknown, contentType: string): Uint8Array {
  return joinMessages([messageOf(where, draftOf(where, value), contentType)], contentType);
}

function joinedLength(messages: readonly Uint8Array[], json: boolean): number {
  let length = json ? messages.length + 1 : 0;
  for (const { byteLength } of messages) length += byteLength;
  return length;
}

function bytesOf(value: unknown): Uint8Array | undefined {
  // A copy: the caller may fill the same buffer again while this one waits.
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  return isArrayBuffer(value) ? new Uint8Array(value.slice(0)) : undefined;
}

/** By its tag: it may come from another realm. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]';
}

function jsonOf(where: string, value: unknown): string {
  const { text, fault } = tryJson(value);
  if (text !== undefined) return text;
  throw new TypeError(`${where}: ${fault ?? `${kindOf(value)} has no JSON form; null does`}`);
}

function tryJson(value: unknown): { readonly text?: string | undefined; readonly fault?: string } {
  try {
    return { text: JSON.stringify(value) };
  } catch (error) {
    return { fault: `the value ${reasonOf(error)}` };
  }
}

/** The engine's own message names members of the value, so it goes no further. */
function reasonOf(error: unknown): string {
  const { name, message } = shapeOf(error);
  if (/bigint/i.test(message)) return 'holds a bigint, which JSON has no form for; give it as text';
  if (/circular|cyclic/i.test(message)) return 'holds itself (a circle), which JSON has no form for';
  if (name === 'RangeError' || /stack/i.test(message)) return 'is nested too deeply for JSON.stringify';
  return 'cannot be made JSON: its toJSON or a getter has thrown';
}

/** By its members: errors of another realm are no instances of ours. */
function shapeOf(error: unknown): { name: string; message: string } {
  if (typeof error !== 'object' || error === null) return { name: '', message: '' };
  return { name: String(Reflect.get(error, 'name')), message: String(Reflect.get(error, 'message')) };
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'undefined';
  return typeof value === 'object' ? 'an object whose toJSON gives undefined' : `a ${typeof value}`;
}
