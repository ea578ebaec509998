import type { Observable } from 'rxjs';
import { poll, type PollOptions } from './poll.js';
import type { ChainService } from './service.js';
import type { ProcessingStatus } from './stream-call-schemas.js';
import { checkProcessingStatus } from './stream-calls.js';

/**
 * Whether the service works on a subscription, again and again: at once, and `interval` after every answer, without end. A failure that may
 * pass is told to `onError` and `monitor` and ends nothing.
 *
 * Errors: those that another try would not change: `subscription_not_found`, `authentication_error`, other `client_error`, `fatal_error`.
 */
export function processingStatus$(
  client: ChainService,
  subscriptionId: number,
  options: PollOptions = {},
): Observable<ProcessingStatus> {
  return poll('processingStatus$', checkProcessingStatus(client, subscriptionId), options);
}
