export * from './realm.ts';
