/** "Rules of the house" of docs/architecture.md, held by `npm run check` and test/architecture. */
const rooms =
  'audit|binding|command-line|config|dev|factors|http|kernel|messaging|oidc|ops|people|policy|preview|realm|rollout|rulebook|sign-in|simulator|store|tokens';
const engines = ['^node:sqlite$', '^sqlite$', '(^|/)node_modules/(mongoose|mongodb)/', '^mongoose$', '^mongodb$'];

/** A rule that nothing in `from` may reach `to`. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    never(
      'no-cycles',
      'Two files that need each other are one file, or three.',
      { path: '^(src|demo)/' },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    never(
      'rooms-by-their-index',
      'Another room is known by its index.ts only.',
      { path: `^src/(${rooms})/` },
      { path: `^src/(${rooms})/`, pathNot: ['^src/$1/', `^src/(${rooms})/index\\.ts$`] },
    ),
    never(
      'commands-apart',
      'A server loads no command: rooms have a second door, commands.ts, for the command line alone.',
      { path: '^src/main\\.ts$' },
      { path: ['^src/[^/]+/commands\\.ts$', '^src/command-', '(^|/)node_modules/commander/'], reachable: true },
    ),
    never(
      'command-line-alone',
      'What commands have in common knows no room but the kernel.',
      { path: '^src/command-line/' },
      { path: '^src/(?!command-line/|kernel/)' },
    ),
    never('kernel-alone', 'The kernel imports no room.', { path: '^src/kernel/' }, { path: `^src/(?!kernel/)` }),
    never(
      'policy-alone',
      'Policy is pure: it imports no room.',
      { path: '^src/policy/' },
      { path: `^src/(?!policy/)` },
    ),
    never(
      'kernel-and-policy-pure',
      'Kernel and policy know neither the web nor an engine.',
      { path: '^src/(kernel|policy)/' },
      { path: ['(^|/)node_modules/(koa|koa-mount|mongoose|mongodb|oidc-provider)/', ...engines] },
    ),
    never(
      'factors-apart',
      'Factors do not import each other.',
      { path: '^src/factors/([^/]+)/' },
      { path: '^src/factors/[^/]+/', pathNot: '^src/factors/$1/' },
    ),
    never(
      'factors-never-http',
      'A factor never sees HTTP.',
      { path: '^src/factors/' },
      { path: ['^src/http/', '(^|/)node_modules/koa'] },
    ),
    never(
      'engine-in-store',
      'Only the store knows an engine.',
      { path: '^(src|demo)/', pathNot: '^src/store/' },
      { path: engines },
    ),
    never(
      'oidc-provider-in-oidc',
      'Only oidc knows oidc-provider.',
      { path: '^(src|demo)/', pathNot: '^src/oidc/' },
      { path: '(^|/)node_modules/oidc-provider/' },
    ),
    never(
      'composition-on-top',
      'No room imports the composition root.',
      { path: `^src/(${rooms})/` },
      { path: '^src/[^/]+\\.ts$' },
    ),
    never(
      'demo-apart',
      'The product does not need the demo portals: they meet in main.ts.',
      { path: `^src/(${rooms})/` },
      { path: '^demo/' },
    ),
    never(
      'relying-party-apart',
      'Demo portals are outsiders: they know nothing of the product.',
      { path: '^demo/' },
      { path: '^src/(?!kernel/index)' },
    ),
    never(
      'no-tests-in-product',
      'The product imports no test and no script.',
      { path: '^(src|demo)/' },
      { path: '^(test|scripts)/' },
    ),
    never(
      'no-development-packages',
      'The product runs on dependencies alone.',
      { path: '^(src|demo|bin)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '(^|/)node_modules/@types/' },
    ),
    never(
      'resolvable',
      'Every import leads somewhere.',
      { path: '^(src|demo|test|scripts|bin)/' },
      { couldNotResolve: true },
    ),
  ],
  options: {
    // TypeScript 7 has no JavaScript API for dependency-cruiser; swc reads the syntax.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(coverage|data|docs)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
