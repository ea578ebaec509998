import type { Observable } from 'rxjs';
import { checkOption, integer, requireOption } from '../../lib/check-options.js';
import { type ChainConfigRequest, chainBody } from './chain-definition.js';
import {
  type ChainConfig,
  type ChainRefresh,
  chainRefreshSchema,
  chainSchema,
  chainsSchema,
  type ChainStats,
  chainStatsSchema,
} from './chain-schemas.js';
import { readBy } from './schema-parts.js';
import type { ChainService } from './service.js';

const path = '/api/chains';

/** Every chain that the service reads, as one list. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function getAllChains(client: ChainService): Observable<readonly ChainConfig[]> {
  const operation = 'get all chains';
  return client.call({ operation, subject: 'service', path, read: readBy(chainsSchema, operation) });
}

/** How many chains there are, and how they are. Cold, one value, complete; repeated like every GET. Errors: those of every call. */
export function getChainStats(client: ChainService): Observable<ChainStats> {
  const operation = 'get chain stats';
  return client.call({
    ...{ operation, subject: 'service', path: `${path}/stats` },
    read: readBy(chainStatsSchema, operation),
  });
}

/**
 * One chain. Cold, one value, complete; repeated like every GET.
 *
 * Errors: `chain_not_found` as `EventStreamerConnectionError` with `statusCode` 404, and those of every call.
 */
export function getChain(client: ChainService, chainId: number): Observable<ChainConfig> {
  const operation = 'get chain';
  return client.call({
    ...{ operation, subject: 'chain', path: chainPath('getChain', chainId) },
    read: readBy(chainSchema(chainId), operation),
  });
}

/**
 * Tells the service of a chain. Cold, one value, complete: what the service says to it, which may be no more than a message. Sent again
 * only where the service certainly did nothing.
 *
 * Errors: `invalid_request`, `conflict` for a chain that is there, and those of every call. A `TypeError` at once for a configuration that
 * cannot be.
 *
 * @example
 * import { createChain, eventStreamer } from 'tailrace/sources/chain';
 *
 * const client = eventStreamer({ serviceUrl: 'http://localhost:8000', subscriberId: 'my-app' });
 * const polygon = { chainId: 137, name: 'Polygon', rpcUrls: ['https://polygon-rpc.com'], averageBlockTime: 2 };
 * createChain(client, polygon).subscribe(({ chainId, message }) => console.log(chainId, message));
 */
export function createChain(client: ChainService, config: ChainConfigRequest): Observable<ChainConfig> {
  const operation = 'create chain';
  const json = chainBody('createChain', config);
  return client.call({
    ...{ operation, subject: 'service', method: 'POST', path, json },
    read: readBy(chainSchema(config.chainId), operation),
  });
}

/** Changes a chain: the whole of its configuration is given. As {@link createChain}. Errors: `chain_not_found` too. */
export function updateChain(
  client: ChainService,
  chainId: number,
  config: ChainConfigRequest,
): Observable<ChainConfig> {
  const operation = 'update chain';
  const json = chainBody('updateChain', config);
  return client.call({
    ...{ operation, subject: 'chain', method: 'PUT', path: chainPath('updateChain', chainId), json },
    read: readBy(chainSchema(chainId), operation),
  });
}

/** Has the service read a chain no more; its configuration is kept. As {@link createChain}. Errors: as {@link getChain}. */
export function deleteChain(client: ChainService, chainId: number): Observable<ChainConfig> {
  const operation = 'delete chain';
  return client.call({
    ...{ operation, subject: 'chain', method: 'DELETE', path: chainPath('deleteChain', chainId) },
    read: readBy(chainSchema(chainId), operation),
  });
}

/** Has the service read the configurations of its chains anew. As {@link createChain}. Errors: those of every call. */
export function refreshChains(client: ChainService): Observable<ChainRefresh> {
  const operation = 'refresh chains';
  return client.call({
    ...{ operation, subject: 'service', method: 'POST', path: `${path}/refresh` },
    read: readBy(chainRefreshSchema, operation),
  });
}

function chainPath(where: string, chainId: number): string {
  requireOption(where, 'chainId', chainId);
  checkOption(`${where}: option "chainId"`, integer(1), chainId);
  return `${path}/${chainId}`;
}
