import { recordOf } from '../../lib/problem.js';
import { parseJson } from '../../lib/index.js';
import type { RuleInput } from '../../sources/x/index.js';
import { usageError } from './exit-codes.js';
import { arrayElements } from './json-elements.js';
import { readText } from './text-file.js';

/** Reads a file of rules, or stdin for `-`. Errors: a usage error that names file and line. */
export async function readRulesFile(path: string): Promise<RuleInput[]> {
  const name = path === '-' ? 'stdin' : path;
  const text = await readText(path);
  return parseRules(text, name);
}

/**
 * The rules of a text: an array of JSON, one object of JSON a line, or plain lines of `value`, or `value`, tab, `tag`. Its first character
 * decides which. Blank lines are skipped; there are no comments, because `#` begins a hashtag.
 *
 * Errors: a usage error with the name, the line and no more of the text than a member's name.
 */
export function parseRules(text: string, name: string): RuleInput[] {
  const body = text.replace(/^\ufeff/, '');
  const first = body.trimStart().charAt(0);
  const found = first === '[' ? fromArray(body, name) : fromLines(body, name, first === '{');
  refuseConflicts(found, name);
  return found.map(({ rule }) => rule);
}

interface Found {
  readonly rule: RuleInput;
  readonly line: number;
}

function fromArray(text: string, name: string): Found[] {
  const parsed = parseJson(text);
  if (!parsed.ok) throw usageError(`${name}: ${place(parsed.problem.message, text)}`);
  return arrayElements(text).map(({ json, line }) => jsonRule(json, name, line));
}

function fromLines(text: string, name: string, isJson: boolean): Found[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [isJson ? jsonRule(line, name, index + 1) : plainRule(line, name, index + 1)];
  });
}

function plainRule(text: string, name: string, line: number): Found {
  const [value = '', tag = '', ...others] = text.split('\t').map((part) => part.trim());
  if (value === '') throw usageError(`${name}:${line}: no value before the tab`);
  if (others.length > 0) throw usageError(`${name}:${line}: more than one tab; a line is value, tab, tag`);
  return { rule: tag === '' ? { value } : { value, tag }, line };
}

/** `id` is allowed: what `rules list` prints can be synced again. */
const members = new Set(['value', 'tag', 'id']);

function jsonRule(text: string, name: string, line: number): Found {
  const parsed = parseJson(text);
  if (!parsed.ok) throw usageError(`${name}:${line}: ${parsed.problem.message}`);
  const rule = recordOf(parsed.value);
  if (rule === undefined) throw usageError(`${name}:${line}: not an object with a value`);
  const stranger = Object.keys(rule).find((key) => !members.has(key));
  if (stranger !== undefined) {
    throw usageError(`${name}:${line}: unknown member "${stranger.slice(0, 40)}"; a rule has value and tag`);
  }
  const { value, tag } = rule;
  if (typeof value !== 'string' || value.trim() === '') {
    throw usageError(`${name}:${line}: "value" must be a text that is not empty`);
  }
  if (tag !== undefined && typeof tag !== 'string') throw usageError(`${name}:${line}: "tag" must be a text`);
  return { rule: tag === undefined || tag === '' ? { value } : { value, tag }, line };
}

/** X holds a value once, with one tag. */
function refuseConflicts(found: readonly Found[], name: string): void {
  const seen = new Map<string, Found>();
  for (const one of found) {
    const { rule, line } = one;
    const before = seen.get(rule.value);
    if (before === undefined) seen.set(rule.value, one);
    else if (before.rule.tag !== rule.tag) {
      throw usageError(`${name}:${line}: the same value as in line ${before.line}, with another tag`);
    }
  }
}

/** `not JSON at character 17 of 230` with the line that this is. */
function place(message: string, text: string): string {
  const character = /at character (\d+)/.exec(message)?.[1];
  if (character === undefined) return `${message}, ${text.trimEnd().split('\n').length} lines`;
  return `line ${text.slice(0, Number(character) - 1).split('\n').length}: ${message}`;
}
