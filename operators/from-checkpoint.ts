import { defer, from, type Observable, type ObservableInput, switchMap } from 'rxjs';
import { callback, checkOption, instance } from '../lib/check-options.js';
import { checkCheckpointKey, type CheckpointStore } from '../lib/checkpoint.js';

/**
 * Loads the saved position on every subscription and opens the source there; `undefined` where none is saved. Unsubscription ends a load
 * that is under way.
 *
 * Errors: what the store throws or rejects with: a damaged store never starts from zero. What `open` throws. `TypeError` at once for a value
 * that makes no sense.
 *
 * @example
 * import { memoryCheckpoint } from 'tailrace';
 * import { ackMap, checkpoint, fromCheckpoint } from 'tailrace/operators';
 * import { filteredStream } from 'tailrace/sources/x';
 *
 * const store = memoryCheckpoint();
 * fromCheckpoint(store, 'posts', (position) => filteredStream({ bearerToken: 'AAAA', maxUnacked: 100, position }))
 *   .pipe(
 *     checkpoint(store, 'posts'),
 *     ackMap(({ data }) => console.log(data.id)),
 *   )
 *   .subscribe();
 */
export function fromCheckpoint<T>(
  store: CheckpointStore,
  key: string,
  open: (position: string | undefined) => ObservableInput<T>,
): Observable<T> {
  checkOption('fromCheckpoint: store', instance, store ?? null);
  checkCheckpointKey(key);
  checkOption('fromCheckpoint: open', callback, open ?? null);
  return defer(async () => store.load(key)).pipe(switchMap((position) => from(open(position))));
}
