import { defer, map, type Observable, of } from 'rxjs';
import type { OptionRule } from '../../lib/check-options.js';
import { headerRule } from '../../lib/header-value.js';
import type { Overrides } from './exchange.js';
import { headCall } from './head.js';
import type { CheckedDurable } from './options.js';

/** What a stream is that was made without a type (draft 1.0, 1.4). */
export const defaultContentType = 'application/octet-stream';

/** RFC 9110 8.3.1: type, slash, subtype, and whatever parameters. */
const mediaType = /^[!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+[ \t]*(?:;.*)?$/i;

export const contentTypeRule: OptionRule = {
  expected: 'a media type such as "application/json"',
  test: (value) => typeof value === 'string' && mediaType.test(value) && headerRule('content-type').test(value),
};

/** The stream's type where the caller knows it, else asked of the server, once per subscription. Errors: as {@link headCall}. */
export function typeOf(
  checked: CheckedDurable,
  contentType: string | undefined,
  overrides?: Overrides,
): Observable<string> {
  if (contentType !== undefined) return of(contentType);
  return defer(() => headCall(checked, overrides)).pipe(map((head) => head.contentType ?? defaultContentType));
}
