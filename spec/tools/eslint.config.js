import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const library = ['lib/**/*.ts', 'operators/**/*.ts', 'sources/**/*.ts'];
const product = [...library, 'apps/**/*.ts'];
const specs = ['spec/**/*.ts'];
/** Built with packages of its own: its types are checked by `ng build`, and it is linted without them. */
const page = ['apps/console/src/**/*.ts'];

/** No way around the type checker, in specs neither. */
const noEscapes = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  // `as const` stays allowed
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

/** The plugin's own list of operators that may follow `takeUntil`, as far as rxjs 7 has them. */
const endOnTime = [
  'count',
  'defaultIfEmpty',
  'endWith',
  'every',
  'finalize',
  'isEmpty',
  'last',
  'max',
  'min',
  'reduce',
  'share',
  'shareReplay',
  'skipLast',
  'takeLast',
  'throwIfEmpty',
  'toArray',
];

/** Where a strict rule fights the style of this house, with the reason. */
const tuned = {
  // numbers belong in messages ("HTTP 429")
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // `() => subscriber.complete()` and `if (closed) return finish();` are how a callback reads best
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
  ],
  // `() => void handler?.()` says that the result is dropped, whatever it may become
  '@typescript-eslint/no-meaningless-void-operator': 'off',
  // objects here are closures: their methods have no `this` to lose
  '@typescript-eslint/unbound-method': 'off',
  // `async` without `await` turns what is thrown into a rejection
  '@typescript-eslint/require-await': 'off',
  // control characters are what error texts are cleaned of
  'no-control-regex': 'off',
  // an error that came through the error channel is `unknown`, and is passed on as it is
  '@typescript-eslint/only-throw-error': [
    'error',
    { allowThrowingUnknown: true, allowThrowingAny: false, allowRethrowing: true },
  ],
  '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true, allowThrowingAny: false }],
  'rxjs-x/throw-error': ['error', { allowThrowingUnknown: true, allowThrowingAny: false }],
  // nothing that these add after `takeUntil` can outlive it
  'rxjs-x/no-unsafe-takeuntil': ['error', { allow: [...endOnTime, 'filter', 'map', 'tap'] }],
  // an optional member says `| undefined` whatever its type is, `unknown` included
  '@typescript-eslint/no-redundant-type-constituents': 'off',
  // state lives in closures, and any call to `next` may change it: the rule believes the last assignment it can see
  '@typescript-eslint/no-unnecessary-condition': 'off',
  // a type parameter that is used once is how an operator states its element type
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  // an overload per case is documented case by case
  '@typescript-eslint/unified-signatures': 'off',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    {
      allowDefaultCaseForExhaustiveSwitch: false,
      considerDefaultExhaustiveForUnions: false,
      requireDefaultForNonUnion: false,
    },
  ],
};

const shape = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }],
  'max-depth': ['error', 3],
  // a reader of bytes takes (bytes, from, to, state): an object per call would cost more than the reading
  'max-params': ['error', 4],
  complexity: ['error', 15],
  eqeqeq: 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
    { selector: 'TSEnumDeclaration', message: 'A const object and a union of its values.' },
  ],
};

const nodeGlobals = [
  'process',
  'Buffer',
  'global',
  'setImmediate',
  'clearImmediate',
  '__dirname',
  '__filename',
  'require',
];

/** A forgotten `.only` leaves the rest of a file unrun; a `.skip` is a gate that is open. */
const honestSpecs = [
  {
    selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing)$/]',
    message: 'Every test runs, always.',
  },
  { selector: 'CallExpression[callee.name=/^([fx](it|describe)|xtest)$/]', message: 'Every test runs, always.' },
  ...[
    'MemberExpression[object.name="process"][property.name="cpuUsage"]',
    'CallExpression[callee.property.name=/^toBeLess/]:has(MemberExpression[object.name="performance"][property.name="now"])',
  ].map((selector) => ({
    selector,
    message: 'A busy machine is no fault: assert an order or a count; time is measured in spec/bench.',
  })),
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'docs/',
      'coverage/',
      '.tmp/',
      'spec/api/',
      'spec/artifacts/',
      'spec/fixtures/',
      '**/node_modules/',
      'apps/console/dist/',
      'apps/console/.angular/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: [...product, ...specs],
    ignores: page,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
  },
  {
    files: product,
    ignores: page,
    extends: [rxjsX.configs.strict],
    rules: { ...noEscapes, ...tuned, ...shape },
  },
  {
    files: library,
    rules: { 'no-console': 'error' },
  },
  {
    files: library,
    ignores: ['lib/node/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...nodeGlobals.map((name) => ({
          name,
          message: 'Browsers have no such global; only lib/node and apps may use it.',
        })),
      ],
    },
  },
  {
    files: specs,
    rules: {
      ...noEscapes,
      ...tuned,
      'no-restricted-syntax': ['error', ...honestSpecs],
      // a spec hands over senseless values, floats what it cancels, and names its generics for their own sake
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-base-to-string': 'off',
      // `JSON.parse('null')` is how a value that the types forbid reaches the code; reading from such a value stays forbidden
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-deprecated': 'off',
      // not part of the light set: the plugin is loaded for the product only
      'rxjs-x/throw-error': 'off',
      'rxjs-x/no-unsafe-takeuntil': 'off',
    },
    plugins: { 'rxjs-x': rxjsX },
  },
  {
    // JavaScript is read without types: configuration, and programs that have to run before anything is built
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'URL',
          'fetch',
          'performance',
          'setTimeout',
          'clearTimeout',
          'module',
          'Buffer',
          'AbortController',
          'TextDecoder',
          'TextEncoder',
          'AbortSignal',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: page,
    extends: [tseslint.configs.strict],
    rules: { ...noEscapes, ...shape, '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    // the comparison benches have packages of their own and stand outside tsconfig.json
    files: ['spec/bench/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
);
