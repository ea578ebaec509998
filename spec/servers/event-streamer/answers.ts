import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextAnswer } from './misbehaviour.js';
import type { RouteName } from './route-name.js';

/** What a route is asked. */
export interface ServiceCall {
  /** What the path's pattern captured. */
  readonly keys: readonly string[];
  readonly params: URLSearchParams;
  /** Parsed JSON; `undefined` where there was none. */
  readonly body: unknown;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** A fault that only the route itself can carry out. */
  readonly fault: NextAnswer | undefined;
}

export interface ServiceReply {
  readonly status: number;
  /** Nothing for an empty answer. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServiceRoute {
  readonly name: RouteName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  /** `opened`: the route has answered with a stream, on this connection. */
  handle(call: ServiceCall): ServiceReply | { readonly opened: string };
}

export function ok(body: object): ServiceReply {
  return { status: 200, body };
}

/** The service's error body. */
export function refusal(status: number, error: string, detail: string | null = null): ServiceReply {
  return { status, body: { error, detail, timestamp: new Date().toISOString() } };
}

/** Texts go out as HTML, as from a proxy. */
export function sendReply(response: ServerResponse, { status, body, headers = {} }: ServiceReply): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) {
    response.end();
    return;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.setHeader('content-type', typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}
