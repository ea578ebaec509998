import { type EnvironmentProviders, makeEnvironmentProviders, type Provider } from '@angular/core';
import { checkOptions, duration, type OptionRules } from '../check-options.js';
import type { CheckpointStore } from '../checkpoint.js';
import { checkRetryConfig, type RetryConfig } from '../config.js';
import { requestFeature, requestFeatures } from './request-feature.js';
import type { RequestFeatureOptions, RequestInterceptor } from './request-headers.js';
import { serverStreams, type ServerStreamOptions } from './server-streams.js';
import { checkpointFeature, retryFeature, StreamClient, streamClient } from './stream-client.js';

/** One of the `with...` functions. Opaque. */
export interface TailraceFeature {
  readonly name: 'withRetry' | 'withRequest' | 'withCheckpoint' | 'withServerStreams';
  readonly provider: Provider;
}

const serverRules: OptionRules<ServerStreamOptions> = { waitForFirst: duration(0, ' (0 for no wait)') };

/**
 * Sets up the streams of an application, or of a route: `StreamClient` gives what is said here, what a route leaves out comes from above it.
 * Nothing is connected. Without it everything works on its defaults.
 *
 * Errors: `TypeError` at once for a feature that is given twice, but for `withRequest`.
 *
 * @example
 * import { inject, InjectionToken } from '@angular/core';
 * import { provideTailrace, withCheckpoint, withRequest, withRetry } from 'tailrace/angular';
 * import { localStorageCheckpoint } from 'tailrace/browser';
 *
 * const Session = new InjectionToken<{ token(): string }>('Session');
 * export const appConfig = {
 *   providers: [
 *     provideTailrace(
 *       withRetry({ maxRetries: -1, maxBackoff: 30_000 }),
 *       withRequest(() => ({ headers: { authorization: `Bearer ${inject(Session).token()}` } })),
 *       withCheckpoint(localStorageCheckpoint()),
 *     ),
 *   ],
 * };
 */
export function provideTailrace(...features: readonly TailraceFeature[]): EnvironmentProviders {
  const names = features.map(({ name }) => name).filter((name) => name !== 'withRequest');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`provideTailrace: ${twice} is given twice; give it once`);
  // The token makes itself in the root only, where it would not see what a route provides.
  const client = { provide: StreamClient, useFactory: streamClient };
  return makeEnvironmentProviders([client, ...features.map(({ provider }) => provider)]);
}

/** How streams are retried: `StreamClient.retry`, to be passed on to sources. Errors: `TypeError` at once for a senseless config. */
export function withRetry(config: RetryConfig): TailraceFeature {
  checkRetryConfig('withRetry', config);
  return { name: 'withRetry', provider: { provide: retryFeature, useValue: config } };
}

/**
 * What requests carry that go through `StreamClient`: by default only those to the page's own origin, so that no credential ever reaches another
 * one unasked. `intercept` is called for every attempt, in the injection context of the `provideTailrace`; after a dropped connection it can
 * give a fresh token. May be given several times; of one name the last one counts. What it throws fails the attempt.
 *
 * Errors: `TypeError` at once for an origin that is none.
 */
export function withRequest(intercept: RequestInterceptor, options: RequestFeatureOptions = {}): TailraceFeature {
  const feature = requestFeature(intercept, options);
  return { name: 'withRequest', provider: { provide: requestFeatures, useValue: feature, multi: true } };
}

/** Where positions are kept: `StreamClient.checkpoint`, for the operators `checkpoint` and `fromCheckpoint`. */
export function withCheckpoint(store: CheckpointStore): TailraceFeature {
  return { name: 'withCheckpoint', provider: { provide: checkpointFeature, useValue: store } };
}

/**
 * Streams run on a server too, as long as the page is being rendered: it waits a little for the first item of each, and then closes them. The
 * browser begins them anew. Without it there is no connection on a server at all.
 *
 * Errors: `TypeError` at once for a senseless option.
 */
export function withServerStreams(options: ServerStreamOptions = {}): TailraceFeature {
  checkOptions('withServerStreams', serverRules, options);
  const { waitForFirst = 1_000 } = options;
  return { name: 'withServerStreams', provider: { provide: serverStreams, useValue: { waitForFirst } } };
}
