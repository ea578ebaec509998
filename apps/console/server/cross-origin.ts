import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Which pages may read what a gate answers. */
export type AllowsOrigin = (origin: string) => boolean;

/** Where a request comes from: a page that may, one that may not, or no page at all. */
export type RequestSource = 'page' | 'foreign' | 'program';

/** A browser says where a page of another origin is from, always (Fetch standard, 3.2.2). */
export function sourceOf({ headers: { origin } }: IncomingMessage, allows: AllowsOrigin): RequestSource {
  if (origin === undefined) return 'program';
  return allows(origin) ? 'page' : 'foreign';
}

/** Whether it is a browser's question before the request itself (Fetch standard, 4.8). */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** The answer to it: whatever this page wants to send is welcome. */
export function preflightHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const asked = request.headers['access-control-request-headers'] ?? '';
  const names = asked.split(',').map((name) => name.trim());
  return {
    ...originHeaders(request),
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
    'access-control-allow-headers': names.filter((name) => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)).join(', '),
    'access-control-max-age': '600',
  };
}

/** What an answer needs so that the page can read it, all of its headers included: sources read `retry-after`, `stream-next-offset`... */
export function readableHeaders(request: IncomingMessage, answer: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const names = [...new Set(['date', ...Object.keys(answer)])];
  return { ...answer, ...originHeaders(request), 'access-control-expose-headers': names.join(', ') };
}

function originHeaders({ headers: { origin } }: IncomingMessage): OutgoingHttpHeaders {
  return origin === undefined ? { vary: 'origin' } : { 'access-control-allow-origin': origin, vary: 'origin' };
}
