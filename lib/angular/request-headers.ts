import { inject, InjectionToken, Injector, runInInjectionContext } from '@angular/core';
import { callback, checkOption, checkOptions, instance, type OptionRules } from '../check-options.js';
import type { RequestValues } from '../request.js';
import { pageOrigin } from './page-url.js';

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

/** Every `withRequest` of one `provideTailrace`. */
export const requestFeatures: InjectionToken<readonly RequestFeature[]> = /* @__PURE__ */ new InjectionToken(
  'tailrace requests',
);

/** The headers of all features that this URL may get, the later ones on top; `undefined` where there is none. */
export type HeadersFor = (url: URL) => Promise<RequestValues | undefined>;

const rules: OptionRules<RequestFeatureOptions> = { origins: instance };

/** Errors: `TypeError` for an origin that is none. */
export function requestFeature(intercept: RequestInterceptor, options: RequestFeatureOptions): RequestFeature {
  checkOption('withRequest: the first argument', callback, intercept);
  checkOptions('withRequest', rules, options);
  return { intercept, origins: options.origins && new Set(options.origins.map(originOf)) };
}

/** In the injection context of the client. */
export function injectHeaders(isServer: boolean): HeadersFor {
  const features = inject(requestFeatures, { optional: true }) ?? [];
  const injector = inject(Injector);
  return async (url) => {
    const own = isServer ? undefined : pageOrigin();
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

function originOf(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new TypeError('withRequest: option "origins" must hold origins only, such as "https://api.example.com"');
}
