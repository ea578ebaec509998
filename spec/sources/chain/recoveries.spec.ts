import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { childMonitor } from '../../../lib/state.js';
import { beginAt, type ChainRun, startRun } from '../../../sources/chain/chain-run.js';
import { EventStreamerConnectionError, EventStreamerValidationError } from '../../../sources/chain/errors.js';
import { afterEnd, afterFailure, noticeCodeOf } from '../../../sources/chain/recoveries.js';
import { type ChainStreamOptions, checkChain } from '../../../sources/chain/stream-options.js';
import { streamingError } from '../../../sources/chain/streaming-error.js';
import { watch } from '../x/watch.js';
import { subscriptionBody, type VirtualService, virtualService } from './virtual-service.js';

function runOf(service: VirtualService, options: ChainStreamOptions = {}, token?: string): ChainRun {
  const checked = checkChain('spec', service.client, 7, { scheduler: service.scheduler, ...options });
  const parts = { hooks: {}, monitor: childMonitor(undefined), handsOver: false, backlog: 100 };
  const run = startRun(checked, parts, () => undefined);
  beginAt(run, token);
  return run;
}

async function outcome(service: VirtualService, source: Observable<never>): Promise<object> {
  const { error, completed } = watch(source);
  if (error !== undefined || completed) return { error, completed };
  const watched = watch(source);
  await service.run(10_000);
  return { code: watched.error?.code, isRetryable: watched.error?.isRetryable, completed: watched.completed };
}

describe('afterFailure', () => {
  it('leaves alone what there is no rule for', () => {
    const error = new EventStreamerConnectionError('no', { errorType: 'connection_error', code: 'dns' });
    const run = runOf(virtualService());
    expect(watch(afterFailure(run, error)).error).toBe(error);
    expect(run.failure).toEqual({ error, isTold: false });
  });

  it('goes by a ruling once', () => {
    const run = runOf(virtualService());
    const error = streamingError('CONNECTION_LOST', true);
    run.ruling = { error, rule: { action: 'end' } };
    expect(watch(afterFailure(run, error)).error).toMatchObject({ isRetryable: false });
    expect(watch(afterFailure(run, error)).error).toMatchObject({ isRetryable: true });
  });

  it('finds out by the processing status that the subscription is gone', async () => {
    const service = virtualService();
    service.answer = ({ path }) => (path.endsWith('/processing-status') ? { status: 404 } : undefined);
    const watched = watch(afterFailure(runOf(service), streamingError('PROCESSING_STOPPED', true)));
    await service.run(10_000);
    expect(watched.error).toMatchObject({ code: 'subscription_not_found', isRetryable: false });
  });

  it('tries again later when the stored token cannot be asked for', async () => {
    const service = virtualService();
    service.answer = () => ({ status: 500 });
    const run = runOf(service, {}, 'rt_1');
    const watched = watch(afterFailure(run, streamingError('INVALID_RESUME_TOKEN', true)));
    await service.run(60_000);
    expect([watched.error?.isRetryable, run.token]).toEqual([true, 'rt_1']);
  });

  it.each([[undefined], [-1], [1.5], [Number.NaN]])('ends when onMissing gives %p', async (id) => {
    const service = virtualService();
    const onMissing = (): number[] => (id === undefined ? [] : [id]);
    const watched = watch(afterFailure(runOf(service, { onMissing }), streamingError('SUBSCRIPTION_NOT_FOUND', true)));
    await service.run();
    expect(watched.error).toMatchObject({ code: 'subscription_not_found', isRetryable: false });
  });
});

describe('noticeCodeOf', () => {
  it('takes a refused request for a refused token only where there was one', () => {
    const error = new EventStreamerValidationError('no', {
      ...{ errorType: 'client_error', code: 'invalid_request', statusCode: 422 },
    });
    expect([noticeCodeOf(error, 'rt'), noticeCodeOf(error, undefined)]).toEqual(['INVALID_RESUME_TOKEN', undefined]);
  });
});

describe('afterEnd', () => {
  it.each([
    ['completes behind the last block', { end_block: 5, last_processed_block: 5 }, { completed: true }],
    ['is a drop before it', { end_block: 5, last_processed_block: 4 }, { code: 'stream_ended', isRetryable: true }],
    ['is a drop of a live stream', { last_processed_block: 4 }, { code: 'stream_ended', isRetryable: true }],
  ])('%s', async (_, fields, expected) => {
    const service = virtualService();
    service.answer = () => ({ status: 200, body: subscriptionBody(fields) });
    expect(await outcome(service, afterEnd(runOf(service)))).toMatchObject(expected);
  });

  it('is a drop where nobody can say, and the end where the subscription is gone or may not be asked for', async () => {
    for (const [status, code] of [
      [500, 'stream_ended'],
      [404, 'subscription_not_found'],
      [403, 'forbidden'],
    ] as const) {
      const service = virtualService();
      service.answer = () => ({ status });
      expect(await outcome(service, afterEnd(runOf(service)))).toMatchObject({ code });
    }
  });

  it('asks nobody where the caller has said what an end is', async () => {
    const service = virtualService();
    expect(watch(afterEnd(runOf(service, { onComplete: 'complete' }))).completed).toBe(true);
    expect(watch(afterEnd(runOf(service, { onComplete: 'reconnect' }))).error?.code).toBe('stream_ended');
    expect(service.requests).toEqual([]);
  });
});
