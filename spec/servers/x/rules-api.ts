import { isPageToken, isRecord, isTextList, ok, page, type ApiAnswer, type ApiRequest, type ApiRoute } from './api.js';
import { invalidRequest, type ParameterError } from './problems.js';
import type { RuleBook, RuleToAdd } from './rules.js';
import { parameterReader } from './stream-query.js';

const path = /^\/2\/tweets\/search\/stream\/rules$/;

/** The rules endpoints: list in pages, add, delete, try out, count. */
export function rulesApi(rules: RuleBook, now: () => number, maxRules: number): readonly ApiRoute[] {
  const sent = (): string => new Date(now()).toISOString();
  return [
    { method: 'GET', path, limit: 450, handle: (request) => listRules(rules, request, sent()) },
    { method: 'POST', path, limit: 100, handle: (request) => changeRules(rules, request, sent()) },
    {
      method: 'GET',
      path: /^\/2\/tweets\/search\/stream\/rules\/counts$/,
      limit: 450,
      handle: () => ok({ data: counts(rules.list().length, maxRules) }),
    },
  ];
}

function listRules(rules: RuleBook, { params }: ApiRequest, sent: string): ApiAnswer {
  const reader = parameterReader(params);
  const ids = reader.list('ids', undefined);
  const size = reader.integer('max_results', 1, 1_000, 1_000);
  const token = reader.text('pagination_token');
  if (!isPageToken(token)) reader.refuse('pagination_token', 'is not a token of this server');
  reader.refuseOthers();
  if (reader.errors.length > 0) return refusal(reader.errors);
  const wanted = rules.list().filter(({ id }) => ids.size === 0 || ids.has(id));
  const { data, next } = page(wanted, token, size);
  return ok({
    ...(data.length > 0 && { data }),
    meta: { sent, result_count: data.length, ...(next !== undefined && { next_token: next }) },
  });
}

function changeRules(rules: RuleBook, { params, body }: ApiRequest, sent: string): ApiAnswer {
  const reader = parameterReader(params);
  const dryRun = reader.flag('dry_run');
  const all = reader.flag('delete_all');
  reader.refuseOthers();
  if (reader.errors.length > 0) return refusal(reader.errors);
  const change = all ? readAll(body) : readChange(body);
  if (change === undefined)
    return refusal([bodyError('must be add with rules, or delete with ids or values, and nothing else')]);
  if (change.kind === 'add') return addRules(rules, change.rules, dryRun, sent);
  const keys = change.kind === 'all' ? rules.list().map(({ id }) => id) : change.keys;
  const deleted = rules.remove(change.kind === 'all' ? 'id' : change.by, keys, dryRun);
  return ok(deletion(deleted, keys.length - deleted, sent));
}

type Change =
  | { readonly kind: 'all' }
  | { readonly kind: 'add'; readonly rules: readonly RuleToAdd[] }
  | { readonly kind: 'delete'; readonly by: 'id' | 'value'; readonly keys: readonly string[] };

function readAll(body: unknown): Change | undefined {
  const isEmpty = body === undefined || (isRecord(body) && Object.keys(body).length === 0);
  return isEmpty ? { kind: 'all' } : undefined;
}

function readChange(body: unknown): Change | undefined {
  if (!isRecord(body) || Object.keys(body).length !== 1) return undefined;
  const { add, delete: remove } = body;
  if (Array.isArray(add)) {
    const rules = add.filter(isRuleToAdd);
    return rules.length === add.length && rules.length > 0 ? { kind: 'add', rules } : undefined;
  }
  if (!isRecord(remove) || Object.keys(remove).length !== 1) return undefined;
  if (isTextList(remove['ids'])) return { kind: 'delete', by: 'id', keys: remove['ids'] };
  if (isTextList(remove['values'])) return { kind: 'delete', by: 'value', keys: remove['values'] };
  return undefined;
}

function isRuleToAdd(value: unknown): value is RuleToAdd {
  if (!isRecord(value)) return false;
  const { value: text, tag, ...others } = value;
  return typeof text === 'string' && (tag === undefined || typeof tag === 'string') && Object.keys(others).length === 0;
}

function addRules(rules: RuleBook, toAdd: readonly RuleToAdd[], dryRun: boolean, sent: string): ApiAnswer {
  const { created, errors, invalid } = rules.add(toAdd, dryRun);
  const summary = {
    created: created.length,
    not_created: errors.length,
    valid: toAdd.length - invalid,
    invalid,
  };
  const body = {
    ...(created.length > 0 && { data: created }),
    meta: { sent, summary },
    ...(errors.length > 0 && { errors }),
  };
  return { status: 201, body };
}

function deletion(deleted: number, notDeleted: number, sent: string): object {
  const error = invalidRequest([{ message: 'Rule does not exist', parameters: {} }]);
  return {
    meta: { sent, summary: { deleted, not_deleted: notDeleted } },
    ...(notDeleted > 0 && { errors: Array.from({ length: notDeleted }, () => error) }),
  };
}

/** Text, as the newer description has it; the older one has numbers. */
function counts(used: number, cap: number): object {
  return {
    cap_per_client_app: String(cap),
    cap_per_project: String(cap),
    project_rules_count: String(used),
    client_app_rules_count: { client_app_id: '10000001', rule_count: String(used) },
  };
}

function bodyError(why: string): ParameterError {
  return { message: `The request body ${why}.`, parameters: {} };
}

function refusal(errors: readonly ParameterError[]): ApiAnswer {
  return { status: 400, body: invalidRequest(errors) };
}
