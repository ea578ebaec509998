import { describe, expect, it } from '@jest/globals';
import type { AbiEvent, AbiSource } from '../../../sources/chain/abi.js';
import type { AbiEventOf, EventArgsOf, EventNameOf } from '../../../sources/chain/abi-values.js';
import { abiEvents } from '../../../sources/chain/abi-entries.js';
import { compileEvent } from '../../../sources/chain/decode-event.js';
import { extractAbiEvent } from '../../../sources/chain/extract-abi.js';
import type { EventArgs } from '../../../sources/chain/messages.js';
import type { erc20, erc721, structs, uniswapV2Pair } from './real-abis.js';

/** Both ways, and `any` is like nothing else. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { readonly got: A; readonly wanted: B };

/** Written as intersections or not, the same members are the same. */
type Flat<T> = { readonly [Key in keyof T]: T[Key] };

/** Compiles, or not: there is nothing to see at run time. */
function compiled(...checks: readonly true[]): void {
  expect(checks).not.toContain(undefined);
}

const mixed = ['event A()', { type: 'event', name: 'B', inputs: [] }] as const;
const texts = [
  'struct Asset { address token; uint amount; }',
  'function f(uint256 a) external view virtual returns (bool)',
  'event Bought(address indexed by, Asset asset, Asset[] rest)',
  'event Short(uint a, int[2][] b);',
  'event Tuple(tuple(uint256 a, bool b) indexed p, tuple(bool)[] q)',
  'event Quiet(string indexed s, bytes indexed, uint256[] indexed list, bytes4 indexed id) anonymous',
  'event Same(uint256 x, bool x)',
] as const;
const overloads = ['event Paid(address by)', 'event Paid(address by, uint amount)'] as const;
const odd = [
  {
    type: 'event',
    name: 'Odd',
    inputs: [
      { name: 'f', type: 'fixed' },
      { name: 'g', type: 'function[]' },
      { name: 'h', type: 'uint[2][]' },
    ],
  },
] as const;

describe('the ABIs of this spec', () => {
  it('are understood at run time too', () => {
    expect([mixed, texts, overloads, odd].map((abi) => abiEvents(abi).length)).toEqual([2, 5, 2, 1]);
  });
});

describe('the names of the events of an ABI', () => {
  it('are known from JSON and from text', () => {
    compiled(
      true satisfies Same<EventNameOf<typeof erc20>, 'Transfer' | 'Approval'>,
      true satisfies Same<EventNameOf<typeof erc721>, 'Transfer' | 'Approval' | 'ApprovalForAll'>,
      true satisfies Same<EventNameOf<typeof texts>, 'Bought' | 'Short' | 'Tuple' | 'Quiet' | 'Same'>,
    );
  });

  it('are any where the compiler does not know the ABI', () => {
    compiled(
      true satisfies Same<EventNameOf<AbiSource>, string>,
      true satisfies Same<EventNameOf<string>, string>,
      true satisfies Same<EventNameOf<readonly string[]>, string>,
      true satisfies Same<EventNameOf<readonly unknown[]>, string>,
      true satisfies Same<EventNameOf<readonly AbiEvent[]>, string>,
      true satisfies Same<EventNameOf<typeof mixed>, string>,
      true satisfies Same<EventNameOf<readonly ['event A(']>, string>,
    );
  });
});

