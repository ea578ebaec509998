import { describe, expect, it } from '@jest/globals';
import { StreamError } from '../../../lib/errors.js';
import { childMonitor, createMonitor } from '../../../lib/state.js';
import { failuresOnce } from '../../../sources/chain/failures-once.js';

const context = { operation: 'stream events', subject: 'subscription' } as const;
const error = new StreamError('broken', { errorType: 'stream_interrupted', code: 'interrupted' });

describe('failuresOnce', () => {
  it('tells of a failure once, under its name here, whoever reports it', () => {
    const parent = createMonitor();
    const told: unknown[] = [];
    parent.events$.subscribe((event) => event.type === 'error' && told.push(event.error.name));
    const { request, retry } = failuresOnce(childMonitor(parent), context);
    request.report.connecting();
    request.report.failed(error);
    retry.report.failed(new StreamError('the same', error));
    retry.report.failed(new StreamError('another', error));
    expect(told).toEqual(['EventStreamerConnectionError', 'StreamError']);
    expect([request.isChild, retry.state.lastError?.message]).toEqual([true, 'another']);
  });
});
