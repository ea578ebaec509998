/**
 * The floors: apps -> sources -> operators -> lib, types included. `npm run arch`; spec/architecture/floors.spec.ts plants
 * one violation of each rule and expects it caught.
 */
const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const browserSafe = { path: '^(lib|operators|sources)/', pathNot: '^lib/node/' };

module.exports = {
  forbidden: [
    error(
      'lib-is-the-ground-floor',
      'lib imports nothing above it',
      { path: '^lib/' },
      { path: '^(operators|sources|apps|spec)/' },
    ),
    error(
      'operators-import-only-lib',
      'operators know no source',
      { path: '^operators/' },
      { path: '^(sources|apps|spec)/' },
    ),
    error('sources-import-only-down', 'sources know no program', { path: '^sources/' }, { path: '^(apps|spec)/' }),
    error(
      'sources-know-no-other-source',
      'what two sources share belongs to lib or operators',
      { path: '^sources/([^/]+)/' },
      { path: '^sources/', pathNot: '^sources/$1/' },
    ),
    error(
      'apps-ship-no-spec',
      'only the demo and the console, which are not shipped, run the local servers',
      { path: '^apps/' },
      { path: '^spec/', pathNot: '^spec/servers/' },
    ),
    error(
      'only-the-demo-runs-servers',
      'spec/servers is not shipped',
      { path: '^apps/', pathNot: '^apps/(demo|console/server)/' },
      { path: '^spec/' },
    ),
    error(
      'apps-know-no-other-app',
      'programs share by the floors below',
      { path: '^apps/([^/]+)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    error('no-circle', 'a circle of types is a circle', {}, { circular: true }),
    error('no-node-builtins', 'only lib/node, apps and spec run on Node alone', browserSafe, {
      dependencyTypes: ['core'],
    }),
    error('no-way-into-lib-node', 'an import of lib/node brings node: into the browser', browserSafe, {
      path: '^lib/node/',
    }),
    error(
      'angular-stands-alone',
      'an import of lib/angular makes Angular a dependency of everything',
      { path: '^(lib|operators|sources|apps)/', pathNot: '^(lib/angular|apps/console)/' },
      { path: '^lib/angular/|^@angular/|node_modules/@angular/' },
    ),
    error(
      'no-zod-on-the-ground-floor',
      'zod costs 4.5 to 93 kB; only the configuration reads it, as zod/mini',
      { path: '^lib/', pathNot: '^lib/config\\.ts$' },
      { path: 'node_modules/zod/' },
    ),
    error(
      'shipped-code-uses-shipped-packages',
      'a development package is not there after npm install tailrace',
      { path: '^(lib|operators|sources|apps/cli)/' },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer'],
      },
    ),
    // These have packages of their own, which only the scripts that use them install.
    error(
      'no-unresolvable',
      'the file is not there',
      { pathNot: '^(spec/(bench|release)|apps/console/src)/' },
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: '^(dist|docs|\\.tmp|spec/(bench|release)/node_modules|apps/console/(node_modules|dist|\\.angular))/',
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
