import type { Subscription } from 'rxjs';
import { settleAll } from '../lib/settle-all.js';
import type { Checkpoint } from './checkpoint.js';

/**
 * Ends a subscription and resolves when everything that was acknowledged is saved: the last line of a clean stop. Handlers that are still
 * at work are cancelled by the unsubscription, and what they handled comes again.
 *
 * Rejects with what a store said when it would not save, once all have been tried; it may be called again.
 *
 * @example
 * import { memoryCheckpoint } from 'tailrace';
 * import { checkpoint, drain, values } from 'tailrace/operators';
 * import { filteredStream } from 'tailrace/sources/x';
 *
 * const saved = checkpoint(memoryCheckpoint(), 'posts');
 * const subscription = filteredStream({ bearerToken: 'AAAA', maxUnacked: 100 }).pipe(saved, values()).subscribe();
 * process.once('SIGTERM', () => void drain(subscription, saved));
 */
export async function drain(subscription: Subscription, ...checkpoints: readonly Checkpoint[]): Promise<void> {
  subscription.unsubscribe();
  await settleAll(checkpoints.map((one) => one.drain()));
}
