import { defaultTransport } from '#default-transport';
import type { SchedulerLike } from 'rxjs';
import {
  anything,
  callback,
  checkOption,
  checkOptions,
  duration,
  flag,
  instance,
  integer,
  type OptionRules,
} from './check-options.js';
import { type FailedAnswer } from './classify-status.js';
import { StreamError } from './errors.js';
import { headerBytes, headerLabel, headerRule, methodRule } from './header-value.js';
import { isSecretHeader, secretIn, secretsOf } from './secrets.js';
import type { ReadGate } from './read-gate.js';
import type { StreamMonitor } from './state.js';
import type { Transport } from './transport.js';

/** A value, or a function that makes it anew for every attempt: a token that expires, a position that moves. */
export type Lazy<T> = T | (() => T | Promise<T>);

/** Header and parameter values; `undefined` leaves one out. */
export type RequestValues = Readonly<Record<string, Lazy<string | number | boolean | undefined>>>;

/** One HTTP request whose answer is a stream. */
export interface StreamRequest {
  /** Absolute, http or https, without user info. */
  url: string | URL;
  /** @default 'GET', or 'POST' with a body */
  method?: string | undefined;
  /** Evaluated for every attempt. Text beyond ASCII goes out as UTF-8. */
  headers?: Lazy<RequestValues> | undefined;
  /** Query parameters, evaluated for every attempt, sent in alphabetical order behind those of `url`. */
  params?: Lazy<RequestValues> | undefined;
  body?: Lazy<string | Uint8Array | undefined> | undefined;
  /** How long headers may take, from subscription on, in milliseconds. @default 30_000 */
  headersTimeout?: number | undefined;
  /**
   * How long the body may be silent, in milliseconds; 0 sets no limit, though Node's own `fetch`, where it is asked for, ends a body
   * after 300 silent seconds all the same. @default 120_000
   */
  idleTimeout?: number | undefined;
  /** Largest piece handed down, in bytes. @default unlimited */
  chunkSize?: number | undefined;
  /** Media types that count as a stream; any other 200 is an error before its first byte. @default all */
  contentTypes?: readonly string[] | undefined;
  /** Names such as `token` or `api_key` are refused in `params`: URLs end up in logs. @default false */
  allowSecretInQuery?: boolean | undefined;
  /** The service's own reading of an answer that is no stream; `undefined` leaves it to the status. */
  classify?: ((answer: FailedAnswer) => StreamError | undefined) | undefined;
  /** Sends the requests, in place of the platform. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sends the requests, in place of `fetch`. @default `fetchTransport(fetch)`; in Node, without a `fetch`, one `nodeTransport()` for all */
  transport?: Transport | undefined;
  /** Closed while the consumer is full: nothing is read then, and the idle limit stands still. See `deliver`. */
  gate?: ReadGate | undefined;
  monitor?: StreamMonitor | undefined;
  /** Timers of the limits, for tests. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

export const requestRules: OptionRules<StreamRequest> = {
  url: anything,
  method: methodRule,
  headers: instance,
  params: instance,
  body: anything,
  headersTimeout: duration(1),
  idleTimeout: duration(0, ' (0 for none)'),
  chunkSize: integer(1),
  contentTypes: instance,
  allowSecretInQuery: flag,
  classify: callback,
  fetch: callback,
  transport: callback,
  gate: instance,
  monitor: instance,
  scheduler: instance,
};

/** Everything of a request that can be known before it is sent. */
export interface CheckedRequest extends StreamRequest {
  readonly target: string;
  readonly transport: Transport;
}

/** Refuses a request that can never work, when it is given. Errors: `TypeError` that names the option. */
export function checkRequest(where: string, request: StreamRequest): CheckedRequest {
  checkOptions(where, requestRules, request);
  const url = parseUrl(where, request.url);
  if (typeof request.headers === 'object') {
    for (const [name, value] of Object.entries(request.headers)) {
      if (typeof value === 'string') checkOption(`${where}: ${headerLabel(name)}`, headerRule(name), value);
    }
  }
  const secret = secretIn([...url.searchParams.keys(), ...namesOf(request.params)]);
  if (secret !== undefined && request.allowSecretInQuery !== true) {
    throw new TypeError(`${where}: ${secretInQuery(secret)}`);
  }
  return {
    ...request,
    // A URL object could be changed by its owner after it has been checked.
    url: url.href,
    target: url.origin + url.pathname,
    transport: request.transport ?? defaultTransport(request.fetch),
  };
}

function parseUrl(where: string, url: string | URL): URL {
  // The platform's own error carries the whole input, secrets included, so it goes no further.
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username + parsed.password !== '') {
    throw new TypeError(`${where}: option "url" must be an absolute http or https URL without user info`);
  }
  return parsed;
}

