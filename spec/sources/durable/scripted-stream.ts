import type { OriginRequest } from '../../servers/http-request.js';
import { answer, chunk, endChunks, fin, type Handler, send, type Step } from '../../servers/origin-steps.js';

/** What a scripted stream holds, and how far catch-up sees it: what is behind comes live, and the stream is closed then. */
export interface ScriptedStream {
  readonly contentType: string;
  /** JSON texts of a JSON stream, else pieces of text. */
  readonly messages: readonly string[];
  /** Messages of the first page; asked for again it has one more. */
  readonly page: number;
  /** Messages that were there when the reader came. */
  readonly tail: number;
  /** @default '\n' */
  readonly eol?: string;
  /** Bodies other than event streams say how long they are. @default false */
  readonly sized?: boolean;
}

/** Where an answer breaks off. */
export interface Cut {
  readonly live: 'catch-up' | 'long-poll' | 'sse';
  /** Bytes of the body that still come. */
  readonly after: number;
  /** In the middle of a chunked body, or as if that were all. */
  readonly by: 'fin' | 'end';
}

/** One handler for any number of readers, told apart by their path; the first answer of the kind is cut for each. */
export function scriptedStream(
  stream: ScriptedStream,
  cutOf: (path: string) => Cut | undefined = () => undefined,
): Handler {
  const counts = new Map<string, number>();
  return (request) => {
    const { pathname, searchParams } = new URL(request.path, 'http://a.example');
    const live = searchParams.get('live') ?? 'catch-up';
    const key = `${pathname} ${live}`;
    const times = (counts.get(key) ?? 0) + 1;
    counts.set(key, times);
    const from = Math.max(0, Number(searchParams.get('offset')));
    const { head, body } = live === 'sse' ? sseAnswer(stream, from) : plainAnswer(stream, from, live, times);
    const cut = cutOf(pathname);
    const isSized = stream.sized === true && live !== 'sse';
    if (cut === undefined || cut.live !== live || times > 1) {
      return isSized ? [head, send(body)] : [head, chunk(body), endChunks()];
    }
    const piece = body.subarray(0, cut.after);
    const said = piece.length === 0 ? [] : [isSized ? send(piece) : chunk(piece)];
    return [head, ...said, cut.by === 'fin' ? fin() : endChunks()];
  };
}

/** So many bytes has the first answer of a kind. */
export function bodyLength(stream: ScriptedStream, live: Cut['live']): number {
  if (live === 'sse') return sseAnswer(stream, stream.tail).body.length;
  return plainAnswer(stream, live === 'catch-up' ? 0 : stream.tail, live, 1).body.length;
}

/** In bytewise order. */
export function offsetOf(index: number): string {
  return String(index).padStart(4, '0');
}

interface Answer {
  readonly head: Step;
  readonly body: Buffer;
}

function plainAnswer(stream: ScriptedStream, from: number, live: string, times: number): Answer {
  const { contentType, messages, page, tail, sized = false } = stream;
  const isLive = live !== 'catch-up';
  const to = isLive ? messages.length : Math.min(tail, from + page + Math.min(times, 2) - 1);
  const some = messages.slice(from, to);
  const body = contentType === 'application/json' ? `[${some.join(times === 1 ? ',' : ' , ')}]` : some.join('');
  const headers = {
    'content-type': contentType,
    ...(sized ? { 'content-length': String(Buffer.byteLength(body)) } : { 'transfer-encoding': 'chunked' }),
    'stream-next-offset': offsetOf(Math.max(from, to)),
    ...(to >= tail && { 'stream-up-to-date': 'true' }),
    ...(isLive ? { 'stream-closed': 'true' } : {}),
  };
  return { head: answer(200, headers), body: Buffer.from(body) };
}

/** Two batches: one event of one message and one of the others but the last, then the last one, which closes the stream. */
function sseAnswer({ contentType, messages, eol = '\n' }: ScriptedStream, from: number): Answer {
  const last = messages.length - 1;
  const isBinary = contentType === 'application/octet-stream';
  const event = (name: string, data: string): string =>
    [`event: ${name}`, ...data.split('\n').map((line) => `data: ${line}`), '', ''].join(eol);
  const data = (...some: readonly string[]): string => {
    if (some.length === 0) return '';
    if (contentType === 'application/json') return event('data', `[${some.join(',\n')}]`);
    const text = some.join('');
    return event(
      'data',
      isBinary
        ? Buffer.from(text)
            .toString('base64')
            .replace(/(.{7})/g, '$1\n')
        : text,
    );
  };
  const control = (to: number): string =>
    event(
      'control',
      JSON.stringify({
        streamNextOffset: offsetOf(to),
        upToDate: true,
        ...(to > last ? { streamClosed: true } : { streamCursor: 'c' }),
      }),
    );
  const first =
    from < last
      ? `${data(...messages.slice(from, from + 1))}${data(...messages.slice(from + 1, last))}${control(last)}`
      : '';
  const body = `: hello${eol}retry: 5${eol}id: 7${eol}${eol}${event('news', 'ignored')}${first}${data(...messages.slice(last))}${control(last + 1)}`;
  const headers = {
    'content-type': 'text/event-stream',
    'transfer-encoding': 'chunked',
    ...(isBinary && { 'stream-sse-data-encoding': 'base64' }),
  };
  return { head: answer(200, headers), body: Buffer.from(body) };
}

/** Its query parameters as text, in the order in which they came. */
export function queryOf({ path }: OriginRequest): string {
  return path.split('?')[1] ?? '';
}
