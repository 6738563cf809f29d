export * from './context.ts';
export * from './page.ts';
export * from './view-model.ts';
