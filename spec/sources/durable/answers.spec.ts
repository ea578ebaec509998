import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type Observable } from 'rxjs';
import { StreamError } from '../../../lib/errors.js';
import { classifyDurable, durableError, type DurableOperation } from '../../../sources/durable/answers.js';
import { appendDurable } from '../../../sources/durable/append.js';
import { durableCall } from '../../../sources/durable/call.js';
import { closeDurable } from '../../../sources/durable/close.js';
import { createDurable } from '../../../sources/durable/create.js';
import { deleteDurable } from '../../../sources/durable/delete.js';
import { DurableStreamError, FetchError } from '../../../sources/durable/errors.js';
import { headDurable } from '../../../sources/durable/head.js';
import { checkDurable } from '../../../sources/durable/options.js';
import { answer } from '../../servers/origin-steps.js';
import { rejectionOf, scriptedServer } from './written.js';

type Row = readonly [status: number, headers: Record<string, string>, body: string, name: string, code: string];

const once = { maxRetries: 0 };
const json = { contentType: 'application/json' };

/** One call of each operation, as a user makes it. */
const calls: Record<DurableOperation, (url: string) => Observable<unknown>> = {
  create: (url) => createDurable(url, once),
  head: (url) => headDurable(url, once),
  append: (url) => appendDurable(url, 1, { ...once, ...json }),
  close: (url) => closeDurable(url, once),
  delete: (url) => deleteDurable(url, once),
  read: (url) => other(url, 'read'),
  subscription: (url) => other(url, 'subscription'),
};

function other(url: string, operation: 'read' | 'subscription'): Observable<unknown> {
  return durableCall(checkDurable('read', url, once), { operation, read: () => undefined });
}

const closedAt = { 'stream-closed': 'true', 'stream-next-offset': '9_9' };
const gap = { 'producer-expected-seq': '2', 'producer-received-seq': '4' };

/** What every operation has in common. */
const common: readonly Row[] = [
  [401, {}, '', 'FetchError', 'unauthorized'],
  [403, {}, '', 'FetchError', 'forbidden'],
  [405, {}, '', 'DurableStreamError', 'not_supported'],
  [413, {}, '', 'DurableStreamError', 'payload_too_large'],
  [429, {}, '', 'FetchError', 'rate_limited'],
  [501, {}, '', 'DurableStreamError', 'not_supported'],
  [503, {}, '', 'FetchError', 'http_server_error'],
  [505, {}, '', 'FetchError', 'not_implemented'],
];

const own: Record<DurableOperation, readonly Row[]> = {
  create: [
    [400, {}, '', 'FetchError', 'bad_request'],
    [404, {}, '', 'StreamNotFoundError', 'stream_not_found'],
    [409, {}, '', 'DurableStreamError', 'stream_exists'],
    [409, closedAt, '', 'DurableStreamError', 'stream_exists'],
    [410, {}, '', 'DurableStreamError', 'stream_gone'],
    [500, {}, '', 'FetchError', 'http_server_error'],
  ],
  head: [
    [410, {}, '', 'DurableStreamError', 'stream_gone'],
    [500, {}, '', 'FetchError', 'http_server_error'],
  ],
  append: [
    [400, {}, 'Empty body', 'FetchError', 'bad_request'],
    [403, { 'producer-epoch': '7' }, '', 'StaleEpochError', 'stale_epoch'],
    [404, {}, '', 'StreamNotFoundError', 'stream_not_found'],
    [409, closedAt, 'Stream is closed', 'StreamClosedError', 'stream_closed'],
    [409, { ...closedAt, ...gap }, 'Content-type mismatch', 'StreamClosedError', 'stream_closed'],
    [409, gap, '', 'SequenceGapError', 'sequence_gap'],
    [409, {}, 'Content-type mismatch', 'DurableStreamError', 'content_type_mismatch'],
    [409, {}, 'Sequence conflict', 'SeqConflictError', 'seq_conflict'],
    [410, {}, '', 'DurableStreamError', 'stream_gone'],
    [500, {}, '', 'DurableStreamError', 'outcome_unknown'],
  ],
  close: [
    [404, {}, '', 'StreamNotFoundError', 'stream_not_found'],
    [409, closedAt, '', 'StreamClosedError', 'stream_closed'],
    [410, {}, '', 'DurableStreamError', 'stream_gone'],
    [500, {}, '', 'FetchError', 'http_server_error'],
  ],
  delete: [[500, {}, '', 'FetchError', 'http_server_error']],
  read: [
    [304, {}, '', 'FetchError', 'unexpected_status'],
    [400, {}, 'Invalid offset', 'DurableStreamError', 'invalid_offset'],
    [400, {}, 'bad cursor', 'FetchError', 'bad_request'],
    [404, {}, '', 'StreamNotFoundError', 'stream_not_found'],
    [410, {}, '', 'RetentionGoneError', 'retention_gone'],
    [500, {}, '', 'FetchError', 'http_server_error'],
  ],
  subscription: [
    [404, {}, '', 'FetchError', 'not_found'],
    [409, {}, '{"error":{"code":"FENCED"}}', 'FetchError', 'conflict'],
    [500, {}, '', 'FetchError', 'http_server_error'],
  ],
};

