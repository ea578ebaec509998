import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type Observable } from 'rxjs';
import { StreamError } from '../../../lib/errors.js';
import { type ChainSubject, chainError, classifyChain } from '../../../sources/chain/answers.js';
import { getChain } from '../../../sources/chain/chains.js';
import { getCircuitBreakerMetrics } from '../../../sources/chain/circuit-breakers.js';
import { EventStreamerSubscriptionError } from '../../../sources/chain/errors.js';
import { getHealth } from '../../../sources/chain/health.js';
import type { ChainService } from '../../../sources/chain/service.js';
import { sendHeartbeat } from '../../../sources/chain/stream-calls.js';
import { getSubscription } from '../../../sources/chain/subscriptions.js';
import { isStreamError } from '../../../lib/errors.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();

/** One call about each subject. */
const calls: Readonly<Record<ChainSubject, (client: ChainService) => Observable<unknown>>> = {
  subscription: (client) => getSubscription(client, 7),
  connection: (client) => sendHeartbeat(client, { connectionId: 'c', sequenceNumber: 1 }),
  chain: (client) => getChain(client, 7),
  breaker: (client) => getCircuitBreakerMetrics(client, 'a'),
  service: getHealth,
};
const subjects = ['subscription', 'connection', 'chain', 'breaker', 'service'] as const;

type Row = readonly [status: number, name: string, code: string];

const auth = 'EventStreamerAuthError';
const connection = 'EventStreamerConnectionError';
const subscription = 'EventStreamerSubscriptionError';
const validation = 'EventStreamerValidationError';

/** The same whatever the call is about. */
const everywhere: readonly Row[] = [
  [400, validation, 'invalid_request'],
  [401, auth, 'unauthorized'],
  [402, validation, 'payment_required'],
  [403, auth, 'forbidden'],
  [405, validation, 'http_client_error'],
  [408, 'EventStreamerTimeoutError', 'request_timeout'],
  [413, validation, 'http_client_error'],
  [422, validation, 'invalid_request'],
  [429, 'EventStreamerError', 'rate_limited'],
  [500, connection, 'http_server_error'],
  [501, 'EventStreamerError', 'not_implemented'],
  [502, connection, 'http_server_error'],
  [503, connection, 'http_server_error'],
  [504, connection, 'http_server_error'],
];

const bySubject: Readonly<Record<ChainSubject, readonly Row[]>> = {
  subscription: [
    [404, subscription, 'subscription_not_found'],
    [409, subscription, 'conflict'],
    [410, subscription, 'gone'],
  ],
  connection: [
    [404, connection, 'connection_lost'],
    [409, validation, 'conflict'],
    [410, validation, 'gone'],
  ],
  chain: [
    [404, connection, 'chain_not_found'],
    [409, validation, 'conflict'],
    [410, validation, 'gone'],
  ],
  breaker: [
    [404, connection, 'breaker_not_found'],
    [409, validation, 'conflict'],
    [410, validation, 'gone'],
  ],
  service: [
    [404, connection, 'not_found'],
    [409, validation, 'conflict'],
    [410, validation, 'gone'],
  ],
};

const rows = subjects.flatMap((subject) =>
  [...everywhere, ...bySubject[subject]].map((row) => [subject, ...row] as const),
);

describe('an answer that is no success', () => {
  it.each(rows)('about a %s with %i is %s with %s', async (subject, status, name, code) => {
    const { client, sent } = await scripted(always(status, { error: 'The words say nothing' }), { maxRetries: 0 });
    const thrown: unknown = await firstValueFrom(calls[subject](client)).catch((error: unknown) => error);
    const body = '{"error":"The words say nothing"}';
    expect(thrown).toMatchObject({ name, code, status, statusCode: status, body, responseBody: body });
    expect(thrown).toMatchObject({
      operation: expect.any(String),
      message: expect.stringContaining(`HTTP ${status} from`),
    });
    expect(isStreamError(thrown)).toBe(true);
    expect(sent()).toHaveLength(1);
  });
});

describe('classifyChain', () => {
  it('reads the status, and never the words of the body', () => {
    const answer = { headers: new Headers(), body: '{"error":"404: Subscription not found"}', target: 'http://a' };
    const classify = classifyChain('subscription', 'get subscription');
    expect(classify({ ...answer, status: 400 })).toMatchObject({ code: 'invalid_request', name: validation });
    expect(classify({ ...answer, status: 404, body: '' })).toMatchObject({
      code: 'subscription_not_found',
      name: subscription,
    });
  });

  it('keeps the wait that the service asks for', () => {
    const headers = new Headers({ 'retry-after': '7' });
    const error = classifyChain('service', 'get health')({ status: 429, headers, body: '', target: 'http://a' });
    expect(error).toMatchObject({ retryAfter: 7_000, isRetryable: true });
  });
});

describe('chainError', () => {
  const context = { operation: 'get health', subject: 'service' } as const;

  it('passes errors of this door as they are', () => {
    const own = new EventStreamerSubscriptionError('gone', {
      errorType: 'client_error',
      code: 'subscription_not_found',
    });
    expect(chainError(own, context)).toBe(own);
  });

  it('keeps every field of others, and makes the last failure the cause on giving up', () => {
    const cause = new Error('reset');
    const given = {
      attempts: 4,
      elapsed: 12,
      phase: 'request',
      requestId: 'r',
      statusCode: 503,
      responseBody: 'b',
    } as const;
    const error = new StreamError('given up', {
      errorType: 'server_error',
      code: 'retries_exhausted',
      ...given,
      cause,
    });
    expect(chainError(error, context)).toMatchObject({
      ...given,
      ...{ name: connection, code: 'retries_exhausted', message: 'given up', operation: 'get health', cause },
    });
  });

  it.each([
    ['connection_error', 'connection_refused', connection],
    ['stream_interrupted', 'interrupted', connection],
    ['timeout', 'headers_timeout', 'EventStreamerTimeoutError'],
    ['fatal_error', 'malformed', 'EventStreamerError'],
  ] as const)('names %s with %s %s', (errorType, code, name) => {
    expect(chainError(new StreamError('x', { errorType, code }), context)).toMatchObject({ name, errorType, code });
  });

  it('classifies what is none', () => {
    expect(chainError(new TypeError('odd'), context)).toMatchObject({ code: 'unexpected', name: 'EventStreamerError' });
  });
});
