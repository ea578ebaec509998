import { type Observable, of } from 'rxjs';
import * as z from 'zod';
import { checkOption, checkOptions, integer, type OptionRule, requireOption, text } from '../../lib/check-options.js';
import { checkXOptions, nameList, type XOptions } from './api.js';
import { xCall } from './call.js';
import { allPages } from './pages.js';

/** What the filtered stream looks for, as it is asked for. */
export interface RuleInput {
  /** In X's rule language; the server's one key of a rule: no two rules have the same value. */
  readonly value: string;
  /** Comes back in `matchingRules` of each post. Empty means none. */
  readonly tag?: string | undefined;
}

/** A rule as the server has it. It lasts across connections and restarts, until it is deleted. */
export interface Rule {
  /** Set by X. Decimal digits. */
  readonly id: string;
  readonly value: string;
  /** Cannot be changed: only delete and add give a rule another tag. */
  readonly tag?: string | undefined;
}

/** Which rules, and in which portions. */
export interface GetRulesOptions {
  /** Only these; an empty list finds none, without a request. @default every rule */
  ids?: readonly string[] | undefined;
  /** Rules per page, 1 to 1 000. @default 1_000 */
  maxResults?: number | undefined;
}

/** How much of what the application may have is used. A field is `undefined` where X leaves it out. */
export interface RuleCounts {
  readonly capPerClientApp: number | undefined;
  readonly capPerProject: number | undefined;
  readonly projectRulesCount: number | undefined;
  /** This application's own. */
  readonly clientAppRulesCount: ClientAppRules | undefined;
  readonly allProjectClientApps: readonly ClientAppRules[];
}

/** One application of the project. */
export interface ClientAppRules {
  readonly clientAppId: string | undefined;
  readonly ruleCount: number;
}

/** All of `getRules`, `addRules` and `deleteRules`. */
export const rulesPath = '/2/tweets/search/stream/rules';

/** Integers in version 2.159 of X's OpenAPI description, text in 2.167. */
const count = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

const rulesPage = z
  .object({
    data: z.array(z.object({ id: z.string(), value: z.string(), tag: z.string().optional() })).optional(),
    // An answer without it is no list: read as an empty one it would look as if every rule were gone.
    meta: z.object({ next_token: z.string().optional() }),
  })
  .transform(({ data = [], meta }) => ({ items: data.map(ruleOf), next: meta.next_token }));

const appRules = z
  .object({ client_app_id: z.string().optional(), rule_count: count })
  .transform((app): ClientAppRules => ({ clientAppId: app.client_app_id, ruleCount: app.rule_count }));

const ruleCounts = z
  .object({
    data: z.object({
      cap_per_client_app: count.optional(),
      cap_per_project: count.optional(),
      project_rules_count: count.optional(),
      client_app_rules_count: appRules.optional(),
      all_project_client_apps: z.array(appRules).optional(),
    }),
  })
  .transform(({ data }): RuleCounts => ({
    capPerClientApp: data.cap_per_client_app,
    capPerProject: data.cap_per_project,
    projectRulesCount: data.project_rules_count,
    clientAppRulesCount: data.client_app_rules_count,
    allProjectClientApps: data.all_project_client_apps ?? [],
  }));

/**
 * Every rule of the application, all pages of it, as one list; empty where there are none. Cold, one value, complete.
 *
 * Errors: as every call of X's API: `authentication_error`, `client_error`, `rate_limited` (450 in 15 minutes), and `malformed` for an
 * answer that is no list.
 *
 * @example
 * import { getRules } from 'tailrace/sources/x';
 * import { firstValueFrom } from 'rxjs';
 *
 * const rules = await firstValueFrom(getRules({ bearerToken: 'AAAA' }));
 * console.log(rules.map(({ value }) => value));
 */
export function getRules(
  options: XOptions,
  { ids, maxResults = 1_000 }: GetRulesOptions = {},
): Observable<readonly Rule[]> {
  checkXOptions('getRules', options);
  checkOptions('getRules', { ids: nameList, maxResults: integer(1, 1_000) }, { ids, maxResults });
  // No ids in the query would mean every rule.
  if (ids?.length === 0) return of([]);
  return allPages((token) =>
    xCall(options, {
      path: rulesPath,
      params: { ids: ids ?? [], max_results: maxResults, pagination_token: token },
      schema: rulesPage,
    }),
  );
}

/** How many rules there are and may be. Cold, one value, complete. Errors: as {@link getRules}. */
export function countRules(options: XOptions): Observable<RuleCounts> {
  checkXOptions('countRules', options);
  return xCall(options, { path: `${rulesPath}/counts`, schema: ruleCounts });
}

/** A rule of the wire: an empty tag is none. */
export function ruleOf({ id, value, tag }: Rule): Rule {
  return tag === undefined || tag === '' ? { id, value } : { id, value, tag };
}

const list: OptionRule = { expected: 'a list of rules', test: Array.isArray };
const ruleObject: OptionRule = {
  expected: 'an object with a value',
  test: (value) => typeof value === 'object' && value !== null,
};
const tag: OptionRule = { expected: 'text', test: (value) => typeof value === 'string' };

/** Refuses what is no list of rules; a wrong rule in X's language only X can tell. Errors: `TypeError` with the place. */
export function checkRules(where: string, rules: readonly RuleInput[]): void {
  checkOption(`${where}: rules`, list, rules);
  for (const [index, rule] of rules.entries()) {
    checkOption(`${where}: rule ${index}`, ruleObject, rule);
    requireOption(`${where}: rule ${index}`, 'value', rule.value);
    checkOption(`${where}: rule ${index}: option "value"`, text, rule.value);
    checkOption(`${where}: rule ${index}: option "tag"`, tag, rule.tag);
  }
}
