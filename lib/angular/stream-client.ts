import { inject, InjectionToken, Injector } from '@angular/core';
import type { CheckpointStore } from '../checkpoint.js';
import type { RetryConfig } from '../config.js';
import { mergeHeaders } from '../merge-headers.js';
import type { RequestValues, StreamRequest } from '../request.js';
import { pageUrl } from './page-url.js';
import { type RequestAccess, requestFeatures } from './request-feature.js';

/** What `withRetry` and `withCheckpoint` provide. */
export const retryFeature: InjectionToken<RetryConfig> = /* @__PURE__ */ new InjectionToken('tailrace retry');
export const checkpointFeature: InjectionToken<CheckpointStore> = /* @__PURE__ */ new InjectionToken(
  'tailrace checkpoint',
);

/** A request with the application's headers. */
export type InterceptedRequest<R extends StreamRequest> = Omit<R, 'url' | 'headers'> & {
  url: string | URL;
  headers: () => Promise<RequestValues>;
};

/** What an application has said about all of its streams, in the form that sources take. */
export interface StreamClient {
  /** What `withRetry` says, or nothing: `filteredStream({ ...client.retry, ... })`, `retryBackoff(client.retry)`. */
  readonly retry: RetryConfig;
  /** The store of `withCheckpoint`. */
  readonly checkpoint: CheckpointStore | undefined;
  /**
   * The same request with the headers of `withRequest`, made anew for every attempt, where its origin may have them. The request's own headers
   * go before them; one that is `undefined` leaves the application's out. A relative `url` is taken from the page's base.
   */
  request<const R extends StreamRequest>(request: R): InterceptedRequest<R>;
  /**
   * For the `fetch:` of any source. Where the origin may have them, the headers of `withRequest` take the place of the source's own, so that a
   * proxy gets the credential that it wants. A request that carries them follows no redirect but one that its caller follows by hand, as sources
   * do; `redirect_refused` otherwise. What an error answer repeats of them is taken out.
   */
  readonly fetch: typeof globalThis.fetch;
}

/**
 * What `provideTailrace` has set up, in the form that sources take; without it, a plain `fetch` and no settings.
 *
 * @example
 * import { inject, InjectionToken } from '@angular/core';
 * import { StreamClient } from 'tailrace/angular';
 * import { streamWithRetry } from 'tailrace/operators';
 * import { filteredStream } from 'tailrace/sources/x';
 *
 * const feeds = () => {
 *   const client = inject(StreamClient);
 *   const baseUrl = 'https://app.example.com/x';
 *   return {
 *     prices: streamWithRetry(client.request({ url: '/api/prices', format: 'sse' }), client.retry),
 *     posts: filteredStream({ ...client.retry, bearerToken: 'held-by-the-proxy', baseUrl, fetch: client.fetch }),
 *   };
 * };
 * export const Feeds = new InjectionToken('Feeds', { providedIn: 'root', factory: feeds });
 */
export const StreamClient: InjectionToken<StreamClient> = /* @__PURE__ */ new InjectionToken('StreamClient', {
  providedIn: 'root',
  factory: streamClient,
});

/** In an injection context. */
export function streamClient(): StreamClient {
  const features = inject(requestFeatures, { optional: true }) ?? [];
  const { headersFor, fetch } = features[0]?.access(features, inject(Injector)) ?? plainAccess;
  return {
    retry: inject(retryFeature, { optional: true }) ?? {},
    checkpoint: inject(checkpointFeature, { optional: true }) ?? undefined,
    request: ({ url: given, headers: own, ...rest }) => {
      const url = pageUrl(given) ?? given;
      const headers = async (): Promise<RequestValues> => {
        const all = mergeHeaders(url instanceof URL ? await headersFor(url) : undefined, own);
        return typeof all === 'function' ? all() : all;
      };
      return { ...rest, url, headers };
    },
    fetch,
  };
}

const plainAccess: RequestAccess = {
  headersFor: async () => undefined,
  // looked up late, like every other use of fetch: zone.js and tests replace it
  fetch: async (input, init) => globalThis.fetch(input, init),
};
