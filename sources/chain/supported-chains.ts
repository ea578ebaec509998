/** A chain by its number and its name. */
export interface SupportedChain {
  /** EIP-155. */
  readonly chainId: number;
  readonly name: string;
}

/**
 * The chains that services usually read. What one really reads, `getAllChains` says.
 *
 * @example
 * import { supportedChains } from 'tailrace/sources/chain';
 *
 * console.log(supportedChains.base.chainId); // 8453
 */
export const supportedChains: {
  readonly ethereum: SupportedChain;
  readonly polygon: SupportedChain;
  readonly base: SupportedChain;
  readonly arbitrumOne: SupportedChain;
  readonly optimism: SupportedChain;
  readonly avalanche: SupportedChain;
  readonly binanceSmartChain: SupportedChain;
} = {
  ethereum: { chainId: 1, name: 'Ethereum Mainnet' },
  polygon: { chainId: 137, name: 'Polygon' },
  base: { chainId: 8_453, name: 'Base' },
  arbitrumOne: { chainId: 42_161, name: 'Arbitrum One' },
  optimism: { chainId: 10, name: 'Optimism' },
  avalanche: { chainId: 43_114, name: 'Avalanche' },
  binanceSmartChain: { chainId: 56, name: 'Binance Smart Chain' },
};
