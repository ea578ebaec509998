import { InjectionToken, type Injector } from '@angular/core';
import { callback, checkOption, checkOptions, instance, type OptionRules } from '../check-options.js';
import { interceptedFetch } from './intercepted-fetch.js';
import {
  type HeadersFor,
  headersOf,
  type RequestFeature,
  type RequestFeatureOptions,
  type RequestInterceptor,
} from './request-headers.js';

/** What a client asks about its requests. */
export interface RequestAccess {
  readonly headersFor: HeadersFor;
  readonly fetch: typeof globalThis.fetch;
}

/** One `withRequest`, with what makes the access of all of them: an application without any has no code for it in its bundle. */
export interface ProvidedRequest extends RequestFeature {
  readonly access: (features: readonly RequestFeature[], injector: Injector) => RequestAccess;
}

/** Every `withRequest` of one `provideTailrace`. */
export const requestFeatures: InjectionToken<readonly ProvidedRequest[]> = /* @__PURE__ */ new InjectionToken(
  'tailrace requests',
);

const rules: OptionRules<RequestFeatureOptions> = { origins: instance };

/** Errors: `TypeError` for an origin that is none. */
export function requestFeature(intercept: RequestInterceptor, options: RequestFeatureOptions): ProvidedRequest {
  checkOption('withRequest: the first argument', callback, intercept);
  checkOptions('withRequest', rules, options);
  return { intercept, origins: options.origins && new Set(options.origins.map(originOf)), access };
}

function access(features: readonly RequestFeature[], injector: Injector): RequestAccess {
  const headersFor = headersOf(features, injector);
  return { headersFor, fetch: interceptedFetch(headersFor) };
}

function originOf(origin: string): string {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new TypeError('withRequest: option "origins" must hold origins only, such as "https://api.example.com"');
}
