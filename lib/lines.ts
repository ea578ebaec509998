import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { callback, checkOptions, integer, oneOf, type OptionRules } from './check-options.js';
import { StreamError, type StreamErrorCode } from './errors.js';
import { lineReader, type LineProblem, type LineReader, type Tail } from './line-reader.js';
import { subscribeWithin } from './subscribe-within.js';

/** How bytes become lines, and what becomes of lines that are none. */
export interface LinesOptions {
  /** A line may have this many bytes, its LF not counted. @default 16_777_216 */
  maxLength?: number | undefined;
  /**
   * What a longer line does. `error` ends the stream as soon as the limit is passed; `skip` drops the line up to its end,
   * reports it and goes on. Neither keeps more than `maxLength` bytes. @default 'error'
   */
  onTooLong?: 'error' | 'skip' | undefined;
  /**
   * What becomes of bytes without a line end when the source is over. `json` emits them if they are one whole JSON
   * object or array, which no cut-off piece of one ever is, and takes anything else for an interruption; `error` takes
   * everything for one; `emit` emits everything. @default 'json'
   */
  unterminated?: 'json' | 'error' | 'emit' | undefined;
  /** What a line that is not UTF-8 does: `replace` emits it with U+FFFD in place of the bad bytes. @default 'replace' */
  invalidUtf8?: 'replace' | 'error' | undefined;
  /** Called for every such line, before it is emitted, also where it ends the stream. What it throws is dropped. */
  onInvalid?: ((problem: LineProblem) => void) | undefined;
}

/** The longest text that every engine holds. */
const maxTextLength = 2 ** 29 - 24;
const rules: OptionRules<LinesOptions> = {
  maxLength: integer(1, maxTextLength, ' bytes'),
  onTooLong: oneOf('error', 'skip'),
  unterminated: oneOf('json', 'error', 'emit'),
  invalidUtf8: oneOf('replace', 'error'),
  onInvalid: callback,
};

type Policy = { readonly [K in Exclude<keyof LinesOptions, 'onInvalid'>]-?: NonNullable<LinesOptions[K]> } & Pick<
  LinesOptions,
  'onInvalid'
>;

/**
 * Turns bytes into lines (newline-delimited JSON, https://github.com/ndjson/ndjson-spec), however they were cut on the way.
 *
 * A line ends with LF or CRLF; a lone CR and U+2028 are part of it. Empty lines are emitted, since servers send them as
 * heartbeats. One byte order mark at the very start is taken away. Lines come synchronously, in order, while the chunk
 * that ends them is handled; chunks are copied where needed and may be used again. Emitted lines may share the memory of
 * their chunk: keep what was parsed from them, not the lines.
 *
 * Holds at most `maxLength` bytes of an unfinished line (twice that for a moment while it grows). On completion of the
 * source the rest goes by `unterminated`; before an error of the source it is emitted only in mode `json` and only if
 * it is whole; on unsubscription it is dropped, and no line follows even from the same chunk. An empty or blank rest is
 * none.
 *
 * Errors: `fatal_error` with code `frame_too_large` or, with `invalidUtf8: 'error'`, `malformed`; `stream_interrupted`
 * with code `truncated` when the source completes in the middle of a line. Errors of the source pass as they are.
 *
 * @example
 * import { lines, parseJson } from 'tailrace';
 * import { from, map } from 'rxjs';
 *
 * const body = from([new TextEncoder().encode('{"id":1}\n{"i'), new TextEncoder().encode('d":2}\n')]);
 * body.pipe(lines(), map((line) => parseJson(line))).subscribe((read) => console.log(read.ok));
 */
export function lines(options: LinesOptions = {}): OperatorFunction<Uint8Array, string> {
  checkOptions('lines', rules, options);
  const policy: Policy = {
    maxLength: options.maxLength ?? 16_777_216,
    onTooLong: options.onTooLong ?? 'error',
    unterminated: options.unterminated ?? 'json',
    invalidUtf8: options.invalidUtf8 ?? 'replace',
    onInvalid: options.onInvalid,
  };
  return (source) => new Observable((subscriber) => readLines(source, policy, subscriber));
}

function readLines(source: Observable<Uint8Array>, policy: Policy, subscriber: Subscriber<string>): void {
  const reader = lineReader({
    maxLength: policy.maxLength,
    failFast: policy.onTooLong === 'error',
    sink: subscriber,
    onProblem: (problem) => settle(problem, policy, subscriber),
  });
  subscribeWithin(source, subscriber, {
    next: (chunk) => reader.feed(chunk),
    error: (cause) => {
      const tail = reader.takeTail();
      if (tail !== undefined) finishBeforeError(tail, policy, reader);
      subscriber.error(cause);
    },
    complete: () => {
      const tail = reader.takeTail();
      if (tail !== undefined && !subscriber.closed) finish(tail, policy, reader, subscriber);
      subscriber.complete();
    },
  });
}

/** Reports a line, and ends the stream where the policy says so. */
function settle(problem: LineProblem, policy: Policy, subscriber: Subscriber<string>): void {
  report(problem, policy);
  const { code, line, length } = problem;
  if (code === 'line_too_long' && policy.onTooLong === 'error') {
    subscriber.error(fatal('frame_too_large', `line ${line} is longer than ${policy.maxLength} bytes`));
  }
  if (code === 'invalid_utf8' && policy.invalidUtf8 === 'error') {
    subscriber.error(fatal('malformed', `line ${line}, ${length} bytes, is not UTF-8`));
  }
}

function fatal(code: StreamErrorCode, message: string): StreamError {
  return new StreamError(message, { errorType: 'fatal_error', code, phase: 'body' });
}

function finish(tail: Tail, policy: Policy, reader: LineReader, subscriber: Subscriber<string>): void {
  if (isBlank(tail)) return;
  if (policy.unterminated === 'emit' || (policy.unterminated === 'json' && isWhole(tail))) return reader.deliver(tail);
  reportTruncated(tail, policy);
  const message = `the stream ended inside line ${tail.number}: ${tail.length} bytes without a line end were dropped`;
  subscriber.error(new StreamError(message, { errorType: 'stream_interrupted', code: 'truncated', phase: 'body' }));
}

/** The source's own error says more than any of ours: nothing here may take its place. */
function finishBeforeError(tail: Tail, policy: Policy, reader: LineReader): void {
  if (isBlank(tail)) return;
  const isSound = tail.problem === undefined || policy.invalidUtf8 === 'replace';
  if (policy.unterminated === 'json' && isSound && isWhole(tail)) return reader.deliver(tail);
  reportTruncated(tail, policy);
}

function reportTruncated({ number, length, offset }: Tail, policy: Policy): void {
  report({ code: 'truncated', line: number, length, offset }, policy);
}

function report(problem: LineProblem, { onInvalid }: Policy): void {
  try {
    onInvalid?.(problem);
  } catch {
    // There is nowhere to report a failing report to, and the stream is not at fault.
  }
}

function isBlank({ text }: Tail): boolean {
  return text !== undefined && text.trim() === '';
}

function isWhole({ text }: Tail): boolean {
  const last = text?.trimEnd().at(-1);
  if (text === undefined || (last !== '}' && last !== ']')) return false;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
