import { expect, it } from '@jest/globals';
import { supportedChains } from '../../../sources/chain/supported-chains.js';

it('has the seven chains of the README by their numbers', () => {
  expect(Object.values(supportedChains).map(({ chainId, name }) => `${name} ${chainId}`)).toEqual([
    ...['Ethereum Mainnet 1', 'Polygon 137', 'Base 8453', 'Arbitrum One 42161', 'Optimism 10', 'Avalanche 43114'],
    'Binance Smart Chain 56',
  ]);
});
