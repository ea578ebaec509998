import { describe, expect, it } from '@jest/globals';
import { circuitBreaker } from '../../../lib/circuit-breaker.js';
import { createMonitor } from '../../../lib/state.js';
import type { AnthropicStreamOptions } from '../../../sources/llm/streams.js';
import { anthropicCall, framesOf, llmErrorOf, refusal } from './kept-calls.js';
import type { ScriptedStream } from './scripted-llm.js';
import { virtually } from './virtual-run.js';

const whole: ScriptedStream = { body: framesOf('anthropic-text'), end: 'open' };
const frames = framesOf('anthropic-text');

async function run(answerOf: (n: number) => ScriptedStream, options: Partial<AnthropicStreamOptions> = {}) {
  let server: ReturnType<typeof anthropicCall>['server'] | undefined;
  const seen = await virtually((scheduler) => {
    const call = anthropicCall(answerOf, { scheduler, ...options });
    server = call.server;
    return call.source;
  });
  return { seen, requests: server?.requests.length ?? 0, open: server?.open };
}

describe('lifecycle', () => {
  it('counts content as items and pairs connects with disconnects', async () => {
    const monitor = createMonitor();
    const told: string[] = [];
    const { seen } = await run((n) => (n === 1 ? { body: frames.slice(0, 1), end: 'broken' } : whole), {
      monitor,
      onConnect: () => told.push('connect'),
      onDisconnect: (error) => told.push(`disconnect ${error?.name ?? ''}`),
      onError: ({ name }) => told.push(`error ${name}`),
      onReconnect: (attempt, delay) => told.push(`reconnect ${attempt} ${delay}`),
    });
    const failed = 'TruncatedStreamError';
    expect(told).toEqual([
      'connect',
      `error ${failed}`,
      `disconnect ${failed}`,
      'reconnect 1 500',
      'connect',
      'disconnect ',
    ]);
    expect(seen.completed).toBe(true);
    expect(monitor.state).toMatchObject({ totalItemsReceived: 7, isConnected: false, phase: 'closed', retryCount: 0 });
  });

  it('tells of a failure after content once', async () => {
    const told: string[] = [];
    await run(() => ({ body: frames.slice(0, 5), end: 'broken' }), {
      onConnect: () => told.push('connect'),
      onDisconnect: (error) => told.push(`disconnect ${error?.code ?? ''}`),
      onError: ({ code }) => told.push(`error ${code}`),
    });
    expect(told).toEqual(['connect', 'error interrupted', 'disconnect interrupted']);
  });

  it('takes a refusal beyond the ceiling for no connection', async () => {
    const told: string[] = [];
    await run(() => refusal(429, 'rate_limit_error', { 'retry-after': '600' }), {
      onConnect: () => told.push('connect'),
      onError: ({ code, retryAfter }) => told.push(`error ${code} ${retryAfter}`),
    });
    expect(told).toEqual(['error rate_limited 600000']);
  });

  it('counts a failure after content against a shared circuit breaker', async () => {
    const breaker = circuitBreaker({ failureThreshold: 1 });
    await run(() => ({ body: frames.slice(0, 5), end: 'broken' }), { circuitBreaker: breaker });
    expect(breaker.state).toBe('open');
  });

  it('asks the caller whether to retry', async () => {
    const { seen, requests } = await run(() => refusal(529, 'overloaded_error', {}), { shouldRetry: () => false });
    expect(requests).toBe(1);
    expect(llmErrorOf(seen)).toMatchObject({ code: 'overloaded', statusCode: 529 });
  });

  it('closes the socket before the consumer hears of the end', async () => {
    const { source, server } = anthropicCall(() => whole);
    const open = await new Promise<number>((resolve) =>
      source.subscribe((part) => part.type === 'end' && resolve(server.open)),
    );
    expect(open).toBe(0);
  });

  it('is cold, and has a call for each subscription', async () => {
    const { source, server } = anthropicCall(() => whole);
    expect(server.requests).toHaveLength(0);
    await Promise.all([virtually(() => source), virtually(() => source)]);
    expect(server.requests).toHaveLength(2);
  });
});
