import { ok, refusal, type ServiceReply, type ServiceRoute } from './answers.js';
import type { ServiceState, StoredBreaker } from './state.js';

export interface BreakersOptions {
  readonly state: ServiceState;
  readonly now: () => number;
  readonly shapes: 'source' | 'readme';
}

/** What the service's breakers are set to. Seconds. */
const config = {
  failure_threshold: 5,
  recovery_timeout: 60,
  success_threshold: 3,
  timeout: 30,
  half_open_max_calls: 5,
};

/** The two breakers of a chain's RPC clients: both closed, nothing counted. */
export function newBreakers(chainId: number): StoredBreaker[] {
  const unused = {
    state: 'closed' as const,
    failure_count: 0,
    success_count: 0,
    consecutive_failures: 0,
    consecutive_successes: 0,
    half_open_calls: 0,
    last_failure_time: null,
    last_success_time: null,
    state_transitions: 0,
  };
  return [
    { name: `chain_${chainId}_historical`, chain_id: chainId, kind: 'historical', ...unused },
    { name: `chain_${chainId}_live`, chain_id: chainId, kind: 'live', ...unused },
  ];
}

/** `/api/circuit-breakers`. */
export function breakersApi({ state, now, shapes }: BreakersOptions): ServiceRoute[] {
  const timestamp = (): string => new Date(now()).toISOString();
  const name = 'breakers';
  const metrics = /^\/api\/circuit-breakers\/([^/]+)\/metrics$/;
  const reset = /^\/api\/circuit-breakers\/([^/]+)\/reset$/;
  return [
    { name, method: 'GET', path: at('status'), handle: () => ok(statusOf(state.breakers)) },
    { name, method: 'GET', path: at('health'), handle: () => ok(healthOf(state.breakers, shapes, timestamp())) },
    { name, method: 'GET', path: at('config'), handle: () => ok(config) },
    { name, method: 'POST', path: at('reset'), handle: () => resetAll(state.breakers, shapes) },
    {
      name,
      method: 'GET',
      path: metrics,
      handle: ({ keys }) => withBreaker(keys, (found) => ok(metricsOf(found, shapes))),
    },
    {
      name,
      method: 'POST',
      path: reset,
      handle: ({ keys }) => withBreaker(keys, (found) => resetAll([found], shapes)),
    },
  ];

  function withBreaker(keys: readonly string[], act: (found: StoredBreaker) => ServiceReply): ServiceReply {
    const wanted = decodeURIComponent(keys[0] ?? '');
    const found = state.breakers.find((breaker) => breaker.name === wanted);
    return found === undefined ? refusal(404, 'Circuit breaker not found') : act(found);
  }
}

function at(what: string): RegExp {
  return new RegExp(`^/api/circuit-breakers/${what}$`);
}

function statusOf(breakers: readonly StoredBreaker[]): object {
  const unhealthy = breakers.filter(({ state }) => state !== 'closed').length;
  return {
    circuit_breakers: Object.fromEntries(breakers.map((breaker) => [breaker.name, countsOf(breaker)])),
    rpc_clients: clientsOf(breakers),
    summary: { total: breakers.length, healthy: breakers.length - unhealthy, unhealthy },
  };
}

function clientsOf(breakers: readonly StoredBreaker[]): object {
  const chains = new Map<number, object>();
  for (const breaker of breakers) {
    const { chain_id: chain, kind, state } = breaker;
    const client = { state, metrics: countsOf(breaker), is_healthy: state === 'closed' };
    chains.set(chain, { ...chains.get(chain), [kind]: client });
  }
  return Object.fromEntries(chains);
}

function healthOf(breakers: readonly StoredBreaker[], shapes: 'source' | 'readme', timestamp: string): object {
  const bad = breakers.filter(({ state }) => state !== 'closed');
  const total = breakers.length;
  const healthy = total - bad.length;
  if (shapes === 'readme') {
    const chains = [...new Set(bad.map(({ chain_id: chain }) => chain))];
    return { healthy_rpcs: healthy, total_rpcs: total, unhealthy_chains: chains };
  }
  return {
    overall_health: bad.length === 0 ? 'healthy' : 'degraded',
    health_percentage: total === 0 ? 100 : (healthy / total) * 100,
    total_circuit_breakers: total,
    healthy_circuit_breakers: healthy,
    unhealthy_circuit_breakers: bad.length,
    rpc_clients: clientsOf(breakers),
    last_updated: timestamp,
  };
}

function metricsOf(breaker: StoredBreaker, shapes: 'source' | 'readme'): object {
  const { name, half_open_calls, failure_count: failures, success_count: successes } = breaker;
  const total = failures + successes;
  const rate = total === 0 ? 1 : successes / total;
  if (shapes === 'readme') return { success_rate: rate, average_response_time: 42.5 };
  return { ...countsOf(breaker), name, half_open_calls, success_rate: rate, failure_rate: 1 - rate };
}

function countsOf(breaker: StoredBreaker): object {
  const { chain_id: _chain, kind: _kind, name: _name, half_open_calls: _calls, ...counts } = breaker;
  return { ...counts, total_calls: counts.failure_count + counts.success_count };
}

function resetAll(breakers: readonly StoredBreaker[], shapes: 'source' | 'readme'): ServiceReply {
  const [only] = breakers;
  for (const breaker of breakers) {
    if (breaker.state !== 'closed') breaker.state_transitions += 1;
    Object.assign(breaker, { state: 'closed', failure_count: 0, consecutive_failures: 0, half_open_calls: 0 });
  }
  const message = breakers.length === 1 ? `Circuit breaker ${only?.name ?? ''} reset` : 'All circuit breakers reset';
  return ok(shapes === 'readme' ? { reset_count: breakers.length } : { message, status: 'success' });
}
