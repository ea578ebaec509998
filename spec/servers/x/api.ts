import type { IncomingMessage } from 'node:http';

/** A request to one of the endpoints that answer once. */
export interface ApiRequest {
  readonly params: URLSearchParams;
  /** Parsed JSON; `undefined` where there was none. */
  readonly body: unknown;
  /** What the path's pattern captured. */
  readonly key: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: object;
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  /** Requests per window. */
  readonly limit: number;
  handle(request: ApiRequest): ApiAnswer;
}

export function ok(body: object): ApiAnswer {
  return { status: 200, body };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** A part of a list, and the token for the next part: 16 characters, as X's. */
export function page<T>(
  list: readonly T[],
  token: string | undefined,
  size: number,
): { data: readonly T[]; next?: string } {
  const start = token === undefined ? 0 : Number.parseInt(token, 36);
  const end = start + size;
  const data = list.slice(start, end);
  return end < list.length ? { data, next: end.toString(36).padStart(16, '0') } : { data };
}

export function isPageToken(token: string | undefined): boolean {
  return token === undefined || /^0*[0-9a-z]{1,6}$/.test(token);
}

/** Reads a request's JSON body. Text that is not JSON is an outcome, not an error. */
export async function readJson(request: IncomingMessage): Promise<{ ok: true; body: unknown } | { ok: false }> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  const text = Buffer.concat(parts).toString('utf8');
  if (text.trim() === '') return { ok: true, body: undefined };
  try {
    const body: unknown = JSON.parse(text);
    return { ok: true, body };
  } catch {
    return { ok: false };
  }
}
