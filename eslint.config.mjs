/**
 * One lint configuration for the whole tree. What it is for, in order of weight: a promise that nobody awaits
 * and a case that nobody handles are errors, and a part imports only what the design allows it to.
 */
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Who may import whom, by the tags in each package.json. What is not listed here is refused. */
const boundaries = [
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib'] },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['type:lib', 'scope:rig', 'scope:mutants', 'scope:meter'],
  },
  { sourceTag: 'scope:storage', onlyDependOnLibsWithTags: ['scope:protocol'] },
  { sourceTag: 'scope:runtime', onlyDependOnLibsWithTags: ['scope:protocol'] },
  { sourceTag: 'scope:link', onlyDependOnLibsWithTags: ['scope:protocol'] },
  {
    sourceTag: 'scope:report',
    onlyDependOnLibsWithTags: ['scope:protocol', 'scope:runtime', 'scope:storage'],
  },
  { sourceTag: 'scope:protocol', onlyDependOnLibsWithTags: [] },
];

export default defineConfig(
  {
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/node_modules',
      '.nx',
      'data',
      'captures',
      'coverage',
      'docs',
    ],
  },
  {
    files: ['**/*.{ts,tsx,mts,cts,js,mjs,cjs}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          // An end-to-end test uses its own package as anyone else would, by its name.
          allowCircularSelfDependency: true,
          // npm start loads a library only after it has been built; others import it as usual.
          checkDynamicDependenciesExceptions: ['.*'],
          enforceBuildableLibDependency: true,
          banTransitiveDependencies: true,
          depConstraints: boundaries,
        },
      ],
      // The plugin above follows names and paths to a project; what is below a package's name is its own affair.
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              // Besides, what is exported so that less has to be loaded, and what tests share.
              group: [
                '@elmetron/*/*',
                '!@elmetron/protocol/offline',
                '!@elmetron/storage/spool',
                '!@elmetron/link/testing',
              ],
              message: "Import the package's index.",
            },
            {
              group: ['pm2', 'pm2/*'],
              message: 'PM2 (AGPL) runs our processes; nothing links it.',
            },
          ],
        },
      ],

      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      eqeqeq: ['error', 'always'],
      'no-console': 'error',

      // An eighth of the time that linting takes, for what cannot occur (there are no enums) or hardly ever does.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A number or a yes/no in a message reads the same however it is written.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An interface's asynchronous method may be implemented without waiting for anything.
      '@typescript-eslint/require-await': 'off',
      // `Record<never, never>` says "no options" and nothing else.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // A log that is told to be quiet, a rejection that another place reports: doing nothing is what they do.
      '@typescript-eslint/no-empty-function': 'off',
      // `noPropertyAccessFromIndexSignature` asks for the brackets that this rule takes away.
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  {
    // A type that a comment gives to an expression is known to the compiler, not to these rules.
    files: ['**/*.{js,mjs,cjs}'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.test.ts', '**/e2e/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect.any(String)` and its like are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'no-console': 'off',
    },
  },
);
