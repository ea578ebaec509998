import { DurableStreamError } from './errors.js';

/**
 * The URL of a stream below a root, from its path as subscriptions have it, which is the raw path of its URL.
 *
 * Errors: throws `fatal_error` with `parse_error` for a path that leads out of the root: it may come from a server.
 */
export function streamUrl(root: string, path: string): string {
  const relative = path.replace(/^\/+/, '');
  const text = `${root}/${relative}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBelow = url !== undefined && text.startsWith(`${url.origin}/`) && url.href.startsWith(`${root}/`);
  // A question mark or a hash would end the path; a backslash is a slash to the URL parser.
  if (relative !== '' && isBelow && !/[?#\\]/.test(relative)) return url.href;
  throw new DurableStreamError('a path of the subscription is not the path of a stream below the root', {
    errorType: 'fatal_error',
    code: 'parse_error',
  });
}
