import { map, type Observable } from 'rxjs';
import {
  checkOption,
  checkOptions,
  flag,
  instance,
  type OptionRule,
  type OptionRules,
  requireOption,
  text,
} from '../../lib/check-options.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { jsonOf, nothing, subscriptionCall, type SubscriptionCall } from './subscription-call.js';
import { checkDefinition, definitionBody, type SubscriptionDefinition } from './subscription-definition.js';
import {
  ackSchema,
  type Claim,
  claimSchema,
  keySetSchema,
  type SubscriptionInfo,
  subscriptionSchema,
  type Wake,
  type WebhookKeySet,
  wakeShape,
} from './subscription-schemas.js';

/** Which server, and how it is reached. */
export interface SubscriptionsOptions extends DurableOptions {
  /** The URL below which the streams lie; `__ds` is added to it: `https://example.com/v1/stream`. */
  root: string | URL;
}

/** How far a stream is handled. */
export interface StreamAck {
  /** Path below the root. */
  readonly stream: string;
  /** Everything up to this offset of the server, inclusive: it is where reading goes on. */
  readonly offset: string;
}

/** Whether an acknowledgment ends the lease. */
export interface AckOptions {
  /** The work of this wake is done: gives the lease back. Without it an acknowledgment is a heartbeat. @default false */
  readonly done?: boolean | undefined;
}

/** What the server says to an acknowledgment. */
export interface AckResult {
  /** More work came meanwhile: claim again. */
  readonly nextWake: boolean;
}

/** The subscriptions of one server. Every method gives a cold Observable of one value, and sends its request anew for every subscriber. */
export interface DurableSubscriptions {
  /** Makes a subscription, or confirms that it is there as wanted. Streams that match already are linked at their tail. */
  create(
    id: string,
    definition: SubscriptionDefinition,
  ): Observable<{ readonly created: boolean; readonly subscription: SubscriptionInfo }>;
  get(id: string): Observable<SubscriptionInfo>;
  /** Also for one that is not there. */
  delete(id: string): Observable<void>;
  /** Paths below the root, without patterns. Those that are there already stay as they are. */
  addStreams(id: string, paths: readonly string[]): Observable<void>;
  /** Takes back an explicit link; one that the pattern made stays. */
  removeStream(id: string, path: string): Observable<void>;
  /** Asks for the lease. `already_claimed` and `no_pending_work` are answers of every day. */
  claim(id: string, options: { readonly worker: string }): Observable<Claim>;
  /** Acknowledges, all or nothing, and extends the lease or gives it back. Takes what `claim` gave itself: a copy has no token. */
  ack(claim: Wake, acks: readonly StreamAck[], options?: AckOptions): Observable<AckResult>;
  /** Gives the lease back unfinished. */
  release(claim: Wake): Observable<void>;
  /** The same as `ack` for the receiver of a webhook that has not answered `{"done":true}`; see `webhookWake`. */
  callback(wake: Wake, acks: readonly StreamAck[], options?: AckOptions): Observable<AckResult>;
  /** The keys that webhooks are signed with. */
  jwks(): Observable<WebhookKeySet>;
}

const root: OptionRule = {
  expected: 'an absolute http or https URL',
  test: (value) => URL.canParse(String(value)),
};

export const subscriptionsRules: OptionRules<SubscriptionsOptions> = { ...durableRules, root };

const ackRules: OptionRules<AckOptions> = { done: flag };

const list: OptionRule = { expected: 'an array', test: (value) => Array.isArray(value) };

const wakeRule: OptionRule = {
  expected: 'what "claim" or "webhookWake" gave, with "subscription", "wakeId" and "generation"',
  test: (value) => wakeShape.safeParse(value).success,
};

/**
 * The subscriptions of a server of Durable Streams (draft 1.0, reserved prefix `__ds`): wakes by webhook or by a stream, claims with a lease,
 * acknowledgments. `pullWake` is the whole worker on top of it.
 *
 * Requests are repeated as the retry options say; all of them may be. A claim whose answer is lost is held until its lease ends, and the repeat
 * hears `already_claimed`.
 *
 * Errors: `client_error` with `subscription_not_found`, `subscription_exists`, `already_claimed`, `no_pending_work`, `fenced` (another wake has
 * been raised), `lease_lost` (the token is not valid any more), `invalid_offset` (before what is acknowledged, behind the tail, or of a stream
 * that does not belong to it), `bad_request`, `not_supported`; `fatal_error` with `parse_error`; and those of every request. No message
 * holds a token. A `TypeError` at once for arguments that cannot be.
 *
 * @example
 * import { durableSubscriptions } from 'tailrace/sources/durable';
 *
 * const subscriptions = durableSubscriptions({ root: 'https://streams.example.com/v1/stream' });
 * subscriptions
 *   .create('billing', { type: 'webhook', pattern: 'orders/*', webhook: { url: 'https://billing.example.com/wake' } })
 *   .subscribe(({ created, subscription }) => console.log(created, subscription.streams));
 */
export function durableSubscriptions(options: SubscriptionsOptions): DurableSubscriptions {
  checkOption('durableSubscriptions: options', instance, options ?? null);
  checkOptions('durableSubscriptions', subscriptionsRules, options);
  return subscriptionsOf(checkRoot('durableSubscriptions', options));
}

