import * as z from 'zod';
import { anyObject, flag, maybe, number, orEmpty, text, texts } from './schema-parts.js';

/**
 * A chain as the service reads it. Services differ in what they tell: what one leaves out, or says in another form, is `undefined`, and all
 * that it says is in `raw`. The URLs of a chain may hold a key.
 */
export interface ChainConfig {
  readonly chainId: number;
  readonly name: string | undefined;
  /** The service's word, such as `active`. */
  readonly status: string | undefined;
  readonly rpcUrls: readonly string[] | undefined;
  /** In seconds. */
  readonly averageBlockTime: number | undefined;
  readonly maxBlocksPerRequest: number | undefined;
  readonly confirmationBlocks: number | undefined;
  readonly historicalRpcUrl: string | undefined;
  readonly liveWebsocketUrl: string | undefined;
  /** What the service says of the call, for people. */
  readonly message: string | undefined;
  /** ISO 8601. */
  readonly timestamp: string | undefined;
  /** All of it, in the service's own names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What the service says of its chains in all. */
export interface ChainStats {
  readonly totalChains: number | undefined;
  readonly activeChains: number | undefined;
  readonly healthyRpcs: number | undefined;
  readonly supportedChainIds: readonly number[] | undefined;
  /** Whether the service has read its configuration. */
  readonly loaded: boolean | undefined;
  /** As the service says: ISO 8601, or seconds since 1970. */
  readonly lastRefresh: string | number | undefined;
  /** ISO 8601. */
  readonly timestamp: string | undefined;
  /** All of it, in the service's own names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What the service says to a refresh. */
export interface ChainRefresh {
  readonly message: string | undefined;
  readonly chainId: number | undefined;
  /** ISO 8601. */
  readonly timestamp: string | undefined;
}

/** A number that may stand as text, as keys of a JSON object do. */
const id: z.ZodType<number> = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** No source shows what a service tells of a chain: what is not of the form expected must not hide the rest. */
function told<Output>(schema: z.ZodType<Output | undefined>): z.ZodType<Output | undefined> {
  return schema.catch(undefined);
}

const known = z
  .object({
    chain_id: id,
    name: told(text),
    status: told(text),
    rpc_urls: told(texts),
    average_block_time: told(number),
    max_blocks_per_request: told(number),
    confirmation_blocks: told(number),
    historical_rpc_url: told(text),
    live_websocket_url: told(text),
    message: told(text),
    timestamp: told(text),
  })
  .transform((chain) => ({
    chainId: chain.chain_id,
    name: chain.name,
    status: chain.status,
    rpcUrls: chain.rpc_urls,
    averageBlockTime: chain.average_block_time,
    maxBlocksPerRequest: chain.max_blocks_per_request,
    confirmationBlocks: chain.confirmation_blocks,
    historicalRpcUrl: chain.historical_rpc_url,
    liveWebsocketUrl: chain.live_websocket_url,
    message: chain.message,
    timestamp: chain.timestamp,
  }));

const raw = anyObject.transform((all) => ({ raw: all }));

const chain: z.ZodType<ChainConfig> = z.intersection(known, raw);

/** One chain. Its id is the one asked for, where the answer has none. */
export function chainSchema(asked: number): z.ZodType<ChainConfig> {
  return z.preprocess((value) => withId(value ?? {}, asked), chain);
}

/** All chains, whether they are listed or stand under their ids. */
export const chainsSchema: z.ZodType<readonly ChainConfig[]> = z
  .object({ chains: z.preprocess(listed, z.array(chain)) })
  .transform(({ chains }) => chains);

function listed(chains: unknown): unknown {
  if (typeof chains !== 'object' || chains === null || Array.isArray(chains)) return chains;
  return Object.entries(chains).map(([key, value]) => withId(value, key));
}

function withId(value: unknown, asked: number | string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { chain_id: own }: { chain_id?: unknown } = value;
  return { ...value, chain_id: own ?? asked };
}

const ids: z.ZodType<number[]> = z.array(id);
const when: z.ZodType<string | number> = z.union([z.string(), z.number()]);

const stats = z
  .object({
    total_chains: number,
    active_chains: number,
    healthy_rpcs: number,
    supported_chain_ids: maybe(ids),
    loaded: flag,
    last_refresh: maybe(when),
    timestamp: text,
  })
  .transform((answer) => ({
    totalChains: answer.total_chains ?? answer.supported_chain_ids?.length,
    activeChains: answer.active_chains,
    healthyRpcs: answer.healthy_rpcs,
    supportedChainIds: answer.supported_chain_ids,
    loaded: answer.loaded,
    lastRefresh: answer.last_refresh,
    timestamp: answer.timestamp,
  }));

export const chainStatsSchema: z.ZodType<ChainStats> = z.intersection(stats, raw);

export const chainRefreshSchema: z.ZodType<ChainRefresh> = orEmpty(
  z
    .object({ message: text, chain_id: maybe(id), timestamp: text })
    .transform(({ message, chain_id: chainId, timestamp }) => ({ message, chainId, timestamp })),
);
