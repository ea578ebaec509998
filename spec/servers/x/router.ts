import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answers } from './answers.js';
import { readJson, type ApiRoute } from './api.js';
import type { Connect, ConnectOutcome } from './connect.js';
import { endpointAt } from './endpoints.js';
import { invalidRequest, plainProblem, tooManyRequests, unauthorized } from './problems.js';
import { limitHeaders, type RateLimits } from './rate-limits.js';

/** One connect to a stream, as it came out. */
export interface ConnectAttempt {
  /** `performance.now()`. */
  readonly at: number;
  readonly path: string;
  /** Without the question mark; a token in it is replaced. */
  readonly query: string;
  readonly status: ConnectOutcome;
}

/** One request to an endpoint that answers once. */
export interface ApiCall {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
}

export interface RouterOptions {
  readonly isAuthorized: (request: IncomingMessage) => boolean;
  readonly limits: RateLimits;
  readonly answers: Answers;
  readonly connect: Connect;
  readonly routes: readonly ApiRoute[];
  /** Takes secrets out of what is logged. */
  readonly redact: (text: string) => string;
}

export interface Router {
  readonly connects: readonly ConnectAttempt[];
  readonly requests: readonly ApiCall[];
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Leads each request to its stream or endpoint and keeps the logs. */
export function createRouter(options: RouterOptions): Router {
  const { answers, limits, routes, redact } = options;
  const connects: ConnectAttempt[] = [];
  const requests: ApiCall[] = [];
  return {
    connects,
    requests,
    async handle(request, response) {
      const at = performance.now();
      const method = request.method ?? 'GET';
      // A fixed base: the Host header is the client's word.
      const url = new URL(request.url ?? '/', 'http://x.local');
      const path = redact(url.pathname);
      const query = redact(decode(url.search.slice(1)));
      const endpoint = endpointAt(url.pathname);
      if (endpoint !== undefined && method === 'GET') {
        connects.push({ at, path, query, status: options.connect(request, response, endpoint, url.searchParams) });
        return;
      }
      const status = await callApi(request, response, method, url);
      requests.push({ at, method, path, query, status });
    },
  };

  async function callApi(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
    url: URL,
  ): Promise<number> {
    const refuse = (status: number, problem: object, headers?: Record<string, string>): number => {
      answers.json(response, status, problem, headers);
      return status;
    };
    if (!options.isAuthorized(request)) return refuse(401, unauthorized);
    const atPath = routes.filter((route) => route.path.test(url.pathname));
    const route = atPath.find((one) => one.method === method);
    if (route === undefined) return refuse(...unrouted(atPath.length > 0 || endpointAt(url.pathname) !== undefined));
    const allowance = limits.take(`${method} ${route.path.source}`, route.limit);
    const headers = limitHeaders(allowance);
    if (!allowance.allowed) return refuse(429, tooManyRequests, headers);
    const json = await readJson(request);
    if (!json.ok) return refuse(400, invalidRequest([{ message: 'The body is not JSON.', parameters: {} }]), headers);
    const key = route.path.exec(url.pathname)?.[1] ?? '';
    const { status, body } = route.handle({ params: url.searchParams, body: json.body, key });
    return refuse(status, body, headers);
  }
}

function unrouted(pathExists: boolean): [status: number, problem: object] {
  return pathExists
    ? [405, plainProblem(405, 'Method Not Allowed')]
    : [404, plainProblem(404, 'Not Found', 'The path is not one of those known.')];
}

/** Readable, and a token that was escaped is found. */
function decode(query: string): string {
  try {
    return decodeURIComponent(query);
  } catch {
    return query;
  }
}
