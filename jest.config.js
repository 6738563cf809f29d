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
  // What a file loaded with --experimental-vm-modules is never freed: one process for all files ends at V8's limit of
  // 4 GB, so files run in workers, and a worker that has grown is replaced. `--runInBand` is for a few files.
  workerIdleMemoryLimit: '1GB',
  // Far above what any test takes on a quiet machine, so that a busy one fails none.
  testTimeout: 180_000,
};
