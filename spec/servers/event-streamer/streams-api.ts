import type { ServerResponse } from 'node:http';
import type { ChainSource } from '../chain-source.js';
import { refusal, type ServiceCall, type ServiceReply, type ServiceRoute } from './answers.js';
import type { Messages } from './batches.js';
import type { Connection, Connections } from './connections.js';
import type { Faults, NextAnswer } from './misbehaviour.js';
import { blockStart } from './places.js';
import { readToken } from './resume-tokens.js';
import { findSubscription, type ServiceState, type StoredSubscription } from './state.js';
import { openStreamBody } from './stream-body.js';
import { readChain, type StreamReaderOptions } from './stream-reader.js';

export interface StreamsOptions extends Omit<StreamReaderOptions, 'writeBatch'> {
  readonly state: ServiceState;
  readonly chains: ReadonlyMap<number, ChainSource>;
  readonly connections: Connections;
  readonly messages: Messages;
  readonly faults: Faults;
  readonly heartbeatMs: number;
  /** A connection without a sign of its client for this long is ended. */
  readonly connectionTimeoutMs: number;
  /** How a token is refused that cannot be resumed from: in the stream, or by a status. */
  readonly invalidToken: 'message' | number;
}

/** `GET /subscriptions/{id}/stream`. */
export function streamsApi(options: StreamsOptions): ServiceRoute[] {
  const { state, connections, messages, faults } = options;
  return [{ name: 'stream', method: 'GET', path: /^\/subscriptions\/(\d+)\/stream$/, handle: accept }];

  function accept({ keys, params, response, fault }: ServiceCall): ServiceReply | { readonly opened: string } {
    const subscription = findSubscription(state, Number(keys[0]));
    if (subscription === undefined) return refusal(404, 'Subscription not found');
    const source = options.chains.get(subscription.chain_id);
    if (source === undefined) return refusal(503, 'The chain is not there');
    const place = startOf(subscription, params.get('resume_token'), state.tokenGeneration);
    if (place === undefined && typeof options.invalidToken === 'number') {
      return refusal(options.invalidToken, 'Invalid resume token', 'INVALID_RESUME_TOKEN');
    }
    const connection = open(subscription, place ?? 0, response);
    if (place === undefined) endWith(connection, 'INVALID_RESUME_TOKEN');
    else serve(connection, source, fault);
    return { opened: connection.id };
  }

  function open(subscription: StoredSubscription, place: number, response: ServerResponse): Connection {
    subscription.streaming_status = 'active';
    return connections.open(subscription, place, (onClose, id) => {
      response.setHeader('content-type', 'application/x-ndjson');
      response.setHeader('x-connection-id', id);
      response.setHeader('cache-control', 'no-cache');
      return openStreamBody(response, onClose);
    });
  }

  function serve(connection: Connection, source: ChainSource, fault: NextAnswer | undefined): void {
    const { body } = connection;
    if (fault === 'accept-and-end') return body.end();
    if (fault === 'accept-and-cut') return body.cut('fin');
    if (typeof fault === 'object' && 'error' in fault) {
      body.write(messages.error(connection, fault.error));
      return body.end();
    }
    if (typeof fault === 'object' && 'cutAfter' in fault) body.cutAfter(fault.cutAfter, fault.how ?? 'fin');
    const timer = setInterval(() => beat(connection), options.heartbeatMs);
    readChain(connection, source, { ...options, writeBatch: faults.writeBatch })
      // The service has lost its chain.
      .catch(() => endWith(connection, 'PROCESSING_STOPPED'))
      .finally(() => clearInterval(timer));
  }

  function beat(connection: Connection): void {
    if (performance.now() - connection.lastSign > options.connectionTimeoutMs) endWith(connection, 'CONNECTION_LOST');
    else if (faults.isHeartbeating && connection.body.isReady) connection.body.write(messages.heartbeat(connection));
  }

  function endWith(connection: Connection, code: string): void {
    connection.body.write(messages.error(connection, { code }));
    connection.body.end();
  }
}

/** Where to begin; `undefined` for a token that is no good. */
function startOf(subscription: StoredSubscription, token: string | null, generation: number): number | undefined {
  return token === null ? blockStart(subscription.start_block) : readToken(token, subscription.id, generation);
}
