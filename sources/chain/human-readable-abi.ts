import type { AbiInput } from './abi.js';
import { type AbiSignature, readSignatures } from './abi-grammar.js';
import { abiError, type AbiRecord } from './abi-inputs.js';
import { deepestType, mostTypes } from './abi-type.js';

/** One element of an ABI, unchecked, and where it stands. */
export interface AbiEntry {
  readonly path: string;
  readonly entry: AbiRecord;
}

/** A text of an array, and where it stands; it holds one signature. */
export interface SignatureText {
  readonly path: string;
  readonly text: string;
}

/**
 * What an array of signatures says, in the form of JSON ABIs; structs are put in where they are named, and are no elements themselves.
 * They may stand in any order.
 *
 * Errors: `AbiParsingError` with the place, for texts that are no signature, and for structs that hold themselves.
 */
export function entriesOfTexts(texts: readonly SignatureText[]): readonly AbiEntry[] {
  return resolved(
    texts.flatMap(({ path, text }) => {
      const signatures = readSignatures(text, () => path);
      if (signatures.length !== 1) throw abiError(path, `Invalid signature: expected one, found ${signatures.length}`);
      return signatures;
    }),
  );
}

/** The same of one text with any number of signatures. */
export function entriesOfText(text: string): readonly AbiEntry[] {
  return resolved(readSignatures(text, (index) => `abi[${index}]`));
}

type Structs = ReadonlyMap<string, readonly AbiInput[]>;

function resolved(signatures: readonly AbiSignature[]): readonly AbiEntry[] {
  const structs = structsOf(signatures);
  return signatures
    .filter(({ type }) => type !== 'struct')
    .map(({ path, ...signature }) => {
      const inputs = withStructs(signature.inputs, { structs, path, levels: 0, count: { types: 0 } });
      const outputs = withStructs(signature.outputs ?? [], { structs, path, levels: 0, count: { types: 0 } });
      return { path, entry: { ...signature, inputs, ...(signature.outputs === undefined ? {} : { outputs }) } };
    });
}

/** They would take the place of Solidity's own types. */
const reserved = /^(?:u?int\d*|bytes\d*|u?fixed\w*|address|bool|string|function|tuple)$/;

function structsOf(signatures: readonly AbiSignature[]): Structs {
  const structs = new Map<string, readonly AbiInput[]>();
  for (const { type, name = '', inputs, path } of signatures) {
    if (type !== 'struct') continue;
    if (reserved.test(name)) throw abiError(path, 'a struct cannot have the name of a type');
    if (structs.has(name)) throw abiError(path, `Duplicate struct name ${name.slice(0, 60)}`);
    structs.set(name, inputs);
  }
  return structs;
}

interface Descent {
  readonly structs: Structs;
  readonly path: string;
  readonly levels: number;
  /** Two structs in each of thirty structs are a thousand million. */
  readonly count: { types: number };
}

function withStructs(inputs: readonly AbiInput[], descent: Descent): readonly AbiInput[] {
  const { structs, path, levels, count } = descent;
  if (levels > deepestType) {
    throw abiError(path, `nested more than ${deepestType} levels deep, or a struct that holds itself`);
  }
  return inputs.map((input) => {
    const { type, components } = input;
    if (++count.types > mostTypes) throw abiError(path, `more than ${mostTypes} types in one signature`);
    const base = type.split('[', 1)[0] ?? '';
    const fields = components ?? structs.get(base);
    if (fields === undefined) return input;
    const inner = withStructs(fields, { ...descent, levels: levels + 1 });
    return {
      ...input,
      type: `tuple${components === undefined ? type.slice(base.length) : type.slice(5)}`,
      components: inner,
    };
  });
}
