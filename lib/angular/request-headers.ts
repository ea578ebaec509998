import { type Injector, runInInjectionContext } from '@angular/core';
import type { RequestValues } from '../request.js';
import { pageOrigin } from './page-url.js';
import { isServer } from './server-streams.js';

/** What an application adds to its requests. */
export interface RequestAdditions {
  /** As those of a `StreamRequest`; `undefined` adds none. */
  headers?: RequestValues | undefined;
}

/** Makes them for one attempt. It may `inject()`, but not after an `await`. */
export type RequestInterceptor = (request: {
  /** Where it goes. */
  readonly url: URL;
}) => RequestAdditions | Promise<RequestAdditions>;

/** Which requests get them. */
export interface RequestFeatureOptions {
  /**
   * Origins, such as `https://api.example.com`. No other one ever gets what is added. On a server none is the page's own: its name there comes
   * from a header that any client can write.
   * @default the origin of the page
   */
  origins?: readonly string[] | undefined;
}

/** One `withRequest`. */
export interface RequestFeature {
  readonly intercept: RequestInterceptor;
  /** `undefined` is the page's own. */
  readonly origins: ReadonlySet<string> | undefined;
}

/** The headers of all features that this URL may get, the later ones on top; `undefined` where there is none. */
export type HeadersFor = (url: URL) => Promise<RequestValues | undefined>;

/** What all of them add to a request. `injector` is the one that interceptors inject from. */
export function headersOf(features: readonly RequestFeature[], injector: Injector): HeadersFor {
  const hasPage = !isServer(injector);
  return async (url) => {
    const own = hasPage ? pageOrigin() : undefined;
    const asked = features.filter(({ origins }) =>
      origins === undefined ? url.origin === own : origins.has(url.origin),
    );
    if (asked.length === 0) return undefined;
    // All begun before the first is awaited: the injection context ends with this turn.
    const added = asked.map(async ({ intercept }) =>
      runInInjectionContext(injector, () => intercept({ url: new URL(url) })),
    );
    const all = await Promise.all(added);
    return all.reduce<RequestValues>((headers, one) => ({ ...headers, ...one.headers }), {});
  };
}
