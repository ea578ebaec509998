/** The value of an expression, or why it has none. */
export type Calculated =
  | { readonly ok: true; readonly value: number }
  /** `at` counts characters from 0. */
  | { readonly ok: false; readonly message: string; readonly at: number };

/** Longer ones are no arithmetic that a model should do in one call. */
const longestExpression = 1_000;
/** Each level costs a few frames of the stack. */
const deepest = 100;

/**
 * Works out an expression of `+ - * / % ^`, parentheses and decimal numbers (`1.5`, `.5`, `2e3`). `×`, `÷`, `−` and `**` are read as what they
 * look like. Nothing is evaluated as code.
 *
 * `^` binds to the right and before a sign: `2^3^2` is 512 and `-2^2` is -4. `%` is the remainder with the sign of the left side. Numbers are
 * doubles: above 2^53 digits are lost. At most 1,000 characters and 100 levels; time is linear.
 *
 * Errors: none thrown; an expression without a value says why and where.
 *
 * @example
 * import { calculate } from 'tailrace/sources/llm';
 *
 * const found = calculate('42 * 17');
 * console.log(found.ok ? found.value : `${found.message} at character ${found.at}`);
 */
export function calculate(expression: string): Calculated {
  if (expression.length > longestExpression) {
    return {
      ok: false,
      message: `the expression has more than ${longestExpression} characters`,
      at: longestExpression,
    };
  }
  try {
    return { ok: true, value: reader(expression).whole() };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, message: error.message, at: error.at };
    throw error;
  }
}

class Fault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Token {
  /** A number's text, one of the signs, or '' at the end. */
  readonly text: string;
  readonly at: number;
}

const spelling: ReadonlyMap<string, string> = new Map([
  ['×', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['**', '^'],
]);

/** Recursive descent: sum > product > sign > power > number or parentheses. */
function reader(expression: string): { whole(): number } {
  const tokens = tokensOf(expression);
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next] ?? { text: '', at: expression.length };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const deeper = (token: Token, inner: () => number): number => {
    depth += 1;
    if (depth > deepest) throw new Fault(`there are more than ${deepest} levels`, token.at);
    const value = inner();
    depth -= 1;
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (peek().text === '+' || peek().text === '-') value = apply(take(), value, product());
    return value;
  };
  const product = (): number => {
    let value = signed();
    while (isProduct(peek().text)) value = apply(take(), value, signed());
    return value;
  };
  /** A loop, so that a thousand signs are no levels. */
  const signed = (): number => {
    let isNegative = false;
    while (peek().text === '+' || peek().text === '-') isNegative = (take().text === '-') !== isNegative;
    const value = power();
    return isNegative ? -value : value;
  };
  const power = (): number => {
    const base = atom();
    if (peek().text !== '^') return base;
    const token = take();
    return apply(token, base, deeper(token, signed));
  };
  const atom = (): number => {
    const token = take();
    if (token.text === '(') {
      const value = deeper(token, sum);
      if (take().text === ')') return value;
      throw new Fault('a parenthesis is not closed', token.at);
    }
    if (/^[\d.]/.test(token.text)) return finite(Number(token.text), token);
    throw new Fault(token.text === '' ? 'the expression ends too early' : 'a number is missing', token.at);
  };
  return {
    whole: () => {
      const value = sum();
      const rest = peek();
      if (rest.text === '') return value;
      throw new Fault(rest.text === ')' ? 'a parenthesis was never opened' : 'an operator is missing', rest.at);
    },
  };
}

function isProduct(text: string): boolean {
  return text === '*' || text === '/' || text === '%';
}

function tokensOf(expression: string): Token[] {
  const pattern = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|\*\*|[-+*/%^()×÷−])|$)/y;
  const tokens: Token[] = [];
  for (;;) {
    const from = pattern.lastIndex;
    const found = pattern.exec(expression);
    if (found === null) throw new Fault('this sign has no meaning here', signAt(expression, from));
    const text = found[1];
    if (text === undefined) return tokens;
    tokens.push({ text: spelling.get(text) ?? text, at: pattern.lastIndex - text.length });
  }
}

function signAt(expression: string, from: number): number {
  return expression.length - expression.slice(from).trimStart().length;
}

function apply(operator: Token, left: number, right: number): number {
  if ((operator.text === '/' || operator.text === '%') && right === 0) throw new Fault('division by zero', operator.at);
  if (operator.text === '^' && left === 0 && right < 0) throw new Fault('division by zero', operator.at);
  const value = operate(operator.text, left, right);
  if (Number.isNaN(value)) throw new Fault('the power of a negative number is no real number', operator.at);
  return finite(value, operator);
}

function operate(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    default:
      return left ** right;
  }
}

function finite(value: number, { at }: Token): number {
  if (Number.isFinite(value)) return value;
  throw new Fault('the number is too large', at);
}
