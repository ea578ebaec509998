import { isRecord, ok, type ApiAnswer, type ApiRoute } from './api.js';
import { invalidRequest, plainProblem, problemType } from './problems.js';
import { snowflake } from './snowflake.js';

/** What a subscription looks for. */
export interface ActivityFilter {
  readonly user_id?: string;
  readonly keyword?: string;
  readonly direction?: 'inbound' | 'outbound';
}

export interface ActivitySubscription {
  readonly subscription_id: string;
  readonly event_type: string;
  readonly filter: ActivityFilter;
  readonly tag?: string;
  readonly webhook_id?: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Something that happened to somebody. */
export interface ActivityEvent {
  /** Filled when missing. */
  readonly event_uuid?: string;
  readonly event_type: string;
  readonly filter: ActivityFilter;
  readonly payload: object;
  readonly includes?: object;
}

export interface Subscriptions {
  /** The first subscription that an event fits. */
  match(event: ActivityEvent): ActivitySubscription | undefined;
  readonly routes: readonly ApiRoute[];
}

/** The subscriptions of the activity stream, and the endpoints that change them. */
export function subscriptions(now: () => number): Subscriptions {
  const byId = new Map<string, ActivitySubscription>();
  const nextId = snowflake(now);
  const time = (): string => new Date(now()).toISOString();
  const path = /^\/2\/activity\/subscriptions$/;
  const onePath = /^\/2\/activity\/subscriptions\/(\d+)$/;
  const routes: ApiRoute[] = [
    { method: 'GET', path, limit: 450, handle: () => answer(byId, [...byId.values()]) },
    { method: 'POST', path, limit: 450, handle: ({ body }) => create(byId, body, nextId, time()) },
    { method: 'PUT', path: onePath, limit: 450, handle: ({ key, body }) => update(byId, key, body, time()) },
    { method: 'DELETE', path: onePath, limit: 450, handle: ({ key }) => remove(byId, [key]) },
    {
      method: 'DELETE',
      path,
      limit: 450,
      handle: ({ params }) =>
        remove(
          byId,
          (params.get('ids') ?? '').split(',').filter((id) => id !== ''),
        ),
    },
  ];
  return { routes, match: (event) => [...byId.values()].find((subscription) => fits(subscription, event)) };
}

type Known = Map<string, ActivitySubscription>;

function fits({ event_type: type, filter }: ActivitySubscription, event: ActivityEvent): boolean {
  return (
    type === event.event_type &&
    (filter.user_id === undefined || filter.user_id === event.filter.user_id) &&
    (filter.keyword === undefined || filter.keyword === event.filter.keyword) &&
    (filter.direction === undefined || filter.direction === event.filter.direction)
  );
}

function answer(known: Known, data: object): ApiAnswer {
  return ok({ data, meta: { total_subscriptions: known.size } });
}

function create(known: Known, body: unknown, nextId: () => string, time: string): ApiAnswer {
  const { event_type: type, filter, ...rest } = isRecord(body) ? body : {};
  const checked = readFilter(filter);
  if (typeof type !== 'string' || !/^[a-z]+(\.[a-z_]+)+$/.test(type))
    return refusal('event_type is not one of those known');
  if (checked === undefined) return refusal('filter needs a user_id or a keyword');
  const extras = readExtras(rest);
  if (extras === undefined) return refusal('tag and webhook_id must be text');
  const same = [...known.values()].some((one) => one.event_type === type && sameFilter(one.filter, checked));
  if (same) return { status: 409, body: conflict };
  const id = nextId();
  const subscription = {
    subscription_id: id,
    event_type: type,
    filter: checked,
    ...extras,
    created_at: time,
    updated_at: time,
  };
  known.set(id, subscription);
  return answer(known, { subscription });
}

function update(known: Known, id: string, body: unknown, time: string): ApiAnswer {
  const before = known.get(id);
  if (before === undefined) return missing;
  const extras = readExtras(isRecord(body) ? body : {});
  if (extras === undefined) return refusal('tag and webhook_id must be text');
  const subscription = { ...before, ...extras, updated_at: time };
  known.set(id, subscription);
  return answer(known, { subscription });
}

function remove(known: Known, ids: readonly string[]): ApiAnswer {
  if (ids.length < 1 || ids.length > 100) return refusal('ids needs 1 to 100 ids');
  const deleted = ids.filter((id) => known.delete(id));
  return deleted.length === 0 ? missing : answer(known, { deleted: true });
}

function readFilter(value: unknown): ActivityFilter | undefined {
  if (!isRecord(value)) return undefined;
  const { user_id: userId, keyword, direction } = value;
  if (typeof userId !== 'string' && typeof keyword !== 'string') return undefined;
  return {
    ...(typeof userId === 'string' && { user_id: userId }),
    ...(typeof keyword === 'string' && { keyword }),
    ...((direction === 'inbound' || direction === 'outbound') && { direction }),
  };
}

function readExtras(value: Readonly<Record<string, unknown>>): { tag?: string; webhook_id?: string } | undefined {
  const { tag, webhook_id: webhook } = value;
  if ((tag !== undefined && typeof tag !== 'string') || (webhook !== undefined && typeof webhook !== 'string'))
    return undefined;
  return { ...(tag !== undefined && { tag }), ...(webhook !== undefined && { webhook_id: webhook }) };
}

function sameFilter(a: ActivityFilter, b: ActivityFilter): boolean {
  return a.user_id === b.user_id && a.keyword === b.keyword && a.direction === b.direction;
}

const conflict = {
  title: 'Conflict',
  detail: 'A subscription for this event and filter exists.',
  type: problemType('conflict'),
  status: 409,
};

const missing: ApiAnswer = { status: 404, body: plainProblem(404, 'Not Found', 'No such subscription.') };

function refusal(message: string): ApiAnswer {
  return { status: 400, body: invalidRequest([{ message, parameters: {} }]) };
}
