import { describe, expect, it } from '@jest/globals';
import { createMonitor } from '../../../lib/state.js';
import { begin } from './begun-session.js';
import { batchLine, errorLine, subscriptionBody, virtualService } from './virtual-service.js';

describe('chainSession and error messages', () => {
  it.each([
    ['CONNECTION_LOST', 10],
    ['CIRCUIT_BREAKER_OPEN', 30_000],
    ['RATE_LIMITED', 60_000],
    ['PROCESSING_STOPPED', 10],
    ['STREAM_ERROR', 10],
  ])('emits %s and connects again after %d ms', async (code, wait) => {
    const { service, types } = await begin();
    service.streams[0]?.send(errorLine(code), batchLine('late', [1]));
    await service.run(wait - 1);
    expect(service.streams).toHaveLength(1);
    await service.run(1);
    expect(service.streams).toHaveLength(2);
    expect(types()).toEqual(['error']);
  });

  it('goes on after an unknown code, and ends where the service says that it must', async () => {
    const { service, watched, types } = await begin();
    service.streams[0]?.send(errorLine('NEWS'), batchLine('b1', [1]));
    await service.run(10);
    expect(types()).toEqual(['error', 'event_batch']);
    service.streams[0]?.send(errorLine('WORSE', { recoverable: false }));
    await service.run(10);
    expect(watched.error).toMatchObject({ code: 'stream_error', errorType: 'fatal_error' });
  });

  it('warns of a code that it does not know, and of none for which there is a rule', async () => {
    const monitor = createMonitor();
    const warnings: string[] = [];
    monitor.events$.subscribe((event) => event.type === 'warning' && warnings.push(event.warning.kind));
    const { service } = await begin({ monitor, policy: { OLD_NEWS: { action: 'continue' } } });
    service.streams[0]?.send(errorLine('OLD_NEWS'), errorLine('NEWS'));
    await service.run(10);
    expect(warnings).toEqual(['unknown_notice']);
  });

  it('does what the caller says instead', async () => {
    const { service, watched } = await begin({
      policy: { CONNECTION_LOST: { action: 'continue' }, NEWS: { action: 'end' } },
    });
    service.streams[0]?.send(errorLine('CONNECTION_LOST'));
    await service.run(1_000);
    expect(service.streams).toHaveLength(1);
    service.streams[0]?.send(errorLine('NEWS'));
    await service.run(10);
    expect(watched.error?.isRetryable).toBe(false);
  });

  it('waits as long as an answer asks for, and a minute where it does not say', async () => {
    const service = virtualService();
    service.answer = ({ at }) => (at === 0 ? { status: 429, headers: { 'retry-after': '5' } } : { status: 429 });
    const { watched } = await begin({ maxRetries: 2 }, service);
    await service.run(100_000);
    expect(service.requests.map(({ at }) => at)).toEqual([0, 5_000, 65_000]);
    expect(watched.error).toMatchObject({ code: 'retries_exhausted', errorType: 'rate_limited' });
  });

  it('asks for another subscription when this one is gone, and goes on from its beginning', async () => {
    const asked: string[] = [];
    const { service, batches, notices, control } = await begin({
      ...{ resumeToken: 'rt_0', acknowledge: 'manual', batchAckInterval: 1 },
      onMissing: ({ code }) => {
        asked.push(code);
        return [8];
      },
    });
    service.streams[0]?.send(batchLine('b1', [1]), errorLine('SUBSCRIPTION_NOT_FOUND'));
    await service.run(20);
    expect([asked, service.tokens(), control.subscriptionId]).toEqual([
      ['subscription_not_found'],
      ['rt_0', undefined],
      8,
    ]);
    expect(notices.map(({ kind }) => kind)).toEqual(['subscription_replaced']);
    expect(control.position).toBe('rt_0');
    // What is in hand is not handed out again, and the position is the new subscription's.
    service.streams[1]?.send(batchLine('n1', [1]), batchLine('n2', [2]));
    await service.run(5);
    expect(batches().map(({ batchId }) => batchId)).toEqual(['b1', 'n2']);
    for (const batch of batches()) batch.ack();
    await service.run(5);
    expect(service.acks().every(({ connection }) => connection === 'c2')).toBe(true);
    expect(control.position).toBe('rt_n2');
  });

  it('ends with the subscription that is gone where nobody gives another', async () => {
    const service = virtualService();
    service.answer = () => ({ status: 404 });
    const { watched } = await begin({}, service);
    expect(watched.error).toMatchObject({ name: 'EventStreamerSubscriptionError', code: 'subscription_not_found' });
    const other = virtualService();
    other.answer = () => ({ status: 404 });
    const failed = await begin({ onMissing: () => Promise.reject(new Error('no')) }, other);
    expect(failed.watched.error).toMatchObject({ name: 'EventStreamerSubscriptionError', statusCode: 404 });
  });

  it('falls back to the stored token, then to none, and says so each time', async () => {
    const { service, notices, control, watched } = await begin({ resumeToken: 'rt_mine' });
    service.answer = ({ method, path }) =>
      method === 'GET' && path === '/subscriptions/7'
        ? { status: 200, body: subscriptionBody({ resume_token: 'rt_stored' }) }
        : undefined;
    service.streams[0]?.send(errorLine('INVALID_RESUME_TOKEN'));
    await service.run(20);
    service.streams[1]?.send(errorLine('INVALID_RESUME_TOKEN'));
    await service.run(20);
    expect(service.tokens()).toEqual(['rt_mine', 'rt_stored', undefined]);
    expect(notices.map(({ kind }) => kind)).toEqual(['position_lost', 'position_lost']);
    expect(control.position).toBe('rt_mine');
    service.streams[2]?.send(errorLine('INVALID_RESUME_TOKEN'));
    await service.run(20);
    expect(watched.error?.code).toBe('invalid_resume_token');
  });

  it('takes a 400 for a refused token where one was sent, and for a bad request where none was', async () => {
    const service = virtualService();
    service.answer = ({ token }) => (token === undefined ? undefined : { status: 400 });
    const { notices } = await begin({ resumeToken: 'rt_old' }, service);
    await service.run(20);
    expect([service.tokens(), notices.map(({ kind }) => kind)]).toEqual([['rt_old', undefined], ['position_lost']]);
    const other = virtualService();
    other.answer = () => ({ status: 400 });
    const { watched } = await begin({}, other);
    expect(watched.error?.code).toBe('invalid_request');
  });
});