describe('the arguments of an event', () => {
  it('are known from JSON, integers as asked for', () => {
    compiled(
      true satisfies Same<
        EventArgsOf<typeof erc20, 'Transfer'>,
        { readonly from: string; readonly to: string; readonly value: bigint }
      >,
      true satisfies Same<
        EventArgsOf<typeof uniswapV2Pair, 'Sync', 'text'>,
        { readonly reserve0: string; readonly reserve1: string }
      >,
    );
  });

  it('are known from text', () => {
    compiled(
      true satisfies Same<
        EventArgsOf<typeof erc721, 'ApprovalForAll'>,
        { readonly owner: string; readonly operator: string; readonly approved: boolean }
      >,
      true satisfies Same<
        Flat<EventArgsOf<typeof texts, 'Short'>>,
        { readonly a: bigint; readonly b: readonly (readonly bigint[])[] }
      >,
    );
  });

  it('have structs as objects, and arrays of them', () => {
    type Asset = { readonly token: string; readonly amount: bigint };
    type Order = { readonly maker: string; readonly asset: Asset };
    type Transfer = { readonly to: string; readonly amounts: readonly (readonly bigint[])[] };
    compiled(
      true satisfies Same<
        EventArgsOf<typeof structs, 'OrderFilled'>,
        { readonly orderHash: string; readonly left: Order; readonly right: Order }
      >,
      true satisfies Same<
        EventArgsOf<typeof structs, 'BatchTransfer'>,
        { readonly operator: string; readonly transfers: readonly Transfer[] }
      >,
      true satisfies Same<
        EventArgsOf<typeof texts, 'Bought'>,
        { readonly by: string; readonly asset: Asset; readonly rest: readonly Asset[] }
      >,
    );
  });

  it('have the hash of what does not fit into a topic, and positions for what has no name', () => {
    compiled(
      true satisfies Same<
        EventArgsOf<typeof texts, 'Quiet'>,
        { readonly s: string; readonly 1: string; readonly list: string; readonly id: string }
      >,
      true satisfies Same<
        EventArgsOf<typeof texts, 'Tuple'>,
        { readonly p: string; readonly q: readonly (readonly [boolean])[] }
      >,
      true satisfies Same<EventArgsOf<typeof texts, 'Same'>, { readonly x: bigint; readonly 1: boolean }>,
    );
  });

  it('leave open what is not decoded', () => {
    compiled(
      true satisfies Same<
        EventArgsOf<typeof odd, 'Odd'>,
        { readonly f: unknown; readonly g: readonly string[]; readonly h: readonly (readonly bigint[])[] }
      >,
    );
  });

  it('are those of one overload by its signature, and of any by the name', () => {
    type One = { readonly by: string };
    type Two = { readonly by: string; readonly amount: bigint };
    compiled(
      true satisfies Same<EventArgsOf<typeof overloads, 'Paid(address)'>, One>,
      true satisfies Same<EventArgsOf<typeof overloads, 'Paid(address,uint256)'>, Two>,
      true satisfies Same<EventArgsOf<typeof overloads, 'Paid'>, One | Two>,
      true satisfies Same<
        keyof EventArgsOf<typeof structs, 'BatchTransfer(address,(address,uint256[2][])[])'>,
        'operator' | 'transfers'
      >,
    );
  });

  it('are found by a signature whose types the ABI has short', () => {
    type Signature = 'OrderFilled(bytes32,(address,(address,uint256)),(address,(address,uint256)))';
    compiled(
      true satisfies Same<keyof EventArgsOf<typeof structs, Signature>, 'orderHash' | 'left' | 'right'>,
      true satisfies Same<keyof EventArgsOf<typeof odd, 'Odd(fixed128x18,function[],uint256[2][])'>, 'f' | 'g' | 'h'>,
    );
  });

  it('are any where the compiler does not know the event', () => {
    compiled(
      true satisfies Same<EventArgsOf<typeof erc20, 'Burn'>, EventArgs>,
      true satisfies Same<EventArgsOf<typeof erc20, string>, EventArgs>,
      true satisfies Same<EventArgsOf<AbiSource, 'Transfer'>, EventArgs>,
      true satisfies Same<EventArgsOf<readonly [AbiEvent], string>, EventArgs>,
      true satisfies Same<EventArgsOf<readonly [AbiEvent & { name: 'A' }], 'A'>, EventArgs>,
    );
  });
});

describe('an extracted event', () => {
  it('is known with its types written out, and is an event for every function that takes one', () => {
    const event = extractAbiEvent(['event Paid(address indexed by, uint[] amounts)'], 'Paid');
    const name: 'Paid' = event.name;
    const type: 'uint256[]' = event.inputs[1].type;
    const any: AbiEvent = event;
    // @ts-expect-error there are two
    expect(event.inputs[2]).toBeUndefined();
    expect([name, type, any.inputs[1]?.type]).toEqual(['Paid', 'uint256[]', 'uint256[]']);
  });

  it('is any event where the compiler does not know it', () => {
    compiled(
      true satisfies Same<AbiEventOf<AbiSource, 'Transfer'>, AbiEvent>,
      true satisfies Same<AbiEventOf<typeof erc20, string>, AbiEvent>,
      true satisfies Same<AbiEventOf<typeof erc20, 'Burn'>, AbiEvent>,
      true satisfies Same<AbiEventOf<typeof odd, 'Odd'>['inputs'][0]['type'], 'fixed128x18'>,
      true satisfies Same<AbiEventOf<typeof odd, 'Odd'>['inputs'][2]['type'], 'uint256[2][]'>,
    );
  });

  it('gives its decoder the types of the arguments', () => {
    const transfer = compileEvent(extractAbiEvent(['event Set(uint indexed key, bool[] flags)'], 'Set'));
    const word = (value: number): string => value.toString(16).padStart(64, '0');
    const { key, flags } = transfer.decode({
      topics: [transfer.topic0, `0x${word(7)}`],
      data: `0x${[32, 1, 1].map(word).join('')}`,
    });
    const sum: bigint = key + 1n;
    const first: boolean | undefined = flags[0];
    expect([sum, first]).toEqual([8n, true]);
  });
});
