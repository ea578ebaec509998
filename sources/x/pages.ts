import { defer, EMPTY, expand, type Observable, reduce } from 'rxjs';
import { StreamError } from '../../lib/errors.js';

/** One page of a list, and the way to the next. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque, set by X; `undefined` or empty on the last page. */
  readonly next: string | undefined;
}

/** A million rules at the largest page: whatever goes on beyond that is no list. */
const maxPages = 1_000;

/**
 * Every item of every page, as one list, in the server's order. The next page is asked for when the one before is in.
 *
 * Errors: those of `pageAt`; `fatal_error` with `malformed` for a list that leads back to a page it had, with
 * `response_too_large` for one of more than 1 000 pages.
 */
export function allPages<T>(pageAt: (token: string | undefined) => Observable<Page<T>>): Observable<readonly T[]> {
  return defer(() => {
    const seen = new Set<string>();
    return pageAt(undefined).pipe(
      expand(({ next }) => {
        if (next === undefined || next === '') return EMPTY;
        if (seen.has(next)) throw endless('malformed', 'the pages of the list lead in a circle');
        seen.add(next);
        if (seen.size >= maxPages) throw endless('response_too_large', `the list has more than ${maxPages} pages`);
        return pageAt(next);
      }),
      reduce((all, { items }) => all.concat(items), new Array<T>()),
    );
  });
}

function endless(code: 'malformed' | 'response_too_large', message: string): StreamError {
  return new StreamError(message, { errorType: 'fatal_error', code, phase: 'body' });
}
