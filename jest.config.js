import { foreignTestsLeftOut } from './scripts/foreign-clients.ts';

/** Jest runs the ESM TypeScript as it is, through swc; see docs/architecture.md, "Runtime". */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...foreignTestsLeftOut().map((file) => `<rootDir>/${file}$`)],
  setupFiles: ['<rootDir>/test/support/structured-clone.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Far above what any test takes on a quiet machine, so that a busy one fails none.
  testTimeout: 180_000,
};
