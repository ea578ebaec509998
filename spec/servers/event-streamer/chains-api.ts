import { isRecord } from '../x/api.js';
import { ok, refusal, type ServiceReply, type ServiceRoute } from './answers.js';
import type { ServiceState, StoredChain } from './state.js';

export interface ChainsOptions {
  readonly state: ServiceState;
  readonly now: () => number;
  readonly shapes: 'source' | 'readme';
  /** The chains that the service really reads. */
  readonly loaded: () => readonly number[];
}

/** What the service adds to a configuration that leaves it out. */
const defaults = {
  historical_max_chunk_size: 10_000,
  historical_max_retries: 3,
  historical_max_concurrent: 5,
  historical_progress_interval: 100,
  live_max_retries: 5,
  live_retry_delay: 5,
  live_reconnect_delay: 30,
  live_enable_gap_detection: true,
  live_max_gap_size: 1_000,
  live_block_check_interval: 10,
  live_gap_fill_chunk_size: 100,
};

/** A chain that is there from the start. */
export function loadedChain(chainId: number): StoredChain {
  const urls = { historical_rpc_url: 'http://127.0.0.1:8545', live_websocket_url: 'ws://127.0.0.1:8545' };
  const names = { chain_id: chainId, name: `Chain ${chainId}` };
  return { ...names, active: true, config: { ...names, ...urls, ...defaults } };
}

/** `/api/chains`. */
export function chainsApi(options: ChainsOptions): ServiceRoute[] {
  const { state, now, shapes } = options;
  const timestamp = (): string => new Date(now()).toISOString();
  const name = 'chains';
  const one = /^\/api\/chains\/(\d+)$/;
  const done = (message: string, chainId: number): object => ({ message, chain_id: chainId, timestamp: timestamp() });
  const active = (): StoredChain[] => state.chains.filter((chain) => chain.active);
  return [
    { name, method: 'GET', path: /^\/api\/chains$/, handle: () => ok(list()) },
    { name, method: 'GET', path: /^\/api\/chains\/stats$/, handle: () => ok(stats()) },
    { name, method: 'POST', path: /^\/api\/chains$/, handle: ({ body }) => create(body) },
    {
      name,
      method: 'POST',
      path: /^\/api\/chains\/refresh$/,
      handle: () => ok(done('Chain configurations refreshed', 0)),
    },
    { name, method: 'GET', path: one, handle: ({ keys }) => withChain(keys, (found) => ok(shown(found))) },
    { name, method: 'PUT', path: one, handle: ({ keys, body }) => withChain(keys, (found) => update(found, body)) },
    { name, method: 'DELETE', path: one, handle: ({ keys }) => withChain(keys, remove) },
  ];

  function list(): object {
    const chains = active();
    if (shapes === 'readme') {
      return { chains: chains.map(({ chain_id, name: title }) => ({ chain_id, name: title, status: 'active' })) };
    }
    const byId = Object.fromEntries(chains.map(({ chain_id, config }) => [chain_id, config]));
    return { chains: byId, total_chains: chains.length, timestamp: timestamp() };
  }

  function stats(): object {
    const total = state.chains.length;
    if (shapes === 'readme') {
      return { total_chains: total, active_chains: active().length, healthy_rpcs: options.loaded().length };
    }
    const ids = active().map(({ chain_id: id }) => id);
    return {
      loaded: true,
      total_chains: total,
      supported_chain_ids: ids,
      last_refresh: timestamp(),
      timestamp: timestamp(),
    };
  }

  function shown({ chain_id: id, name: title, config }: StoredChain): object {
    if (shapes === 'source') return done(`Chain ${title} is configured`, id);
    return { rpc_urls: [config['historical_rpc_url']], average_block_time: 12, ...config, chain_id: id, name: title };
  }

  function withChain(keys: readonly string[], act: (found: StoredChain) => ServiceReply): ServiceReply {
    const found = active().find(({ chain_id: id }) => id === Number(keys[0]));
    return found === undefined ? refusal(404, 'Chain not found') : act(found);
  }

  function create(body: unknown): ServiceReply {
    const read = readConfig(body);
    if (typeof read === 'string') return refusal(422, 'Validation error', read);
    if (active().some(({ chain_id: id }) => id === read.chain_id)) return refusal(409, 'Chain exists already');
    put(read);
    return { status: 201, body: done('Chain created', read.chain_id) };
  }

  function update({ chain_id: id }: StoredChain, body: unknown): ServiceReply {
    const read = readConfig(isRecord(body) ? { ...body, chain_id: id } : body);
    if (typeof read === 'string') return refusal(422, 'Validation error', read);
    put(read);
    return ok(done('Chain updated', id));
  }

  function remove(found: StoredChain): ServiceReply {
    put({ ...found, active: false });
    return ok(done('Chain deactivated', found.chain_id));
  }

  function put(chain: StoredChain): void {
    state.chains = [...state.chains.filter(({ chain_id: id }) => id !== chain.chain_id), chain];
  }
}

/** In the shape of the service's source, or of its README. A text says what is wrong. */
function readConfig(body: unknown): StoredChain | string {
  if (!isRecord(body)) return 'body: expected an object';
  const { chain_id: id, name } = body;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) return 'chain_id: expected a whole number from 1';
  if (typeof name !== 'string' || name === '') return 'name: expected a text';
  const hasUrls = Array.isArray(body['rpc_urls']) || typeof body['historical_rpc_url'] === 'string';
  if (!hasUrls) return 'historical_rpc_url or rpc_urls: missing';
  return { chain_id: id, name, active: true, config: { ...defaults, ...body } };
}
