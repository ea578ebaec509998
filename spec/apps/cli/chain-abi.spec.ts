import { describe, expect, it } from '@jest/globals';
import { transferTopic } from '../../servers/erc20.js';
import { chainCli, linesOf } from './chain-cli.js';

const input = 'event Paid(address indexed by)\nevent Paid(address by, uint amount)\nevent Mark(bytes32 x) anonymous';

describe('tailrace chain abi', () => {
  it('prints the events of a file with signature and hash, and needs no service', async () => {
    const { code, out, err } = await chainCli(['abi', 'spec/fixtures/erc20/token.json', 'Transfer']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const signature = 'Transfer(address,address,uint256)';
    expect(linesOf({ out })).toMatchObject([{ event: 'Transfer', signature, topic0: transferTopic }]);
  });

  it('prints overloads each, and no hash of an anonymous event', async () => {
    const { code, out } = await chainCli(['abi', '-'], { input });
    expect(code).toBe(0);
    expect(linesOf({ out })).toEqual([
      expect.objectContaining({ event: 'Paid', signature: 'Paid(address)', topic0: expect.any(String) }),
      expect.objectContaining({ event: 'Paid', signature: 'Paid(address,uint256)', topic0: expect.any(String) }),
      expect.not.objectContaining({ topic0: expect.anything() }),
    ]);
  });

  it.each([
    ['Paid', 2],
    ['Paid(address)', 1],
    ['Paid(address, uint)', 1],
  ])('finds %s', async (name, count) => {
    expect(linesOf(await chainCli(['abi', '-', name], { input }))).toHaveLength(count);
  });

  it('tells with 2 what is there in place of an event that is not, and repeats nothing of a text that is no ABI', async () => {
    const missing = await chainCli(['abi', '-', 'Pay'], { input });
    const garbage = await chainCli(['abi', '-'], { input: 'canary' });
    expect([missing.code, garbage.code]).toEqual([2, 2]);
    expect(missing.err).toMatch(/^tailrace: stdin: Event "Pay" not found in ABI; it has Paid, Mark\n$/);
    expect(garbage.err).toMatch(/^tailrace: stdin: /);
    expect(garbage.err).not.toContain('canary');
  });
});
