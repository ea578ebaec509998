import { catchError, map, type Observable, of, throwError } from 'rxjs';
import * as z from 'zod';
import { isStreamError } from '../../lib/errors.js';
import { anyObject, readBy, text } from './schema-parts.js';
import type { ChainService } from './service.js';

/** What the service says of itself. */
export interface ServiceHealth {
  /** The service's word, such as `healthy`. */
  readonly status: string | undefined;
  readonly isHealthy: boolean;
  /** ISO 8601. */
  readonly timestamp: string | undefined;
  /** All of it, in the service's own names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const known = z
  .object({ status: text, timestamp: text })
  .transform(({ status, timestamp }) => ({ status, timestamp, isHealthy: status?.toLowerCase() === 'healthy' }));

const health: z.ZodType<ServiceHealth> = z.intersection(
  known,
  anyObject.transform((raw) => ({ raw })),
);

/** What the service says of itself. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function getHealth(client: ChainService): Observable<ServiceHealth> {
  return ask(client, undefined);
}

/**
 * Whether the service is well now: it has said so at the first try. `false` for what no connection, no time, a 5xx or a 429 let it say. Cold,
 * one value, complete.
 *
 * Errors: what says nothing about its health: `authentication_error`, `client_error`, `fatal_error`.
 */
export function healthCheck(client: ChainService): Observable<boolean> {
  return ask(client, 0).pipe(
    map(({ isHealthy }) => isHealthy),
    catchError((error: unknown) => (isStreamError(error) && error.isRetryable ? of(false) : throwError(() => error))),
  );
}

function ask(client: ChainService, maxRetries: number | undefined): Observable<ServiceHealth> {
  const operation = 'get health';
  return client.call({
    ...{ operation, subject: 'service', path: '/health', maxRetries },
    read: readBy(health, operation),
  });
}
