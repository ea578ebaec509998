import { StreamError } from './errors.js';
import type { PreparedRequest } from './request.js';
import type { TransportResponse } from './transport.js';

/** More is a loop, or a chain that nobody meant. */
export const maxRedirects = 3;

const moves: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The request that a redirect asks for, or `undefined` where the answer is none. Only to the same origin, so that no
 * credential ever crosses: fetch drops `Authorization` on the way to another origin, but sends `x-api-key` on. And only with the same
 * method: the answer to a GET would say that what a POST carries has arrived.
 *
 * Errors: `redirect_refused`.
 */
export function redirected(request: PreparedRequest, response: TransportResponse): PreparedRequest | undefined {
  const location = moves.has(response.status) ? response.headers.get('location') : null;
  if (location === null) return undefined;
  const url = URL.canParse(location, request.url) ? new URL(location, request.url) : undefined;
  if (url?.origin !== request.url.origin) {
    throw refused(request.url, url === undefined ? 'an unreadable location' : `another origin (${url.origin})`);
  }
  if (url.username + url.password !== '') throw refused(request.url, 'a location with user info');
  // RFC 9110 15.4: 303 always turns into GET; 301 and 302 do so for POST in every client there is.
  const toGet = response.status === 303 ? !isRead(request) : request.method === 'POST' && response.status < 303;
  if (toGet) throw refused(request.url, `a GET, in place of ${request.method}`);
  return { ...request, url };
}

/** A request that stays what it is, wherever it is sent. */
export function isRead({ method }: PreparedRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

export function refused(from: URL, to: string): StreamError {
  return new StreamError(`refused the redirect of ${from.origin}${from.pathname} to ${to}`, {
    errorType: 'fatal_error',
    code: 'redirect_refused',
    phase: 'request',
  });
}
