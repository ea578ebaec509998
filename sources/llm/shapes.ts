import type { WireEvent } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** An event that is of no known type, or lacks what its type needs, or was no JSON (`event` is `malformed`). Never dropped. */
export interface UnknownEvent {
  readonly type: 'unknown';
  /** The type it named, or its `event:` line; empty where it had neither. */
  readonly event: string;
  readonly native: NativeObject;
}

/** What one member must be. A mark at the end: it may also be `null` or missing. */
export type Kind = BareKind | `${BareKind}?`;
type BareKind = 'string' | 'number' | 'boolean' | 'object' | 'array';

/** Members that are relied on, by name. */
export type Shape = Readonly<Record<string, Kind>>;

/** Shapes by the value of the member `type`. */
export type ShapeTable = Readonly<Record<string, Shape>>;

interface Values {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly object: NativeObject;
  readonly array: readonly unknown[];
}

type ValueOf<K> = K extends `${infer Bare}?`
  ? Bare extends BareKind
    ? Values[Bare] | null | undefined
    : never
  : K extends BareKind
    ? Values[K]
    : never;

type Marked<S> = { readonly [M in keyof S]: S[M] extends `${string}?` ? M : never }[keyof S];

/** The type of what fits a shape. */
export type Shaped<S> = { readonly [M in Exclude<keyof S, Marked<S>>]: ValueOf<S[M]> } & {
  readonly [M in Marked<S>]?: ValueOf<S[M]>;
};

/** The union of what fits a table, told apart by `type`. */
export type ShapedUnion<T> = { readonly [Type in keyof T]: { readonly type: Type } & Shaped<T[Type]> }[keyof T];

/** A table, ready to be asked. */
export interface ShapeChecker {
  /** Whether `value` is an object of a known type that has what the type needs. `type` stands in where the object names none. */
  fits(value: unknown, type?: string): boolean;
}

/** Looks a table up once per value and then only at the members that the table names: some tens of nanoseconds. */
export function shapeChecker(table: ShapeTable): ShapeChecker {
  const shapes = new Map(Object.entries(table).map(([type, shape]) => [type, Object.entries(shape)] as const));
  return {
    fits: (value, type) => {
      if (!isObject(value)) return false;
      const shape = shapes.get(type ?? String(value['type']));
      if (shape === undefined) return false;
      for (const [name, kind] of shape) if (!isKind(value[name], kind)) return false;
      return true;
    },
  };
}

/** A JSON object: no array, not `null`. */
export function isObject(value: unknown): value is NativeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is of a kind. */
export function isKind(value: unknown, kind: Kind): boolean {
  return tests[kind](value);
}

const bareTests: Readonly<Record<BareKind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: (value) => Array.isArray(value),
};

const tests: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  ...bareTests,
  'string?': orNothing('string'),
  'number?': orNothing('number'),
  'boolean?': orNothing('boolean'),
  'object?': orNothing('object'),
  'array?': orNothing('array'),
};

function orNothing(kind: BareKind): (value: unknown) => boolean {
  const test = bareTests[kind];
  return (value) => value === undefined || value === null || test(value);
}

/** What is passed on where nothing fits. */
export function unknownEvent({ type, data }: WireEvent): UnknownEvent {
  return { type: 'unknown', event: type, native: data };
}
