import type { Observable } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
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
import type { XCreditOptions, XDeliveryOptions, XKeepingOptions, XStreamMessage } from './session-options.js';
import type { XStreamOptions } from './stream-options.js';
import { type XItemOptions, type XItems, xItems, xMessages } from './streams.js';
import { validateRules } from './validate-rules.js';

/** What is left to say of a stream once the account is bound. */
export type XBoundOptions<Name extends XStreamName> = XKeepingOptions<XItem<Name>> & XStreamOptions<Name>;

/** A stream whose account is bound. */
interface BoundStream<Name extends XStreamName> {
  (options: XBoundOptions<Name> & XDeliveryOptions): Observable<Delivery<XItem<Name>>>;
  (options: XBoundOptions<Name> & { maxUnacked?: undefined }): Observable<XItem<Name>>;
}

/** The same where no option is required. */
interface FreeStream<Name extends XStreamName> {
  (options: XBoundOptions<Name> & XDeliveryOptions): Observable<Delivery<XItem<Name>>>;
  (options?: XBoundOptions<Name> & { maxUnacked?: undefined }): Observable<XItem<Name>>;
}

/** A function of this door without its first argument. */
type BoundCall<F> = F extends (options: XOptions, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Everything of this door, for one account. */
export interface XClient {
  /** The messages view of any stream; see `xMessages`. */
  messages<Name extends XStreamName>(name: Name, options: XBoundOptions<Name>): Observable<XStreamMessage<Name>>;
  readonly filteredStream: FreeStream<'filtered'>;
  readonly sampleStream: FreeStream<'sample'>;
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
  readonly likesComplianceStream: FreeStream<'likesCompliance'>;
  readonly postLabelsStream: FreeStream<'postLabels'>;
  readonly activityStream: FreeStream<'activity'>;
  readonly powerstream: FreeStream<'powerstream'>;
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
  const whole: Whole = (name, options) => ({
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
    filteredStream: free('filtered', whole, {}),
    sampleStream: free('sample', whole, {}),
    sample10Stream: bound('sample10', whole),
    firehoseStream: bound('firehose', whole),
    firehoseEnStream: bound('firehoseEn', whole),
    firehoseJaStream: bound('firehoseJa', whole),
    firehoseKoStream: bound('firehoseKo', whole),
    firehosePtStream: bound('firehosePt', whole),
    likesFirehoseStream: bound('likesFirehose', whole),
    likesSample10Stream: bound('likesSample10', whole),
    postComplianceStream: bound('postCompliance', whole),
    userComplianceStream: bound('userCompliance', whole),
    likesComplianceStream: free('likesCompliance', whole, {}),
    postLabelsStream: free('postLabels', whole, {}),
    activityStream: free('activity', whole, {}),
    powerstream: free('powerstream', whole, {}),
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

type AnyOptions<Name extends XStreamName> = XBoundOptions<Name> & XCreditOptions;
type Whole = <Name extends XStreamName>(name: Name, options: AnyOptions<Name>) => XItemOptions<Name>;

function bound<Name extends XStreamName>(name: Name, whole: Whole): BoundStream<Name> {
  function open(options: XBoundOptions<Name> & XDeliveryOptions): Observable<Delivery<XItem<Name>>>;
  function open(options: XBoundOptions<Name> & { maxUnacked?: undefined }): Observable<XItem<Name>>;
  function open(options: AnyOptions<Name>): XItems<Name> {
    return xItems(name, whole(name, options));
  }
  return open;
}

/** `none` are the options of a call without any; only a concrete name knows that there may be none. */
function free<Name extends XStreamName>(name: Name, whole: Whole, none: XBoundOptions<Name>): FreeStream<Name> {
  function open(options: XBoundOptions<Name> & XDeliveryOptions): Observable<Delivery<XItem<Name>>>;
  function open(options?: XBoundOptions<Name> & { maxUnacked?: undefined }): Observable<XItem<Name>>;
  function open(options: AnyOptions<Name> = none): XItems<Name> {
    return xItems(name, whole(name, options));
  }
  return open;
}
