export * from './factor.ts';
