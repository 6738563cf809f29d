export * from './attempt.ts';
export * from './page-models.ts';
