import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson } from '../x/api.js';
import { refusal, sendReply, type ServiceReply, type ServiceRoute } from './answers.js';
import type { Faults, NextAnswer } from './misbehaviour.js';
import { connectAttempt, type Records, type ServiceRequest } from './records.js';

export interface RouterOptions {
  readonly routes: readonly ServiceRoute[];
  readonly faults: Faults;
  readonly records: Records;
  readonly isAuthorized: (request: IncomingMessage) => boolean;
}

/** Leads each request to its route, past the faults that are due, and keeps the record. */
export function serviceRouter(
  options: RouterOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { routes, faults, records, isAuthorized } = options;
  return async (request, response) => {
    const at = performance.now();
    const method = request.method ?? 'GET';
    // A fixed base: the Host header is the client's word.
    const url = new URL(request.url ?? '/', 'http://streamer.local');
    const found = routes.filter(({ path }) => path.test(url.pathname));
    const route = found.find((one) => one.method === method);
    const name = route?.name ?? 'unknown';
    const entry = { at, route: name, method, path: url.pathname, query: url.search.slice(1), headers: request.headers };
    const json = await readJson(request);
    const record: ServiceRequest = { ...entry, body: json.ok ? json.body : undefined, status: 0 };
    records.requests.push(record);
    let opened: string | undefined;
    const answer = (): ServiceReply | undefined => {
      const fault = faults.take(name);
      if (fault === 'hang') return undefined;
      if (fault === 'reset' || fault === 'close') return cut(response, fault);
      if (typeof fault === 'object' && 'status' in fault) return scripted(fault);
      if (!isAuthorized(request)) return refusal(401, 'Unauthorized');
      if (!json.ok) return refusal(422, 'Validation error', 'the body is not JSON');
      if (route === undefined) return unrouted(found.length > 0);
      const keys = (route.path.exec(url.pathname) ?? []).slice(1);
      const done = route.handle({ keys, params: url.searchParams, body: json.body, request, response, fault });
      if ('opened' in done) opened = done.opened;
      if (fault === 'serve-and-reset') return cut(response, 'reset');
      return 'opened' in done ? undefined : done;
    };
    const said = answer();
    record.status = said?.status ?? (opened === undefined ? 0 : 200);
    if (name === 'stream') records.connects.push(connectAttempt(record, opened));
    if (said !== undefined) sendReply(response, said);
  };
}

function scripted(fault: Extract<NextAnswer, { readonly status: number }>): ServiceReply {
  const { status, retryAfter, headers = {}, body = refusal(status, `scripted ${status}`).body } = fault;
  const wait = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return { status, headers: { ...headers, ...wait }, ...(body === undefined ? {} : { body }) };
}

function unrouted(pathExists: boolean): ServiceReply {
  return pathExists ? refusal(405, 'Method not allowed') : refusal(404, 'Not found');
}

function cut({ socket }: ServerResponse, how: 'reset' | 'close'): undefined {
  if (how === 'reset') socket?.resetAndDestroy();
  else socket?.destroy();
}
