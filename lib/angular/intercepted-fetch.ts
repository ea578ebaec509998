import { StreamError } from '../errors.js';
import { headerBytes, headerLabel, headerRule } from '../header-value.js';
import { refused } from '../redirect.js';
import type { RequestValues } from '../request.js';
import { secretsOf } from '../secrets.js';
import { pageUrl } from './page-url.js';
import { redactedAnswer } from './redacted-answer.js';
import type { HeadersFor } from './request-headers.js';

type Fetch = typeof globalThis.fetch;
type FetchInput = Parameters<Fetch>[0];

/**
 * `fetch` with headers of the application, in place of those of the same name: a source that insists on a token of its own gets along with a
 * proxy that wants another. A request that gets headers follows no redirect, and what an error answer repeats of them is taken out.
 */
export function interceptedFetch(headersFor: HeadersFor): Fetch {
  return async (input, init) => {
    const asked = requestOf(input);
    const url = pageUrl(urlOf(input));
    const added = url === undefined ? undefined : await headersFor(url);
    // Looked up late, like every other use of fetch: zone.js and tests replace it.
    if (url === undefined || added === undefined) return globalThis.fetch(input, init);
    const values = await headerValues(added);
    const headers = new Headers(init?.headers ?? asked?.headers);
    for (const [name, value] of Object.entries(values)) headers.set(name, value);
    const response = await globalThis.fetch(input, { ...init, headers, redirect: 'manual' });
    const redirect = init?.redirect ?? asked?.redirect;
    // fetch takes `Authorization` off on the way to another origin, and sends every other credential on.
    if (redirect !== 'manual' && isRedirect(response)) throw refused(url, otherPlace);
    return redactedAnswer(response, secretsOf(values, url));
  };
}

const otherPlace = 'another place; the request carries headers of withRequest';

function urlOf(input: FetchInput): string | URL {
  return typeof input === 'object' && 'url' in input ? input.url : input;
}

/** Of any realm: `instanceof` fails in tests. */
function requestOf(input: FetchInput): Request | undefined {
  return typeof input === 'object' && 'url' in input ? input : undefined;
}

function isRedirect({ type, status, headers }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400 && headers.has('location'));
}

/** Names in lower case, values as they go over the wire. The platform's own error for a bad one would quote it. */
async function headerValues(given: RequestValues): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, lazy] of Object.entries(given)) {
    const value = typeof lazy === 'function' ? await lazy() : lazy;
    if (value === undefined) continue;
    const rule = headerRule(name);
    if (!rule.test(String(value))) {
      const message = `withRequest: ${headerLabel(name)} must be ${rule.expected}`;
      throw new StreamError(message, { errorType: 'fatal_error', code: 'bad_header', phase: 'request' });
    }
    values[name.toLowerCase()] = headerBytes(String(value));
  }
  return values;
}
