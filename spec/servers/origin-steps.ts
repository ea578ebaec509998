import { STATUS_CODES } from 'node:http';
import type { OriginRequest } from './http-request.js';

/** Written to the wire as they are; a list writes the header once per value. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** One thing an origin does on a connection. Made by the functions below. */
export type Step =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: AnswerHeaders; readonly body?: Buffer }
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'stall' | 'reset' | 'fin' | 'accept-and-reset' | 'accept-and-close' }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'wait'; readonly promise: PromiseLike<unknown> };

/** What an origin does, one list of steps per connection; the last list repeats. */
export type Script = readonly (readonly Step[])[];

/** Decides on each request, also on the later ones of a connection. */
export type Handler = (request: OriginRequest) => readonly Step[] | Promise<readonly Step[]>;

/**
 * Waits for the next request, then writes a status line and headers.
 *
 * Where the headers say nothing of the body's length, the following steps do: a `chunk` makes it
 * `transfer-encoding: chunked`, a `send` leaves it to the end of the connection, nothing makes it `content-length: 0`.
 */
export function answer(status: number, headers: AnswerHeaders = {}, body?: string | Uint8Array): Step {
  return { kind: 'answer', status, headers, ...(body === undefined ? {} : { body: Buffer.from(body) }) };
}

/** A whole JSON answer with its length; the connection stays open for the next request. */
export function jsonAnswer(status: number, value: unknown, headers: AnswerHeaders = {}): Step {
  return answer(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

/** Body bytes without framing. */
export function send(data: string | Uint8Array): Step {
  return { kind: 'write', bytes: Buffer.from(data) };
}

/** Bytes exactly as given, head included; for what no correct server would say. */
export function raw(data: string | Uint8Array): Step {
  return send(data);
}

/** One HTTP chunk, written in one piece. */
export function chunk(data: string | Uint8Array): Step {
  const bytes = Buffer.from(data);
  const frame = [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')];
  return { kind: 'chunk', bytes: Buffer.concat(frame) };
}

/** The chunk of length zero: the body is complete, the connection stays open. */
export function endChunks(): Step {
  return { kind: 'chunk', bytes: Buffer.from('0\r\n\r\n') };
}

/** Not a byte more, the socket stays open: what a half-open connection looks like. */
export function stall(): Step {
  return { kind: 'stall' };
}

export function pause(ms: number): Step {
  return { kind: 'pause', ms };
}

/** Goes on when the promise settles. */
export function waitFor(promise: PromiseLike<unknown>): Step {
  return { kind: 'wait', promise };
}

/** RST, after what was written has had time to leave: an RST overtakes data that is still in the kernel. */
export function reset(): Step {
  return { kind: 'reset' };
}

/** FIN. On a chunked body without its last chunk this is a truncation, on a body without a length a clean end. */
export function fin(): Step {
  return { kind: 'fin' };
}

/** As the first step: RST at once, before the request is read. */
export function acceptAndReset(): Step {
  return { kind: 'accept-and-reset' };
}

/** As the first step: FIN at once, before the request is read. */
export function acceptAndClose(): Step {
  return { kind: 'accept-and-close' };
}

/** How the body of an answer ends: by its length or last chunk, or with the connection. */
export type Framing = 'own' | 'connection';

/** The bytes of an answer's head (and body, where it has one), completed from the steps that follow it. */
export function writeHead(
  step: Extract<Step, { kind: 'answer' }>,
  next: Step | undefined,
): { readonly bytes: Buffer; readonly framing: Framing } {
  const lines = [`HTTP/1.1 ${step.status} ${STATUS_CODES[step.status] ?? 'Unknown'}`];
  for (const [name, value] of Object.entries(step.headers)) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`);
  }
  const implied = hasFraming(step.headers) ? undefined : impliedFraming(step, next);
  if (implied !== undefined) lines.push(implied);
  const framing = implied !== undefined || hasFraming(step.headers) || isBodiless(step.status) ? 'own' : 'connection';
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  return { bytes: step.body === undefined ? head : Buffer.concat([head, step.body]), framing };
}

function impliedFraming(step: Extract<Step, { kind: 'answer' }>, next: Step | undefined): string | undefined {
  if (step.body !== undefined) return `content-length: ${step.body.length}`;
  if (isBodiless(step.status)) return undefined;
  if (next === undefined || next.kind === 'answer') return 'content-length: 0';
  return next.kind === 'write' || next.kind === 'fin' ? undefined : 'transfer-encoding: chunked';
}

function hasFraming(headers: AnswerHeaders): boolean {
  return Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
}

function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}
