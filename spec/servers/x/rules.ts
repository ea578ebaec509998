import type { XEntry } from './post-shape.js';
import { problemType } from './problems.js';
import { matches } from './rule-match.js';
import { parseRule, type RuleNode } from './rule-syntax.js';
import { snowflake } from './snowflake.js';

export interface XRule {
  readonly id: string;
  readonly value: string;
  readonly tag?: string;
}

/** A rule as a client sends it. */
export interface RuleToAdd {
  readonly value: string;
  readonly tag?: string;
}

/** How an attempt to add came out, each rule for itself. */
export interface AddedRules {
  readonly created: readonly XRule[];
  readonly errors: readonly Readonly<Record<string, unknown>>[];
  /** How many of the refused ones were not even valid. */
  readonly invalid: number;
}

export interface RuleBook {
  list(): readonly XRule[];
  /** Adds what is valid and new; `dryRun` only says what would happen. */
  add(rules: readonly RuleToAdd[], dryRun?: boolean): AddedRules;
  /** Returns how many there were. */
  remove(by: 'id' | 'value', keys: readonly string[], dryRun?: boolean): number;
  clear(): void;
  /** The rules that a post matches, as `matching_rules` carries them. */
  matching(entry: XEntry): readonly { readonly id: string; readonly tag?: string }[];
}

export interface RuleBookOptions {
  readonly now: () => number;
  readonly maxRules: number;
  readonly maxLength: number;
}

/** The rules of the one application that this server serves. */
export function ruleBook({ now, maxRules, maxLength }: RuleBookOptions): RuleBook {
  const nextId = snowflake(now);
  const byValue = new Map<string, { readonly rule: XRule; readonly node: RuleNode }>();

  return {
    list: () => Array.from(byValue.values(), ({ rule }) => rule),
    add(rules, dryRun = false) {
      const before = new Map(byValue);
      const outcomes = rules.map((wanted) => addOne(wanted));
      if (dryRun) restore(before);
      return {
        created: outcomes.flatMap((outcome) => ('rule' in outcome ? [outcome.rule] : [])),
        errors: outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : [])),
        invalid: outcomes.filter((outcome) => 'error' in outcome && outcome.invalid).length,
      };
    },
    remove(by, keys, dryRun = false) {
      const wanted = new Set(keys);
      const found = Array.from(byValue.values()).filter(({ rule }) => wanted.has(rule[by]));
      if (!dryRun) for (const { rule } of found) byValue.delete(rule.value);
      return found.length;
    },
    clear: () => byValue.clear(),
    matching(entry) {
      const found = Array.from(byValue.values()).filter(({ node }) => matches(node, entry));
      return found.map(({ rule: { id, tag } }) => ({ id, ...(tag !== undefined && { tag }) }));
    },
  };

  function addOne({ value, tag }: RuleToAdd): { rule: XRule } | { error: Record<string, unknown>; invalid: boolean } {
    const existing = byValue.get(value);
    if (existing !== undefined) return { error: duplicate(existing.rule), invalid: false };
    const parsed =
      value.length > maxLength
        ? { ok: false as const, details: [`Rule length exceeds ${maxLength} characters`] }
        : parseRule(value);
    if (!parsed.ok) return { error: invalid(value, parsed.details), invalid: true };
    if (byValue.size >= maxRules) return { error: overCap(value, maxRules), invalid: false };
    const rule = { id: nextId(), value, ...(tag !== undefined && { tag }) };
    byValue.set(value, { rule, node: parsed.node });
    return { rule };
  }

  function restore(before: typeof byValue): void {
    byValue.clear();
    for (const [value, entry] of before) byValue.set(value, entry);
  }
}

function duplicate({ value, id }: XRule): Record<string, unknown> {
  return { value, id, title: 'DuplicateRule', type: problemType('duplicate-rules') };
}

function invalid(value: string, details: readonly string[]): Record<string, unknown> {
  return { value, details, title: 'UnprocessableEntity', type: problemType('invalid-rules') };
}

function overCap(value: string, maxRules: number): Record<string, unknown> {
  const detail = `Rule cap of ${maxRules} reached`;
  return { value, detail, title: 'RulesCapExceeded', type: problemType('rule-cap') };
}
