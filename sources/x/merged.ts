import { merge, Observable } from 'rxjs';
import { checkOptions, instance, integer, oneOf, type OptionRules, requireOption } from '../../lib/check-options.js';
import type { StreamMonitor } from '../../lib/state.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import { dedupe } from '../../operators/dedupe.js';
import { dedupeKey } from './dedupe-key.js';
import { isPartition, partitionsOf, type XPartition, type XStreamName, xStreams } from './endpoints.js';
import type { XItem } from './envelopes.js';

/** Which stream is opened several times, and what is told of it. */
export interface RedundantOptions<Name extends XStreamName> {
  /** The stream, whose items say what makes them the same. */
  name: Name;
  /** How many connections. X allows several to enterprise access only. */
  connections: number;
  /** Is told of repeats, and of every connection that is lost for good while others go on. */
  monitor?: StreamMonitor | undefined;
}

const redundantRules: OptionRules<RedundantOptions<never>> = {
  name: oneOf(...Object.keys(xStreams)),
  connections: integer(1, 100),
  monitor: instance,
};

/**
 * Several connections to one stream, merged, each item once: while one reconnects the others deliver.
 *
 * `source` is the items view of that stream, cold; it is subscribed to `connections` times. A connection that fails for good is
 * reported (`connection_lost`), and only when the last has failed does its error pass. Completes when all are over.
 *
 * @example
 * import { filteredStream, redundant } from 'tailrace/sources/x';
 *
 * redundant(filteredStream({ bearerToken: 'AAAA' }), { name: 'filtered', connections: 2 }).subscribe();
 */
export function redundant<Name extends XStreamName>(
  source: Observable<XItem<Name>>,
  options: RedundantOptions<Name>,
): Observable<XItem<Name>> {
  checkOptions('redundant', redundantRules, options);
  const { name, connections, monitor } = options;
  requireOption('redundant', 'name', name);
  requireOption('redundant', 'connections', connections);
  const merged = new Observable<XItem<Name>>((subscriber) => {
    let failed = 0;
    let open = connections;
    const over = (error: unknown): void => {
      open -= 1;
      if (open > 0) return;
      if (failed === connections) subscriber.error(error);
      else subscriber.complete();
    };
    for (let n = 0; n < connections && !subscriber.closed; n += 1) {
      subscribeWithin(source, subscriber, {
        next: (item) => subscriber.next(item),
        error: (cause: unknown) => {
          failed += 1;
          const message = `connection ${n + 1} of ${connections} is lost for good`;
          monitor?.report.warn({ kind: 'connection_lost', message, cause });
          over(cause);
        },
        complete: () => over(undefined),
      });
    }
  });
  return merged.pipe(dedupe(dedupeKey(name), { onDuplicate: () => monitor?.report.duplicate() }));
}

/**
 * All partitions of a stream, or some, merged. Partitions are disjoint, so nothing is removed, and each matters: the first that fails for
 * good fails all.
 *
 * Errors: those of the partitions. A `TypeError` at once for a partition that the stream does not have, or that is named twice.
 *
 * @example
 * import { partitioned, sample10Stream } from 'tailrace/sources/x';
 *
 * partitioned('sample10', (partition) => sample10Stream({ bearerToken: 'AAAA', partition })).subscribe();
 */
export function partitioned<Name extends XStreamName>(
  name: Name,
  open: (partition: XPartition<Name>) => Observable<XItem<Name>>,
  options: { partitions?: readonly XPartition<Name>[] | undefined } = {},
): Observable<XItem<Name>> {
  checkOptions('partitioned', { partitions: instance }, options);
  const all = partitionsOf(name);
  const { partitions = all } = options;
  const sound = partitions.every((one) => isPartition(name, one)) && new Set(partitions).size === partitions.length;
  if (!sound || partitions.length === 0) {
    const choice = all.length === 0 ? 'no partitions' : `partitions 1 to ${all.length}, to be named once each`;
    throw new TypeError(`partitioned: X stream "${name}" has ${choice}`);
  }
  return merge(...partitions.map((partition) => open(partition)));
}
