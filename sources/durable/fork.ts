import type { Observable } from 'rxjs';
import { checkOptions, type OptionRules } from '../../lib/check-options.js';
import { checkRequest } from '../../lib/request.js';
import { createCall, type CreateDetails, createRules, type CreateResult } from './create.js';
import { checkDurable, type DurableOptions, durableRules } from './options.js';

/** What a fork is to be; the rest comes from its source. */
export type ForkDetails = Omit<CreateDetails, 'forkedFrom'>;

/** What forking takes: the options of every request, and of the new stream. */
export interface ForkOptions extends DurableOptions, ForkDetails {}

const { forkedFrom: _own, ...rules } = createRules;
export const forkRules: OptionRules<ForkDetails> = rules;

/**
 * Makes a stream that begins with the data of another one of the same server, up to `forkOffset`, and goes its own way from there. Cold, one
 * value, complete; repeated on transient failures, which is safe. Give `contentType`, the source's own, where a repetition must be recognised:
 * without it a server may take the fork that is there for a different one (`stream_exists`).
 *
 * The fork is open even where its source is closed, and sees nothing that the source gets later. Its media type and lifetime are those of the
 * source where the options name none; producers and `seq` start anew. `targetUrl` may be relative to the source's.
 *
 * Errors: as `createDurable`: `stream_not_found` for a missing source, `bad_request` for an offset behind its end, `stream_exists` for a path
 * that is in use, another media type, or a source that is deleted.
 *
 * @example
 * import { forkDurable } from 'tailrace/sources/durable';
 *
 * forkDurable('https://streams.example.com/orders', '/orders-what-if').subscribe(({ location }) => console.log(location));
 */
export function forkDurable(
  sourceUrl: string | URL,
  targetUrl: string | URL,
  options: ForkOptions = {},
): Observable<CreateResult> {
  checkOptions('forkDurable', { ...durableRules, ...forkRules }, options);
  const target = forkTarget('forkDurable', sourceUrl, targetUrl);
  return createCall('forkDurable', checkDurable('forkDurable', target, options), { ...options, forkedFrom: sourceUrl });
}

/** The target's whole URL. Errors: `TypeError` for a source that is no URL and a target that is none even beside it. */
export function forkTarget(where: string, sourceUrl: string | URL, targetUrl: string | URL): string {
  const { url: base } = checkRequest(where, { url: sourceUrl, allowSecretInQuery: true });
  // The platform's own error carries the whole input.
  if (!URL.canParse(targetUrl, base)) throw new TypeError(`${where}: the target must be a URL or a path`);
  return new URL(targetUrl, base).href;
}
