import { isPageToken, isRecord, isTextList, ok, page, type ApiAnswer, type ApiRequest, type ApiRoute } from './api.js';
import type { ConnectionList, XConnection } from './connections.js';
import { endpoints } from './endpoints.js';
import { invalidRequest, plainProblem } from './problems.js';
import { only } from './projection.js';
import { parameterReader } from './stream-query.js';

/** /2/connections: who is connected, and the cure for connections that the server still believes in. */
export function connectionsApi(connections: ConnectionList): readonly ApiRoute[] {
  const path = /^\/2\/connections$/;
  return [
    { method: 'GET', path, limit: 450, handle: (request) => list(connections, request) },
    { method: 'DELETE', path, limit: 25, handle: ({ body }) => killSome(connections, body) },
    {
      method: 'DELETE',
      path: /^\/2\/connections\/(\w+)$/,
      limit: 25,
      handle: ({ key }) => killByName(connections, key),
    },
  ];
}

const fields: ReadonlySet<string> = new Set([
  'client_ip',
  'connected_at',
  'disconnect_reason',
  'disconnected_at',
  'endpoint_name',
  'id',
]);

const names: ReadonlySet<string> = new Set(endpoints.map(({ name }) => name));

function list(connections: ConnectionList, { params }: ApiRequest): ApiAnswer {
  const reader = parameterReader(params);
  const status = reader.text('status') ?? 'active';
  if (!['active', 'inactive', 'all'].includes(status)) reader.refuse('status', 'must be active, inactive or all');
  const wanted = reader.list('endpoints', names);
  const size = reader.integer('max_results', 1, 100, 10);
  const token = reader.text('pagination_token');
  if (!isPageToken(token)) reader.refuse('pagination_token', 'is not a token of this server');
  const asked = reader.list('connection.fields', fields);
  reader.refuseOthers();
  if (reader.errors.length > 0) return { status: 400, body: invalidRequest(reader.errors) };
  const found = connections
    .list()
    .filter((one) => status === 'all' || (status === 'active') === isActive(one))
    .filter((one) => wanted.size === 0 || wanted.has(one.endpoint_name));
  const { data, next } = page(found, token, size);
  const shaped = data.map((one) => only(one, ['id', 'endpoint_name', 'connected_at'], asked));
  return ok({
    ...(shaped.length > 0 && { data: shaped }),
    meta: { result_count: shaped.length, ...(next !== undefined && { next_token: next }) },
  });
}

function isActive(connection: XConnection): boolean {
  return connection.disconnected_at === undefined;
}

function killByName(connections: ConnectionList, name: string): ApiAnswer {
  if (name !== 'all' && !names.has(name)) return { status: 404, body: plainProblem(404, 'Not Found') };
  const killed = connections.kill((one) => name === 'all' || one.endpoint_name === name);
  return ok(report(killed.map((uuid) => ({ uuid, success: true }))));
}

function killSome(connections: ConnectionList, body: unknown): ApiAnswer {
  const uuids = isRecord(body) ? body['uuids'] : undefined;
  if (!isTextList(uuids) || uuids.length < 1 || uuids.length > 100) {
    const error = { message: 'The request body must hold 1 to 100 uuids.', parameters: {} };
    return { status: 400, body: invalidRequest([error]) };
  }
  const killed = new Set(connections.kill(({ id }) => uuids.includes(id)));
  const results = uuids.map((uuid) =>
    killed.has(uuid) ? { uuid, success: true } : { uuid, success: false, error_message: 'Connection not found' },
  );
  return ok(report(results));
}

function report(results: readonly { readonly uuid: string; readonly success: boolean }[]): object {
  const successful = results.filter(({ success }) => success).length;
  return { data: { successful_kills: successful, failed_kills: results.length - successful, results } };
}
