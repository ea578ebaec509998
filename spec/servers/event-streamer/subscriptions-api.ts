import { ok, refusal, type ServiceCall, type ServiceReply, type ServiceRoute } from './answers.js';
import type { Messages } from './batches.js';
import type { Connections } from './connections.js';
import type { ServiceState, StoredSubscription } from './state.js';
import { readFields, type SubscriptionFields } from './subscription-fields.js';

export interface SubscriptionsOptions {
  readonly state: ServiceState;
  readonly connections: Connections;
  readonly messages: Messages;
  readonly now: () => number;
  /** Whether the service reads this chain. */
  readonly hasChain: (chainId: number) => boolean;
}

const notFound = refusal(404, 'Subscription not found');
const one = /^\/subscriptions\/(\d+)$/;

/** Subscriptions: create, list, get, update, delete, progress. */
export function subscriptionsApi(options: SubscriptionsOptions): ServiceRoute[] {
  const { state, connections, messages, now, hasChain } = options;
  const name = 'subscriptions';
  return [
    { name, method: 'POST', path: /^\/subscriptions$/, handle: ({ body }) => create(body) },
    { name, method: 'GET', path: /^\/subscriptions$/, handle: ({ params }) => list(state, params) },
    { name, method: 'GET', path: one, handle: (call) => withSubscription(call, (found) => ok(shown(found))) },
    { name, method: 'PUT', path: one, handle: (call) => withSubscription(call, (found) => update(found, call.body)) },
    { name, method: 'DELETE', path: one, handle: (call) => withSubscription(call, remove) },
    {
      name: 'progress',
      method: 'GET',
      path: /^\/subscriptions\/(\d+)\/last-processed-block$/,
      handle: (call) => withSubscription(call, (found) => progress(found, call.params)),
    },
  ];

  function create(body: unknown): ServiceReply {
    const read = readFields(body);
    if (!read.ok) return refusal(422, 'Validation error', read.detail);
    const {
      topic0,
      event_signature,
      addresses = [],
      start_block,
      end_block = null,
      chain_id,
      subscriber_id,
    } = read.fields;
    if (
      topic0 === undefined ||
      event_signature === undefined ||
      start_block === undefined ||
      chain_id === undefined ||
      subscriber_id === undefined
    ) {
      return refusal(422, 'Validation error', 'a required field is missing');
    }
    if (!hasChain(chain_id)) return refusal(400, 'Unsupported chain', `chain ${chain_id} is not configured`);
    const given = { topic0, event_signature, addresses, start_block, end_block, chain_id, subscriber_id };
    const time = new Date(now()).toISOString();
    const subscription: StoredSubscription = { id: state.nextSubscription++, ...given, ...unused, ...timesAt(time) };
    state.subscriptions.push(subscription);
    return { status: 201, body: shown(subscription) };
  }

  function withSubscription(
    { keys, params }: ServiceCall,
    act: (found: StoredSubscription) => ServiceReply,
  ): ServiceReply {
    const owner = params.get('subscriber_id');
    const found = state.subscriptions.find(({ id }) => id === Number(keys[0]));
    if (found === undefined || (owner !== null && owner !== found.subscriber_id)) return notFound;
    return act(found);
  }

  /** Only what is given changes, although the verb is PUT. */
  function update(found: StoredSubscription, body: unknown): ServiceReply {
    const read = readFields(body);
    if (!read.ok) return refusal(422, 'Validation error', read.detail);
    const changes: SubscriptionFields = read.fields;
    Object.assign(found, changes, { updated_at: new Date(now()).toISOString() });
    if (changes.is_streaming === false) endStreams(found, 'PROCESSING_STOPPED');
    return ok(shown(found));
  }

  function remove(found: StoredSubscription): ServiceReply {
    state.subscriptions.splice(state.subscriptions.indexOf(found), 1);
    endStreams(found, 'SUBSCRIPTION_NOT_FOUND');
    return { status: 204 };
  }

  function endStreams({ id }: StoredSubscription, code: string): void {
    for (const connection of connections.select(id)) {
      connection.body.write(messages.error(connection, { code }));
      connection.body.end();
    }
  }
}

const unused = {
  last_processed_block: null,
  is_streaming: false,
  streaming_status: 'pending',
  resume_token: null,
  last_event_id: null,
  events_delivered: 0,
  acknowledged: [],
};

function timesAt(time: string): Pick<StoredSubscription, 'created_at' | 'updated_at'> {
  return { created_at: time, updated_at: time };
}

function list({ subscriptions }: ServiceState, params: URLSearchParams): ServiceReply {
  const page = Number(params.get('page') ?? 1);
  const size = Number(params.get('page_size') ?? 20);
  const isPage = Number.isInteger(page) && page >= 1 && Number.isInteger(size) && size >= 1 && size <= 100;
  if (!isPage) return refusal(422, 'Validation error', 'page from 1, page_size from 1 to 100');
  const owner = params.get('subscriber_id');
  const own = subscriptions.filter(({ subscriber_id: id }) => owner === null || id === owner);
  const start = (page - 1) * size;
  return ok({ subscriptions: own.slice(start, start + size).map(shown), total: own.length, page, page_size: size });
}

function progress(
  { chain_id: chain, last_processed_block: block }: StoredSubscription,
  params: URLSearchParams,
): ServiceReply {
  const asked = params.get('chain_id');
  if (block === null || (asked !== null && Number(asked) !== chain)) return refusal(404, 'No block processed yet');
  return ok({ last_processed_block: block });
}

/** As the wire has it. */
function shown({ acknowledged: _, ...subscription }: StoredSubscription): object {
  return subscription;
}
