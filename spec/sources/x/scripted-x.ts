import type { VirtualTimeScheduler } from 'rxjs';
import type { ByteReader, Transport } from '../../../lib/transport.js';

/** How a connection to a scripted X goes. */
export interface ScriptedAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Each text or piece of bytes arrives by itself. */
  readonly body?: readonly (string | Uint8Array)[];
  /** What follows the body: its regular end, a broken socket, or nothing more. @default 'clean' */
  readonly end?: 'clean' | 'broken' | 'open';
  /** The end comes after so many virtual milliseconds. @default at once */
  readonly after?: number;
  /** What is said just before that end. */
  readonly lastWords?: string;
}

export interface ScriptedX {
  readonly transport: Transport;
  /** Every request, with the time of the virtual clock. */
  readonly requests: { readonly url: URL; readonly authorization: string | undefined; readonly at: number }[];
}

/** X without sockets: for virtual time, and for chunkings that no socket promises to keep. `refused` is no answer at all. */
export function scriptedX(
  answerOf: (n: number, url: URL) => ScriptedAnswer | 'refused',
  scheduler?: VirtualTimeScheduler,
): ScriptedX {
  const requests: ScriptedX['requests'] = [];
  const transport: Transport = async ({ url, headers, signal }) => {
    const request = { url: new URL(url), authorization: headers['authorization'], at: scheduler?.now() ?? 0 };
    requests.push(request);
    const answer = answerOf(requests.length, request.url);
    if (answer === 'refused') throw broken('fetch failed', 'ECONNREFUSED');
    const { status = 200, headers: sent = { 'content-type': 'application/json' } } = answer;
    return { status, headers: new Headers(sent), body: reader(answer, signal, scheduler), hiddenRedirect: false };
  };
  return { transport, requests };
}

function reader(
  { body = [], end = 'clean', after, lastWords }: ScriptedAnswer,
  signal: AbortSignal,
  scheduler: VirtualTimeScheduler | undefined,
): ByteReader {
  const pieces = body.values();
  let words = lastWords;
  return {
    read: async () => {
      const piece = pieces.next();
      if (piece.done !== true) return { done: false, value: Buffer.from(piece.value) };
      if (after !== undefined && words === lastWords)
        await new Promise<void>((resolve) => scheduler?.schedule(() => resolve(), after));
      if (words !== undefined) {
        const value = Buffer.from(words);
        words = undefined;
        return { done: false, value };
      }
      if (end === 'broken') throw broken('terminated', 'UND_ERR_SOCKET');
      if (end === 'open') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { done: true };
    },
  };
}

function broken(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) });
}

/**
 * Lets virtual time run up to `until`. Between any two timers everything that promises have to do is done first, as it would be
 * in a real second.
 */
export async function runUntil(scheduler: VirtualTimeScheduler, until: number): Promise<void> {
  for (;;) {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const [next] = scheduler.actions;
    if (next === undefined || next.delay > until) break;
    scheduler.maxFrames = next.delay;
    scheduler.flush();
  }
  scheduler.frame = until;
}
