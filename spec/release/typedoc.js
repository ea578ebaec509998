import { readDoors } from '../tools/doors.js';

/** `npm run docs`: the reference of all doors together, so that a type named by one door and exported by another is found. */
export default {
  entryPoints: readDoors().map(({ source }) => `../../${source}`),
  tsconfig: '../../tsconfig.json',
  out: '../../docs',
  readme: '../../README.md',
  // the type check is `npm test`'s; here it would only take as long again
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  // a door's types are documented where they are exported; a public signature that names one exported nowhere is a fault
  // type-level helpers whose outcome is documented where they are used
  intentionallyNotExported: [
    ...['Named', 'EventsIn', 'Written', 'KnownLogOf', 'ArgsIn', 'NameIn'],
    ...['Activity', 'PostActivityType', 'OtherActivityType', 'Open', 'Payloads', 'UpTo', 'Label', 'Members', 'Unread'],
    ...[
      'Series',
      'BackfillOf',
      'ReplayOf',
      'PartitionOf',
      'FieldsOf',
      'BoundStream',
      'FreeStream',
      'Credited',
      'Plain',
      'More',
      'ShapedUnion',
      'blocks',
      'deltas',
      'Keyed',
      'WholeAnswerOptions',
      'KnownEvent',
      'FactOf',
    ],
  ],
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
  treatValidationWarningsAsErrors: true,
};
