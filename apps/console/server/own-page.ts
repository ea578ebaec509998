import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** The names under which a browser on this machine finds the console. */
const hosts = ['127.0.0.1', 'localhost'];

/** Whether an origin is the console's own page. */
export function isOwnOrigin(origin: string, port: number): boolean {
  return hosts.some((host) => origin === `http://${host}:${port}`);
}

/** Another name that somebody has made point here is how a foreign page would get to read the answers. */
export function isOwnHost({ headers: { host } }: IncomingMessage, port: number): boolean {
  return hosts.some((name) => host === `${name}:${port}`);
}

/** Whether a request may change something: from the console's own page, or from a program that is no browser. */
export function isOwnRequest({ headers }: IncomingMessage, port: number): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return headers.origin === undefined || isOwnOrigin(headers.origin, port);
}

/** What every answer of the console says. `gates`: where the page may connect to beside the console itself. */
export function pageHeaders(gates: readonly string[]): OutgoingHttpHeaders {
  const policy = [
    `default-src 'none'`,
    `script-src 'self'`,
    // Angular puts the styles of its components into the page.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src ${[`'self'`, ...gates].join(' ')}`,
    `base-uri 'self'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
