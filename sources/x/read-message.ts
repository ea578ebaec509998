import { malformed, parseJson } from '../../lib/decode.js';
import { problemOf, recordOf } from '../../lib/problem.js';
import type { XStreamName } from './endpoints.js';
import type { PostEnvelope, XItem } from './envelopes.js';
import type { KeepAliveMessage, NoticeMessage, XMessage } from './messages.js';
import type { NativePost } from './native-post.js';
import { problemsIn, problemVerdict } from './problem-verdict.js';
import { noticeError } from './problem-errors.js';

type Members = Readonly<Record<string, unknown>>;

/** One for all of them: a quiet stream costs no memory. */
const keepAlive: KeepAliveMessage = Object.freeze({ type: 'keep_alive' });

/**
 * What a line of a stream is, in the order that X's documents leave: empty, not JSON, not an object, an item (`data`, with
 * or without `errors` beside it), a notice (`errors` without `data`, or a bare problem), metadata, something new.
 *
 * An item is taken at X's word: only that `data` is an object is checked, so `Item` is a claim that a schema can prove.
 * Costs `JSON.parse` and one object. Never throws.
 *
 * @example
 * import { readMessage } from 'tailrace/sources/x';
 *
 * const message = readMessage('{"data":{"id":"1","text":"hello"}}');
 * if (message.type === 'item') console.log(message.item.data.text);
 */
export function readMessage<Item extends object = PostEnvelope>(line: string): XMessage<Item> {
  if (isBlank(line)) return keepAlive;
  const parsed = parseJson(line);
  if (!parsed.ok) return malformed(line, parsed.problem);
  const { value } = parsed;
  if (hasData<Item>(value)) return { type: 'item', item: value };
  const members = recordOf(value);
  return members === undefined ? notAnObject(line) : readOther(members);
}

/**
 * The same for a line of Powerstream, which holds one native post or an array of them: one message for each. An empty array
 * is no message at all.
 */
export function readPowerMessages(line: string): XMessage<NativePost>[] {
  if (isBlank(line)) return [keepAlive];
  const parsed = parseJson(line);
  if (!parsed.ok) return [malformed(line, parsed.problem)];
  const values: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  return values.map((value) => {
    if (isNativePost(value)) return { type: 'item', item: value };
    const members = recordOf(value);
    return members === undefined ? notAnObject(line) : readOther(members);
  });
}

/** Hands on the messages of one line. */
export type MessageReader<Item> = (line: string, next: (message: XMessage<Item>) => void) => void;

/** The reader for the lines of a stream: {@link readMessage}, or {@link readPowerMessages}. */
export function messageReader<Name extends XStreamName>(name: Name): MessageReader<XItem<Name>>;
export function messageReader(name: XStreamName): MessageReader<never> | MessageReader<NativePost> {
  return name === 'powerstream' ? readPowerLine : readLine;
}

function readLine(line: string, next: (message: XMessage<never>) => void): void {
  next(readMessage<never>(line));
}

function readPowerLine(line: string, next: (message: XMessage<NativePost>) => void): void {
  for (const message of readPowerMessages(line)) next(message);
}

/** A line of blanks is a keep-alive with its line end still on it. */
function isBlank(line: string): boolean {
  return line.length < 3 && line.trim() === '';
}

function hasData<Item extends object>(value: unknown): value is Item {
  if (typeof value !== 'object' || value === null || !('data' in value)) return false;
  const { data } = value;
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isNativePost(value: unknown): value is NativePost {
  return typeof value === 'object' && value !== null && 'id_str' in value && typeof value.id_str === 'string';
}

function notAnObject(line: string): XMessage<never> {
  return malformed(line, { code: 'not_an_object', message: `JSON, but not an object: ${line.length} characters` });
}

function readOther(members: Members): XMessage<never> {
  const { errors, title, type, datacenter, timestamp } = members;
  if (Array.isArray(errors) && errors.length > 0) return readNotice(members);
  if (typeof title === 'string' && typeof type === 'string') return readNotice(members);
  if (type === 'connection_metadata') {
    return { type: 'metadata', datacenter: textOf(datacenter), timestamp: textOf(timestamp) };
  }
  return { type: 'unknown', value: members };
}

/** Where several problems come together, the one that ends the connection speaks for all. */
function readNotice(members: Members): NoticeMessage {
  const problems = problemsIn(members);
  const problem = problems.find((one) => problemVerdict(one)?.isDisconnect === true) ?? problems[0] ?? members;
  const read = problemOf(problem);
  return {
    type: 'notice',
    notice: {
      title: read?.title,
      detail: read?.detail,
      slug: read?.slug,
      disconnectType: textOf(problem['disconnect_type']),
      isDisconnect: problemVerdict(problem)?.isDisconnect === true,
      problem,
    },
    error: noticeError(problem),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
