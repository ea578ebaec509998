import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calculate } from '../../../sources/llm/arithmetic.js';

/** An expression as a tree: written down by one function, worked out by another. */
type Tree = number | { readonly sign: '+' | '-' | '*' | '/' | '%' | '^'; readonly left: Tree; readonly right: Tree };

/** With all parentheses. */
function full(tree: Tree): string {
  if (typeof tree === 'number') return tree < 0 ? `(${tree})` : `${tree}`;
  return `(${full(tree.left)} ${tree.sign} ${full(tree.right)})`;
}

const strength = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 4 } as const;

/** With as few parentheses as the rules of precedence allow. */
function sparse(tree: Tree): string {
  if (typeof tree === 'number') return `${tree}`;
  const { sign, left, right } = tree;
  const mine = strength[sign];
  const wrapped = (side: Tree, isTight: boolean): string => {
    const text = sparse(side);
    const its = typeof side === 'number' ? (side < 0 ? 3 : 5) : strength[side.sign];
    return its < mine || (isTight && its === mine) ? `(${text})` : text;
  };
  // A negative number may stand right of a power: its sign needs none.
  const isSigned = sign === '^' && typeof right === 'number';
  return `${wrapped(left, sign === '^')}${sign}${isSigned ? right : wrapped(right, sign !== '^')}`;
}

/** `undefined` where there is no value. */
function valueOf(tree: Tree): number | undefined {
  if (typeof tree === 'number') return tree;
  const left = valueOf(tree.left);
  const right = valueOf(tree.right);
  if (left === undefined || right === undefined) return undefined;
  const value = {
    '+': () => left + right,
    '-': () => left - right,
    '*': () => left * right,
    '/': () => left / right,
    '%': () => left % right,
    '^': () => Math.pow(left, right),
  }[tree.sign]();
  return Number.isFinite(value) ? value : undefined;
}

const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.integer({ min: -20, max: 20 }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.integer({ min: 0, max: 999 }).map((n) => n / 8),
    fc.record({ sign: fc.constantFrom('+', '-', '*', '/', '%', '^'), left: tie('tree'), right: tie('tree') }),
  ),
})).tree;

describe('calculate', () => {
  it.each([
    ['42 * 17', 714],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 2', 5],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['(-2) ^ 2', 4],
    ['2 ^ -1', 0.5],
    ['2 ** 10', 1024],
    ['--3', 3],
    ['3 - -2', 5],
    ['+5', 5],
    ['.5 + 1.', 1.5],
    ['2e3 * 1E-3', 2],
    ['6 × 7 ÷ 2 − 1', 20],
    ['  (  ( 1 ) )  ', 1],
    ['9007199254740991', 9007199254740991],
  ])('%s is %d', (expression, value) => {
    expect(calculate(expression)).toEqual({ ok: true, value });
  });

  it.each([
    ['', 'the expression ends too early', 0],
    ['   ', 'the expression ends too early', 3],
    ['1 +', 'the expression ends too early', 3],
    ['1 + * 2', 'a number is missing', 4],
    ['(1 + 2', 'a parenthesis is not closed', 0],
    ['1 + 2)', 'a parenthesis was never opened', 5],
    ['()', 'a number is missing', 1],
    ['1 2', 'an operator is missing', 2],
    ['2(3)', 'an operator is missing', 1],
    ['1 / 0', 'division by zero', 2],
    ['5 % (2 - 2)', 'division by zero', 2],
    ['0 ^ -1', 'division by zero', 2],
    ['(-8) ^ 0.5', 'the power of a negative number is no real number', 5],
    ['10 ^ 400', 'the number is too large', 3],
    ['1e999', 'the number is too large', 0],
    ['process.exit(1)', 'this sign has no meaning here', 0],
    ['1 + x', 'this sign has no meaning here', 4],
    ['1,000', 'this sign has no meaning here', 1],
    ['1.2.3', 'an operator is missing', 3],
    ['.', 'this sign has no meaning here', 0],
  ])('%j has no value: %s at %d', (expression, message, at) => {
    expect(calculate(expression)).toEqual({ ok: false, message, at });
  });

  it('agrees with a reference on every tree, with all parentheses and with as few as the rules allow', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const value = valueOf(tree);
        for (const text of [full(tree), sparse(tree)]) {
          const found = calculate(text);
          if (value === undefined) expect([text, found.ok]).toEqual([text, false]);
          else expect([text, found.ok && found.value + 0]).toEqual([text, value + 0]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never throws and never gives a number that is none, whatever it reads', () => {
    const signs = fc.constantFrom(...Array.from('0123456789+-*/%^(). eE×x$'));
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 40 }), (text) => {
        const found = calculate(text);
        if (found.ok) expect(Number.isFinite(found.value)).toBe(true);
        else expect(found.at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a thousand characters and a hundred levels, and no more', () => {
    expect(calculate(`${'-'.repeat(998)}1`)).toEqual({ ok: true, value: 1 });
    expect(calculate('1'.repeat(1_001))).toMatchObject({ ok: false, message: expect.stringMatching(/more than 1000/) });
    const nested = (levels: number) => `${'('.repeat(levels)}1${')'.repeat(levels)}`;
    expect(calculate(nested(100))).toEqual({ ok: true, value: 1 });
    expect(calculate(nested(101))).toEqual({ ok: false, message: 'there are more than 100 levels', at: 100 });
    expect(calculate(`${'(1)+'.repeat(200)}1`)).toEqual({ ok: true, value: 201 });
    expect(calculate(`1${'^1'.repeat(100)}`)).toEqual({ ok: true, value: 1 });
    expect(calculate(`1${'^1'.repeat(101)}`)).toMatchObject({ ok: false });
  });
});
