import * as z from 'zod';
import { anyObject, flag, maybe, number, orEmpty, text } from './schema-parts.js';

/** How one of the service's circuit breakers is. */
export interface CircuitBreakerStatus {
  /** `closed` lets calls through, `open` refuses them, `half_open` tries a few. */
  readonly state: 'closed' | 'open' | 'half_open' | (string & {});
  readonly failureCount: number | undefined;
  readonly successCount: number | undefined;
  readonly consecutiveFailures: number | undefined;
  readonly consecutiveSuccesses: number | undefined;
  readonly totalCalls: number | undefined;
  /** As the service says: ISO 8601, or seconds since 1970. */
  readonly lastFailureTime: string | number | undefined;
  /** The same of the last success. */
  readonly lastSuccessTime: string | number | undefined;
  /** How often the state has changed. */
  readonly stateTransitions: number | undefined;
}

/** One breaker closely. */
export interface CircuitBreakerMetrics extends Omit<CircuitBreakerStatus, 'state'> {
  readonly name: string;
  readonly state: CircuitBreakerStatus['state'] | undefined;
  readonly halfOpenCalls: number | undefined;
  /** From 0 to 1. */
  readonly successRate: number | undefined;
  /** From 0 to 1. */
  readonly failureRate: number | undefined;
  /** In milliseconds. */
  readonly averageResponseTime: number | undefined;
}

/** How one connection to a chain is. */
export interface RpcClientStatus {
  readonly state: string | undefined;
  readonly isHealthy: boolean | undefined;
  readonly metrics: Readonly<Record<string, unknown>> | undefined;
}

/** By chain and kind, as in `rpcClients['1']?.['historical']`. */
export type RpcClients = Readonly<Record<string, Readonly<Record<string, RpcClientStatus>>>>;

/** How all breakers are. */
export interface CircuitBreakersStatus {
  /** By name. */
  readonly circuitBreakers: Readonly<Record<string, CircuitBreakerStatus>>;
  readonly rpcClients: RpcClients;
  /** In the service's own names. */
  readonly summary: Readonly<Record<string, unknown>> | undefined;
}

/** What the breakers say of the service in all. */
export interface CircuitBreakersHealth {
  /** The service's word, such as `healthy`. */
  readonly overallHealth: string | undefined;
  /** From 0 to 100. */
  readonly healthPercentage: number | undefined;
  readonly totalCircuitBreakers: number | undefined;
  readonly healthyCircuitBreakers: number | undefined;
  readonly unhealthyCircuitBreakers: number | undefined;
  readonly rpcClients: RpcClients;
  /** ISO 8601. */
  readonly lastUpdated: string | undefined;
  /** As the service says, or counted in `rpcClients`. */
  readonly healthyRpcs: number;
  /** The same. */
  readonly totalRpcs: number;
  /** Chains with a connection that is not healthy: as the service says, or out of `rpcClients`. */
  readonly unhealthyChains: readonly string[];
}

/** What the service says to a reset. */
export interface CircuitBreakerReset {
  readonly message: string | undefined;
  readonly status: string | undefined;
  readonly resetCount: number | undefined;
}

/** When the service's breakers open and close. */
export interface CircuitBreakerConfig {
  /** Failures in a row that open one. */
  readonly failureThreshold: number | undefined;
  /** In seconds. */
  readonly recoveryTimeout: number | undefined;
  /** Successes in a row that close one. */
  readonly successThreshold: number | undefined;
  /** Of a call, in seconds. */
  readonly timeout: number | undefined;
  readonly halfOpenMaxCalls: number | undefined;
}

const time: z.ZodType<string | number | undefined> = maybe<string | number>(z.union([z.string(), z.number()]));

/** A number, or as many as there are in a list. */
const count: z.ZodType<number | undefined> = maybe(
  z.union([z.number(), z.array(z.unknown()).transform((list) => list.length)]),
);

const countFields = {
  failure_count: number,
  success_count: number,
  consecutive_failures: number,
  consecutive_successes: number,
  total_calls: number,
  last_failure_time: time,
  last_success_time: time,
  state_transitions: count,
};

type Counts = z.output<z.ZodObject<typeof countFields>>;

function countsOf(answer: Counts): Omit<CircuitBreakerStatus, 'state'> {
  return {
    failureCount: answer.failure_count,
    successCount: answer.success_count,
    consecutiveFailures: answer.consecutive_failures,
    consecutiveSuccesses: answer.consecutive_successes,
    totalCalls: answer.total_calls,
    lastFailureTime: answer.last_failure_time,
    lastSuccessTime: answer.last_success_time,
    stateTransitions: answer.state_transitions,
  };
}