/** The root as the URL of a stream, without a slash at its end. Only the keys of the options type are looked at. */
export function checkRoot(where: string, options: SubscriptionsOptions): CheckedDurable {
  requireOption(where, 'root', options.root);
  const checked = checkDurable(where, options.root, options);
  return { ...checked, url: checked.url.replace(/\/+$/, '') };
}

/** The same for options that are checked. */
export function subscriptionsOf(checked: CheckedDurable): DurableSubscriptions {
  const valueOf = <T>(call: SubscriptionCall<T>): Observable<T> =>
    subscriptionCall(checked, call).pipe(map(({ value }) => value));
  const acknowledge =
    (action: 'ack' | 'callback') =>
    (wake: Wake, acks: readonly StreamAck[], options: AckOptions = {}): Observable<AckResult> => {
      const where = `subscriptions.${action}`;
      checkWake(where, wake);
      checkAcks(where, acks);
      checkOptions(where, ackRules, options);
      const { done = false } = options;
      const json = { ...proofOf(wake), acks: acks.map(({ stream, offset }) => ({ stream, offset })), done };
      const path = pathOf(wake.subscription, action);
      return valueOf({ path, method: 'POST', json, token: wake.token, read: jsonOf(ackSchema) });
    };
  return {
    create: (id, definition) => {
      checkDefinition('subscriptions.create', definition);
      const request = { path: pathOf(id), method: 'PUT', json: definitionBody(definition) } as const;
      return subscriptionCall(checked, { ...request, read: jsonOf(subscriptionSchema) }).pipe(
        map(({ status, value: subscription }) => ({ created: status === 201, subscription })),
      );
    },
    get: (id) => valueOf({ path: pathOf(id), method: 'GET', read: jsonOf(subscriptionSchema) }),
    delete: (id) => valueOf({ path: pathOf(id), method: 'DELETE', read: nothing }),
    addStreams: (id, streams) => {
      checkPaths('subscriptions.addStreams', streams);
      return valueOf({ path: pathOf(id, 'streams'), method: 'POST', json: { streams }, read: nothing });
    },
    removeStream: (id, path) => {
      checkOption('subscriptions.removeStream: the path', text, path ?? null);
      // Whole: its slashes are part of the name, and as `%2F` they cannot be taken for steps of the path.
      return valueOf({
        path: `${pathOf(id, 'streams')}/${encodeURIComponent(path)}`,
        method: 'DELETE',
        read: nothing,
      });
    },
    claim: (id, options) => {
      checkOption('subscriptions.claim: options', instance, options ?? null);
      checkOptions('subscriptions.claim', { worker: text }, options);
      requireOption('subscriptions.claim', 'worker', options.worker);
      const { worker } = options;
      const request = { path: pathOf(id, 'claim'), method: 'POST', json: { worker } } as const;
      return valueOf({ ...request, read: jsonOf(claimSchema(id, worker)) });
    },
    ack: acknowledge('ack'),
    release: (claim) => {
      checkWake('subscriptions.release', claim);
      const path = pathOf(claim.subscription, 'release');
      return valueOf({ path, method: 'POST', json: proofOf(claim), token: claim.token, read: nothing });
    },
    callback: acknowledge('callback'),
    jwks: () => valueOf({ path: '/__ds/jwks.json', method: 'GET', read: jsonOf(keySetSchema) }),
  };
}

function pathOf(id: string, action?: string): string {
  checkOption('subscriptions: the id', text, id ?? null);
  // Dots alone would be steps of the path, encoded or not (WHATWG URL 4.4).
  if (/^\.{1,2}$/.test(id)) throw new TypeError('subscriptions: the id must not be "." or ".."');
  const path = `/__ds/subscriptions/${encodeURIComponent(id)}`;
  return action === undefined ? path : `${path}/${action}`;
}

function proofOf({ wakeId, generation }: Wake): { wake_id: string; generation: number } {
  return { wake_id: wakeId, generation };
}

/** The claim of `ack` and `release`, the wake of `callback`. Its token is never quoted. */
function checkWake(where: string, wake: Wake): void {
  const name = `${where}: the ${where.endsWith('callback') ? 'wake' : 'claim'}`;
  checkOption(name, wakeRule, wake ?? null);
  // Without one the server would say that the lease is lost, which it is not.
  if (text.test(wake.token)) return;
  throw new TypeError(
    `${name} has no token: pass the object itself, as "claim" or "webhookWake" gave it; copies of it are without`,
  );
}

function checkAcks(where: string, acks: readonly StreamAck[]): void {
  checkOption(`${where}: the acks`, list, acks ?? null);
  for (const [index, ack] of acks.entries()) {
    const name = `${where}: ack ${index}`;
    checkOption(name, { ...instance, expected: 'an object with "stream" and "offset"' }, ack ?? null);
    checkOption(`${name}: "stream"`, text, ack.stream ?? null);
    checkOption(`${name}: "offset"`, text, ack.offset ?? null);
  }
}

function checkPaths(where: string, paths: readonly string[]): void {
  checkOption(`${where}: the paths`, list, paths ?? null);
  for (const [index, path] of paths.entries()) checkOption(`${where}: path ${index}`, text, path ?? null);
}