function secretInQuery(name: string): string {
  return `parameter "${name}" looks like a credential; put it into headers, or set allowSecretInQuery`;
}

function namesOf(params: Lazy<RequestValues> | undefined): string[] {
  return typeof params === 'object' ? Object.keys(params) : [];
}

/** The request of one attempt. */
export interface PreparedRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** The texts of a request that must never appear in an error. Looked for where there is an error: most requests have none. */
export function secretsIn({ headers, url }: PreparedRequest): string[] {
  return secretsOf(headers, url);
}

/** Whether a header or parameter is a credential by its name, however short. */
export function hasCredentials({ headers, url }: PreparedRequest): boolean {
  return secretIn(url.searchParams.keys()) !== undefined || Object.keys(headers).some(isSecretHeader);
}

/** Calls every function of the request. Rejects with whatever they throw, or with `bad_header` or `bad_url`. */
export async function prepareRequest(request: CheckedRequest): Promise<PreparedRequest> {
  const body = isFunction(request.body) ? await request.body() : request.body;
  const params = await resolveAll(request.params);
  const names = Object.keys(params).sort();
  const secret = secretIn(names);
  if (secret !== undefined && request.allowSecretInQuery !== true) throw unsendable('bad_url', secretInQuery(secret));
  const url = urlWith(request.url, new URLSearchParams(names.map((name) => [name, params[name] ?? ''])).toString());
  const headers = prepareHeaders(await resolveAll(request.headers));
  return { url, method: request.method ?? (body === undefined ? 'GET' : 'POST'), headers, body };
}

/** All at once: each parameter that is set on its own makes the platform write the whole URL anew. */
function urlWith(href: string | URL, query: string): URL {
  const url = new URL(href);
  if (query !== '') url.search += `${url.search && '&'}${query}`;
  return url;
}

function prepareHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  // fetch ends a gzip body that was cut off as if it were whole, so we ask for none.
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(given)) {
    const rule = headerRule(name);
    if (!rule.test(value)) throw unsendable('bad_header', `${headerLabel(name)} must be ${rule.expected}`);
    headers[name.toLowerCase()] = headerBytes(value);
  }
  return headers;
}

function isFunction<T>(value: Lazy<T>): value is () => T | Promise<T> {
  return typeof value === 'function';
}

type Resolved = Record<string, string>;

/** A promise only where something has to be waited for: each wait costs as much as all the rest of a parameter. */
function resolveAll(values: Lazy<RequestValues> | undefined): Resolved | Promise<Resolved> {
  if (typeof values !== 'function') return resolveEach(values);
  // Only here may it be a promise: a parameter may be called `then`.
  const given = values() ?? {};
  return isThenable(given) ? given.then(resolveEach) : resolveEach(given);
}

function resolveEach(given: RequestValues | undefined): Resolved | Promise<Resolved> {
  const entries = entriesOf(given);
  return entries.every(isPlain) ? resolved(entries) : resolveLater(entries);
}

function isPlain(entry: Entry<RequestValues[string]>): entry is Entry<Plain> {
  return !isFunction(entry[1]);
}

/** By its shape: a promise may be of another realm. */
function isThenable(value: RequestValues | Promise<RequestValues>): value is Promise<RequestValues> {
  return typeof value === 'object' && 'then' in value && typeof value.then === 'function';
}

type Plain = string | number | boolean | undefined;
type Entry<T> = readonly [name: string, value: T];

/** Names and values. `Headers`, maps, lists and texts have none of their own, and what they hold would be missing without a word. */
export function entriesOf(values: RequestValues | undefined): Entry<RequestValues[string]>[] {
  if (Symbol.iterator in Object(values)) throw unsendable('bad_header', 'headers and params must be an object');
  return Object.entries(values ?? {});
}

async function resolveLater(entries: readonly Entry<RequestValues[string]>[]): Promise<Resolved> {
  const known: Entry<Plain>[] = [];
  // One after the other: a second one may use what the first has fetched.
  for (const [name, value] of entries) known.push([name, isFunction(value) ? await value() : value]);
  return resolved(known);
}

function resolved(entries: readonly Entry<Plain>[]): Resolved {
  const texts: Resolved = {};
  for (const [name, value] of entries) {
    if (value !== undefined) texts[name] = String(value);
  }
  return texts;
}

function unsendable(code: 'bad_header' | 'bad_url', message: string): StreamError {
  return new StreamError(message, { errorType: 'fatal_error', code, phase: 'request' });
}
