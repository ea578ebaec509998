import { concat, type Observable, reduce } from 'rxjs';
import * as z from 'zod';
import { checkOptions, integer, oneOf } from '../../lib/check-options.js';
import { checkXOptions, name, nameList, type XOptions } from './api.js';
import { type XCall, xCall } from './call.js';
import type { XStreamName, XStreams } from './endpoints.js';
import { allPages } from './pages.js';

/** What X calls a stream in its list of connections. */
export type XEndpointName = NonNullable<XStreams[XStreamName]['connectionName']> | (string & {});

/** `connection.fields` of X's OpenAPI description 2.167. */
export type ConnectionField =
  'client_ip' | 'connected_at' | 'disconnect_reason' | 'disconnected_at' | 'endpoint_name' | 'id' | (string & {});

/** Which connections, and what of them. */
export interface ListConnectionsOptions {
  /** @default 'active' */
  status?: 'active' | 'inactive' | 'all' | undefined;
  /** Only connections to these. @default every endpoint */
  endpoints?: readonly XEndpointName[] | undefined;
  /** In X's spelling. @default all six */
  fields?: readonly ConnectionField[] | undefined;
  /** Connections per page, 1 to 100. @default 100 */
  maxResults?: number | undefined;
}

/** One connection of the application. What was not asked for, or X does not know, is `undefined`. */
export interface XConnection {
  readonly id: string;
  readonly endpointName: XEndpointName | undefined;
  /** ISO 8601. */
  readonly connectedAt: string | undefined;
  readonly clientIp: string | undefined;
  /** ISO 8601. */
  readonly disconnectedAt: string | undefined;
  /** X's word, such as `operator_disconnect`. */
  readonly disconnectReason: string | undefined;
}

/** The connections to end: all, those of one endpoint, or some. */
export type ConnectionChoice =
  | { readonly all: true; readonly endpoint?: undefined; readonly ids?: undefined }
  | { readonly endpoint: XEndpointName; readonly all?: undefined; readonly ids?: undefined }
  | { readonly ids: readonly string[]; readonly all?: undefined; readonly endpoint?: undefined };

/** What came of it. */
export interface TerminatedConnections {
  readonly successful: number;
  readonly failed: number;
  readonly results: readonly TerminatedConnection[];
}

/** What came of one connection. */
export interface TerminatedConnection {
  readonly id: string;
  readonly success: boolean;
  /** In X's words. */
  readonly errorMessage: string | undefined;
}

const path = '/2/connections';

const allFields: readonly ConnectionField[] = [
  'client_ip',
  'connected_at',
  'disconnect_reason',
  'disconnected_at',
  'endpoint_name',
  'id',
];

/** X takes so many in one DELETE. */
const idsPerRequest = 100;

const connection = z
  .object({
    id: z.string(),
    endpoint_name: z.string().optional(),
    connected_at: z.string().optional(),
    client_ip: z.string().optional(),
    disconnected_at: z.string().optional(),
    disconnect_reason: z.string().optional(),
  })
  .transform((wire): XConnection => ({
    id: wire.id,
    endpointName: wire.endpoint_name,
    connectedAt: wire.connected_at,
    clientIp: wire.client_ip,
    disconnectedAt: wire.disconnected_at,
    disconnectReason: wire.disconnect_reason,
  }));

const connectionsPage = z
  .object({
    data: z.array(connection).optional(),
    meta: z.object({ next_token: z.string().optional() }).optional(),
  })
  .refine(({ data, meta }) => data !== undefined || meta !== undefined, 'expected data or meta')
  .transform(({ data = [], meta }) => ({ items: data, next: meta?.next_token }));

const terminated = z
  .object({
    data: z.object({
      successful_kills: z.number(),
      failed_kills: z.number(),
      results: z
        .array(z.object({ uuid: z.string(), success: z.boolean(), error_message: z.string().optional() }))
        .optional(),
    }),
  })
  .transform(({ data }): TerminatedConnections => ({
    successful: data.successful_kills,
    failed: data.failed_kills,
    results: (data.results ?? []).map(({ uuid, success, error_message }) => {
      return { id: uuid, success, errorMessage: error_message };
    }),
  }));

/**
 * The application's streaming connections as X sees them, all pages, as one list. A connection that broke without a goodbye
 * stays active there for a while, and counts against the limit. Cold, one value, complete.
 *
 * Errors: as every call of X's API; `malformed` for an answer that is no list.
 */
export function listConnections(
  options: XOptions,
  { status, endpoints, fields = allFields, maxResults = 100 }: ListConnectionsOptions = {},
): Observable<readonly XConnection[]> {
  checkXOptions('listConnections', options);
  checkOptions(
    'listConnections',
    { status: oneOf('active', 'inactive', 'all'), endpoints: nameList, fields: nameList, maxResults: integer(1, 100) },
    { status, endpoints, fields, maxResults },
  );
  return allPages((token) => {
    const params = { status, endpoints, 'connection.fields': fields, max_results: maxResults, pagination_token: token };
    return xCall(options, { path, params, schema: connectionsPage });
  });
}

/**
 * Ends connections from the server's side: the cure when X refuses a new connection because it has not yet noticed that the old
 * one is gone (`too_many_connections`). A stream that is running elsewhere is ended too, as `ForceDisconnect`. Cold, one value, complete.
 *
 * An empty list of ids sends nothing; more than 100 are sent in several requests, one after the other. What could not be
 * ended is in `results`, and no error of the Observable.
 *
 * Errors: as every call of X's API; `all` may be asked for 25 times in 15 minutes. Repeated only where X certainly did nothing.
 *
 * @example
 * import { terminateConnections } from 'tailrace/sources/x';
 *
 * terminateConnections({ bearerToken: 'AAAA' }, { endpoint: 'filtered_stream' }).subscribe(({ successful }) => {
 *   console.log(`${successful} ended`);
 * });
 */
export function terminateConnections(options: XOptions, choice: ConnectionChoice): Observable<TerminatedConnections> {
  checkXOptions('terminateConnections', options);
  const deletions = deletionsOf(choice).map((call) => xCall(options, call));
  return concat(...deletions).pipe(reduce(join, { successful: 0, failed: 0, results: [] }));
}

function deletionsOf(choice: ConnectionChoice): XCall<TerminatedConnections>[] {
  const where = 'terminateConnections';
  const { all, endpoint, ids } = choice;
  checkOptions(where, { all: oneOf(true), endpoint: name, ids: nameList }, choice);
  if ([all, endpoint, ids].filter((value) => value !== undefined).length !== 1) {
    throw new TypeError(`${where}: give exactly one of "all", "endpoint" and "ids"`);
  }
  const deletion = { method: 'DELETE', schema: terminated } as const;
  if (ids === undefined) return [{ ...deletion, path: `${path}/${endpoint ?? 'all'}` }];
  const count = Math.ceil(ids.length / idsPerRequest);
  return Array.from({ length: count }, (_, n) => {
    return { ...deletion, path, json: { uuids: ids.slice(n * idsPerRequest, (n + 1) * idsPerRequest) } };
  });
}

function join(a: TerminatedConnections, b: TerminatedConnections): TerminatedConnections {
  return {
    successful: a.successful + b.successful,
    failed: a.failed + b.failed,
    results: a.results.concat(b.results),
  };
}
