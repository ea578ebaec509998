import { describe, expect, it } from '@jest/globals';
import { getAddress } from 'ethers';
import fc from 'fast-check';
import { checksumAddress, checksumMemo } from '../../../sources/chain/checksum-address.js';
import { hex } from './log-words.js';

// The examples of EIP-55 (https://eips.ethereum.org/EIPS/eip-55).
const examples = [
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
  '0xde709f2102306220921060314715629080e2fb77',
  '0x27b1fdb04752bbc536007a920d24acb045561c26',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
];
const addresses = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hex);

describe('checksumAddress', () => {
  it.each(examples)('writes %s as EIP-55 does', (address) => {
    expect(checksumAddress(address.toLowerCase())).toBe(address);
    expect(checksumAddress(`0x${address.slice(2).toUpperCase()}`)).toBe(address);
  });

  it('agrees with ethers', () => {
    fc.assert(
      fc.property(addresses, (address) => expect(checksumAddress(address)).toBe(getAddress(address))),
      {
        numRuns: 200,
      },
    );
  });

  it.each(['', '0x', 'de709f2102306220921060314715629080e2fb77', `0x${'g'.repeat(40)}`, `0x${'0'.repeat(41)}`])(
    'refuses %j',
    (text) => {
      expect(() => checksumAddress(text)).toThrow(TypeError);
    },
  );
});

describe('checksumMemo', () => {
  it('gives the same, first and later, over and under its limit', () => {
    fc.assert(
      fc.property(
        fc.array(addresses, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 2, max: 8 }),
        (many, limit) => {
          const checksum = checksumMemo(limit);
          for (const address of [...many, ...many.toReversed(), ...many]) {
            expect(checksum(address)).toBe(checksumAddress(address));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
