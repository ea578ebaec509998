import { baseUrlRule } from '../../lib/base-url.js';
import type { SchedulerLike } from 'rxjs';
import {
  callback,
  checkOptions,
  duration,
  instance,
  integer,
  type OptionRule,
  type OptionRules,
  secret,
  text,
} from '../../lib/check-options.js';
import { StreamError } from '../../lib/errors.js';
import type { JsonRequest } from '../../lib/json-call.js';
import type { Lazy, RequestValues } from '../../lib/request.js';
import type { Transport } from '../../lib/transport.js';
import { classifyXAnswer } from './problem-errors.js';

/** Whose account, and how the server is reached. */
export interface XClientOptions {
  /** App-only OAuth 2.0 bearer token, or a function that is called for every attempt: no stream takes a user's token. */
  bearerToken: string | (() => string | Promise<string>);
  /** http or https; a path in it is kept. @default 'https://api.x.com' */
  baseUrl?: string | undefined;
  /** Sent beside our own; `authorization` is always ours. @default {} */
  headers?: RequestValues | undefined;
  /** Names your program to X; browsers send it as `x-user-agent`. @default `tailrace/${version}` */
  userAgent?: string | undefined;
  /** Sends the requests, in place of the platform. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sends the requests, in place of `fetch`. @default `fetchTransport(fetch)`; in Node, without a `fetch`, one `nodeTransport()` for all */
  transport?: Transport | undefined;
}

/** The same, with the limits of one call. */
export interface XOptions extends XClientOptions {
  /** How long headers may take, and how long the body of one answer may pause, in milliseconds. @default 30_000 */
  timeout?: number | undefined;
  /** How often a call is repeated that may be; 0 for never, -1 for no end. @default 3 */
  maxRetries?: number | undefined;
  /** Timers, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** One request below the base URL. */
export interface XRequest {
  /** Begins with a slash; what is variable in it is already encoded. */
  readonly path: string;
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined;
  /** Lists are joined by commas, as X wants them; an empty list is left out. */
  readonly params?:
    Readonly<Record<string, readonly string[] | Lazy<string | number | boolean | undefined>>> | undefined;
  /** Sent as the JSON body. */
  readonly json?: Lazy<unknown> | undefined;
}

/** The same as in package.json, which a browser cannot read; a test compares them. */
const agent = 'tailrace/0.1.0';
const defaultBaseUrl = 'https://api.x.com';
const defaultTimeout = 30_000;

const token: OptionRule = {
  expected: `${secret.expected}, or a function that returns one`,
  test: (value) => typeof value === 'function' || secret.test(value),
};

const plainObject: OptionRule = {
  expected: 'an object of names and values',
  test: (value) => typeof value === 'object' && value !== null,
};

export const xRules: OptionRules<XOptions> = {
  bearerToken: token,
  baseUrl: baseUrlRule,
  headers: plainObject,
  userAgent: text,
  timeout: duration(1),
  maxRetries: integer(-1, Number.MAX_SAFE_INTEGER, ' (-1 for no end)'),
  fetch: callback,
  transport: callback,
  scheduler: instance,
};

/** What goes into a path: an id, the name of an endpoint. */
export const name: OptionRule = {
  expected: 'a name (letters, digits, "_", "." and "-")',
  test: (value) => typeof value === 'string' && /^[\w.-]{1,100}$/.test(value) && !/^\.+$/.test(value),
};

/** What goes into a query, joined by commas. */
export const nameList: OptionRule = {
  expected: 'a list of names (letters, digits, "_", "." and "-")',
  test: (value) => Array.isArray(value) && value.every((one) => name.test(one)),
};

/** Refuses options that can never work. Errors: `TypeError` that names the option, never its value. */
export function checkXOptions(where: string, options: XOptions): void {
  // JavaScript callers, and an environment variable that is not there.
  const { bearerToken }: Partial<XOptions> = options;
  if (bearerToken === undefined) throw new TypeError(`${where}: option "bearerToken" must be ${token.expected}`);
  checkOptions(where, xRules, options);
}

/**
 * The HTTP request for a path of X's API, with the token, the names and the limits of `options`. The token is asked for anew
 * for every attempt. Options beyond {@link XOptions} are left alone: whoever extends them checks them.
 *
 * Errors: `TypeError` at once for a token or base URL that can never work.
 */
export function xRequest(options: XOptions, { path, method = 'GET', params = {}, json }: XRequest): JsonRequest {
  const { bearerToken, headers, timeout = defaultTimeout, fetch, transport, scheduler } = options;
  checkXOptions('xRequest', { bearerToken, baseUrl: options.baseUrl, headers, userAgent: options.userAgent });
  return {
    url: (options.baseUrl ?? defaultBaseUrl).replace(/\/+$/, '') + path,
    method,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, joined(value)])),
    headers: { ...agentHeader(options.userAgent ?? agent), ...headers, authorization: authorization(bearerToken) },
    headersTimeout: timeout,
    idleTimeout: timeout,
    classify: classifyXAnswer,
    ...{ fetch, transport, scheduler },
    ...(json === undefined ? {} : { json }),
  };
}

/** `Array.isArray` leaves a readonly list in the other branch. */
function isList<T>(value: readonly string[] | T): value is readonly string[] {
  return Array.isArray(value);
}

function joined<T>(value: readonly string[] | T): T | string | undefined {
  if (!isList(value)) return value;
  return value.length === 0 ? undefined : value.join(',');
}

/** Browsers do not let a program set `user-agent`; X reads the other name as well (docs.x.com, consuming streaming data). */
function agentHeader(name: string): RequestValues {
  const inBrowser = 'document' in globalThis || 'WorkerGlobalScope' in globalThis;
  return inBrowser ? { 'x-user-agent': name } : { 'user-agent': name };
}

function authorization(bearerToken: XOptions['bearerToken']): Lazy<string> {
  if (typeof bearerToken === 'string') return `Bearer ${bearerToken}`;
  return async () => {
    const fresh: unknown = await bearerToken();
    if (secret.test(fresh)) return `Bearer ${String(fresh)}`;
    const message = `the function of option "bearerToken" must return ${secret.expected}`;
    throw new StreamError(message, { errorType: 'fatal_error', code: 'bad_header', phase: 'request' });
  };
}
