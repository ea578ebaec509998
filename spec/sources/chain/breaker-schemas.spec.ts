import { describe, expect, it } from '@jest/globals';
import {
  breakerConfigSchema,
  breakerMetricsSchema,
  breakerResetSchema,
  breakersHealthSchema,
  breakersStatusSchema,
} from '../../../sources/chain/breaker-schemas.js';

const at = '2024-05-23T10:30:00Z';
const breaker = {
  ...{ state: 'half_open', failure_count: 3, success_count: 8, consecutive_failures: 0, consecutive_successes: 1 },
  ...{ total_calls: 11, last_failure_time: 1716459000.5, last_success_time: at, state_transitions: 4 },
};
const status = {
  ...{ state: 'half_open', failureCount: 3, successCount: 8, consecutiveFailures: 0, consecutiveSuccesses: 1 },
  ...{ totalCalls: 11, lastFailureTime: 1716459000.5, lastSuccessTime: at, stateTransitions: 4 },
};
const clients = {
  1: {
    historical: { state: 'closed', metrics: { p: 1 }, is_healthy: true },
    live: { state: 'open', is_healthy: false },
  },
  137: { historical: { state: 'closed' } },
  10: { live: { state: 'half_open', metrics: null } },
};

describe('breakersStatusSchema', () => {
  it('gives breakers by name and connections by chain and kind', () => {
    const answer = {
      circuit_breakers: { eth: breaker, polygon: { state: 'closed' } },
      rpc_clients: clients,
      summary: { open: 1 },
    };
    expect(breakersStatusSchema.parse(answer)).toEqual({
      circuitBreakers: { eth: status, polygon: { state: 'closed' } },
      rpcClients: {
        1: {
          historical: { state: 'closed', isHealthy: true, metrics: { p: 1 } },
          live: { state: 'open', isHealthy: false },
        },
        137: { historical: { state: 'closed' } },
        10: { live: { state: 'half_open' } },
      },
      summary: { open: 1 },
    });
    expect(breakersStatusSchema.parse({ circuit_breakers: {} })).toEqual({ circuitBreakers: {}, rpcClients: {} });
  });

  it('counts transitions that are listed, and refuses a breaker without a state', () => {
    const listed = { a: { state: 'open', state_transitions: [{}, {}] } };
    expect(breakersStatusSchema.parse({ circuit_breakers: listed }).circuitBreakers).toEqual({
      a: { state: 'open', stateTransitions: 2 },
    });
    expect(breakersStatusSchema.safeParse({ circuit_breakers: { a: {} } }).success).toBe(false);
    expect(breakersStatusSchema.safeParse({}).success).toBe(false);
  });
});

describe('breakersHealthSchema', () => {
  it('has the names of the schema, and computes those of the README', () => {
    const answer = {
      ...{ overall_health: 'degraded', health_percentage: 50, total_circuit_breakers: 4, healthy_circuit_breakers: 2 },
      ...{ unhealthy_circuit_breakers: ['a', 'b'], rpc_clients: clients, last_updated: at },
    };
    expect(breakersHealthSchema.parse(answer)).toMatchObject({
      ...{ overallHealth: 'degraded', healthPercentage: 50, totalCircuitBreakers: 4, healthyCircuitBreakers: 2 },
      ...{ unhealthyCircuitBreakers: 2, lastUpdated: at, healthyRpcs: 2, totalRpcs: 4, unhealthyChains: ['1', '10'] },
    });
  });

  it('takes what the service says itself before it counts', () => {
    const answer = { healthy_rpcs: 3, total_rpcs: 5, unhealthy_chains: [1, 'base'], rpc_clients: clients };
    expect(breakersHealthSchema.parse(answer)).toMatchObject({
      healthyRpcs: 3,
      totalRpcs: 5,
      unhealthyChains: ['1', 'base'],
    });
    expect(breakersHealthSchema.parse({})).toEqual({
      rpcClients: {},
      healthyRpcs: 0,
      totalRpcs: 0,
      unhealthyChains: [],
    });
  });
});

describe('breakerMetricsSchema', () => {
  it('has the rates beside the status', () => {
    const rates = { success_rate: 0.75, failure_rate: 0.25, half_open_calls: 1, average_response_time: 12.5 };
    const expected = { ...status, name: 'eth', successRate: 0.75, failureRate: 0.25, halfOpenCalls: 1 };
    expect(breakerMetricsSchema('asked').parse({ ...breaker, ...rates, name: 'eth' })).toEqual({
      ...expected,
      averageResponseTime: 12.5,
    });
    expect(breakerMetricsSchema('asked').parse({ success_rate: 1 })).toEqual({ successRate: 1, name: 'asked' });
  });
});

describe('breakerResetSchema', () => {
  it('takes both shapes and an empty answer', () => {
    const both = { message: 'done', status: 'success', reset_count: 3 };
    expect(breakerResetSchema.parse(both)).toEqual({ message: 'done', status: 'success', resetCount: 3 });
    expect(breakerResetSchema.parse(undefined)).toEqual({});
  });
});

describe('breakerConfigSchema', () => {
  it('gives the limits', () => {
    const limits = {
      failure_threshold: 5,
      recovery_timeout: 60,
      success_threshold: 2,
      timeout: 30,
      half_open_max_calls: 3,
    };
    expect(breakerConfigSchema.parse(limits)).toEqual({
      ...{ failureThreshold: 5, recoveryTimeout: 60, successThreshold: 2, timeout: 30, halfOpenMaxCalls: 3 },
    });
  });
});
