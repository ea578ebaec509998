import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from '../x/api.js';
import type { RouteName } from './route-name.js';

/** One request, as it came and as it was answered. */
export interface ServiceRequest {
  /** `performance.now()`. */
  readonly at: number;
  readonly route: RouteName;
  readonly method: string;
  readonly path: string;
  /** Without the question mark, as it stood in the URL. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON. */
  readonly body: unknown;
  /** `0` until it is answered, and for one that never is. */
  status: number;
}

/** One request for a stream. */
export interface ConnectAttempt {
  readonly at: number;
  readonly subscriptionId: number;
  readonly resumeToken: string | undefined;
  /** What the client says of itself in `X-Client-Metadata`. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** `0` for one that got no answer. */
  readonly status: number;
  /** Of a stream that was opened. */
  readonly connectionId?: string;
}

/** One acknowledgment that reached the service, carried out or refused. */
export interface AckCall {
  readonly at: number;
  readonly kind: 'single' | 'bulk';
  readonly subscriptionId: number;
  readonly connectionId: string;
  readonly batchIds: readonly string[];
  readonly failedIds: readonly string[];
  /** 404 for a connection that is gone. */
  readonly status: number;
}

/** One client heartbeat that reached the service. */
export interface HeartbeatCall {
  readonly at: number;
  readonly connectionId: string;
  readonly sequenceNumber: unknown;
  readonly status: number;
}

/** What came in, in order. */
export interface Records {
  readonly requests: ServiceRequest[];
  readonly connects: ConnectAttempt[];
  readonly acks: AckCall[];
  readonly heartbeats: HeartbeatCall[];
  /** How often each event, as `<transaction hash>:<log index>`, was acknowledged in a batch that was not yet. */
  readonly acknowledged: Map<string, number>;
}

export function newRecords(): Records {
  return { requests: [], connects: [], acks: [], heartbeats: [], acknowledged: new Map() };
}

/** A request for a stream, as it came out. */
export function connectAttempt(request: ServiceRequest, connectionId: string | undefined): ConnectAttempt {
  const { at, path, query, headers, status } = request;
  return {
    at,
    subscriptionId: Number(path.split('/')[2]),
    resumeToken: new URLSearchParams(query).get('resume_token') ?? undefined,
    metadata: readMetadata(headers['x-client-metadata']),
    status,
    ...(connectionId === undefined ? {} : { connectionId }),
  };
}

/** base64url of a JSON object; `undefined` for anything else. */
function readMetadata(header: string | string[] | undefined): ConnectAttempt['metadata'] {
  if (typeof header !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
