import { concat, type Observable, reduce } from 'rxjs';
import * as z from 'zod';
import { checkOptions, flag, oneOf } from '../../lib/check-options.js';
import { slugOf } from '../../lib/problem.js';
import { checkXOptions, type XOptions } from './api.js';
import { type XCall, xCall } from './call.js';
import { checkRules, type Rule, type RuleInput, ruleOf, rulesPath } from './rules.js';

/** How a change of rules is made. */
export interface RuleChangeOptions {
  /** Only say what would happen. @default false */
  dryRun?: boolean | undefined;
}

/** Why X did not do what was asked of one rule. */
export interface RuleProblem {
  /** The rule; `undefined` where X names none. */
  readonly value: string | undefined;
  /** X's word, such as `UnprocessableEntity`. */
  readonly title: string;
  /** The stable part of the problem's type, such as `invalid-rules`, `rule-cap`, `noncompliant-rules`. */
  readonly slug: string | undefined;
  /** Where the rule is wrong, in X's words. */
  readonly details: readonly string[];
}

/** A rule that was there before. */
export interface DuplicateRule {
  readonly value: string;
  /** The existing rule's; its tag may be another. */
  readonly id: string | undefined;
}

/** What came of each rule. */
export interface AddedRules {
  readonly added: readonly Rule[];
  readonly duplicates: readonly DuplicateRule[];
  readonly invalid: readonly RuleProblem[];
  readonly summary: AddSummary;
}

/** Counts, as X gives them. */
export interface AddSummary {
  readonly created: number;
  readonly notCreated: number;
  readonly valid: number;
  readonly invalid: number;
}

/** How many rules went. */
export interface DeletedRules {
  readonly deleted: number;
  /** Those that were not there, mostly. */
  readonly notDeleted: number;
  readonly errors: readonly RuleProblem[];
}

/** The rules to delete: some, by one of their two keys, or all. */
export type RuleChoice =
  | { readonly ids: readonly string[]; readonly values?: undefined; readonly all?: undefined }
  | { readonly values: readonly string[]; readonly ids?: undefined; readonly all?: undefined }
  | { readonly all: true; readonly ids?: undefined; readonly values?: undefined };

/** 100 requests in 15 minutes and a thousand rules: so as many as fit into one. */
const rulesPerRequest = 1_000;

const optionalText = z.string().optional().catch(undefined);

const ruleError = z.object({
  ...{ value: optionalText, id: optionalText, title: optionalText, type: optionalText, detail: optionalText },
  details: z.array(z.string()).optional().catch(undefined),
  errors: z
    .array(z.object({ message: z.string() }))
    .optional()
    .catch(undefined),
});

const total = z.number().optional();

const addAnswer = z
  .object({
    data: z.array(z.object({ id: z.string(), value: z.string(), tag: z.string().optional() })).optional(),
    meta: z.object({ summary: z.object({ created: total, not_created: total, valid: total, invalid: total }) }),
    errors: z.array(ruleError).optional(),
  })
  .transform(({ data = [], meta: { summary }, errors = [] }): AddedRules => {
    const { created = data.length, not_created: notCreated = errors.length, valid = created, invalid = 0 } = summary;
    return {
      added: data.map(ruleOf),
      duplicates: errors.filter(isDuplicate).map(({ value = '', id }) => ({ value, id })),
      invalid: errors.filter((error) => !isDuplicate(error)).map(problemOfRule),
      summary: { created, notCreated, valid, invalid },
    };
  });

const deleteAnswer = z
  .object({
    meta: z.object({ summary: z.object({ deleted: total, not_deleted: total }) }),
    errors: z.array(ruleError).optional(),
  })
  .transform(({ meta: { summary }, errors = [] }): DeletedRules => ({
    deleted: summary.deleted ?? 0,
    notDeleted: summary.not_deleted ?? 0,
    errors: errors.map(problemOfRule),
  }));

function isDuplicate({ type = '', title, value }: z.output<typeof ruleError>): boolean {
  return value !== undefined && (slugOf(type) === 'duplicate-rules' || title === 'DuplicateRule');
}

function problemOfRule({ value, title, type, detail, details, errors }: z.output<typeof ruleError>): RuleProblem {
  const said = details ?? errors?.map(({ message }) => message) ?? (detail === undefined ? [] : [detail]);
  return { value, title: title ?? 'unknown', slug: type === undefined ? undefined : slugOf(type), details: said };
}

