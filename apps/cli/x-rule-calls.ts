import { concat, concatMap, defer, from, type Observable, of, throwError } from 'rxjs';
import {
  addRules,
  deleteRules,
  reconcileRules,
  type RuleChoice,
  type RuleInput,
  type RuleProblem,
  validateRules,
  type XOptions,
} from '../../sources/x/index.js';
import { usageError } from './exit-codes.js';
import { jsonLine } from './json-line.js';
import { readRulesFile } from './rules-file.js';
import type { AccountFlags } from './x-account.js';
import { failure } from './x-call.js';

export interface ChangeFlags extends AccountFlags {
  readonly dryRun?: boolean;
}

export interface AddFlags extends ChangeFlags {
  readonly tag?: string;
}

export interface DeleteFlags extends ChangeFlags {
  readonly value?: readonly string[];
  readonly all?: boolean;
}

export interface ValidateFlags extends AccountFlags {
  readonly file?: string;
}

/** Adds one rule; the line is what came of it. Errors: `CliError` where X refuses it. */
export function added(options: XOptions, value: string, { tag, dryRun }: AddFlags): Observable<string> {
  if (value.trim() === '') throw usageError('the rule is empty');
  const rule: RuleInput = tag === undefined ? { value } : { value, tag };
  return addRules(options, [rule], { dryRun }).pipe(concatMap((result) => withProblems(result, result.invalid)));
}

/** Deletes rules; the line is what came of it. Errors: `CliError` where one could not be deleted. */
export function deleted(
  options: XOptions,
  ids: readonly string[],
  { value: values, all, dryRun }: DeleteFlags,
): Observable<string> {
  const choices: RuleChoice[] = [
    ...(ids.length > 0 ? [{ ids }] : []),
    ...(values === undefined ? [] : [{ values }]),
    ...(all === true ? ([{ all: true }] as const) : []),
  ];
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) {
    throw usageError('say which rules to delete: either ids, or --value, or --all');
  }
  return deleteRules(options, choice, { dryRun }).pipe(
    concatMap((result) => {
      const { notDeleted, errors } = result;
      const failed = notDeleted === 0 ? undefined : `${rulesText(notDeleted)} could not be deleted`;
      return concat(of(jsonLine(result)), failure(failed, detailOf(errors)));
    }),
  );
}

/** Makes the rules those of a file; the line is what had to change. Errors: `CliError` for the file, and for refused rules. */
export function synced(options: XOptions, file: string, { dryRun }: ChangeFlags): Observable<string> {
  return defer(() => readRulesFile(file)).pipe(
    concatMap((wanted) => {
      if (wanted.length > 0) return reconcileRules(options, wanted, { dryRun });
      const hint = 'to delete all rules: tailrace x rules delete --all';
      return throwError(() => usageError(`${file} holds no rules`, hint));
    }),
    concatMap((result) => withProblems(result, result.invalid)),
  );
}

/** A line for each rule. Errors: `CliError` where one is invalid. */
export function validated(options: XOptions, values: readonly string[], { file }: ValidateFlags): Observable<string> {
  if ((values.length === 0) === (file === undefined)) {
    throw usageError('say which rules to validate: either values or --file');
  }
  const rules: Observable<readonly RuleInput[]> =
    file === undefined ? of(values.map((value) => ({ value }))) : defer(() => readRulesFile(file));
  return rules.pipe(
    concatMap((some) => validateRules(options, some)),
    concatMap((verdicts) => {
      const problems = verdicts.flatMap((one) => (one.verdict === 'invalid' ? [one.problem] : []));
      return concat(from(verdicts.map(jsonLine)), refusal(problems));
    }),
  );
}

/** The result as a line, and then an error where X refused a rule. */
function withProblems(result: object, problems: readonly RuleProblem[]): Observable<string> {
  return concat(of(jsonLine(result)), refusal(problems));
}

function refusal(problems: readonly RuleProblem[]): Observable<never> {
  const failed = problems.length === 0 ? undefined : `X refuses ${rulesText(problems.length)}`;
  return failure(failed, detailOf(problems));
}

/** What X says to the first one. */
function detailOf([first]: readonly RuleProblem[]): string | undefined {
  if (first === undefined) return undefined;
  return [first.title, ...first.details].join(': ').slice(0, 300);
}

function rulesText(count: number): string {
  return count === 1 ? '1 rule' : `${count} rules`;
}
