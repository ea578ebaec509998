import { map, type Observable } from 'rxjs';
import type { XOptions } from './api.js';
import { type AddedRules, addRules, type RuleProblem } from './rule-changes.js';
import type { RuleInput } from './rules.js';

/** What X makes of one rule. */
export type RuleVerdict =
  | { readonly rule: RuleInput; readonly verdict: 'valid' }
  | { readonly rule: RuleInput; readonly verdict: 'duplicate'; readonly id: string | undefined }
  | { readonly rule: RuleInput; readonly verdict: 'invalid'; readonly problem: RuleProblem };

/**
 * What X would say to each rule, in the order given; nothing is changed. Cold, one value, complete. Errors: as `addRules`.
 */
export function validateRules(options: XOptions, rules: readonly RuleInput[]): Observable<readonly RuleVerdict[]> {
  return addRules(options, rules, { dryRun: true }).pipe(map((outcome) => verdicts(rules, outcome)));
}

function verdicts(rules: readonly RuleInput[], outcome: AddedRules): RuleVerdict[] {
  // The first of two equal rules is valid, the second its duplicate: so each that would be added counts once.
  const added = new Set(outcome.added.map(({ value }) => value));
  const duplicates = new Map(outcome.duplicates.map(({ value, id }) => [value, id]));
  const invalid = new Map(outcome.invalid.map((problem) => [problem.value, problem]));
  return rules.map((rule) => {
    if (added.delete(rule.value)) return { rule, verdict: 'valid' };
    if (duplicates.has(rule.value)) return { rule, verdict: 'duplicate', id: duplicates.get(rule.value) };
    // A problem without a value, such as the cap, is that of every rule that is not accounted for.
    const problem = invalid.get(rule.value) ?? invalid.get(undefined);
    return problem === undefined ? { rule, verdict: 'valid' } : { rule, verdict: 'invalid', problem };
  });
}
