import { recordOf } from '../../lib/problem.js';
import type { Schema } from '../../lib/schema.js';
import { calculate } from './arithmetic.js';
import { toolAnswer } from './tool-answer.js';
import type { Tool } from './tools.js';

/** The input of the calculator. */
export interface CalculatorInput {
  readonly expression: string;
}

/** By hand: a schema library is no part of this bundle. */
const input: Schema<CalculatorInput> = {
  '~standard': {
    version: 1,
    vendor: 'tailrace',
    validate: (value) => {
      const expression = recordOf(value)?.['expression'];
      if (typeof expression === 'string') return { value: { expression } };
      return { issues: [{ message: 'expected a text', path: ['expression'] }] };
    },
  },
};

const inputSchema = {
  type: 'object',
  properties: { expression: { type: 'string', description: 'As in (1.5 + 2) * 3 ^ 2 % 7' } },
  required: ['expression'],
  additionalProperties: false,
} as const;

/**
 * A tool for arithmetic: the model sends an expression, and reads its value or why it has none. Pure, so calls run beside one another.
 *
 * Whole numbers up to 2^53 are exact; anything else has 15 significant digits, so that `0.1 + 0.2` is 0.3. What an expression may be: `calculate`.
 */
export function calculatorTool(): Tool<CalculatorInput> {
  return {
    name: 'calculator',
    description:
      'Evaluates an arithmetic expression of decimal numbers, + - * / % ^ and parentheses, and returns its value.',
    input,
    inputSchema,
    isConcurrencySafe: true,
    call: ({ expression }) => {
      const found = calculate(expression);
      if (found.ok) return numberText(found.value);
      return toolAnswer(`${found.message} (at character ${found.at})`, { isError: true });
    },
  };
}

function numberText(value: number): string {
  // Minus nothing is an accident of doubles.
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  return String(Number(value.toPrecision(15)));
}
