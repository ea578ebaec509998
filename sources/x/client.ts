import type { Observable } from 'rxjs';
import type { RetryBudget } from '../../lib/retry-budget.js';
import {
  createActivitySubscription,
  deleteActivitySubscription,
  listActivitySubscriptions,
  updateActivitySubscription,
} from './activity-subscriptions.js';
import { checkXOptions, type XClientOptions, type XOptions } from './api.js';
import { listConnections, terminateConnections } from './connections.js';
import type { XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';
import { reconcileRules } from './reconcile-rules.js';
import { xConnectBudget } from './reconnect.js';
import { addRules, deleteRules } from './rule-changes.js';
import { countRules, getRules } from './rules.js';
import type { XKeepingOptions, XOptionsOf, XStreamMessage } from './session-options.js';
import type { XStreamOptions } from './stream-options.js';
import { xMessages, xStream } from './streams.js';
import { validateRules } from './validate-rules.js';

/** What is left to say of a stream once the account is bound. */
export type XBoundOptions<Name extends XStreamName> = XKeepingOptions<XItem<Name>> & XStreamOptions<Name>;

/** A stream whose account is bound; options may be left out where none is required. */
type BoundStream<Name extends XStreamName> =
  Partial<XBoundOptions<Name>> extends XBoundOptions<Name>
    ? (options?: XBoundOptions<Name>) => Observable<XItem<Name>>
    : (options: XBoundOptions<Name>) => Observable<XItem<Name>>;

/** A function of this door without its first argument. */
type BoundCall<F> = F extends (options: XOptions, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Everything of this door, for one account. */
export interface XClient {
  /** The messages view of any stream; see `xMessages`. */
  messages<Name extends XStreamName>(name: Name, options: XBoundOptions<Name>): Observable<XStreamMessage<Name>>;
  readonly filteredStream: BoundStream<'filtered'>;
  readonly sampleStream: BoundStream<'sample'>;
  readonly sample10Stream: BoundStream<'sample10'>;
  readonly firehoseStream: BoundStream<'firehose'>;
  readonly firehoseEnStream: BoundStream<'firehoseEn'>;
  readonly firehoseJaStream: BoundStream<'firehoseJa'>;
  readonly firehoseKoStream: BoundStream<'firehoseKo'>;
  readonly firehosePtStream: BoundStream<'firehosePt'>;
  readonly likesFirehoseStream: BoundStream<'likesFirehose'>;
  readonly likesSample10Stream: BoundStream<'likesSample10'>;
  readonly postComplianceStream: BoundStream<'postCompliance'>;
  readonly userComplianceStream: BoundStream<'userCompliance'>;
  readonly likesComplianceStream: BoundStream<'likesCompliance'>;
  readonly postLabelsStream: BoundStream<'postLabels'>;
  readonly activityStream: BoundStream<'activity'>;
  readonly powerstream: BoundStream<'powerstream'>;
  readonly getRules: BoundCall<typeof getRules>;
  readonly addRules: BoundCall<typeof addRules>;
  readonly deleteRules: BoundCall<typeof deleteRules>;
  readonly validateRules: BoundCall<typeof validateRules>;
  readonly countRules: BoundCall<typeof countRules>;
  readonly reconcileRules: BoundCall<typeof reconcileRules>;
  readonly listConnections: BoundCall<typeof listConnections>;
  readonly terminateConnections: BoundCall<typeof terminateConnections>;
  readonly createActivitySubscription: BoundCall<typeof createActivitySubscription>;
  readonly listActivitySubscriptions: BoundCall<typeof listActivitySubscriptions>;
  readonly updateActivitySubscription: BoundCall<typeof updateActivitySubscription>;
  readonly deleteActivitySubscription: BoundCall<typeof deleteActivitySubscription>;
}

/**
 * Binds token, base URL and transport once. All streams of one name share X's limit of connects, over all subscriptions. Does nothing by
 * itself: no request before a subscription. The functions of this door also stand alone, and then leave no trace of the others in a
 * bundle.
 *
 * Errors: a `TypeError` at once for a token or base URL that can never work.
 *
 * @example
 * import { xClient } from 'tailrace/sources/x';
 *
 * const x = xClient({ bearerToken: 'AAAA' });
 * x.reconcileRules([{ value: 'rxjs lang:en', tag: 'rxjs' }]).subscribe();
 * x.filteredStream({ maxRetries: -1 }).subscribe(({ data }) => console.log(data.text));
 */
export function xClient(client: XClientOptions): XClient {
  checkXOptions('xClient', client);
  const budgets = new Map<XStreamName, RetryBudget>();
  const budgetOf = (name: XStreamName): RetryBudget => {
    const budget = budgets.get(name) ?? xConnectBudget(name);
    budgets.set(name, budget);
    return budget;
  };
  const whole = <Name extends XStreamName>(name: Name, options: XBoundOptions<Name>): XOptionsOf<Name> => ({
    ...client,
    ...options,
    connectBudget: options.connectBudget ?? budgetOf(name),
  });
  const bind =
    <Rest extends unknown[], Result>(call: (options: XOptions, ...rest: Rest) => Result) =>
    (...rest: Rest): Result =>
      call(client, ...rest);
  return {
    messages: (name, options) => xMessages(name, whole(name, options)),
    filteredStream: (options = {}) => xStream('filtered', whole('filtered', options)),
    sampleStream: (options = {}) => xStream('sample', whole('sample', options)),
    sample10Stream: (options) => xStream('sample10', whole('sample10', options)),
    firehoseStream: (options) => xStream('firehose', whole('firehose', options)),
    firehoseEnStream: (options) => xStream('firehoseEn', whole('firehoseEn', options)),
    firehoseJaStream: (options) => xStream('firehoseJa', whole('firehoseJa', options)),
    firehoseKoStream: (options) => xStream('firehoseKo', whole('firehoseKo', options)),
    firehosePtStream: (options) => xStream('firehosePt', whole('firehosePt', options)),
    likesFirehoseStream: (options) => xStream('likesFirehose', whole('likesFirehose', options)),
    likesSample10Stream: (options) => xStream('likesSample10', whole('likesSample10', options)),
    postComplianceStream: (options) => xStream('postCompliance', whole('postCompliance', options)),
    userComplianceStream: (options) => xStream('userCompliance', whole('userCompliance', options)),
    likesComplianceStream: (options = {}) => xStream('likesCompliance', whole('likesCompliance', options)),
    postLabelsStream: (options = {}) => xStream('postLabels', whole('postLabels', options)),
    activityStream: (options = {}) => xStream('activity', whole('activity', options)),
    powerstream: (options = {}) => xStream('powerstream', whole('powerstream', options)),
    getRules: bind(getRules),
    addRules: bind(addRules),
    deleteRules: bind(deleteRules),
    validateRules: bind(validateRules),
    countRules: bind(countRules),
    reconcileRules: bind(reconcileRules),
    listConnections: bind(listConnections),
    terminateConnections: bind(terminateConnections),
    createActivitySubscription: bind(createActivitySubscription),
    listActivitySubscriptions: bind(listActivitySubscriptions),
    updateActivitySubscription: bind(updateActivitySubscription),
    deleteActivitySubscription: bind(deleteActivitySubscription),
  };
}
