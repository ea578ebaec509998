import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Answers } from './answers.js';
import type { ConnectionList } from './connections.js';
import { filteredPath, type StreamEndpoint } from './endpoints.js';
import type { NextConnect } from './misbehaviour.js';
import {
  invalidRequest,
  noRules,
  plainProblem,
  tooManyConnections,
  tooManyRequests,
  unauthorized,
} from './problems.js';
import type { Problem } from './problems.js';
import { limitHeaders, type RateLimits } from './rate-limits.js';
import type { RuleBook } from './rules.js';
import { readStreamQuery, type StreamQuery } from './stream-query.js';
import type { Streams } from './streams.js';

/** How a connect came out: a status, or what was done in place of an answer. */
export type ConnectOutcome = number | Exclude<NextConnect, object | 'serve'>;

export interface ConnectOptions {
  readonly now: () => number;
  readonly isAuthorized: (request: IncomingMessage) => boolean;
  readonly takeNext: () => NextConnect | undefined;
  readonly limits: RateLimits;
  /** In place of every stream's own connects per window. */
  readonly connectLimit: number | undefined;
  /** In place of every stream's own connections at a time. */
  readonly maxConnections: number | undefined;
  readonly gzip: boolean;
  readonly answers: Answers;
  readonly rules: RuleBook;
  readonly connections: ConnectionList;
  readonly streams: Streams;
}

/** Two replays may run beside a live filtered stream. */
const maxReplays = 2;

export type Connect = (
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: StreamEndpoint,
  params: URLSearchParams,
) => ConnectOutcome;

/** Answers a request to a stream: a scripted fault, a refusal, or the stream. */
export function streamConnect(options: ConnectOptions): Connect {
  const { now, answers, limits, rules, connections, streams } = options;
  return (request, response, endpoint, params) => {
    const next = options.takeNext();
    if (next !== undefined && next !== 'serve') return misbehave(next, response, answers);
    if (!options.isAuthorized(request)) return refuse(response, 401, unauthorized);
    const allowance = limits.take(endpoint.name, options.connectLimit ?? endpoint.connects);
    const headers = limitHeaders(allowance);
    if (!allowance.allowed) return refuse(response, 429, tooManyRequests, headers);
    const read = readStreamQuery(endpoint, params, now());
    if (!read.ok) return refuse(response, 400, invalidRequest(read.errors), headers);
    if (endpoint.path === filteredPath && rules.list().length === 0) return refuse(response, 409, noRules, headers);
    const share = shareOf(endpoint, read.query);
    if (connections.count(share) >= limitOf(endpoint, read.query))
      return refuse(response, 429, tooManyConnections, headers);
    answers.head(response, {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    });
    const gzip = options.gzip && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const clientIp = request.socket.remoteAddress ?? '';
    streams.open({ endpoint, query: read.query, response, clientIp, share, gzip });
    return 200;
  };

  function refuse(
    response: ServerResponse,
    status: number,
    problem: Problem,
    headers?: Record<string, string>,
  ): number {
    answers.json(response, status, problem, headers);
    return status;
  }

  function limitOf(endpoint: StreamEndpoint, query: StreamQuery): number {
    return query.replay === undefined ? (options.maxConnections ?? endpoint.connections) : maxReplays;
  }
}

/** Each partition has its own connections, and replays do not count against the live ones. */
function shareOf(endpoint: StreamEndpoint, { partition, replay }: StreamQuery): string {
  return `${endpoint.path} ${replay === undefined ? partition : 'replay'}`;
}

function misbehave(next: Exclude<NextConnect, 'serve'>, response: ServerResponse, answers: Answers): ConnectOutcome {
  if (typeof next === 'object') return answerScripted(next, response, answers);
  const { socket } = response;
  if (next === 'reset') socket?.resetAndDestroy();
  if (next === 'close') socket?.end();
  if (next !== 'accept-and-close' && next !== 'accept-and-cut') return next;
  // No `connection: close`: undici takes a cut chunked body under that header for a whole one.
  answers.head(response, { 'content-type': 'application/json; charset=utf-8' });
  response.flushHeaders();
  if (next === 'accept-and-cut') socket?.destroySoon();
  else response.end();
  return next;
}

function answerScripted(next: Extract<NextConnect, object>, response: ServerResponse, answers: Answers): number {
  const { status, retryAfter } = next;
  const headers = { ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }), ...next.headers };
  const body = next.body ?? plainProblem(status, STATUS_CODES[status] ?? 'Unknown');
  if (typeof body === 'string') answers.html(response, status, body, headers);
  else answers.json(response, status, body, headers);
  return status;
}
