import { describe, expect, it } from '@jest/globals';
import type { AbiSource } from '../../../sources/chain/abi.js';
import { AbiParsingError } from '../../../sources/chain/errors.js';
import { extractAbiEvent, extractAbiEvents } from '../../../sources/chain/extract-abi.js';
import { parseContractAbi } from '../../../sources/chain/parse-contract-abi.js';
import { thrownBy } from './thrown-by.js';

const event = { type: 'event', name: 'E' };
const withInput = (input: unknown): unknown => ({ ...event, inputs: [{ name: 'first', type: 'bool' }, input] });
const withComponents = (components: unknown): unknown => withInput({ name: 'in', type: 'tuple', components });
const withType = (type: string): unknown => withInput({ name: 'in', type });
const indexed = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => ({ name: `i${index}`, type: 'bool', indexed: true }));
const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ type: 'tuple', components: [inner] }), {
  type: 'bool',
});

/** What is wrong; an element of the ABI, the second one; where; words of the message. */
const elements: readonly (readonly [string, unknown, string, string])[] = [
  ['a number', 7, 'abi[1]', 'must be an object'],
  ['null', null, 'abi[1]', 'must be an object'],
  ['an array', [], 'abi[1]', 'must be an object'],
  ['a text that is no signature', 'Transfer', 'abi[1]', 'Invalid signature'],
  ['no type', { name: 'E' }, 'abi[1]', "missing 'type' field"],
  ['a type of null', { name: 'E', type: null }, 'abi[1]', "missing 'type' field"],
  ['a type that is no text', { name: 'E', type: 7 }, 'abi[1].type', "'type' must be a string"],
  ['no name', { type: 'event', inputs: [] }, 'abi[1]', "missing 'name' field"],
  ['a name that is no text', { type: 'event', name: 7 }, 'abi[1].name', "'name' must be a string"],
  ['an empty name', { type: 'event', name: '' }, 'abi[1].name', 'no identifier'],
  ['a signature for a name', { type: 'event', name: 'E(bool)' }, 'abi[1].name', 'no identifier'],
  ['inputs of null', { ...event, inputs: null }, 'abi[1].inputs', 'inputs must be an array'],
  ['inputs that are an object', { ...event, inputs: {} }, 'abi[1].inputs', 'inputs must be an array'],
  ['anonymous as text', { ...event, anonymous: 'true' }, 'abi[1].anonymous', "'anonymous' must be a boolean"],
  ['an input that is text', withInput('uint256 a'), 'abi[1].inputs[1]', 'input 1 must be an object'],
  ['an input that is null', withInput(null), 'abi[1].inputs[1]', 'input 1 must be an object'],
  ['an input without type', withInput({ name: 'a' }), 'abi[1].inputs[1]', "input 1 missing 'type' field"],
  ['a type of an input that is no text', withInput({ type: 7 }), 'abi[1].inputs[1].type', "'type' must be a string"],
  [
    'indexed as text',
    withInput({ type: 'bool', indexed: 'yes' }),
    'abi[1].inputs[1].indexed',
    "'indexed' must be a boolean",
  ],
  [
    'a name of an input that is no text',
    withInput({ type: 'bool', name: 7 }),
    'abi[1].inputs[1].name',
    "'name' must be a string",
  ],
  ['four indexed', { ...event, inputs: indexed(4) }, 'abi[1].inputs', 'more than 3 indexed'],
  [
    'five indexed of an anonymous one',
    { ...event, inputs: indexed(5), anonymous: true },
    'abi[1].inputs',
    'more than 4 indexed',
  ],
  ['components that are no array', withComponents({}), 'abi[1].inputs[1].components', 'components must be an array'],
  [
    'a component that is text',
    withComponents(['bool']),
    'abi[1].inputs[1].components[0]',
    'component 0 must be an object',
  ],
  [
    'a component without type',
    withComponents([{ name: 'a' }]),
    'abi[1].inputs[1].components[0]',
    "component 0 missing 'type' field",
  ],
  [
    'a type of a component that is no text',
    withComponents([{ type: 7 }]),
    'abi[1].inputs[1].components[0].type',
    "component 0 'type' must be a string",
  ],
  [
    'an indexed component',
    withComponents([{ type: 'bool', indexed: true }]),
    'abi[1].inputs[1].components[0].indexed',
    'cannot be indexed',
  ],
  [
    'a wrong component of a component',
    withComponents([{ type: 'bool' }, { type: 'tuple', components: [{}] }]),
    'abi[1].inputs[1].components[1].components[0]',
    "component 0 missing 'type' field",
  ],
  [
    'a wrong type deep inside',
    withComponents([{ type: 'tuple[]', components: [{ type: 'uint9' }] }]),
    'abi[1].inputs[1].components[0].components[0].type',
    'Failed to convert event E',
  ],
  ['a tuple without components', withType('tuple'), 'abi[1].inputs[1].type', 'components'],
  ['a tuple of none', withComponents([]), 'abi[1].inputs[1].type', 'components'],
  [
    'components of what is no tuple',
    withInput({ type: 'bool', components: [{ type: 'bool' }] }),
    'abi[1].inputs[1].components',
    'only a tuple',
  ],
  [
    'nesting without sense',
    { ...event, inputs: [deep] },
    `abi[1].inputs[0]${'.components[0]'.repeat(32)}.components`,
    '32 levels',
  ],
  ['arrays without end', withType(`bool${'[]'.repeat(5_000)}`), 'abi[1].inputs[1].type', '32 levels'],
  ...[
    'Foo',
    'uint7',
    'uint264',
    'uint0',
    'int12',
    'bytes0',
    'bytes33',
    'uint256[0]',
    'uint256[x]',
    'uint256[',
    'fixed8x81',
  ].map((type) => [`the type ${type}`, withType(type), 'abi[1].inputs[1].type', 'Failed to convert event E'] as const),
];

