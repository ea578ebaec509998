import type { ParseAbi } from 'abitype';
import type { AbiEvent, AbiInput } from './abi.js';
import type { EventArgs } from './messages.js';

/**
 * The names of the events of an `as const` ABI: elements of a JSON ABI, or signatures as text. `string` where the compiler does not know
 * the ABI, and where it holds a signature that only the run-time parser understands.
 */
export type EventNameOf<Abi> = [EventsIn<Abi>] extends [never] ? string : NameIn<EventsIn<Abi>>;

/**
 * The arguments of an event of an `as const` ABI by its name, or by its full signature where it has overloads (by name alone: of any of
 * them). Integers are `bigint`, or text with `'text'`; addresses and bytes are text, arrays are `readonly`, tuples are objects, or arrays
 * where a component has no name. A parameter without a name, or with one that an earlier one has, goes by its position (`'0'`). Of an
 * indexed `string`, `bytes`, array or tuple there is the hash, as text. {@link EventArgs} where the compiler does not know the event.
 */
export type EventArgsOf<Abi, Name extends string, Integers extends 'bigint' | 'text' = 'bigint'> =
  ArgsIn<Named<EventsIn<Abi>, Name>, Integers> extends infer Args extends EventArgs ? Args : EventArgs;

/** The event that an `as const` ABI has under a name or full signature, types written out; `AbiEvent` where the compiler does not know it. */
export type AbiEventOf<Abi, Name extends string> = [Named<EventsIn<Abi>, Name>] extends [never]
  ? AbiEvent
  : Written<Named<EventsIn<Abi>, Name>>;

interface KnownEvent {
  readonly type: 'event';
  readonly name: string;
  readonly inputs: readonly unknown[];
}

/** As a union; `never` for what the compiler does not know. */
type EventsIn<Abi> = Abi extends readonly string[]
  ? string extends Abi[number]
    ? never
    : // abitype moves its reader of texts to ox, which is twenty times its size; the types of this major version stay.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      Known<ParseAbi<EventTexts<Abi>>[number]>
  : Abi extends readonly (infer Element)[]
    ? [Extract<Element, string>] extends [never]
      ? Known<Element>
      : never
    : never;

type Known<Element> = Element extends KnownEvent ? (string extends Element['name'] ? never : Element) : never;

type NameIn<Event> = Event extends { readonly name: infer Name extends string } ? Name : never;

/** Nothing else may keep abitype from reading them; what it does not read is put into its words. */
type EventTexts<Abi extends readonly unknown[], Texts extends readonly string[] = []> = Abi extends readonly [
  infer Text,
  ...infer Rest,
]
  ? EventTexts<Rest, Text extends `${'event' | 'struct'} ${string}` ? [...Texts, Plain<Text>] : Texts>
  : Texts;

type Plain<Text extends string> = Text extends `${infer Before};` | `${infer Before} anonymous`
  ? Plain<Before>
  : Text extends `${infer Before}tuple(${infer After}`
    ? Plain<`${Before}(${After}`>
    : Text;

type Named<Event, Name extends string> = string extends Name
  ? never
  : Event extends KnownEvent
    ? Name extends Event['name'] | SignatureOf<Event>
      ? Event
      : never
    : never;

type SignatureOf<Event extends KnownEvent> = `${Event['name']}(${Joined<Event['inputs']>})`;

type Joined<Inputs, Text extends string = ''> = Inputs extends readonly [infer Input, ...infer Rest]
  ? Joined<Rest, Text extends '' ? Canonical<Input> : `${Text},${Canonical<Input>}`>
  : Text;

type Canonical<Input> = Input extends {
  readonly type: `tuple${infer Dimensions}`;
  readonly components: infer Components;
}
  ? `(${Joined<Components>})${Dimensions}`
  : Input extends { readonly type: infer Type extends string }
    ? Long<Type>
    : string;

type Long<Type> = Type extends keyof LongNames
  ? LongNames[Type]
  : Type extends `${infer Base extends keyof LongNames}[${infer Dimensions}`
    ? `${LongNames[Base]}[${Dimensions}`
    : Type;

interface LongNames {
  readonly uint: 'uint256';
  readonly int: 'int256';
  readonly fixed: 'fixed128x18';
  readonly ufixed: 'ufixed128x18';
}

type Written<Event> = Event extends KnownEvent
  ? {
      readonly type: 'event';
      readonly name: Event['name'];
      readonly inputs: WrittenInputs<Event['inputs']>;
      readonly anonymous: boolean;
    }
  : never;

type WrittenInputs<Inputs> = Inputs extends readonly unknown[]
  ? { readonly [Index in keyof Inputs]: WrittenInput<Inputs[Index]> }
  : readonly AbiInput[];

type WrittenInput<Input> = {
  readonly [Key in keyof Input]: Key extends 'type'
    ? Long<Input[Key]>
    : Key extends 'components'
      ? WrittenInputs<Input[Key]>
      : Input[Key];
};

type ArgsIn<Event, Integers> = [Event] extends [never]
  ? EventArgs
  : Event extends KnownEvent
    ? number extends Event['inputs']['length']
      ? EventArgs
      : Fields<Event['inputs'], KeysOf<Event['inputs']>, Integers>
    : never;

type Fields<Inputs extends readonly unknown[], Keys, Integers> = {
  readonly [
    Index in Extract<keyof Inputs, `${number}`> as Index extends keyof Keys ? Extract<Keys[Index], string> : never
  ]: ValueOf<Inputs[Index], Integers>;
};

/** A key for each parameter, as the decoder gives them. */
type KeysOf<Inputs, Taken extends string = never, Keys extends readonly string[] = []> = Inputs extends readonly [
  infer Input,
  ...infer Rest,
]
  ? NameOf<Input> extends '' | Taken
    ? KeysOf<Rest, Taken, [...Keys, `${Keys['length']}`]>
    : KeysOf<Rest, Taken | NameOf<Input>, [...Keys, NameOf<Input>]>
  : Keys;

type NameOf<Input> = Input extends { readonly name: infer Name extends string } ? Name : '';

type ValueOf<Input, Integers> = Input extends { readonly type: infer Type extends string }
  ? Input extends { readonly indexed: true; readonly type: 'string' | 'bytes' | `tuple${string}` | `${string}]` }
    ? string
    : Type extends `${infer Base}[${string}]${infer Outer}`
      ? ArraysOf<BaseValue<Base, Input, Integers>, Outer>
      : BaseValue<Type, Input, Integers>
  : unknown;

/** One level for the brackets that have been read, and one for each pair that is left. */
type ArraysOf<Value, Outer> = Outer extends `[${string}]${infer Rest}`
  ? ArraysOf<readonly Value[], Rest>
  : readonly Value[];

type BaseValue<Base, Input, Integers> = Base extends 'tuple'
  ? Input extends { readonly components: infer Components extends readonly unknown[] }
    ? TupleValue<Components, Integers>
    : unknown
  : Base extends `${'int' | 'uint'}${string}`
    ? Integers extends 'text'
      ? string
      : bigint
    : Base extends 'bool'
      ? boolean
      : Base extends 'address' | 'string' | 'function' | `bytes${string}`
        ? string
        : unknown;

type TupleValue<Components extends readonly unknown[], Integers> = number extends Components['length']
  ? unknown
  : '' extends NameOf<Components[number]>
    ? { readonly [Index in keyof Components]: ValueOf<Components[Index], Integers> }
    : Fields<Components, KeysOf<Components>, Integers>;
