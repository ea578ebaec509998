import { concat, type Observable, reduce } from 'rxjs';
import * as z from 'zod';
import { checkOption, checkOptions, oneOf, requireOption, text } from '../../lib/check-options.js';
import { checkXOptions, name, nameList, type XOptions } from './api.js';
import { xCall } from './call.js';

/** What happens; X adds to these without notice. */
export type ActivityEventType =
  | 'profile.update.bio'
  | 'profile.update.profile_picture'
  | 'profile.update.banner_picture'
  | 'profile.update.screenname'
  | 'profile.update.geo'
  | 'profile.update.url'
  | 'profile.update.verified_badge'
  | 'profile.update.affiliate_badge'
  | 'profile.update.handle'
  | 'news.new'
  | 'follow.follow'
  | 'follow.unfollow'
  | 'spaces.start'
  | 'spaces.end'
  | 'chat.received'
  | 'chat.sent'
  | 'chat.conversation_join'
  | 'dm.sent'
  | 'dm.received'
  | 'dm.indicate_typing'
  | 'dm.read'
  | 'post.create'
  | 'post.delete'
  | 'post.mention.create'
  | 'like.create'
  | (string & {});

/** To whom or what it happens. Events of accounts want `userId`, news want `keyword`. */
export interface ActivitySubscriptionFilter {
  readonly userId?: string | undefined;
  readonly keyword?: string | undefined;
  readonly direction?: 'inbound' | 'outbound' | undefined;
}

/** What can be changed later. */
export interface ActivitySubscriptionChange {
  /** Comes back in each event. */
  readonly tag?: string | undefined;
  /** Deliver to this webhook too. */
  readonly webhookId?: string | undefined;
}

/** What to subscribe to. */
export interface ActivitySubscriptionInput extends ActivitySubscriptionChange {
  readonly eventType: ActivityEventType;
  readonly filter: ActivitySubscriptionFilter;
}

/** A subscription as the server has it. It lasts until it is deleted. */
export interface ActivitySubscription extends ActivitySubscriptionInput {
  /** Set by X. */
  readonly subscriptionId: string;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** ISO 8601. */
  readonly updatedAt: string | undefined;
}

const path = '/2/activity/subscriptions';

/** X takes so many in one DELETE. */
const idsPerRequest = 100;

const optionalText = z.string().optional();

const subscription = z
  .object({
    subscription_id: z.string(),
    event_type: z.string(),
    filter: z.object({ user_id: optionalText, keyword: optionalText, direction: optionalText }).optional(),
    ...{ tag: optionalText, webhook_id: optionalText, created_at: optionalText, updated_at: optionalText },
  })
  .transform(({ filter, ...wire }): ActivitySubscription => ({
    subscriptionId: wire.subscription_id,
    eventType: wire.event_type,
    filter: { userId: filter?.user_id, keyword: filter?.keyword, direction: directionOf(filter?.direction) },
    tag: wire.tag,
    webhookId: wire.webhook_id,
    createdAt: wire.created_at,
    updatedAt: wire.updated_at,
  }));

const one = z.object({ data: z.object({ subscription }) }).transform(({ data }) => data.subscription);

const many = z
  .object({ data: z.array(subscription).optional(), meta: z.object({}).optional() })
  .refine(({ data, meta }) => data !== undefined || meta !== undefined, 'expected data or meta')
  .transform(({ data = [] }): readonly ActivitySubscription[] => data);

const deletion = z.object({ data: z.object({ deleted: z.boolean() }) }).transform(({ data }) => data.deleted);

/**
 * Makes the activity stream deliver one kind of event. Cold, one value, complete.
 *
 * Errors: as every call of X's API; `conflict` where there is such a subscription already. Repeated only where X certainly did
 * nothing.
 *
 * @example
 * import { createActivitySubscription } from 'tailrace/sources/x';
 *
 * createActivitySubscription(
 *   { bearerToken: 'AAAA' },
 *   { eventType: 'profile.update.bio', filter: { userId: '2244994945' }, tag: 'developers' },
 * ).subscribe(({ subscriptionId }) => console.log(subscriptionId));
 */
export function createActivitySubscription(
  options: XOptions,
  input: ActivitySubscriptionInput,
): Observable<ActivitySubscription> {
  const where = 'createActivitySubscription';
  checkXOptions(where, options);
  checkOptions(where, { eventType: name, filter, ...changeRules }, input);
  requireOption(where, 'eventType', input.eventType);
  requireOption(where, 'filter', input.filter);
  checkOptions(`${where}: filter`, filterRules, input.filter);
  const { userId, keyword, direction } = input.filter;
  const json = { event_type: input.eventType, filter: { user_id: userId, keyword, direction }, ...changeOf(input) };
  return xCall(options, { path, method: 'POST', json, schema: one });
}

/** Every subscription of the application; empty where there are none. Cold, one value, complete. */
export function listActivitySubscriptions(options: XOptions): Observable<readonly ActivitySubscription[]> {
  checkXOptions('listActivitySubscriptions', options);
  return xCall(options, { path, schema: many });
}

/**
 * Gives a subscription another tag or webhook; what is left out stays. Cold, one value, complete. Errors: `not_found` for one
 * that is not there.
 */
export function updateActivitySubscription(
  options: XOptions,
  subscriptionId: string,
  change: ActivitySubscriptionChange,
): Observable<ActivitySubscription> {
  const where = 'updateActivitySubscription';
  checkXOptions(where, options);
  requireOption(where, 'subscriptionId', subscriptionId);
  checkOption(`${where}: subscriptionId`, name, subscriptionId);
  checkOptions(where, changeRules, change);
  return xCall(options, { path: `${path}/${subscriptionId}`, method: 'PUT', json: changeOf(change), schema: one });
}

/**
 * Deletes one subscription, or several (100 in a request), and says whether X did. Without ids nothing is sent, and the value is `true`.
 * Cold, one value, complete. Errors: `not_found` for one that is not there.
 */
export function deleteActivitySubscription(
  options: XOptions,
  subscriptionId: string | readonly string[],
): Observable<boolean> {
  const where = 'deleteActivitySubscription';
  checkXOptions(where, options);
  requireOption(where, 'subscriptionId', subscriptionId);
  const rule = typeof subscriptionId === 'string' ? name : nameList;
  checkOption(`${where}: subscriptionId`, rule, subscriptionId);
  const call = { method: 'DELETE', schema: deletion } as const;
  if (typeof subscriptionId === 'string') return xCall(options, { ...call, path: `${path}/${subscriptionId}` });
  const count = Math.ceil(subscriptionId.length / idsPerRequest);
  const deletions = Array.from({ length: count }, (_, n) => {
    const ids = subscriptionId.slice(n * idsPerRequest, (n + 1) * idsPerRequest);
    return xCall(options, { ...call, path, params: { ids } });
  });
  return concat(...deletions).pipe(reduce((all, deleted) => all && deleted, true));
}

const anyText = { expected: 'text', test: (value: unknown): boolean => typeof value === 'string' };
const changeRules = { tag: anyText, webhookId: name };
const filterRules = { userId: name, keyword: text, direction: oneOf('inbound', 'outbound') };
const filter = {
  expected: 'an object with "userId" or "keyword"',
  test: (value: unknown): boolean =>
    typeof value === 'object' && value !== null && ('userId' in value || 'keyword' in value),
};

function changeOf({ tag, webhookId }: ActivitySubscriptionChange): object {
  return { tag, webhook_id: webhookId };
}

function directionOf(direction: string | undefined): 'inbound' | 'outbound' | undefined {
  return direction === 'inbound' || direction === 'outbound' ? direction : undefined;
}
