import { catchError, concatMap, map, type Observable, of, throwError } from 'rxjs';
import { checkOptions, flag } from '../../lib/check-options.js';
import { isStreamError } from '../../lib/errors.js';
import { readProblem } from '../../lib/problem.js';
import { checkXOptions, type XOptions } from './api.js';
import { type AddedRules, addRules, deleteRules, type RuleChangeOptions, type RuleProblem } from './rule-changes.js';
import { checkRules, getRules, type Rule, type RuleInput } from './rules.js';

const capSlug = 'rule-cap';

/** What had to change. */
export interface ReconcileResult {
  readonly added: readonly ReconciledRule[];
  /** Those that X was asked to delete. */
  readonly deleted: readonly Rule[];
  /** Those that were as wanted, before or by somebody else's hand in between. */
  readonly kept: readonly ReconciledRule[];
  /** Wanted, and not there now. */
  readonly invalid: readonly RuleProblem[];
  /** Nothing was added or deleted. */
  readonly unchanged: boolean;
}

/** A rule as wanted. */
export interface ReconciledRule extends RuleInput {
  /** Set by X; `undefined` for what a dry run only plans. */
  readonly id?: string | undefined;
}

/**
 * Makes the application's rules equal to `wanted`, with the fewest changes: what is there already stays, with its id. A second
 * run changes nothing. Cold, one value, complete.
 *
 * Two rules are the same when value and tag are. What is new is added before what is not wanted is deleted, so that no post
 * slips through between them. Two exceptions: a tag cannot be edited, so such a rule is deleted and added again
 * at once, and where the cap of rules leaves no room, the deletions come first. Wanted rules that X refuses are reported
 * and stop none of the others; of two with one value and different tags the first counts and the second is reported.
 *
 * It does not undo anything on an error or on unsubscription: run it again, it begins from what is there. `dryRun` asks X about
 * the new rules and only plans the rest.
 *
 * Errors: as `getRules` and `addRules`.
 *
 * @example
 * import { reconcileRules } from 'tailrace/sources/x';
 *
 * const wanted = [{ value: 'from:nasa', tag: 'nasa' }, { value: '#rocket has:images' }];
 * reconcileRules({ bearerToken: 'AAAA' }, wanted).subscribe(({ unchanged, invalid }) => console.log(unchanged, invalid));
 */
export function reconcileRules(
  options: XOptions,
  wanted: readonly RuleInput[],
  change: RuleChangeOptions = {},
): Observable<ReconcileResult> {
  checkXOptions('reconcileRules', options);
  checkOptions('reconcileRules', { dryRun: flag }, change);
  checkRules('reconcileRules', wanted);
  return getRules(options).pipe(
    map((current) => plan(current, wanted)),
    concatMap((todo) => (change.dryRun === true ? rehearse(options, todo) : carryOut(options, todo))),
  );
}

interface Plan {
  readonly kept: readonly Rule[];
  /** Their values are not there. */
  readonly additions: readonly RuleInput[];
  /** Their values are there with another tag. */
  readonly retagged: readonly RuleInput[];
  /** Not wanted, or not with that tag. */
  readonly deletions: readonly Rule[];
  readonly conflicts: readonly RuleProblem[];
}

function plan(current: readonly Rule[], wanted: readonly RuleInput[]): Plan {
  const there = new Map(current.map((rule) => [rule.value, rule]));
  const wantedByValue = new Map<string, RuleInput>();
  const conflicts: RuleProblem[] = [];
  for (const rule of wanted) {
    const first = wantedByValue.get(rule.value);
    if (first === undefined) wantedByValue.set(rule.value, rule);
    else if (!sameTag(first, rule)) conflicts.push(conflictOf(rule));
  }
  const unique = [...wantedByValue.values()];
  const isWanted = (rule: Rule): boolean => {
    const same = wantedByValue.get(rule.value);
    return same !== undefined && sameTag(same, rule);
  };
  return {
    kept: current.filter(isWanted),
    additions: unique.filter(({ value }) => !there.has(value)),
    retagged: unique.filter((rule) => {
      const before = there.get(rule.value);
      return before !== undefined && !sameTag(before, rule);
    }),
    deletions: current.filter((rule) => !isWanted(rule)),
    conflicts,
  };
}

