import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, type Observable, toArray } from 'rxjs';
import {
  createChain,
  deleteChain,
  getAllChains,
  getChain,
  getChainStats,
  refreshChains,
  updateChain,
} from '../../../sources/chain/chains.js';
import type { ChainService } from '../../../sources/chain/service.js';
import { answer, jsonAnswer } from '../../servers/origin-steps.js';
import { always, scriptedServices } from './scripted-service.js';

const scripted = scriptedServices();
const polygon = { chainId: 137, name: 'Polygon', rpcUrls: ['https://polygon-rpc.com'] };
const body = { chain_id: 137, name: 'Polygon', rpc_urls: ['https://polygon-rpc.com'] };

type Call = (client: ChainService) => Observable<unknown>;

describe('the calls about chains', () => {
  it.each<[string, Call, string, unknown]>([
    ['getAllChains', getAllChains, 'GET /api/chains', undefined],
    ['getChainStats', getChainStats, 'GET /api/chains/stats', undefined],
    ['getChain', (client) => getChain(client, 137), 'GET /api/chains/137', undefined],
    ['createChain', (client) => createChain(client, polygon), 'POST /api/chains', body],
    ['updateChain', (client) => updateChain(client, 137, polygon), 'PUT /api/chains/137', body],
    ['deleteChain', (client) => deleteChain(client, 137), 'DELETE /api/chains/137', undefined],
    ['refreshChains', refreshChains, 'POST /api/chains/refresh', undefined],
  ])('%s is cold, and one value', async (_name, call, line, json) => {
    const { client, sent } = await scripted(always(200, { chains: [], message: 'ok', chain_id: 137 }));
    const made = call(client);
    expect(sent()).toEqual([]);
    await expect(firstValueFrom(made.pipe(toArray()))).resolves.toHaveLength(1);
    expect(sent()).toEqual([{ line, body: json }]);
  });

  it('give what the service says', async () => {
    const { client } = await scripted([
      [jsonAnswer(200, { chains: { 137: { name: 'Polygon', status: 'active' } } })],
      [jsonAnswer(200, { total_chains: 1 })],
      [jsonAnswer(200, { chain_id: 137, name: 'Polygon' })],
      [jsonAnswer(201, { message: 'created' })],
      [answer(204)],
    ]);
    await expect(firstValueFrom(getAllChains(client))).resolves.toMatchObject([{ chainId: 137, status: 'active' }]);
    await expect(firstValueFrom(getChainStats(client))).resolves.toMatchObject({ totalChains: 1 });
    await expect(firstValueFrom(getChain(client, 137))).resolves.toMatchObject({ name: 'Polygon' });
    await expect(firstValueFrom(createChain(client, polygon))).resolves.toMatchObject({
      chainId: 137,
      message: 'created',
    });
    await expect(firstValueFrom(deleteChain(client, 137))).resolves.toMatchObject({
      chainId: 137,
      raw: { chain_id: 137 },
    });
  });

  it('say that a chain is not there as the README reads it, whatever the words', async () => {
    const { client } = await scripted(always(404, { error: 'Unknown chain' }));
    for (const call of [getChain(client, 999), deleteChain(client, 999), updateChain(client, 999, polygon)]) {
      await expect(firstValueFrom<unknown>(call)).rejects.toMatchObject({
        ...{ name: 'EventStreamerConnectionError', code: 'chain_not_found', statusCode: 404, isRetryable: false },
        message: expect.stringContaining('404'),
      });
    }
  });

  it('refuse at once what cannot be', async () => {
    const { client } = await scripted(always(200, {}));
    expect(() => getChain(client, 0)).toThrow('getChain: option "chainId" must be a whole number, 1 or more, got 0');
    expect(() => Reflect.apply(deleteChain, undefined, [client])).toThrow('deleteChain: option "chainId" is missing');
    expect(() => updateChain(client, 1, { ...polygon, rpcUrls: [] })).toThrow('updateChain: option "rpcUrls"');
    expect(() => createChain(client, { ...polygon, name: '' })).toThrow('createChain: option "name"');
  });
});
