import { describe, expect, it } from '@jest/globals';
import { chainBody } from '../../../sources/chain/chain-definition.js';

const named = { chainId: 137, name: 'Polygon' };
const rpc = { ...named, rpcUrls: ['https://rpc.example.com/v1?key=CANARY', 'wss://rpc.example.com'] };
const endpoints = { ...named, historicalRpcUrl: 'http://a.example.com', liveWebsocketUrl: 'wss://a.example.com' };

const body = (config: unknown) => (): unknown => Reflect.apply(chainBody, undefined, ['createChain', config]);

describe('chainBody', () => {
  it('has the names of the wire for the form of the README', () => {
    const config = { ...rpc, averageBlockTime: 2.5, maxBlocksPerRequest: 100, confirmationBlocks: 10 };
    expect(chainBody('createChain', config)).toEqual({
      ...{ chain_id: 137, name: 'Polygon', rpc_urls: rpc.rpcUrls },
      ...{ average_block_time: 2.5, max_blocks_per_request: 100, confirmation_blocks: 10 },
    });
  });

  it('has the names of the wire for the form of the schema', () => {
    const history = { historicalMaxChunkSize: 1, historicalMaxRetries: 0, historicalMaxConcurrent: 2 };
    const live = { liveMaxRetries: 3, liveRetryDelay: 4, liveReconnectDelay: 5, liveEnableGapDetection: false };
    const gaps = {
      liveMaxGapSize: 6,
      liveBlockCheckInterval: 7,
      liveGapFillChunkSize: 8,
      historicalProgressInterval: 9,
    };
    expect(chainBody('createChain', { ...endpoints, ...history, ...live, ...gaps })).toEqual({
      ...{ chain_id: 137, name: 'Polygon', historical_rpc_url: 'http://a.example.com' },
      ...{ live_websocket_url: 'wss://a.example.com', historical_max_chunk_size: 1, historical_max_retries: 0 },
      ...{ historical_max_concurrent: 2, live_max_retries: 3, live_retry_delay: 4, live_reconnect_delay: 5 },
      ...{ live_enable_gap_detection: false, live_max_gap_size: 6, live_block_check_interval: 7 },
      ...{ live_gap_fill_chunk_size: 8, historical_progress_interval: 9 },
    });
  });

  it.each([
    [null, 'createChain: the configuration must be an object with "rpcUrls", or with "historicalRpcUrl"'],
    [named, 'createChain: the configuration must be an object with "rpcUrls", or with "historicalRpcUrl"'],
    [{ ...rpc, chainId: undefined }, 'createChain: option "chainId" is missing'],
    [{ ...rpc, name: '' }, 'option "name" must be a non-empty text'],
    [{ ...rpc, rpcUrls: [] }, 'option "rpcUrls" must be a list of at least one http, https, ws or wss URL'],
    [{ ...rpc, rpcUrls: ['ftp://CANARY'] }, 'option "rpcUrls" must be a list of at least one'],
    [{ ...rpc, rpcUrls: undefined }, 'option "rpcUrls" is missing'],
    [{ ...rpc, confirmationBlocks: -1 }, 'option "confirmationBlocks" must be a whole number'],
    [{ ...rpc, averageBlockTime: Number.NaN }, 'option "averageBlockTime" must be a finite number'],
    [{ ...rpc, ...endpoints }, 'unknown option "historicalRpcUrl"'],
    [{ ...endpoints, liveWebsocketUrl: undefined }, 'option "liveWebsocketUrl" is missing'],
    [{ ...endpoints, liveWebsocketUrl: 'https://CANARY' }, 'option "liveWebsocketUrl" must be a ws or wss URL'],
    [{ ...endpoints, liveEnableGapDetection: 1 }, 'option "liveEnableGapDetection" must be true or false'],
  ])('refuses %j and quotes no URL', (config, message) => {
    expect(body(config)).toThrow(message);
    expect(body(config)).not.toThrow('CANARY');
  });
});
