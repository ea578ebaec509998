import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultNamed, serverFaults } from './faults.js';
import { streamNames } from './feed.js';
import type { GatedFeeds } from './gated-feeds.js';
import { readJsonBody } from './json-body.js';

/** The console's own interface: where the streams are, and their faults. */
export interface StreamsApi {
  /** Answers what is below `/api/`; `isOwn` says whether the request may change something. */
  answer(request: IncomingMessage, response: ServerResponse, isOwn: boolean): Promise<void>;
}

const maxBody = 1_024;
const faultsPath = /^\/api\/streams\/([^/]*)\/faults$/;

/** `GET /api/streams`, and `POST /api/streams/<name>/faults` with `{"kind": ...}`. */
export function streamsApi(streams: GatedFeeds): StreamsApi {
  return {
    answer: async (request, response, isOwn) => {
      const { status, body, headers = {} } = await replyTo(streams, request, isOwn);
      const type = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
      response.writeHead(status, { 'cache-control': 'no-store', ...type, ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

function refusal(status: number, error: string, headers: Reply['headers'] = {}): Reply {
  return { status, body: { error }, headers };
}

async function replyTo(streams: GatedFeeds, request: IncomingMessage, isOwn: boolean): Promise<Reply> {
  const { method = '', url = '' } = request;
  const path = url.replace(/\?.*/s, '');
  const name = faultsPath.exec(path)?.[1];
  if (name === undefined && path !== '/api/streams') return refusal(404, 'ask for /api/streams');
  const allow = name === undefined ? 'GET' : 'POST';
  if (method !== allow) return refusal(405, `use ${allow} here`, { allow });
  if (name === undefined) return { status: 200, body: overview(streams) };
  return isOwn ? misbehave(streams, name, request) : refusal(403, 'only the page of the console may do that');
}

/** What `GET /api/streams` says of each. */
function overview(streams: GatedFeeds): object {
  const described = streamNames.map((name) => {
    const { feed, gate } = streams[name];
    const { token, path, sent } = feed;
    // JSON leaves out what is undefined.
    return [name, { url: gate.url, token, path, openSockets: gate.openSockets, sent }] as const;
  });
  return Object.fromEntries(described);
}

async function misbehave(streams: GatedFeeds, given: string, request: IncomingMessage): Promise<Reply> {
  const name = streamNames.find((one) => one === given);
  if (name === undefined) return refusal(404, `name one of ${streamNames.join(', ')}`);
  const body = await readJsonBody(request, maxBody);
  // What is left of a body that is too large is not read: this connection cannot serve another request.
  if (!body.ok) return refusal(body.status, body.error, body.status === 413 ? { connection: 'close' } : {});
  const fault = faultNamed(kindOf(body.value));
  if (fault === undefined) return refusal(400, `"kind" must be one of ${serverFaults.join(', ')}`);
  const { feed, gate } = streams[name];
  if (fault === 'flood') feed.flood();
  else gate.misbehave(fault);
  return { status: 204 };
}

function kindOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'kind' in body ? body.kind : undefined;
}
