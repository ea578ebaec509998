import type { Command } from 'commander';
import { map, mergeMap, type Observable } from 'rxjs';
import { countRules, getRules, type XOptions } from '../../sources/x/index.js';
import { repeated } from './flags.js';
import { jsonLine } from './json-line.js';
import type { Launch } from './run.js';
import { type AccountFlags, withAccountFlags } from './x-account.js';
import { callJob } from './x-call.js';
import {
  added,
  type AddFlags,
  type ChangeFlags,
  deleted,
  type DeleteFlags,
  synced,
  validated,
  type ValidateFlags,
} from './x-rule-calls.js';

const description = 'the rules of the filtered stream: what it looks for';

/** Adds `rules` and its commands. */
export function addRulesCommands(x: Command, launch: Launch): void {
  const rules = x.command('rules').description(description);
  const subcommand = (usage: string, about: string): Command =>
    withAccountFlags(rules.command(usage).description(about), '0');
  const run = (flags: AccountFlags, call: (options: XOptions) => Observable<string>): Promise<void> =>
    launch((env) => callJob(flags, env, call));

  subcommand('list', 'print every rule, one a line').action((flags: AccountFlags) =>
    run(flags, (options) => getRules(options).pipe(mergeMap((all) => all.map(jsonLine)))),
  );
  subcommand('add <value>', 'add a rule; one that is there already stays')
    .option('--tag <tag>', 'comes back in matching_rules of each post that it finds; it cannot be changed')
    .option('--dry-run', 'only ask X what it would say')
    .action((value: string, flags: AddFlags) => run(flags, (options) => added(options, value, flags)));
  subcommand('delete [ids...]', 'delete rules by id, by value, or all of them')
    .option('--value <value>', 'a rule by its value; may be repeated', repeated)
    .option('--all', 'every rule')
    .option('--dry-run', 'only ask X what it would say')
    .action((ids: string[], flags: DeleteFlags) => run(flags, (options) => deleted(options, ids, flags)));
  subcommand('sync <file>', 'make the rules equal to those of a file, with the fewest changes; - reads stdin')
    .option('--dry-run', 'only say what would change')
    .addHelpText('after', syncHelp)
    .action((file: string, flags: ChangeFlags) => run(flags, (options) => synced(options, file, flags)));
  subcommand('validate [values...]', 'ask X whether rules are right; changes nothing')
    .option('--file <file>', 'rules of a file, in the forms that sync takes; - reads stdin')
    .action((values: string[], flags: ValidateFlags) => run(flags, (options) => validated(options, values, flags)));
  subcommand('count', 'how many rules there are and may be').action((flags: AccountFlags) =>
    run(flags, (options) => countRules(options).pipe(map(jsonLine))),
  );
}

const syncHelp = `
The file is one of
  an array of JSON      [{"value": "cats has:images", "tag": "cats"}, {"value": "from:nasa"}]
  one object a line     {"value": "cats has:images", "tag": "cats"}
  plain lines           cats has:images<TAB>cats
Rules that are not in it are deleted; what rules list prints is such a file. A file without rules is refused.`;
