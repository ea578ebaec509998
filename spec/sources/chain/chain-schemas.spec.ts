import { describe, expect, it } from '@jest/globals';
import {
  chainRefreshSchema,
  chainSchema,
  chainsSchema,
  chainStatsSchema,
} from '../../../sources/chain/chain-schemas.js';

const at = '2024-05-23T10:30:00Z';

describe('chainsSchema', () => {
  it('takes the map by ids and the list, and gives the same', () => {
    const base = { name: 'Base', status: 'active' };
    const polygon = { chain_id: 137, name: 'Polygon', status: 'inactive', live: { gap: 1 } };
    const expected = [
      { chainId: 137, name: 'Polygon', status: 'inactive', raw: polygon },
      { chainId: 8453, name: 'Base', status: 'active', raw: { ...base, chain_id: 8453 } },
    ];
    const list = [polygon, { ...base, chain_id: 8453 }];
    expect(chainsSchema.parse({ chains: list, total_chains: 2, timestamp: at })).toEqual(expected);
    const map = chainsSchema.parse({ chains: { 137: polygon, 8453: base }, total_chains: 2 });
    expect(map).toMatchObject([
      { chainId: 137, name: 'Polygon' },
      { chainId: 8453, name: 'Base', status: 'active' },
    ]);
    expect(chainsSchema.parse({ chains: {} })).toEqual([]);
  });

  it('leaves out what is not of the form expected, and keeps it in raw', () => {
    const odd = { chain_id: '1', rpc_urls: { main: 'x' }, status: 3, name: null };
    expect(chainsSchema.parse({ chains: [odd] })).toEqual([{ chainId: 1, raw: odd }]);
  });

  it('refuses what is no list of chains', () => {
    for (const wrong of [{}, { chains: 'x' }, { chains: [{}] }, { chains: { mainnet: {} } }, { chains: { 1: null } }]) {
      expect(chainsSchema.safeParse(wrong).success).toBe(false);
    }
  });
});

describe('chainSchema', () => {
  it('takes the answer of the README and that of the schema', () => {
    const readme = {
      ...{ chain_id: 1, name: 'Ethereum', rpc_urls: ['https://a'], average_block_time: 12.1 },
      ...{ max_blocks_per_request: 100, confirmation_blocks: 12 },
    };
    expect(chainSchema(9).parse(readme)).toEqual({
      ...{ chainId: 1, name: 'Ethereum', rpcUrls: ['https://a'], averageBlockTime: 12.1, maxBlocksPerRequest: 100 },
      ...{ confirmationBlocks: 12, raw: readme },
    });
    const schema = {
      message: 'Chain 1 loaded',
      chain_id: 1,
      timestamp: at,
      historical_rpc_url: 'a',
      live_websocket_url: 'b',
    };
    expect(chainSchema(9).parse(schema)).toEqual({
      ...{ chainId: 1, message: 'Chain 1 loaded', timestamp: at, historicalRpcUrl: 'a', liveWebsocketUrl: 'b' },
      raw: schema,
    });
  });

  it('has the id that was asked for where the answer has none', () => {
    expect(chainSchema(9).parse(undefined)).toMatchObject({ chainId: 9 });
    expect(chainSchema(9).parse({ chain_id: null, message: 'gone' })).toMatchObject({ chainId: 9, message: 'gone' });
    expect(chainSchema(9).safeParse([]).success).toBe(false);
    expect(chainSchema(9).safeParse({ chain_id: 'x' }).success).toBe(false);
  });
});

describe('chainStatsSchema', () => {
  it('is the union of both', () => {
    const readme = { total_chains: 3, active_chains: 2, healthy_rpcs: 5 };
    expect(chainStatsSchema.parse(readme)).toEqual({ totalChains: 3, activeChains: 2, healthyRpcs: 5, raw: readme });
    const schema = { loaded: true, supported_chain_ids: [1, '137'], last_refresh: at, timestamp: at };
    expect(chainStatsSchema.parse(schema)).toEqual({
      ...{ loaded: true, totalChains: 2, supportedChainIds: [1, 137], lastRefresh: at, timestamp: at },
      raw: schema,
    });
    expect(chainStatsSchema.parse({ last_refresh: 17.5 })).toMatchObject({ lastRefresh: 17.5 });
    expect(chainStatsSchema.safeParse({ total_chains: 'many' }).success).toBe(false);
  });
});

describe('chainRefreshSchema', () => {
  it('says as much as the service', () => {
    expect(chainRefreshSchema.parse({ message: 'done', chain_id: null, timestamp: at })).toEqual({
      message: 'done',
      timestamp: at,
    });
    expect(chainRefreshSchema.parse(undefined)).toEqual({});
  });
});
