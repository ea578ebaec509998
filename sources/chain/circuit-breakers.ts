import type { Observable } from 'rxjs';
import { checkOption, requireOption, text } from '../../lib/check-options.js';
import {
  type CircuitBreakerConfig,
  breakerConfigSchema,
  type CircuitBreakerMetrics,
  breakerMetricsSchema,
  type CircuitBreakerReset,
  breakerResetSchema,
  type CircuitBreakersHealth,
  breakersHealthSchema,
  type CircuitBreakersStatus,
  breakersStatusSchema,
} from './breaker-schemas.js';
import { poll, type PollOptions } from './poll.js';
import { readBy } from './schema-parts.js';
import type { ChainService } from './service.js';
import { pathPart } from './stream-calls.js';

const path = '/api/circuit-breakers';

/** How all of the service's breakers are. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function getCircuitBreakerStatus(client: ChainService): Observable<CircuitBreakersStatus> {
  const operation = 'get circuit breaker status';
  return client.call({
    ...{ operation, subject: 'service', path: `${path}/status` },
    read: readBy(breakersStatusSchema, operation),
  });
}

/**
 * The same again and again: at once, and `interval` after every answer, without end. A failure that may pass is told to `onError` and
 * `monitor` and ends nothing.
 *
 * Errors: those that another try would not change: `authentication_error`, `client_error`, `fatal_error`.
 *
 * @example
 * import { circuitBreakers$, eventStreamer } from 'tailrace/sources/chain';
 *
 * const client = eventStreamer({ serviceUrl: 'http://localhost:8000', subscriberId: 'my-app' });
 * circuitBreakers$(client, { interval: 10_000 }).subscribe(({ circuitBreakers }) => {
 *   for (const [name, { state }] of Object.entries(circuitBreakers)) console.log(name, state);
 * });
 */
export function circuitBreakers$(client: ChainService, options: PollOptions = {}): Observable<CircuitBreakersStatus> {
  return poll('circuitBreakers$', getCircuitBreakerStatus(client), options);
}

/** What the breakers say of the service in all. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function getCircuitBreakerHealth(client: ChainService): Observable<CircuitBreakersHealth> {
  const operation = 'get circuit breaker health';
  return client.call({
    ...{ operation, subject: 'service', path: `${path}/health` },
    read: readBy(breakersHealthSchema, operation),
  });
}

/**
 * One breaker closely. Cold, one value, complete; repeated like every GET.
 *
 * Errors: `breaker_not_found` as `EventStreamerConnectionError` with `statusCode` 404, and those of every call.
 */
export function getCircuitBreakerMetrics(client: ChainService, name: string): Observable<CircuitBreakerMetrics> {
  const operation = 'get circuit breaker metrics';
  return client.call({
    ...{ operation, subject: 'breaker', path: `${breakerPath('getCircuitBreakerMetrics', name)}/metrics` },
    read: readBy(breakerMetricsSchema(name), operation),
  });
}

/**
 * Closes every breaker, whatever it has seen. Cold, one value, complete. Sent again only where the service certainly did nothing. Errors:
 * those of every call.
 */
export function resetAllCircuitBreakers(client: ChainService): Observable<CircuitBreakerReset> {
  const operation = 'reset all circuit breakers';
  return client.call({
    ...{ operation, subject: 'service', method: 'POST', path: `${path}/reset` },
    read: readBy(breakerResetSchema, operation),
  });
}

/** The same for one. Errors: as {@link getCircuitBreakerMetrics}. */
export function resetCircuitBreaker(client: ChainService, name: string): Observable<CircuitBreakerReset> {
  const operation = 'reset circuit breaker';
  return client.call({
    ...{ operation, subject: 'breaker', method: 'POST', path: `${breakerPath('resetCircuitBreaker', name)}/reset` },
    read: readBy(breakerResetSchema, operation),
  });
}

/** When the service's breakers open and close. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function getCircuitBreakerConfig(client: ChainService): Observable<CircuitBreakerConfig> {
  const operation = 'get circuit breaker configuration';
  return client.call({
    ...{ operation, subject: 'service', path: `${path}/config` },
    read: readBy(breakerConfigSchema, operation),
  });
}

function breakerPath(where: string, name: string): string {
  requireOption(where, 'name', name);
  checkOption(`${where}: option "name"`, text, name);
  return `${path}/${pathPart(where, name)}`;
}
