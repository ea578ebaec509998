import type { AbiInput } from './abi.js';
import { deepestType } from './abi-type.js';
import { type AbiWords, wordsOf } from './abi-words.js';

/** One signature of a human-readable ABI, its types as they are written: names of structs are still names. */
export interface AbiSignature {
  readonly type: 'event' | 'error' | 'function' | 'constructor' | 'fallback' | 'receive' | 'struct';
  readonly path: string;
  readonly name?: string | undefined;
  /** The fields of a struct. */
  readonly inputs: readonly AbiInput[];
  readonly outputs?: readonly AbiInput[] | undefined;
  readonly anonymous?: boolean | undefined;
  readonly stateMutability?: string | undefined;
}

/**
 * The signatures in a text, with or without semicolons between them, after the grammar of Solidity; what ethers writes is understood
 * too (`tuple(uint256 a) p`). `pathAt` names the place of the signature with that index.
 *
 * Errors: `AbiParsingError` for what is no signature.
 */
export function readSignatures(text: string, pathAt: (index: number) => string): readonly AbiSignature[] {
  const signatures: AbiSignature[] = [];
  const words = wordsOf(text, () => pathAt(signatures.length));
  while (words.next !== '') {
    signatures.push({ ...readSignature(words), path: pathAt(signatures.length) });
    while (words.accept(';'));
  }
  return signatures;
}

type Unplaced = Omit<AbiSignature, 'path'>;

function readSignature(words: AbiWords): Unplaced {
  if (words.accept('event')) {
    const event = { type: 'event', name: words.name("the event's name"), inputs: parameters(words, inEvents) } as const;
    return { ...event, anonymous: words.accept('anonymous') };
  }
  if (words.accept('error')) {
    return { type: 'error', name: words.name("the error's name"), inputs: parameters(words, nowhere) };
  }
  if (words.accept('function')) return functionOf(words);
  if (words.accept('struct')) return structOf(words);
  for (const type of ['constructor', 'fallback', 'receive'] as const) {
    if (words.accept(type)) return { type, inputs: parameters(words, inFunctions), ...mutability(words) };
  }
  throw words.unexpected('event, function, error, struct, constructor, fallback or receive');
}

function functionOf(words: AbiWords): Unplaced {
  const name = words.name("the function's name");
  const inputs = parameters(words, inFunctions);
  const { stateMutability } = mutability(words);
  const outputs = words.accept('returns') ? parameters(words, inFunctions) : [];
  return { type: 'function', name, inputs, outputs, stateMutability };
}

function structOf(words: AbiWords): Unplaced {
  const name = words.name("the struct's name");
  const inputs: AbiInput[] = [];
  words.expect('{');
  while (!words.accept('}')) {
    inputs.push(parameter(words, nowhere, 0));
    words.expect(';');
  }
  return { type: 'struct', name, inputs };
}

const promises = new Set(['pure', 'view', 'payable', 'nonpayable', 'constant']);
const others = new Set(['external', 'public', 'internal', 'private', 'virtual', 'override']);

function mutability(words: AbiWords): { readonly stateMutability: string } {
  let stateMutability = 'nonpayable';
  while (promises.has(words.next) || others.has(words.next)) {
    const modifier = words.take();
    // Solidity before 0.5
    if (promises.has(modifier)) stateMutability = modifier === 'constant' ? 'view' : modifier;
  }
  return { stateMutability };
}

/** What may stand between type and name. */
type Modifiers = ReadonlySet<string>;
const nowhere: Modifiers = new Set();
const inEvents: Modifiers = new Set(['indexed']);
const inFunctions: Modifiers = new Set(['memory', 'calldata', 'storage']);

function parameters(words: AbiWords, modifiers: Modifiers, levels = 0): readonly AbiInput[] {
  words.expect('(');
  if (words.accept(')')) return [];
  if (levels > deepestType) throw words.unexpected(`parameters nested at most ${deepestType} levels deep`);
  const inputs = [parameter(words, modifiers, levels)];
  while (words.accept(',')) inputs.push(parameter(words, modifiers, levels));
  words.expect(')');
  return inputs;
}

function parameter(words: AbiWords, modifiers: Modifiers, levels: number): AbiInput {
  const isTuple = words.next === '(' || words.accept('tuple');
  const base = isTuple ? 'tuple' : words.name('a type');
  const components = isTuple ? parameters(words, modifiers, levels + 1) : undefined;
  if (base === 'address') words.accept('payable');
  const type = base + dimensions(words);
  let indexed = false;
  while (modifiers.has(words.next)) indexed = words.take() === 'indexed' || indexed;
  const name = /^[A-Za-z_$]/.test(words.next) ? words.take() : undefined;
  return { name, type, indexed: indexed ? true : undefined, components };
}

function dimensions(words: AbiWords): string {
  let text = '';
  while (words.accept('[')) {
    const length = words.next === ']' ? '' : words.take();
    words.expect(']');
    text += `[${length}]`;
  }
  return text;
}
