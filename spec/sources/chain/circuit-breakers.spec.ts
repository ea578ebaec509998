import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type Observable, take, toArray } from 'rxjs';
import {
  circuitBreakers$,
  getCircuitBreakerConfig,
  getCircuitBreakerHealth,
  getCircuitBreakerMetrics,
  getCircuitBreakerStatus,
  resetAllCircuitBreakers,
  resetCircuitBreaker,
} from '../../../sources/chain/circuit-breakers.js';
import type { ChainService } from '../../../sources/chain/service.js';
import { jsonAnswer } from '../../servers/origin-steps.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();
const root = '/api/circuit-breakers';

type Call = (client: ChainService) => Observable<unknown>;

describe('the calls about circuit breakers', () => {
  it.each<[string, Call, string]>([
    ['getCircuitBreakerStatus', getCircuitBreakerStatus, `GET ${root}/status`],
    ['getCircuitBreakerHealth', getCircuitBreakerHealth, `GET ${root}/health`],
    ['getCircuitBreakerMetrics', (client) => getCircuitBreakerMetrics(client, 'a/b'), `GET ${root}/a%2Fb/metrics`],
    ['resetAllCircuitBreakers', resetAllCircuitBreakers, `POST ${root}/reset`],
    ['resetCircuitBreaker', (client) => resetCircuitBreaker(client, 'polygon rpc'), `POST ${root}/polygon%20rpc/reset`],
    ['getCircuitBreakerConfig', getCircuitBreakerConfig, `GET ${root}/config`],
  ])('%s is cold, and one value', async (_name, call, line) => {
    const { client, sent } = await scripted(always(200, { circuit_breakers: {}, state: 'closed' }));
    const made = call(client);
    expect(sent()).toEqual([]);
    await expect(firstValueFrom(made.pipe(toArray()))).resolves.toHaveLength(1);
    expect(sent()).toEqual([{ line, body: undefined }]);
  });

  it('give what the service says', async () => {
    const { client } = await scripted([
      [jsonAnswer(200, { circuit_breakers: { eth: { state: 'open', failure_count: 2 } } })],
      [jsonAnswer(200, { healthy_rpcs: 1, total_rpcs: 2, unhealthy_chains: [137] })],
      [jsonAnswer(200, { state: 'closed', success_rate: 0.5 })],
      [jsonAnswer(200, { reset_count: 2 })],
      [jsonAnswer(200, { failure_threshold: 5 })],
    ]);
    const status = firstValueFrom(getCircuitBreakerStatus(client));
    await expect(status).resolves.toMatchObject({ circuitBreakers: { eth: { state: 'open', failureCount: 2 } } });
    const health = firstValueFrom(getCircuitBreakerHealth(client));
    await expect(health).resolves.toMatchObject({ healthyRpcs: 1, totalRpcs: 2, unhealthyChains: ['137'] });
    const metrics = firstValueFrom(getCircuitBreakerMetrics(client, 'eth'));
    await expect(metrics).resolves.toMatchObject({ name: 'eth', successRate: 0.5, averageResponseTime: undefined });
    await expect(firstValueFrom(resetAllCircuitBreakers(client))).resolves.toMatchObject({ resetCount: 2 });
    await expect(firstValueFrom(getCircuitBreakerConfig(client))).resolves.toMatchObject({ failureThreshold: 5 });
  });

  it('say that a breaker is not there', async () => {
    const { client } = await scripted(always(404, { error: 'Unknown breaker' }));
    for (const call of [getCircuitBreakerMetrics(client, 'a'), resetCircuitBreaker(client, 'a')]) {
      await expect(firstValueFrom<unknown>(call)).rejects.toMatchObject({
        ...{ name: 'EventStreamerConnectionError', code: 'breaker_not_found', statusCode: 404 },
        message: expect.stringContaining('404'),
      });
    }
  });

  it('refuse at once a name that cannot be', async () => {
    const { client } = await scripted(always(200, {}));
    expect(() => getCircuitBreakerMetrics(client, '')).toThrow('getCircuitBreakerMetrics: option "name" must be');
    expect(() => resetCircuitBreaker(client, '..')).toThrow(
      'resetCircuitBreaker: a name or id must not be "." or ".."',
    );
    expect(() => Reflect.apply(resetCircuitBreaker, undefined, [client])).toThrow('option "name" is missing');
  });
});

describe('circuitBreakers$', () => {
  it('gives the status again and again, over failures that pass, until one that does not', async () => {
    const state = (name: string): ReturnType<typeof jsonAnswer> =>
      jsonAnswer(200, { circuit_breakers: { eth: { state: name } } });
    const { client, sent } = await scripted(
      [[state('closed')], [jsonAnswer(502, {})], [state('open')], [jsonAnswer(403, {})]],
      { maxRetries: 0 },
    );
    const told: number[] = [];
    const seen: string[] = [];
    const polled = circuitBreakers$(client, { interval: 1, onError: ({ status }) => told.push(status ?? 0) });
    const ended = new Promise((resolve) => {
      polled.subscribe({
        next: ({ circuitBreakers }) => seen.push(circuitBreakers['eth']?.state ?? ''),
        error: resolve,
      });
    });
    await expect(ended).resolves.toMatchObject({ name: 'EventStreamerAuthError', status: 403 });
    expect([seen, told, sent().length]).toEqual([['closed', 'open'], [502, 403], 4]);
  });

  it('ends with its subscriber, and refuses senseless options at once', async () => {
    const { client, sent } = await scripted(always(200, { circuit_breakers: {} }));
    await firstValueFrom(circuitBreakers$(client, { interval: 1 }).pipe(take(2), toArray()));
    expect(sent()).toHaveLength(2);
    expect(() => circuitBreakers$(client, { interval: 0 })).toThrow('circuitBreakers$: option "interval"');
  });
});
