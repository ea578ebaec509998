import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import { classifyAnswer, requestIdOf } from './classify-status.js';
import { StreamError } from './errors.js';
import { type CheckedRequest, type PreparedRequest, secretsIn } from './request.js';
import { redact } from './secrets.js';
import type { ByteReader, TransportResponse } from './transport.js';

/** An error body larger than this is no message any more. */
const maxErrorBody = 65_536;
/** A server that dawdles over its error body must not hold up the retry. */
const errorBodyDeadline = 5_000;

/** Encodings that every fetch undoes. An unknown one would hand its raw bytes to the parser. */
const knownEncodings: ReadonlySet<string> = new Set(['identity', 'gzip', 'x-gzip', 'deflate', 'br']);

/** Throws or rejects for an answer that is no stream: the status, the encoding, then the media type. `undefined` for a good one. */
export function refuseBadAnswer(
  request: CheckedRequest,
  sent: PreparedRequest,
  response: TransportResponse,
): Promise<never> | undefined {
  const { status } = response;
  if (status < 200 || status > 204 || status === 203) return badStatus(request, sent, response);
  const { target } = request;
  if (!knownEncodings.has(contentEncoding(response)))
    throw fatal('content_encoding', `cannot read the encoding of ${target}`, response);
  if (request.contentTypes === undefined || status === 204) return undefined;
  return request.contentTypes.includes(mediaType(response)) ? undefined : badType(request, sent, response);
}

async function badStatus(request: CheckedRequest, sent: PreparedRequest, response: TransportResponse): Promise<never> {
  const { status, headers } = response;
  const body = await errorBody(request, sent, response);
  const answer = { status, headers, body, target: request.target };
  throw request.classify?.(answer) ?? classifyAnswer(answer);
}

async function badType(request: CheckedRequest, sent: PreparedRequest, response: TransportResponse): Promise<never> {
  const wanted = request.contentTypes?.filter((one) => one !== '').join(' or ') ?? '';
  const type = mediaType(response);
  const got = type === '' ? 'no content type' : type.slice(0, 100);
  const body = await errorBody(request, sent, response);
  throw fatal('content_type', `${request.target} answered ${got} in place of ${wanted}`, response, body);
}

/** `identity` where the server names none. */
export function contentEncoding({ headers }: TransportResponse): string {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  return encoding === '' ? 'identity' : encoding;
}

function fatal(
  code: 'content_type' | 'content_encoding',
  message: string,
  { status, headers }: TransportResponse,
  responseBody?: string,
): StreamError {
  const requestId = requestIdOf(headers);
  const details = { errorType: 'fatal_error', code, phase: 'request', statusCode: status } as const;
  return new StreamError(message, { ...details, responseBody, requestId });
}

/** `text/event-stream` of `Text/Event-Stream; charset=utf-8`; empty where the server names none. */
function mediaType({ headers }: TransportResponse): string {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The first 64 KiB of what the server says, without our secrets. */
async function errorBody(
  { scheduler = asyncScheduler }: CheckedRequest,
  sent: PreparedRequest,
  { body }: TransportResponse,
): Promise<string> {
  if (body === undefined) return '';
  const secrets = secretsIn(sent);
  // Read a little further than is kept: a secret that the limit cuts in two would not be recognised.
  const limit = maxErrorBody + Math.max(0, ...secrets.map((secret) => secret.length));
  return redact(await readBounded(body, limit, scheduler), secrets).slice(0, maxErrorBody);
}

/** The first bytes of a body, or what came of it within 5 s. Never rejects: a broken error body is still an error. */
async function readBounded(body: ByteReader, limit: number, scheduler: SchedulerLike): Promise<string> {
  const decoder = new TextDecoder();
  let said = '';
  let room = limit;
  let timer: Subscription | undefined;
  const deadline = new Promise<undefined>((resolve) => {
    timer = scheduler.schedule(() => resolve(undefined), errorBodyDeadline);
  });
  while (room > 0) {
    const piece = await Promise.race([body.read().catch(() => undefined), deadline]);
    if (piece === undefined || piece.done) break;
    said += decoder.decode(piece.value.subarray(0, room), { stream: true });
    room -= piece.value.byteLength;
  }
  timer?.unsubscribe();
  return said + decoder.decode();
}
