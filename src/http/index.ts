export * from './context.ts';
export * from './page.ts';