/**
 * Adds rules and tells of each one what came of it: a rule that X refuses stops none of the others, and is no error of the
 * Observable. Cold, one value, complete; the change takes effect within about 20 s, on open connections too.
 *
 * A list of more than 1 000 is sent in several requests, one after the other. Without rules nothing is sent.
 *
 * Errors: as `getRules`; 100 requests in 15 minutes. Repeated only where X certainly did nothing.
 *
 * @example
 * import { addRules } from 'tailrace/sources/x';
 *
 * addRules({ bearerToken: 'AAAA' }, [{ value: 'cat has:images', tag: 'cats' }]).subscribe(({ added, invalid }) => {
 *   console.log(added.length, invalid.map(({ details }) => details));
 * });
 */
export function addRules(
  options: XOptions,
  rules: readonly RuleInput[],
  change: RuleChangeOptions = {},
): Observable<AddedRules> {
  checkChange('addRules', options, change);
  checkRules('addRules', rules);
  const posts = chunks(rules).map((some) => {
    const add = some.map(({ value, tag }) => (tag === undefined || tag === '' ? { value } : { value, tag }));
    return xCall(options, post({ add }, change, addAnswer));
  });
  return concat(...posts).pipe(reduce(joinAdded, nothingAdded));
}

/**
 * Deletes rules. Cold, one value, complete. An empty list sends nothing; more than 1 000 are sent in several requests.
 *
 * Errors: as `addRules`.
 */
export function deleteRules(
  options: XOptions,
  choice: RuleChoice,
  change: RuleChangeOptions = {},
): Observable<DeletedRules> {
  checkChange('deleteRules', options, change);
  checkChoice(choice);
  const posts = deletions(choice).map((json) => {
    const call = post(json, change, deleteAnswer);
    return xCall(options, json === undefined ? { ...call, params: { ...call.params, delete_all: true } } : call);
  });
  return concat(...posts).pipe(reduce(joinDeleted, { deleted: 0, notDeleted: 0, errors: [] }));
}

function checkChange(where: string, options: XOptions, change: RuleChangeOptions): void {
  checkXOptions(where, options);
  checkOptions(where, { dryRun: flag }, change);
}

function checkChoice(choice: RuleChoice): void {
  const texts = { expected: 'a list of texts', test: isTextList };
  checkOptions('deleteRules', { ids: texts, values: texts, all: oneOf(true) }, choice);
  const given = Object.values(choice).filter((value) => value !== undefined);
  if (given.length !== 1) throw new TypeError('deleteRules: give exactly one of "ids", "values" and "all"');
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '');
}

/** The bodies to send; the one of "all" is none, its parameter stands alone. */
function deletions({ ids, values }: RuleChoice): readonly (object | undefined)[] {
  if (ids !== undefined) return chunks(ids).map((some) => ({ delete: { ids: some } }));
  if (values !== undefined) return chunks(values).map((some) => ({ delete: { values: some } }));
  return [undefined];
}

function post<T>(json: object | undefined, { dryRun }: RuleChangeOptions, schema: XCall<T>['schema']): XCall<T> {
  return { path: rulesPath, method: 'POST', params: { dry_run: dryRun === true ? true : undefined }, json, schema };
}

function chunks<T>(all: readonly T[]): (readonly T[])[] {
  const count = Math.ceil(all.length / rulesPerRequest);
  return Array.from({ length: count }, (_, n) => all.slice(n * rulesPerRequest, (n + 1) * rulesPerRequest));
}

const nothingAdded: AddedRules = {
  added: [],
  duplicates: [],
  invalid: [],
  summary: { created: 0, notCreated: 0, valid: 0, invalid: 0 },
};

function joinAdded(a: AddedRules, b: AddedRules): AddedRules {
  return {
    added: a.added.concat(b.added),
    duplicates: a.duplicates.concat(b.duplicates),
    invalid: a.invalid.concat(b.invalid),
    summary: {
      created: a.summary.created + b.summary.created,
      notCreated: a.summary.notCreated + b.summary.notCreated,
      valid: a.summary.valid + b.summary.valid,
      invalid: a.summary.invalid + b.summary.invalid,
    },
  };
}

function joinDeleted(a: DeletedRules, b: DeletedRules): DeletedRules {
  return {
    deleted: a.deleted + b.deleted,
    notDeleted: a.notDeleted + b.notDeleted,
    errors: a.errors.concat(b.errors),
  };
}