function sameTag(a: RuleInput, b: RuleInput): boolean {
  return (a.tag ?? '') === (b.tag ?? '');
}

function conflictOf({ value }: RuleInput): RuleProblem {
  const details = ['another wanted rule has the same value and a different tag'];
  return { value, title: 'DuplicateRule', slug: 'duplicate-rules', details };
}

/** First what is new, then what goes, then what had to wait for that: rules with a new tag, and those beyond the cap. */
function carryOut(options: XOptions, todo: Plan): Observable<ReconcileResult> {
  return addUpToCap(options, todo.additions).pipe(
    concatMap((first) => {
      // X may see two spellings as one rule: what it takes for a wanted one must not be deleted.
      const spared = new Set(first.duplicates.map(({ id }) => id));
      const deletions = todo.deletions.filter(({ id }) => !spared.has(id));
      if (deletions.length === 0) return of(resultOf(todo, { deletions, rounds: [first] }));
      const beyondCap = refusedByCap(first, todo.additions);
      return deleteRules(options, { ids: deletions.map(({ id }) => id) }).pipe(
        concatMap(() => addUpToCap(options, [...todo.retagged, ...beyondCap])),
        map((second) => {
          const settled = { ...first, invalid: first.invalid.filter((problem) => !isCap(problem)) };
          const rounds = [beyondCap.length === 0 ? first : settled, second];
          return resultOf(todo, { deletions, rounds });
        }),
      );
    }),
  );
}

/** What X says to the new rules, as if everything else had been done. */
function rehearse(options: XOptions, todo: Plan): Observable<ReconcileResult> {
  return addUpToCap(options, todo.additions, { dryRun: true }).pipe(
    map((outcome) => {
      const room = todo.deletions.length - todo.retagged.length;
      const fitting = refusedByCap(outcome, todo.additions).slice(0, room);
      const values = new Set(fitting.map(({ value }) => value));
      const invalid = outcome.invalid.filter((problem) => !isCap(problem) || !values.has(problem.value ?? ''));
      const withoutId = [...outcome.added, ...fitting, ...todo.retagged].map(({ value, tag }) => ({ value, tag }));
      const result = resultOf(todo, { deletions: todo.deletions, rounds: [{ ...outcome, invalid }] });
      return { ...result, added: withoutId, unchanged: withoutId.length + todo.deletions.length === 0 };
    }),
  );
}

interface Done {
  readonly deletions: readonly Rule[];
  readonly rounds: readonly AddedRules[];
}

function resultOf({ kept, conflicts }: Plan, { deletions, rounds }: Done): ReconcileResult {
  const added = rounds.flatMap((round) => round.added);
  return {
    added,
    deleted: deletions,
    kept: [...kept, ...rounds.flatMap((round) => round.duplicates)],
    invalid: [...conflicts, ...rounds.flatMap((round) => round.invalid)],
    unchanged: added.length === 0 && deletions.length === 0,
  };
}

/** The cap may also come as the answer to the whole request. */
function addUpToCap(
  options: XOptions,
  rules: readonly RuleInput[],
  change: RuleChangeOptions = {},
): Observable<AddedRules> {
  return addRules(options, rules, change).pipe(
    catchError((error: unknown) => {
      if (!isStreamError(error) || error.code !== 'rule_cap') return throwError(() => error);
      const { title = 'RuleCap', detail } = readProblem(error.responseBody ?? '') ?? {};
      const details = detail === undefined ? [] : [detail];
      const invalid = rules.map(({ value }) => ({ value, title, slug: capSlug, details }));
      const summary = { created: 0, notCreated: rules.length, valid: rules.length, invalid: 0 };
      return of({ added: [], duplicates: [], invalid, summary });
    }),
  );
}

function isCap({ slug }: RuleProblem): boolean {
  return slug === capSlug;
}

/** Those that were not added for no other reason. */
function refusedByCap(outcome: AddedRules, asked: readonly RuleInput[]): readonly RuleInput[] {
  if (!outcome.invalid.some(isCap)) return [];
  const others = [...outcome.added, ...outcome.duplicates, ...outcome.invalid.filter((problem) => !isCap(problem))];
  const settled = new Set(others.map(({ value }) => value));
  return asked.filter(({ value }) => !settled.has(value));
}