const breaker: z.ZodType<CircuitBreakerStatus> = z
  .object({ ...countFields, state: z.string() })
  .transform((answer) => ({ ...countsOf(answer), state: answer.state }));

/** The answer about one breaker. The README shows no more than its rates. */
export function breakerMetricsSchema(asked: string): z.ZodType<CircuitBreakerMetrics> {
  const rates = { success_rate: number, failure_rate: number, average_response_time: number };
  return z
    .object({ ...countFields, name: text, state: text, half_open_calls: number, ...rates })
    .transform((answer) => ({
      ...countsOf(answer),
      name: answer.name ?? asked,
      state: answer.state,
      halfOpenCalls: answer.half_open_calls,
      successRate: answer.success_rate,
      failureRate: answer.failure_rate,
      averageResponseTime: answer.average_response_time,
    }));
}

const rpcClient = z
  .object({ state: text, is_healthy: flag, metrics: maybe(anyObject) })
  .transform(({ state, is_healthy: isHealthy, metrics }): RpcClientStatus => ({ state, isHealthy, metrics }));

const rpcClients: z.ZodType<RpcClients | undefined> = maybe(z.record(z.string(), z.record(z.string(), rpcClient)));

export const breakersStatusSchema: z.ZodType<CircuitBreakersStatus> = z
  .object({
    circuit_breakers: z.record(z.string(), breaker),
    rpc_clients: rpcClients,
    summary: maybe(anyObject),
  })
  .transform(({ circuit_breakers: circuitBreakers, rpc_clients: clients = {}, summary }) => {
    return { circuitBreakers, rpcClients: clients, summary };
  });

const chainNames: z.ZodType<string[] | undefined> = maybe(z.array(z.union([z.string(), z.number().transform(String)])));

export const breakersHealthSchema: z.ZodType<CircuitBreakersHealth> = z
  .object({
    overall_health: text,
    health_percentage: number,
    total_circuit_breakers: number,
    healthy_circuit_breakers: count,
    unhealthy_circuit_breakers: count,
    rpc_clients: rpcClients,
    last_updated: text,
    healthy_rpcs: number,
    total_rpcs: number,
    unhealthy_chains: chainNames,
  })
  .transform(({ rpc_clients: clients = {}, ...answer }) => {
    const counted = countRpcs(clients);
    return {
      overallHealth: answer.overall_health,
      healthPercentage: answer.health_percentage,
      totalCircuitBreakers: answer.total_circuit_breakers,
      healthyCircuitBreakers: answer.healthy_circuit_breakers,
      unhealthyCircuitBreakers: answer.unhealthy_circuit_breakers,
      rpcClients: clients,
      lastUpdated: answer.last_updated,
      healthyRpcs: answer.healthy_rpcs ?? counted.healthyRpcs,
      totalRpcs: answer.total_rpcs ?? counted.totalRpcs,
      unhealthyChains: answer.unhealthy_chains ?? counted.unhealthyChains,
    };
  });

function countRpcs(clients: RpcClients): Pick<CircuitBreakersHealth, 'healthyRpcs' | 'totalRpcs' | 'unhealthyChains'> {
  const all = Object.values(clients).flatMap((kinds) => Object.values(kinds));
  const unhealthy = Object.entries(clients).filter(([, kinds]) => !Object.values(kinds).every(isHealthyRpc));
  return {
    healthyRpcs: all.filter(isHealthyRpc).length,
    totalRpcs: all.length,
    unhealthyChains: unhealthy.map(([chain]) => chain),
  };
}

function isHealthyRpc({ isHealthy, state }: RpcClientStatus): boolean {
  return isHealthy ?? state === 'closed';
}

export const breakerResetSchema: z.ZodType<CircuitBreakerReset> = orEmpty(
  z
    .object({ message: text, status: text, reset_count: number })
    .transform(({ message, status, reset_count: resetCount }) => ({ message, status, resetCount })),
);

export const breakerConfigSchema: z.ZodType<CircuitBreakerConfig> = z
  .object({
    failure_threshold: number,
    recovery_timeout: number,
    success_threshold: number,
    timeout: number,
    half_open_max_calls: number,
  })
  .transform((answer) => ({
    failureThreshold: answer.failure_threshold,
    recoveryTimeout: answer.recovery_timeout,
    successThreshold: answer.success_threshold,
    timeout: answer.timeout,
    halfOpenMaxCalls: answer.half_open_max_calls,
  }));