/** Texts and values that are no ABI. */
const wholes: readonly (readonly [string, unknown, string])[] = [
  ['nothing', '', 'cannot be empty'],
  ['blanks', ' \n\t', 'cannot be empty'],
  ['an empty list', '[]', 'cannot be empty'],
  ['an empty array', [], 'cannot be empty'],
  ['what is no JSON', '[{]', 'Invalid JSON in ABI'],
  ['half of an ABI', '[{"type":"event","name":"Secret"', 'Invalid JSON in ABI'],
  ['an object', '{"type":"event"}', 'must be an array'],
  ['an artifact of a compiler', '{"abi":[]}', 'holds one as its abi'],
  ['a number', '7', 'must be an array'],
  ['null', 'null', 'must be an array'],
  ['undefined', undefined, 'must be an array'],
];

/** Callers in plain JavaScript. */
const calls: readonly (readonly [string, (abi: unknown) => unknown])[] = [
  // @ts-expect-error the value may be anything
  ['extractAbiEvent', (abi: AbiSource) => extractAbiEvent(abi, 'Good')],
  // @ts-expect-error the value may be anything
  ['extractAbiEvents', (abi: AbiSource) => extractAbiEvents(abi)],
  // @ts-expect-error the value may be anything
  ['parseContractAbi', (abi: AbiSource) => parseContractAbi(abi)],
];

describe.each(calls)('%s', (_, call) => {
  it.each(elements)('refuses %s', (_what, element, path, words) => {
    const good = { type: 'event', name: 'Good', inputs: [] };
    for (const abi of [[good, element], JSON.stringify([good, element])]) {
      const error = thrownBy(() => call(abi));
      expect(error).toBeInstanceOf(AbiParsingError);
      expect(error).toMatchObject({ path, code: 'invalid_abi', errorType: 'fatal_error' });
      expect(error).toHaveProperty('message', expect.stringContaining(words));
      expect(error).toHaveProperty('message', expect.stringContaining(path));
    }
  });

  it.each(wholes)('refuses %s', (_what, abi, words) => {
    const error = thrownBy(() => call(abi));
    expect(error).toBeInstanceOf(AbiParsingError);
    expect(error).toMatchObject({ path: 'abi', code: 'invalid_abi' });
    expect(error).toHaveProperty('message', expect.stringContaining(words));
  });

  it('quotes nothing of a text that is no JSON', () => {
    const error = thrownBy(() => call('[{"type":"event","name":"Secret"'));
    expect(String(error)).not.toContain('Secret');
    expect(error).not.toHaveProperty('cause.message');
  });
});
