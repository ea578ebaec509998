import type { MockResponse } from './responses-voice.js';

/** What became of a request about a response that goes on in the background. */
export type BackgroundAnswer =
  | { readonly status: number; readonly message: string }
  | { readonly frames: readonly string[] }
  | { readonly response: object };

export interface BackgroundOptions {
  /** Whether a background response can be streamed again. @default true */
  readonly isResumable?: boolean | undefined;
  /** How many times a background response that is asked for is still being made. @default 0 */
  readonly polls?: number | undefined;
}

/** The responses that were created with `background: true`; others are gone with their connection. */
export interface BackgroundResponses {
  add(response: MockResponse): void;
  /** The answer to `method` on `/v1/responses/{id}` and what is below; `undefined` for other paths. */
  answer(method: string, url: URL): BackgroundAnswer | undefined;
}

interface Kept extends MockResponse {
  pollsLeft: number;
  isCancelled: boolean;
}

export function backgroundResponses({ isResumable = true, polls = 0 }: BackgroundOptions): BackgroundResponses {
  const kept = new Map<string, Kept>();
  const polled = (one: Kept): object => {
    if (one.isCancelled) return { ...one.whole, status: 'cancelled' };
    one.pollsLeft -= 1;
    return one.pollsLeft < 0 ? one.whole : { ...one.whole, status: 'in_progress', output: [], usage: null };
  };
  return {
    add: (response) => kept.set(response.id, { ...response, pollsLeft: polls, isCancelled: false }),
    answer: (method, url) => {
      const [, id = '', action] = /\/responses\/([^/]+)(?:\/(cancel))?$/.exec(url.pathname) ?? [];
      if (id === '' || (method === 'POST') !== (action === 'cancel')) return undefined;
      const found = kept.get(decodeURIComponent(id));
      if (found === undefined) return { status: 404, message: `Response with id '${id}' not found.` };
      if (action === 'cancel') found.isCancelled = true;
      if (url.searchParams.get('stream') !== 'true') return { response: polled(found) };
      const message = 'This response can no longer be streamed because it is more than 5 minutes old.';
      if (!isResumable) return { status: 400, message };
      return { frames: found.frames.slice(Number(url.searchParams.get('starting_after') ?? -1) + 1) };
    },
  };
}