const rows = Object.entries(own).flatMap(([operation, mine]) =>
  [...mine, ...common].map((row) => [operation, ...row] as const),
);

describe('a failed answer', () => {
  it.each(rows)('to %s with %d %j %j arrives as %s, %s', async (operation, status, headers, body, name, code) => {
    const origin = await scriptedServer([[answer(status, headers, status === 304 ? undefined : body)]]);
    const call = Object.entries(calls).find(([key]) => key === operation)?.[1];
    if (call === undefined) throw new Error(`no such operation: ${operation}`);
    const error = await rejectionOf(firstValueFrom(call(`${origin.url}/a`)));
    expect(error).toMatchObject({ name, code, statusCode: status });
    expect(origin.requests).toHaveLength(1);
  });

  it.each(['head', 'delete'] as const)('to %s with 404 is no error', async (operation) => {
    const origin = await scriptedServer([[answer(404)]]);
    await expect(firstValueFrom(calls[operation](origin.url))).resolves.toBeDefined();
  });

  it('says where a closed stream ends, which epoch is the current one, which number is awaited', () => {
    const classify = classifyDurable('append');
    const base = { body: '', target: 'http://a.example/a' };
    expect(classify({ ...base, status: 409, headers: new Headers(closedAt) })).toMatchObject({ offset: '9_9' });
    const stale = new Headers({ 'producer-epoch': '7' });
    expect(classify({ ...base, status: 403, headers: stale })).toMatchObject({ currentEpoch: 7, statusCode: 403 });
    const missing = classify({ ...base, status: 409, headers: new Headers(gap) });
    expect(missing).toMatchObject({ expectedSeq: 2, receivedSeq: 4, isRetryable: false });
    const nonsense = new Headers({ 'producer-epoch': '-1' });
    expect(classify({ ...base, status: 403, headers: nonsense })).toBeUndefined();
  });

  it('leaves a subscription its own codes', () => {
    const answerOf409 = { status: 409, headers: new Headers(closedAt), body: '', target: 'http://a.example/a' };
    expect(classifyDurable('subscription')(answerOf409)).toBeUndefined();
    const bare = { ...answerOf409, headers: new Headers() };
    for (const operation of ['close', 'head', 'delete', 'read'] as const) {
      expect(classifyDurable(operation)(bare)).toBeUndefined();
    }
  });
});

describe('any other failure', () => {
  it('is a FetchError with all that was known of it', () => {
    const cause = new Error('cause');
    const details = { statusCode: 503, responseBody: 'busy', retryAfter: 5, phase: 'request', requestId: 'r' } as const;
    const error = new StreamError('no', { errorType: 'server_error', code: 'http_server_error', ...details, cause });
    const named = durableError(error, '5_5');
    expect(named).toBeInstanceOf(FetchError);
    expect(named).toMatchObject({ ...details, errorType: 'server_error', offset: '5_5', status: 503, cause: error });
  });

  it('keeps its own name when it has one', () => {
    const error = new DurableStreamError('no', { errorType: 'client_error', code: 'parse_error' });
    expect(durableError(error)).toBe(error);
    expect(durableError(new TypeError('fetch failed'))).toMatchObject({ name: 'FetchError' });
  });
});
